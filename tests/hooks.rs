//! The hooks for engines without Akismet (`integrations/hooks/`) against the real server, a real Isso and a real Staticman.
//!
//! `tests/run` installs both; `tests/hooks/table.py` and `tests/staticman/table.py` say what becomes of each comment.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;
use std::process::Command;

use support::clean;

/// One after the other, so that the tables stand apart.
#[test]
#[ignore = "needs Isso and Staticman: run tests/run"]
fn comments_end_where_they_belong() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let clients = repository.join("target/test-clients");
    let mut table = Command::new("python3");
    table.arg("-B").arg(repository.join("tests/hooks/table.py"));
    let staticman = Command::new(repository.join("tests/staticman/run"));
    for (program, client) in [(table, "isso"), (staticman, "staticman")] {
        assert!(
            clients.join(client).exists(),
            "{} has no {client}: run tests/run",
            clients.display()
        );
        let status = clean(program)
            .arg(env!("CARGO_BIN_EXE_chaffinch"))
            .arg(&clients)
            .status()
            .expect("it runs");
        assert!(status.success(), "the table above says what is wrong");
    }
}
