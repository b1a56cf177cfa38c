//! Real Akismet clients that know no address but Akismet's, led to the real server by name, through Caddy and nginx.
//!
//! `tests/run` installs them; `tests/redirected/run` sets up names and proxies.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;
use std::process::Command;

use support::clean;

#[test]
#[ignore = "needs the client libraries, Caddy and nginx: run tests/run"]
fn clients_are_led_here_by_name() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = clean(Command::new(repository.join("tests/redirected/run")))
        .arg(env!("CARGO_BIN_EXE_chaffinch"))
        .arg(repository.join("target/test-clients"))
        .output()
        .expect("bash runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let tried = said.matches(": as expected").count() + said.matches(": not run").count();
    assert!(
        output.status.success() && tried == 16,
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
