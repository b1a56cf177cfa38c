//! The lines behind a `COPY … FROM stdin`: values between tabs, `\N` for NULL, `\.` at the end.

use std::io;

use super::Wrong;
use super::scan::Scan;
use super::values::lossy;

/// The next row; `None` behind the last one.
pub(super) fn row(scan: &mut Scan) -> Result<Option<Vec<Option<String>>>, Wrong> {
    let mut values = Vec::new();
    loop {
        let (value, end) = value(scan)?;
        if values.is_empty() && end && value == Value::End {
            return Ok(None);
        }
        values.push(match value {
            Value::Text(text) => Some(lossy(text)),
            Value::Null | Value::End => None,
        });
        if end {
            return Ok(Some(values));
        }
    }
}

/// Passes over all of them.
pub(super) fn skip(scan: &mut Scan) -> io::Result<()> {
    loop {
        scan.begin_part();
        let mut start = Vec::new();
        scan.until(
            |byte| byte == b'\n',
            |more| {
                let room = 3usize.saturating_sub(start.len());
                start.extend_from_slice(&more[..more.len().min(room)]);
            },
        )?;
        scan.byte()?;
        if start.trim_ascii_end() == b"\\." {
            return Ok(());
        }
    }
}

#[derive(PartialEq)]
enum Value {
    Text(Vec<u8>),
    Null,
    End,
}

/// A value, and whether it is the last of its line.
fn value(scan: &mut Scan) -> io::Result<(Value, bool)> {
    let mut text = Vec::new();
    let mut special = None;
    loop {
        scan.until(
            |byte| matches!(byte, b'\t' | b'\n' | b'\\'),
            |more| text.extend_from_slice(more),
        )?;
        let byte = scan.byte()?;
        if byte != b'\\' {
            let value = match (special, text.trim_ascii_end().is_empty()) {
                (Some(value), true) => value,
                _ => Value::Text(text),
            };
            return Ok((value, byte == b'\n'));
        }
        let first = text.is_empty();
        match scan.byte()? {
            b'N' if first => special = Some(Value::Null),
            b'.' if first => special = Some(Value::End),
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'v' => text.push(11),
            other => text.push(other),
        }
    }
}
