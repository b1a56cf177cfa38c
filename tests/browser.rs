//! The dashboard in a real browser: Chromium, driven by playwright-core, looked over by axe-core.
//!
//! `tests/run` installs them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;
use std::process::Command;

use support::{KEY, Server, TOKEN, clean};

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

#[test]
#[ignore = "needs a browser and its driver: run tests/run"]
fn a_moderator_walks_through_the_dashboard() {
    let modules = Path::new(REPOSITORY).join("target/test-clients/browser/node_modules");
    assert!(
        modules.exists(),
        "{} is missing: run tests/run",
        modules.display()
    );
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mut command = Command::new("node");
    command.arg(Path::new(REPOSITORY).join("tests/browser/walk.mjs"));
    let output = clean(command)
        .args([server.port().to_string().as_str(), KEY, TOKEN])
        .arg(modules)
        .output()
        .expect("node starts: run tests/run");
    let said = String::from_utf8(output.stdout).unwrap();
    let troubles = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{troubles}");
    assert_eq!(
        said,
        "\
signed in: /queue
by click: spam
a screen reader hears: Corrected to spam: 1
the focus stays at the comment: true
taken back by the notice: none
the focus is on: content
by key: ham
undone by key: none
j moves: true
x selects: true
the next check is told more spam: true
rules made from a verdict: 1
the first key leads past the menu to: content
thresholds are tried while they are typed: 2
wrong ones are told: ?site=garden.example
evaluated on own corrections: 5
a file is taught: Comments taught: 1 Take all of them back
a backup is made: chaffinch-0000-00-00.jsonl
barriers: none
trouble: none
without scripts: spam
"
    );
}
