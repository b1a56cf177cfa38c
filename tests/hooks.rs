//! The hooks for engines without Akismet (`integrations/hooks/`) against the real server, and a real Isso.
//!
//! `tests/run` installs Isso; `tests/hooks/table.py` says what becomes of each comment.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;
use std::process::Command;

use support::clean;

#[test]
#[ignore = "needs Isso: run tests/run"]
fn comments_end_where_they_belong() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let clients = repository.join("target/test-clients");
    assert!(
        clients.join("isso").exists(),
        "{} has no Isso: run tests/run",
        clients.display()
    );
    let status = clean(Command::new("python3"))
        .arg("-B")
        .arg(repository.join("tests/hooks/table.py"))
        .arg(env!("CARGO_BIN_EXE_chaffinch"))
        .arg(clients)
        .status()
        .expect("python3 runs");
    assert!(status.success(), "the table above says what is wrong");
}
