//! The text of an export: unpacked if it was packed, UTF-8, its lines counted, and no part of it larger
//! than is healthy.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::utf8::Utf8;

/// Most bytes of one part of an export, such as a row or a text between two tags.
const LONGEST_PART: usize = 16 << 20;
/// How much more than its packed size a file may hold. What people wrote packs 3 to 20 times, made up
/// from pieces up to 100 times; a bomb of zeros 1,000 times.
const MOST_GROWTH: u64 = 300;
/// Unpacked bytes from which that is looked at.
const GROWTH_FROM: u64 = 64 << 20;

/// What was read so far.
#[derive(Debug, Default)]
pub struct Meter {
    read: AtomicU64,
    pub(super) foreign: AtomicU64,
    pub(super) mended: AtomicU64,
}

impl Meter {
    /// Bytes of files, as they lie on the disk.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes that were not UTF-8 and were taken for Windows-1252.
    pub fn foreign(&self) -> u64 {
        self.foreign.load(Ordering::Relaxed)
    }

    /// Texts that somebody had read in a wrong encoding before, and that were put right.
    pub fn mended(&self) -> u64 {
        self.mended.load(Ordering::Relaxed)
    }
}

/// A text to be read.
pub(super) struct Input {
    text: Box<dyn Read>,
    /// What was read and not yet taken.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    meter: Arc<Meter>,
    line: u64,
    /// Bytes that the part under way may still have.
    left: usize,
}

impl Input {
    pub(super) fn open(path: &Path, meter: &Arc<Meter>) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Self::begin(file, meter)
    }

    /// That of a file that is at hand.
    #[cfg(any(test, fuzzing))]
    pub(super) fn new(bytes: impl Read + 'static, meter: &Arc<Meter>) -> Self {
        match Self::begin(bytes, meter) {
            Ok(input) => input,
            Err(error) => {
                let failing = Failing(error.to_string());
                Self::over(Box::new(failing), meter)
            }
        }
    }

    fn begin(file: impl Read + 'static, meter: &Arc<Meter>) -> io::Result<Self> {
        let meter = Arc::clone(meter);
        let counted = Counted(file, Arc::clone(&meter));
        let mut file = BufReader::with_capacity(1 << 16, counted);
        let text: Box<dyn Read> = match file.fill_buf()? {
            [0x1f, 0x8b, ..] => Box::new(Unpacked {
                file: MultiGzDecoder::new(file),
                meter: Arc::clone(&meter),
                before: meter.read(),
                grown: 0,
            }),
            _ => Box::new(file),
        };
        let mut input = Self::over(Box::new(Utf8::new(Unmarked::new(text)?, &meter)), &meter);
        input.begin_part();
        Ok(input)
    }

    fn over(text: Box<dyn Read>, meter: &Arc<Meter>) -> Self {
        Self {
            text,
            bytes: vec![0; 1 << 16],
            start: 0,
            end: 0,
            meter: Arc::clone(meter),
            line: 1,
            left: LONGEST_PART,
        }
    }

    /// The line that is being read, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn meter(&self) -> &Arc<Meter> {
        &self.meter
    }

    /// What comes now is another part.
    pub(super) fn begin_part(&mut self) {
        self.left = LONGEST_PART;
    }

    /// The next byte, which stays.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.fill_buf()?.first().copied())
    }

    /// The next bytes, which stay: so many, if there are.
    pub(super) fn ahead(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.start < count {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            let read = self.text.read(&mut self.bytes[self.end..])?;
            self.end += read;
            if read == 0 {
                break;
            }
        }
        let bytes = &self.bytes[self.start..self.end];
        Ok(&bytes[..bytes.len().min(count)])
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other(format!(
                "a part of it is longer than {} MiB",
                LONGEST_PART >> 20
            )));
        }
        if self.start == self.end {
            self.end = self.text.read(&mut self.bytes)?;
            self.start = 0;
        }
        let count = (self.end - self.start).min(self.left);
        Ok(&self.bytes[self.start..self.start + count])
    }

    fn consume(&mut self, count: usize) {
        let taken = &self.bytes[self.start..self.start + count];
        self.line += memchr::memchr_iter(b'\n', taken).count() as u64;
        self.left -= count;
        self.start += count;
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

/// An error of reading, for people.
pub(super) fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the file ends too early".to_owned(),
        _ => error.to_string(),
    }
}

struct Counted<R>(R, Arc<Meter>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// A packed file, which may not grow beyond all bounds.
struct Unpacked<R> {
    file: MultiGzDecoder<R>,
    meter: Arc<Meter>,
    /// What the meter had read before this file.
    before: u64,
    grown: u64,
}

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.grown += count as u64;
        // The file's first block was read before; it is small against what is looked at.
        let packed = self.meter.read().saturating_sub(self.before).max(1 << 16);
        if self.grown > GROWTH_FROM && self.grown / packed > MOST_GROWTH {
            return Err(io::Error::other(format!(
                "the packed file holds more than {MOST_GROWTH} times its size: that is no export"
            )));
        }
        Ok(count)
    }
}

/// A text without the mark of its encoding. UTF-16 is refused by it.
struct Unmarked<R> {
    head: io::Cursor<Vec<u8>>,
    rest: R,
}

impl<R: Read> Unmarked<R> {
    fn new(mut text: R) -> io::Result<Self> {
        let mut head = Vec::new();
        text.by_ref().take(3).read_to_end(&mut head)?;
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(io::Error::other("it is UTF-16: save it as UTF-8"));
        }
        if head == b"\xef\xbb\xbf" {
            head.clear();
        }
        Ok(Self {
            head: io::Cursor::new(head),
            rest: text,
        })
    }
}

impl<R: Read> Read for Unmarked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.head.read(buffer)? {
            0 => self.rest.read(buffer),
            count => Ok(count),
        }
    }
}

#[cfg(any(test, fuzzing))]
struct Failing(String);

#[cfg(any(test, fuzzing))]
impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other(self.0.clone()))
    }
}
