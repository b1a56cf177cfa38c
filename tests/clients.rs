//! Real Akismet clients from their registries against the real server.
//!
//! `tests/run` installs them; `tests/clients/README.md` says what they are asked to do.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{KEY, Server, clean};

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// Where `tests/run` installs the clients.
fn installed(name: &str) -> PathBuf {
    let path = Path::new(REPOSITORY).join("target/test-clients").join(name);
    assert!(
        path.exists(),
        "{} is missing: run tests/run",
        path.display()
    );
    path
}

/// What a client must say; the first two lines only where it has a verify-key call.
const EXPECTED: &str = "\
good key: valid
bad key: invalid
check with bad key: refused
honest comment: ham
advertisement: spam
advertisement after submit-ham: ham
honest comment after submit-spam: spam
";

fn python(client: &str, script: &str) -> String {
    let mut command = Command::new("python3");
    command
        .arg("-B")
        .arg(
            Path::new(REPOSITORY)
                .join("tests/clients/python")
                .join(script),
        )
        .env("PYTHONPATH", installed(client))
        // How fast the server is, is measured elsewhere.
        .env("PYTHON_AKISMET_TIMEOUT", "60");
    tour(command, &[])
}

fn node(script: &str) -> String {
    let modules = installed("node");
    let mut command = Command::new("node");
    command.arg(
        Path::new(REPOSITORY)
            .join("tests/clients/node")
            .join(script),
    );
    tour(command, &[modules.to_str().unwrap()])
}

/// Runs a client's program against a fresh server and gives what it said.
fn tour(command: Command, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let output = clean(command)
        .args([server.port().to_string().as_str(), KEY])
        .args(more)
        .output()
        .expect("the client starts: run tests/run");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

#[test]
#[ignore = "needs the client libraries: run tests/run"]
fn pypi_akismet() {
    assert_eq!(python("akismet", "pypi_akismet.py"), EXPECTED);
}

#[test]
#[ignore = "needs the client libraries: run tests/run"]
fn pypi_python_akismet() {
    let (_, without_verify) = EXPECTED.split_once("bad key: invalid\n").unwrap();
    let said = python("python-akismet", "pypi_python_akismet.py");
    assert_eq!(said, without_verify);
}

#[test]
#[ignore = "needs the client libraries: run tests/run"]
fn npm_akismet_api() {
    assert_eq!(node("akismet-api.mjs"), EXPECTED);
}

#[test]
#[ignore = "needs the client libraries: run tests/run"]
fn npm_cedx_akismet() {
    assert_eq!(node("cedx-akismet.mjs"), EXPECTED);
}

#[test]
#[ignore = "needs the client libraries: run tests/run"]
fn crate_instant_akismet() {
    let program = installed("instant-akismet").join("debug/instant-akismet-tour");
    assert_eq!(tour(Command::new(program), &[]), EXPECTED);
}
