//! Backups: what is read is written as the same line again.
#![no_main]

use chaffinch::store::{DumpReader, DumpWriter, Line};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for line in DumpReader::new(bytes) {
        let Ok(line) = line else { return };
        let mut text = Vec::new();
        DumpWriter::default()
            .line(&line, &mut text)
            .expect("memory");
        let again: Line = serde_json::from_slice(&text).expect("what was written is read");
        let mut same = Vec::new();
        DumpWriter::default()
            .line(&again, &mut same)
            .expect("memory");
        assert_eq!(text, same);
    }
});
