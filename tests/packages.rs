//! The Helm chart, the Caddyfiles, the files for a cluster and the list of the Debian package's files.
//!
//! `tests/run` brings Helm; `tests/packages/check.py` says what is looked at.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeSet;
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

/// The step of the Dockerfile that builds the dependencies has the manifest and nothing else: every target that the manifest
/// names must be made up.
#[test]
fn the_image_can_be_built_with_what_it_is_given() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(repository.join("Dockerfile")).unwrap();
    let step = text
        .split("RUN mkdir")
        .nth(1)
        .expect("a step that makes folders");
    let (makes_up, _) = step.split_once("&& cargo build").expect("and then builds");
    let folder = tempfile::tempdir().unwrap();
    for manifest in ["Cargo.toml", "Cargo.lock"] {
        std::fs::copy(repository.join(manifest), folder.path().join(manifest)).unwrap();
    }
    let script = format!("mkdir {makes_up} && cargo metadata --no-deps --format-version 1");
    let script = script.replace("\\\n", " ");
    let output = clean(Command::new("sh"))
        .args(["-ec", &script])
        .current_dir(folder.path())
        .output()
        .expect("sh runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{errors}");
}

/// What the compiler has read of the repository for the program, as it notes beside what it makes, is copied into the image's build.
#[test]
fn the_image_is_given_what_the_build_reads() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"))
        .canonicalize()
        .unwrap();
    let read = |file: &str| std::fs::read_to_string(repository.join(file)).unwrap();
    let (steps, let_in) = (read("Dockerfile"), read(".dockerignore"));
    let made = Path::new(env!("CARGO_BIN_EXE_chaffinch")).with_file_name("deps");
    let mut folders = BTreeSet::new();
    for file in std::fs::read_dir(made).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy();
        if !name.starts_with("chaffinch-") || file.extension() != Some("d".as_ref()) {
            continue;
        }
        let notes = std::fs::read_to_string(&file).unwrap();
        for word in notes.split_whitespace() {
            // Relative to the repository, some by way of "..". What is gone was noted for an earlier build.
            let Ok(path) = repository.join(word).canonicalize() else {
                continue;
            };
            let mut inside = path.strip_prefix(&repository).into_iter().flatten();
            if let (Some(folder), Some(_)) = (inside.next(), inside.next()) {
                folders.insert(folder.to_str().unwrap().to_owned());
            }
        }
    }
    folders.remove("target");
    assert!(folders.contains("src"), "{folders:?}");
    for folder in folders {
        let copied = format!("COPY {folder} {folder}");
        assert!(
            steps.lines().any(|line| line == copied),
            "no step: {copied}"
        );
        let let_in = let_in.lines().any(|line| line == format!("!{folder}"));
        assert!(let_in, ".dockerignore keeps {folder} out");
    }
}
