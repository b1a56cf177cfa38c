//! Exports of other programs, each read in every format: every row has a text or no label, and what
//! cannot be read is told with its place; nothing follows a fault that ends the file.
#![no_main]

use chaffinch::import::{Format, rows_of};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 10] = [
    Format::Jsonl,
    Format::Csv,
    Format::Wordpress,
    Format::WordpressSql,
    Format::Disqus,
    Format::Staticman,
    Format::Isso,
    Format::Commento,
    Format::Remark42,
    Format::Discourse,
];

fuzz_target!(|bytes: &[u8]| {
    let Some((format, bytes)) = bytes.split_first() else {
        return;
    };
    let format = FORMATS[usize::from(*format) % FORMATS.len()];
    let mut over = false;
    for row in rows_of(bytes.to_vec(), format) {
        assert!(!over);
        match row {
            Ok(row) => assert!(row.label.is_none() || !row.comment.content.trim().is_empty()),
            Err(fault) => over = fault.ends,
        }
    }
});
