//! The comments of a corpus as features, on the disk: a corpus may be larger than memory.
//!
//! Learning needs them in an order of chance, several times. So a large corpus is dealt out by
//! chance into blocks that each fit into memory: within a block any order can be taken.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write as _};
use std::os::unix::fs::FileExt as _;

use serde::{Deserialize, Serialize};

use super::random::Random;
use crate::text::Features;
use crate::verdict::Label;

/// One comment to learn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Example {
    /// Number of its source.
    pub source: u32,
    /// Number of its language, among those that the corpus names.
    pub language: u32,
    /// What it is.
    pub label: Label,
    /// Number of the comment in the corpus; variants have that of their original.
    pub comment: u64,
    /// How much it counts: 1, and less for some variants.
    pub weight: f32,
    /// Whether it stands like this in the corpus, and is no variant.
    pub original: bool,
    /// Its features.
    pub features: Features,
}

/// Takes examples, one after the other.
pub(super) struct Writer {
    out: BufWriter<File>,
    bytes: Vec<u8>,
    examples: u64,
    features: u64,
}

impl Writer {
    /// A file without a name in the folder for temporary files, which is gone with the process.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            out: BufWriter::with_capacity(1 << 16, tempfile::tempfile()?),
            bytes: Vec::new(),
            examples: 0,
            features: 0,
        })
    }

    pub(super) fn push(&mut self, example: &Example) -> io::Result<()> {
        self.bytes.clear();
        self.bytes = postcard::to_extend(example, std::mem::take(&mut self.bytes))
            .map_err(io::Error::other)?;
        // A comment has some ten thousand features at most.
        self.out
            .write_all(&(self.bytes.len() as u32).to_le_bytes())?;
        self.out.write_all(&self.bytes)?;
        self.examples += 1;
        self.features += example.features.as_slice().len() as u64;
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<Spool> {
        Ok(Spool {
            file: self.out.into_inner().map_err(io::Error::from)?,
            examples: self.examples,
            features: self.features,
        })
    }
}

/// Examples on the disk.
#[derive(Debug)]
pub(super) struct Spool {
    file: File,
    examples: u64,
    features: u64,
}

impl Spool {
    /// All of them, in the order in which they were written; any number of readers at a time.
    pub(super) fn read(&self) -> impl Iterator<Item = io::Result<Example>> + '_ {
        let file = Positioned {
            file: &self.file,
            at: 0,
        };
        let mut input = BufReader::with_capacity(1 << 18, file);
        let mut bytes = Vec::new();
        (0..self.examples).map(move |_| {
            let mut length = [0; 4];
            input.read_exact(&mut length)?;
            bytes.resize(u32::from_le_bytes(length) as usize, 0);
            input.read_exact(&mut bytes)?;
            postcard::from_bytes(&bytes).map_err(io::Error::other)
        })
    }

    /// Deals the examples out by chance into so many parts that each has about `most` features, or
    /// keeps the whole where it has no more than that.
    pub(super) fn deal(self, most: u64, random: &mut Random) -> io::Result<Vec<Spool>> {
        if self.features <= most {
            return Ok(vec![self]);
        }
        let parts = self.features.div_ceil(most);
        let mut writers = (0..parts)
            .map(|_| Writer::new())
            .collect::<io::Result<Vec<_>>>()?;
        for example in self.read() {
            let part = random.below(parts) as usize;
            writers[part].push(&example?)?;
        }
        writers.into_iter().map(Writer::finish).collect()
    }
}

/// A file read from a place of its own, so that readers do not move each other's.
struct Positioned<'a> {
    file: &'a File,
    at: u64,
}

impl Read for Positioned<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn example(number: u32) -> Example {
        Example {
            source: number % 3,
            language: 0,
            label: [Label::Ham, Label::Spam][(number % 2) as usize],
            comment: u64::from(number),
            weight: 0.5,
            original: true,
            features: Features::from_unordered(vec![number, number + 7, 4_000_000]),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let mut writer = Writer::new().unwrap();
        let written: Vec<Example> = (0..50).map(example).collect();
        for example in &written {
            writer.push(example).unwrap();
        }
        let spool = writer.finish().unwrap();
        let read = || spool.read().collect::<io::Result<Vec<_>>>().unwrap();
        assert_eq!(read(), written);
        assert_eq!(read(), written);
    }

    #[test]
    fn blocks_have_every_example_once_and_follow_from_the_seed() {
        let deal = |most| {
            let mut writer = Writer::new().unwrap();
            for number in 0..300 {
                writer.push(&example(number)).unwrap();
            }
            let spools = writer.finish().unwrap();
            let dealt = spools.deal(most, &mut Random::new(5)).unwrap();
            dealt
                .iter()
                .map(|part| part.read().map(|e| e.unwrap().comment).collect())
                .collect::<Vec<Vec<u64>>>()
        };
        assert_eq!(deal(900).len(), 1);
        let parts = deal(100);
        assert_eq!(parts.len(), 9);
        assert!(parts.iter().all(|part| part.len() < 100));
        assert_eq!(parts, deal(100));
        let mut all = parts.concat();
        all.sort_unstable();
        assert_eq!(all, (0..300).collect::<Vec<u64>>());
    }
}
