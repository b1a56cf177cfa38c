//! The description of the API against the running server, by schemathesis (PyPI): calls made up from
//! `/openapi.json`, sound ones and unsound ones. `tests/run` installs it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;
use std::process::Command;

use support::{Server, TOKEN, clean};

/// What every reply is checked for: no fault of the server, and nothing but what the description
/// says. Whether each made-up value is refused or accepted is not asked: a description cannot say
/// what, for one, is the address of a site.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance,\
    ignored_auth";

#[test]
#[ignore = "needs schemathesis: run tests/run"]
fn the_server_keeps_what_its_description_says() {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-clients/schemathesis");
    let missing = format!("{} is missing: run tests/run", installed.display());
    assert!(installed.exists(), "{missing}");
    let folder = tempfile::tempdir().unwrap();
    // Calls with made-up keys are part of the trial.
    let server = Server::start_with(&folder.path().join("data"), |command| {
        command.args(["--rate-wrong-keys", "off"])
    });
    let output = clean(Command::new("python3"))
        .args(["-B", "-m", "schemathesis.cli", "run"])
        .arg(format!("{}/openapi.json", server.base))
        .args(["--header", &format!("Authorization: Bearer {TOKEN}")])
        .args(["--checks", CHECKS, "--seed", "1", "--max-examples", "25"])
        .args(["--warnings", "off", "--no-color"])
        .env("PYTHONPATH", installed)
        .current_dir(folder.path())
        .output()
        .expect("python3 starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    // The closing line, for whoever looks with --nocapture.
    println!("{}", said.trim_end().lines().last().unwrap_or_default());
}
