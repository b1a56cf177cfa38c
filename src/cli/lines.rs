//! Lines in, lines out, in the same order, worked on by all cores.
//!
//! Reading, working and writing overlap. A block is whatever one read brings, so that a big file
//! is cut into big blocks, while a program that writes one line and waits gets its answer at once.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Longest line that is worked on; one that is longer by any amount is handed over cut to one
/// byte more, so that memory stays bounded whatever comes in.
pub(super) const LONGEST_LINE: usize = 2 * 1024 * 1024;

/// How much one read may bring.
const READ_SIZE: usize = 256 * 1024;

/// Blocks under way for each worker: one in work, one waiting, one on its way out.
const BLOCKS_A_WORKER: usize = 3;

struct Block {
    index: u64,
    first_line: u64,
    /// Whole lines, each with the newline at its end except maybe the last of all.
    lines: Vec<u8>,
}

/// Applies `work` to every line of the input, without its newline and with its number counted
/// from 1, and writes what it appends to its buffer. `work` says whether the line was good.
///
/// Returns how many lines were not. Ends early without an error when nobody reads on.
pub(super) fn process(
    input: impl Read,
    output: impl Write + Send,
    work: impl Fn(u64, &[u8], &mut Vec<u8>) -> bool + Sync,
) -> io::Result<u64> {
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let bad = AtomicU64::new(0);
    // A permit for each block that may be under way: the reader takes one, the writer gives it
    // back, and so neither queue nor reordering can grow without bound.
    let (give_permit, permits) = channel::<()>();
    for _ in 0..workers * BLOCKS_A_WORKER {
        let _ = give_permit.send(());
    }
    let (to_workers, blocks) = channel::<Block>();
    let blocks = Mutex::new(blocks);
    let (to_writer, results) = channel::<(u64, Vec<u8>)>();

    thread::scope(|scope| {
        for _ in 0..workers {
            let (blocks, work, bad, to_writer) = (&blocks, &work, &bad, to_writer.clone());
            scope.spawn(move || {
                while let Some(block) = next_block(blocks) {
                    let (index, result, failures) = work_on(&block, work);
                    bad.fetch_add(failures, Ordering::Relaxed);
                    if to_writer.send((index, result)).is_err() {
                        return;
                    }
                }
            });
        }
        // The workers hold the other ends; the writer stops with the last of them.
        drop(to_writer);
        let writer = scope.spawn(move || write_in_order(&results, output, &give_permit));
        let reading = read_blocks(input, &permits, &to_workers);
        drop(to_workers);
        let writing = writer
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the writer stopped unexpectedly")));
        reading.and(writing)
    })?;
    Ok(bad.into_inner())
}

fn next_block(blocks: &Mutex<Receiver<Block>>) -> Option<Block> {
    let blocks = blocks.lock().unwrap_or_else(PoisonError::into_inner);
    blocks.recv().ok()
}

fn work_on(block: &Block, work: &impl Fn(u64, &[u8], &mut Vec<u8>) -> bool) -> (u64, Vec<u8>, u64) {
    let mut result = Vec::new();
    let mut failures = 0;
    for (line, number) in block
        .lines
        .split_inclusive(|&b| b == b'\n')
        .zip(block.first_line..)
    {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !work(number, line, &mut result) {
            failures += 1;
        }
        result.push(b'\n');
    }
    (block.index, result, failures)
}

/// Cuts the input into blocks of whole lines until it ends or nobody wants more.
fn read_blocks(
    mut input: impl Read,
    permits: &Receiver<()>,
    to_workers: &Sender<Block>,
) -> io::Result<()> {
    let mut pending = Vec::new();
    let mut buffer = vec![0; READ_SIZE];
    let (mut index, mut first_line) = (0, 1);
    loop {
        let read = match input.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let (whole, rest) = match buffer[..read].iter().rposition(|&b| b == b'\n') {
            Some(last) => buffer[..read].split_at(last + 1),
            None => (&buffer[..0], &buffer[..read]),
        };
        append_to_line(&mut pending, whole);
        if read > 0 && whole.is_empty() {
            append_to_line(&mut pending, rest);
            continue;
        }
        let lines = std::mem::replace(&mut pending, rest.to_vec());
        if !lines.is_empty() {
            let count = lines.split_inclusive(|&b| b == b'\n').count();
            let block = Block {
                index,
                first_line,
                lines,
            };
            index += 1;
            first_line += u64::try_from(count).unwrap_or(u64::MAX);
            if permits.recv().is_err() || to_workers.send(block).is_err() {
                return Ok(());
            }
        }
        if read == 0 {
            return Ok(());
        }
    }
}

/// Adds to an unfinished line, of which no more is kept than is needed to see that it is too long.
fn append_to_line(pending: &mut Vec<u8>, more: &[u8]) {
    let end_of_line = more.iter().position(|&b| b == b'\n').unwrap_or(more.len());
    let room = (LONGEST_LINE + 1).saturating_sub(pending.len());
    pending.extend_from_slice(&more[..end_of_line.min(room)]);
    pending.extend_from_slice(&more[end_of_line..]);
}

fn write_in_order(
    results: &Receiver<(u64, Vec<u8>)>,
    mut output: impl Write,
    give_permit: &Sender<()>,
) -> io::Result<()> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (index, result) in results {
        early.insert(index, result);
        while let Some(result) = early.remove(&next) {
            match output.write_all(&result).and_then(|()| output.flush()) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                written => written?,
            }
            next += 1;
            // The reader may be done already.
            let _ = give_permit.send(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    /// Brings a few bytes at a time, as a slow pipe does.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn echo(input: &[u8], piece: usize) -> (String, u64) {
        let mut output = Vec::new();
        let bad = process(Pieces(input, piece), &mut output, |number, line, out| {
            out.extend_from_slice(format!("{number}:{}", line.len()).as_bytes());
            !line.is_empty()
        })
        .unwrap();
        (String::from_utf8(output).unwrap(), bad)
    }

    #[test]
    fn lines_keep_their_order_and_numbers_however_they_come() {
        let input: String = (0..5000).map(|n| "x".repeat(n % 37) + "\n").collect();
        let expected: String = (0..5000)
            .map(|n| format!("{}:{}\n", n + 1, n % 37))
            .collect();
        for piece in [1, 7, 4096, usize::MAX] {
            let (output, bad) = echo(input.as_bytes(), piece);
            assert_eq!(output, expected);
            assert_eq!(bad, 136);
        }
    }

    #[test]
    fn the_last_line_needs_no_newline() {
        assert_eq!(echo(b"ab\r\nabc", 2).0, "1:2\n2:3\n");
        assert_eq!(echo(b"", 2).0, "");
    }

    #[test]
    fn of_an_endless_line_only_the_start_is_kept() {
        let mut input = vec![b'x'; LONGEST_LINE + 100_000];
        input.extend_from_slice(b"\nabc\n");
        let expected = format!("1:{}\n2:3\n", LONGEST_LINE + 1);
        assert_eq!(echo(&input, 100_000).0, expected);
    }

    #[test]
    fn a_reader_that_goes_away_ends_the_work() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let endless = io::repeat(b'\n');
        assert_eq!(process(endless, Closed, |_, _, _| true).unwrap(), 0);
    }
}
