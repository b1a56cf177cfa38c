//! Real WordPresses whose Akismet plugin asks the real server, by way of `integrations/wordpress/chaffinch.php`.
//!
//! `tests/run` brings them; `tests/wordpress/table.py` says what becomes of each comment.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;
use std::process::Command;

use support::clean;

#[test]
#[ignore = "needs WordPress, PHP and MariaDB: run tests/run"]
fn comments_end_where_they_belong() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wordpresses = repository.join("target/test-clients/wordpress");
    assert!(
        wordpresses.exists(),
        "{} is missing: run tests/run",
        wordpresses.display()
    );
    let status = clean(Command::new(repository.join("tests/wordpress/run")))
        .arg(env!("CARGO_BIN_EXE_chaffinch"))
        .arg(wordpresses)
        .status()
        .expect("bash runs");
    assert!(status.success(), "the table above says what is wrong");
}
