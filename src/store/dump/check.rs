//! Lines on their way to and from a file, with an end that tells whether all of them are there and as
//! they were written.

use std::io::{self, BufRead, Write};

use super::{End, FORMAT, Line};

/// Longest line read, in bytes: an event that erases a million verdicts is half of it.
const LONGEST: u64 = 64 << 20;

/// Why a dump cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The operating system refused.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A line is none of a dump.
    #[error("line {line} is none of a backup: {reason}")]
    Line {
        /// Which, counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// It was written by a newer version.
    #[error("it has format {found}, written by a newer Chaffinch; this one reads up to {FORMAT}")]
    Newer {
        /// The format found.
        found: u32,
    },
    /// It has no end.
    #[error("it was cut off after line {0}: a whole backup ends with a line \"end\"")]
    CutOff(u64),
    /// It is not what was written.
    #[error("it is damaged: its lines are not those that its end speaks of")]
    Damaged,
}

/// Writes lines, and the end that vouches for them.
#[derive(Debug)]
pub struct DumpWriter {
    lines: u64,
    hasher: blake3::Hasher,
}

impl Default for DumpWriter {
    fn default() -> Self {
        Self {
            lines: 0,
            hasher: blake3::Hasher::new(),
        }
    }
}

impl DumpWriter {
    /// Appends a line.
    pub fn line(&mut self, line: &Line, to: &mut Vec<u8>) -> io::Result<()> {
        let start = to.len();
        serde_json::to_writer(&mut *to, line)?;
        to.push(b'\n');
        self.hasher.update(&to[start..]);
        self.lines += 1;
        Ok(())
    }

    /// Appends the end.
    pub fn end(self, to: &mut impl Write) -> io::Result<()> {
        let end = Line::End(End {
            lines: self.lines,
            blake3: self.hasher.finalize().to_string(),
        });
        serde_json::to_writer(&mut *to, &end)?;
        to.write_all(b"\n")
    }
}

/// Reads lines up to the end, and makes sure that it is the right one. Nothing follows an error.
#[derive(Debug)]
pub struct DumpReader<R> {
    from: R,
    lines: u64,
    hasher: blake3::Hasher,
    ended: bool,
}

impl<R: BufRead> DumpReader<R> {
    /// Reads from here.
    pub fn new(from: R) -> Self {
        Self {
            from,
            lines: 0,
            hasher: blake3::Hasher::new(),
            ended: false,
        }
    }

    fn read(&mut self) -> Result<Option<Line>, DumpError> {
        let mut text = Vec::new();
        io::Read::take(&mut self.from, LONGEST).read_until(b'\n', &mut text)?;
        if !text.ends_with(b"\n") {
            return Err(DumpError::CutOff(self.lines));
        }
        let line = serde_json::from_slice(&text).map_err(|e| DumpError::Line {
            line: self.lines + 1,
            reason: e.to_string(),
        })?;
        match &line {
            Line::End(end) => {
                let whole = end.lines == self.lines
                    && end.blake3 == self.hasher.finalize().to_string()
                    && self.from.fill_buf()?.is_empty();
                return whole.then_some(None).ok_or(DumpError::Damaged);
            }
            Line::Head(head) if head.format > FORMAT => {
                return Err(DumpError::Newer { found: head.format });
            }
            _ => {}
        }
        self.lines += 1;
        self.hasher.update(&text);
        Ok(Some(line))
    }
}

impl<R: BufRead> Iterator for DumpReader<R> {
    type Item = Result<Line, DumpError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read();
        self.ended = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}
