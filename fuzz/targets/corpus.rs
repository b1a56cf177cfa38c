//! Labelled comments, as `train`, `evaluate` and `import` read them: read, or refused with the line.
#![no_main]

use std::fs;

use chaffinch::training::corpus;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), bytes).expect("a file");
    let lines = bytes.split(|byte| *byte == b'\n').count();
    let samples = corpus::read(file.path()).expect("it can be opened");
    assert!(samples.take(lines + 1).count() <= lines);
});
