//! The Debian package of this very binary: made, installed in a clean root, serving there, and removed.
//!
//! `tests/run` brings cargo-deb and debootstrap; `tests/debian/run` is what is done.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;
use std::process::Command;

use support::clean;

#[test]
#[ignore = "needs root, cargo-deb and debootstrap: run tests/run"]
fn the_package_is_installed_serves_and_goes() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let clients = repository.join("target/test-clients");
    let cargo_deb = clients.join("cargo-deb/bin");
    if !cargo_deb.exists() {
        println!("not run: only root can make a clean root, and tests/run brings the rest");
        return;
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let output = clean(Command::new(repository.join("tests/debian/run")))
        .arg(env!("CARGO_BIN_EXE_chaffinch"))
        .arg(clients.join("debian"))
        .env("PATH", format!("{}:{path}", cargo_deb.display()))
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    println!("{said}");
}
