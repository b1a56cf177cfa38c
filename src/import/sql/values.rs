//! A row of an `INSERT`: constants in parentheses, and the few functions that SQLite's dumps write texts
//! with.

use std::io;

use super::scan::{Scan, is_of_word};
use super::{Dialect, MOST, Wrong};

/// Deepest nesting of functions. SQLite's dumps have 2.
const DEEPEST: usize = 8;

/// The next row; `None` where the statement ends.
pub(super) fn row(scan: &mut Scan) -> Result<Option<Vec<Option<String>>>, Wrong> {
    if scan.space()? == Some(b',') {
        scan.bump()?;
    }
    match scan.space()? {
        Some(b'(') => {}
        Some(b';') => {
            scan.bump()?;
            return Ok(None);
        }
        // As in ON DUPLICATE KEY UPDATE.
        Some(byte) if is_of_word(byte) => {
            scan.skip_statement()?;
            return Ok(None);
        }
        Some(_) => return Err(Wrong::Sense("something else where a row should begin")),
        None => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
    }
    list(scan, 0).map(Some)
}

/// Values in parentheses.
fn list(scan: &mut Scan, depth: usize) -> Result<Vec<Option<String>>, Wrong> {
    let mut values = Vec::new();
    scan.byte()?;
    if scan.space()? == Some(b')') {
        scan.bump()?;
        return Ok(values);
    }
    loop {
        values.push(value(scan, depth)?);
        scan.space()?;
        match scan.byte()? {
            b',' if values.len() < MOST => {}
            b')' => return Ok(values),
            _ => return Err(Wrong::Sense("a row that makes no sense")),
        }
    }
}

/// A constant; `None` for NULL.
fn value(scan: &mut Scan, depth: usize) -> Result<Option<String>, Wrong> {
    let value = match scan.space()? {
        Some(b'\'') => string(scan, b'\'', scan.dialect == Dialect::Mysql)?,
        Some(b'"') if scan.dialect == Dialect::Mysql => string(scan, b'"', true)?,
        Some(byte) if is_of_word(byte) || matches!(byte, b'-' | b'+' | b'.') => {
            return word(scan, depth);
        }
        _ => return Err(Wrong::Sense("a value that is no constant")),
    };
    cast(scan)?;
    Ok(Some(value))
}

/// What begins without quotes: a number, a keyword, a marked string or a function.
fn word(scan: &mut Scan, depth: usize) -> Result<Option<String>, Wrong> {
    let mut text = Vec::new();
    let of_number = |byte| is_of_word(byte) || matches!(byte, b'-' | b'+' | b'.');
    scan.until(|byte| !of_number(byte), |more| text.extend_from_slice(more))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let value = match (text.to_ascii_lowercase().as_str(), scan.peek()?) {
        ("null", _) => return Ok(None),
        ("x" | "b", Some(b'\'')) => Some(bytes(&string(scan, b'\'', false)?)),
        ("e", Some(b'\'')) => Some(string(scan, b'\'', true)?),
        ("n", Some(b'\'')) => Some(string(scan, b'\'', scan.dialect == Dialect::Mysql)?),
        // MySQL names the charset of a string before it.
        (charset, _) if charset.starts_with('_') && scan.space()? == Some(b'\'') => {
            Some(string(scan, b'\'', true)?)
        }
        (name, Some(b'(')) => {
            if depth == DEEPEST {
                return Err(Wrong::Sense("functions nested without end"));
            }
            function(name, &list(scan, depth + 1)?)?
        }
        (hex, _) if hex.starts_with("0x") => Some(bytes(&hex[2..])),
        _ => Some(text),
    };
    cast(scan)?;
    Ok(value)
}

/// Passes over PostgreSQL's `::type`.
fn cast(scan: &mut Scan) -> Result<(), Wrong> {
    while scan.space()? == Some(b':') {
        scan.bump()?;
        if scan.peek()? == Some(b':') {
            scan.bump()?;
        }
        scan.word()?;
    }
    Ok(())
}

/// What SQLite writes line ends and other characters of control with.
fn function(name: &str, values: &[Option<String>]) -> Result<Option<String>, Wrong> {
    let text = |at: usize| values.get(at).cloned().flatten().unwrap_or_default();
    Ok(match name {
        "replace" => {
            let (from, to) = (text(1), text(2));
            // Twice the length at most, or a short text could become an endless one.
            if from.is_empty() || to.len() > from.len() {
                return Err(Wrong::Sense("a function that a dump does not need"));
            }
            Some(text(0).replace(&from, &to))
        }
        "char" => {
            let codes = values.iter().flatten();
            let chars = codes.map(|code| code.parse().ok().and_then(char::from_u32));
            Some(chars.map(|char| char.unwrap_or('\u{fffd}')).collect())
        }
        "unistr" => Some(unistr(&text(0))),
        _ => return Err(Wrong::Sense("a function that a dump does not need")),
    })
}

/// SQLite's `unistr`: `\XXXX`, `\uXXXX`, `\+XXXXXX` and `\UXXXXXXXX` are characters.
fn unistr(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (skip, digits) = match after.as_bytes().first() {
            Some(b'u') => (1, 4),
            Some(b'+') => (1, 6),
            Some(b'U') => (1, 8),
            Some(b'\\') => {
                plain.push('\\');
                rest = &after[1..];
                continue;
            }
            _ => (0, 4),
        };
        let code = after.get(skip..skip + digits);
        let char = code
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        match char {
            Some(char) => {
                plain.push(char);
                rest = &after[skip + digits..];
            }
            None => {
                plain.push('\\');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// A string; with `escapes`, a backslash gives the next character another meaning.
fn string(scan: &mut Scan, quote: u8, escapes: bool) -> Result<String, Wrong> {
    let mut text = Vec::new();
    scan.byte()?;
    loop {
        let stops = |byte| byte == quote || (escapes && byte == b'\\');
        scan.until(stops, |more| text.extend_from_slice(more))?;
        match scan.byte()? {
            b'\\' if escapes => match scan.byte()? {
                b'n' => text.push(b'\n'),
                b'r' => text.push(b'\r'),
                b't' => text.push(b'\t'),
                b'0' => text.push(0),
                b'b' => text.push(8),
                b'Z' => text.push(26),
                other => text.push(other),
            },
            _ if scan.peek()? == Some(quote) => {
                scan.bump()?;
                text.push(quote);
            }
            _ => return Ok(lossy(text)),
        }
    }
}

/// The text of hexadecimal digits.
fn bytes(digits: &str) -> String {
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        std::str::from_utf8(pair)
            .ok()
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            .unwrap_or(b'?')
    });
    lossy(pairs.collect())
}

pub(super) fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
