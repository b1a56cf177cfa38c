//! The smallest parts of a dump: words, quoted things, comments, and the ends of statements.

use std::io::{self, BufRead};

use super::super::input::Input;
use super::Dialect;

/// Longest name.
const LONGEST_NAME: usize = 1024;

/// Reads a dump byte by byte. Between two parts everything that means nothing is passed over.
pub(super) struct Scan {
    input: Input,
    pub(super) dialect: Dialect,
}

/// A keyword or name.
pub(super) struct Word {
    pub(super) text: String,
    /// Whether it stood in quotes, so that it is no keyword.
    pub(super) quoted: bool,
}

impl Word {
    pub(super) fn is(&self, keyword: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(keyword)
    }
}

impl Scan {
    pub(super) fn new(input: Input, dialect: Dialect) -> Self {
        Self { input, dialect }
    }

    pub(super) fn input(&self) -> &Input {
        &self.input
    }

    pub(super) fn begin_part(&mut self) {
        self.input.begin_part();
    }

    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        self.input.peek()
    }

    /// Passes over a byte.
    pub(super) fn bump(&mut self) -> io::Result<()> {
        if self.peek()?.is_some() {
            self.input.consume(1);
        }
        Ok(())
    }

    /// The next byte, which must be there.
    pub(super) fn byte(&mut self) -> io::Result<u8> {
        let byte = self.peek()?.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.input.consume(1);
        Ok(byte)
    }

    /// Takes bytes up to one that `stops`, or the end.
    pub(super) fn until(
        &mut self,
        stops: impl Fn(u8) -> bool,
        mut take: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        loop {
            let bytes = self.input.fill_buf()?;
            let end = bytes.iter().position(|&byte| stops(byte));
            let count = end.unwrap_or(bytes.len());
            take(&bytes[..count]);
            self.input.consume(count);
            if end.is_some() || count == 0 {
                return Ok(());
            }
        }
    }

    /// Passes over white space and comments; answers with the byte behind them.
    pub(super) fn space(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(byte) if byte.is_ascii_whitespace() => self.input.consume(1),
                Some(b'#') if self.dialect == Dialect::Mysql => self.skip_line()?,
                Some(first @ (b'-' | b'/')) => {
                    // Outside of strings nothing else begins with these, but for negative numbers.
                    let second = self.input.ahead(2)?.get(1).copied();
                    match (first, second) {
                        (b'-', Some(b'-')) => self.skip_line()?,
                        (b'/', Some(b'*')) => self.skip_comment()?,
                        _ => return Ok(Some(first)),
                    }
                }
                other => return Ok(other),
            }
        }
    }

    /// Passes over the rest of the line.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        self.until(|byte| byte == b'\n', |_| ())?;
        self.bump()
    }

    fn skip_comment(&mut self) -> io::Result<()> {
        self.input.consume(1);
        self.input.consume(1);
        loop {
            self.until(|byte| byte == b'*', |_| ())?;
            self.byte()?;
            if self.peek()? == Some(b'/') {
                return self.bump();
            }
        }
    }

    /// The next keyword or name, if that is what comes.
    pub(super) fn word(&mut self) -> io::Result<Option<Word>> {
        let first = self.space()?;
        let mut text = Vec::new();
        let quoted = match first {
            Some(quote @ (b'`' | b'"')) => {
                self.quoted(quote, &mut text)?;
                true
            }
            Some(b'[') => {
                self.bump()?;
                self.until(|byte| byte == b']', |more| text.extend_from_slice(more))?;
                self.byte()?;
                true
            }
            Some(byte) if is_of_word(byte) => {
                self.until(
                    |byte| !is_of_word(byte),
                    |more| text.extend_from_slice(more),
                )?;
                false
            }
            _ => return Ok(None),
        };
        text.truncate(LONGEST_NAME);
        Ok(Some(Word {
            text: String::from_utf8_lossy(&text).into_owned(),
            quoted,
        }))
    }

    /// What stands in quotes that are doubled within; no other escapes.
    pub(super) fn quoted(&mut self, quote: u8, text: &mut Vec<u8>) -> io::Result<()> {
        self.byte()?;
        loop {
            self.until(|byte| byte == quote, |more| text.extend_from_slice(more))?;
            self.byte()?;
            if self.peek()? != Some(quote) {
                return Ok(());
            }
            text.push(self.byte()?);
        }
    }

    /// Passes over a string in quotes.
    fn skip_string(&mut self, quote: u8, escapes: bool) -> io::Result<()> {
        self.byte()?;
        loop {
            // Two quotes within are the end of one string and the start of another: no matter here.
            self.until(|byte| byte == quote || (escapes && byte == b'\\'), |_| ())?;
            if self.byte()? == quote {
                return Ok(());
            }
            self.byte()?;
        }
    }

    /// Passes over everything up to the `;` that ends a statement, or the end of the file.
    pub(super) fn skip_statement(&mut self) -> io::Result<()> {
        while let Some(byte) = self.pass(b";")? {
            if byte == b';' {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Passes over the rest of a column's definition. Answers whether another one follows.
    pub(super) fn skip_definition(&mut self) -> io::Result<bool> {
        let mut depth = 0usize;
        loop {
            match self.pass(b"(),")? {
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
                Some(b'(') => depth += 1,
                Some(b')') if depth == 0 => return Ok(false),
                Some(b')') => depth -= 1,
                Some(_) if depth == 0 => return Ok(true),
                Some(_) => {}
            }
        }
    }

    /// Passes over everything up to and with one of some bytes outside of strings and comments.
    fn pass(&mut self, bytes: &[u8]) -> io::Result<Option<u8>> {
        let escapes = self.dialect == Dialect::Mysql;
        let mut before = 0;
        loop {
            // The parts are not kept: they may be of any length.
            self.begin_part();
            let Some(byte) = self.space()? else {
                return Ok(None);
            };
            match byte {
                _ if bytes.contains(&byte) => {
                    self.bump()?;
                    return Ok(Some(byte));
                }
                b'\'' => self.skip_string(b'\'', escapes || matches!(before, b'E' | b'e'))?,
                b'"' => self.skip_string(b'"', escapes)?,
                b'`' => self.skip_string(b'`', false)?,
                b'$' if !escapes => self.skip_dollars()?,
                _ => self.bump()?,
            }
            before = byte;
        }
    }

    /// Passes over `$tag$ … $tag$`, PostgreSQL's bodies of functions.
    fn skip_dollars(&mut self) -> io::Result<()> {
        self.byte()?;
        let mut tag = Vec::new();
        self.until(
            |byte| !is_of_word(byte) || byte == b'$',
            |more| tag.extend_from_slice(more),
        )?;
        if self.peek()? != Some(b'$') || tag.len() > LONGEST_NAME {
            return Ok(());
        }
        self.bump()?;
        loop {
            self.begin_part();
            let mut end = Vec::new();
            self.until(|byte| byte == b'$', |_| ())?;
            self.byte()?;
            self.until(
                |byte| !is_of_word(byte) || byte == b'$',
                |more| end.extend_from_slice(&more[..more.len().min(LONGEST_NAME + 1)]),
            )?;
            if end == tag && self.peek()? == Some(b'$') {
                return self.bump();
            }
        }
    }
}

/// Whether a byte may stand in a name without quotes.
pub(super) fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}
