//! A data folder of every format that was ever released opens, and holds what it held.
//!
//! `fixtures/formats/N` has a folder of format N and, as `expected.jsonl`, what it holds. A new format gets a new
//! folder; old ones are never written again.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

use chaffinch::store::{self, DumpReader, Line, StoreSettings};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn formats() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn expected(format: &Path) -> Vec<Line> {
    let bytes = fs::read(format.join("expected.jsonl")).unwrap();
    DumpReader::new(&bytes[..]).map(Result::unwrap).collect()
}

fn without_heads(lines: impl Iterator<Item = Line>) -> Vec<Line> {
    lines
        .filter(|line| !matches!(line, Line::Head(_)))
        .collect()
}

#[test]
fn every_format_opens_and_holds_what_it_held() {
    assert!(!formats().is_empty());
    for format in formats() {
        let folder = tempfile::tempdir().unwrap();
        copy(&format.join("data"), folder.path());
        let found = store::examine(folder.path(), &StoreSettings::default()).unwrap();
        assert_eq!(found.findings, [], "{}", format.display());
        let store = store::open(folder.path(), &StoreSettings::default()).unwrap();
        let lines = without_heads(store.dump().map(Result::unwrap));
        assert!(lines.len() > 10);
        assert_eq!(lines, without_heads(expected(&format).into_iter()));
    }
}

#[test]
fn a_backup_of_every_format_is_restored() {
    for format in formats() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        let lines = expected(&format).into_iter().map(Ok);
        store::restore(&folder, &StoreSettings::default(), lines).unwrap();
        let store = store::open(&folder, &StoreSettings::default()).unwrap();
        let lines = without_heads(store.dump().map(Result::unwrap));
        assert_eq!(lines, without_heads(expected(&format).into_iter()));
    }
}
