//! The Helm chart, the Caddyfiles, the files for a cluster and the list of the Debian package's files.
//!
//! `tests/run` brings Helm; `tests/packages/check.py` says what is looked at.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;
use std::process::Command;

use support::clean;

#[test]
#[ignore = "needs Helm and Caddy: run tests/run"]
fn packages_are_well_formed() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let clients = repository.join("target/test-clients");
    let output = clean(Command::new("python3"))
        .arg("-B")
        .arg(repository.join("tests/packages/check.py"))
        .arg(env!("CARGO_BIN_EXE_chaffinch"))
        .arg(clients.join("helm/helm"))
        .arg(clients.join("nats/bin/nats-server"))
        // A reader of YAML is there.
        .env("PYTHONPATH", clients.join("isso"))
        .output()
        .expect("python3 runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
