//! The journal: an append-only file of events, the source of truth for what admins did.
//!
//! The file starts with a head of 40 bytes: magic, version (u32), sequence before the first
//! event (u64), first link of the chain (16 random bytes, which tell logs apart), CRC-32 of these.
//! [Frames](frame) follow.

mod frame;
mod salvage;

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use self::frame::{Fault, Frames};
use super::codec;
use super::data_dir::{make_dir, write_new};
use super::error::StoreError;
use super::event::{Event, Sequence};

pub(crate) use self::frame::{Chain, ends, payloads};
pub(crate) use self::salvage::{examine, rewrite, salvage};

const MAGIC: &[u8; 8] = b"CHAFFJNL";
const VERSION: u32 = 1;
const HEAD: u64 = 40;
/// Where in the head the first link of the chain stands.
const CHAIN_AT: Range<usize> = 20..36;
/// Events between two marks.
const MARK_EVERY: Sequence = 256;
/// Room, in bytes, that a probe asks for: that of a large event.
const PROBE: usize = 64 * 1024;

/// The journal, open for appending. One thread owns it.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    reader: Reader,
    /// Whether the last write failed.
    failing: bool,
    /// Set when a failed write could not be undone.
    broken: Option<StoreError>,
}

/// Reads what has been committed, beside the writer.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    path: Arc<PathBuf>,
    committed: Arc<RwLock<Committed>>,
    /// Ends of some events, in order, so that reading need not begin at the front.
    marks: Arc<RwLock<Vec<Committed>>>,
}

/// Some events as they stand in a journal, one behind the other.
#[derive(Debug, Clone)]
pub(crate) struct Stretch {
    /// The event before the first.
    pub(crate) after: Sequence,
    frames: Vec<u8>,
    /// Where the last one ends, and every so many of them: lengths are those of the stretch.
    end: Committed,
    marks: Vec<Committed>,
}

impl Stretch {
    fn behind(after: Sequence, chain: Chain) -> Self {
        let end = Committed {
            length: 0,
            last: after,
            chain,
        };
        Self {
            after,
            frames: Vec::new(),
            end,
            marks: Vec::new(),
        }
    }

    fn push(&mut self, payload: &[u8]) -> Result<(), StoreError> {
        let (last, chain) = (self.end.last + 1, frame::link(&self.end.chain, payload));
        if !frame::write(last, &chain, payload, &mut self.frames) {
            return Err(StoreError::Unreadable {
                what: "event",
                reason: "it is too long".to_owned(),
            });
        }
        let length = self.frames.len() as u64;
        self.end = Committed {
            length,
            last,
            chain,
        };
        if last.is_multiple_of(MARK_EVERY) {
            self.marks.push(self.end);
        }
        Ok(())
    }

    /// As they stand in the file.
    pub(crate) fn frames(&self) -> &[u8] {
        &self.frames
    }

    /// The link of the last one, which no other event of any log has.
    pub(crate) fn link(&self) -> Chain {
        self.end.chain
    }
}

/// Where an event ends: with the last one, how far the file is durable.
#[derive(Debug, Clone, Copy)]
struct Committed {
    length: u64,
    last: Sequence,
    chain: Chain,
}

impl Journal {
    /// Opens the journal in a directory, making it if it is not there.
    ///
    /// An incomplete last event, as a crash leaves it, is cut off: nobody was told that it is
    /// durable. `acknowledged` is the newest event known to have been durable: if it is gone, or
    /// if sound events follow a broken one, the file is damaged and left as it is.
    pub(crate) fn open(directory: &Path, acknowledged: Sequence) -> Result<Self, StoreError> {
        make_dir(directory)?;
        let path = directory.join("events.log");
        if !path.exists() {
            write_new(&path, &head(&fresh_chain(&path)?))?;
        }
        let io = |e: io::Error| StoreError::io(&path, &e);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut frames = frames(&path, size)?;
        let mut marks = Vec::new();
        let broken = loop {
            match frames.next() {
                Ok(Some(_)) => frames.mark(size, &mut marks),
                Ok(None) => break None,
                Err(Fault::Broken(what)) => break Some(what),
                Err(fault) => return Err(fault_at(&path, size - frames.left(), fault)),
            }
        };
        let length = size - frames.left();
        let damaged = |what: String| StoreError::Damaged {
            path: path.clone(),
            offset: length,
            what,
        };
        if let Some(what) = broken {
            let mut rest = Vec::new();
            let mut tail = File::open(&path).map_err(io)?;
            tail.seek(SeekFrom::Start(length + 1)).map_err(io)?;
            tail.read_to_end(&mut rest).map_err(io)?;
            if frame::any_in(&rest, frames.last) {
                return Err(damaged(format!("{what}, and sound events follow it")));
            }
        }
        if frames.last < acknowledged {
            return Err(damaged(format!(
                "it ends with event {}, but event {acknowledged} was acknowledged",
                frames.last
            )));
        }
        if let Some(what) = broken {
            tracing::warn!(
                file = %path.display(), offset = length, bytes = size - length, what,
                "cut an unfinished write off the end of the journal"
            );
            file.set_len(length)
                .and_then(|()| file.sync_all())
                .map_err(io)?;
        }
        Ok(Self {
            file,
            reader: Reader::new(path, frames.end(size), marks),
            failing: false,
            broken: None,
        })
    }

    /// Sequence of the newest event, 0 if there is none.
    pub(crate) fn last(&self) -> Sequence {
        self.reader.last()
    }

    /// A reader of what is committed, now and later.
    pub(crate) fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Why nothing can be appended any more, if so.
    pub(crate) fn broken(&self) -> Option<&StoreError> {
        self.broken.as_ref()
    }

    /// Appends events and waits until they are on the disk: all of them, or on failure none.
    pub(crate) fn append<'a>(
        &mut self,
        events: impl IntoIterator<Item = &'a Event>,
    ) -> Result<(), StoreError> {
        let stretch = self.stretch(events)?;
        self.append_stretch(stretch)
    }

    /// The same of a stretch that follows the last event.
    pub(crate) fn append_stretch(&mut self, stretch: Stretch) -> Result<(), StoreError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let Committed { length, last, .. } = self.reader.committed();
        debug_assert_eq!(stretch.after, last);
        self.write_or_cut(length, &stretch.frames)?;
        let moved = |end: Committed| Committed {
            length: length + end.length,
            ..end
        };
        let marks = stretch.marks.into_iter().map(moved).collect();
        self.reader.commit(moved(stretch.end), marks);
        Ok(())
    }

    /// Events as they would stand behind the last one.
    pub(crate) fn stretch<'a>(
        &self,
        events: impl IntoIterator<Item = &'a Event>,
    ) -> Result<Stretch, StoreError> {
        let Committed { last, chain, .. } = self.reader.committed();
        let mut stretch = Stretch::behind(last, chain);
        for event in events {
            stretch.push(&codec::encode("event", event)?)?;
        }
        Ok(stretch)
    }

    /// What of some frames stands behind the last event, and what it says; frames up to there are
    /// passed over. Fails with [`StoreError::Parted`] if they are not of the same log.
    pub(crate) fn continuation(&self, frames: &[u8]) -> Result<(Stretch, Vec<Event>), StoreError> {
        let Committed { last, chain, .. } = self.reader.committed();
        let parted = |fault| match fault {
            Fault::Broken(what) | Fault::Foreign(what) => StoreError::Parted(what.to_owned()),
            Fault::Io(error) => StoreError::Parted(error.to_string()),
        };
        let (known, new) = frame::split(frames, last).map_err(parted)?;
        if known.is_some_and(|known| known != chain) {
            return Err(StoreError::Parted(format!(
                "event {last} of the shared log is not the one in the journal"
            )));
        }
        let mut read = Frames::new(new, new.len() as u64, last, chain);
        let (mut stretch, mut events) = (Stretch::behind(last, chain), Vec::new());
        while let Some(payload) = read.next().map_err(parted)? {
            events.push(codec::decode("event", &payload)?);
            stretch.push(&payload)?;
        }
        Ok((stretch, events))
    }

    /// Whether an event could be appended now: tried where the last one could not, so that a disk
    /// with room again is noticed as well as a full one.
    pub(crate) fn probe(&mut self) -> Result<(), StoreError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        if self.failing {
            let length = self.reader.committed().length;
            self.write_or_cut(length, &[0; PROBE])?;
            self.cut(length, "room for an event was tried")?;
        }
        Ok(())
    }

    fn write_or_cut(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let Err(error) = self.write_at(offset, bytes) else {
            self.failing = false;
            return Ok(());
        };
        self.failing = true;
        let error = StoreError::io(&self.reader.path, &error);
        self.cut(offset, &error.to_string())?;
        Err(error)
    }

    /// Takes back what reached the file: it must not look like an event after the next start.
    fn cut(&mut self, length: u64, why: &str) -> Result<(), StoreError> {
        let cut = self
            .file
            .set_len(length)
            .and_then(|()| self.file.sync_all());
        cut.map_err(|e| {
            let reason = format!("{why}; undoing that failed as well: {e}");
            let error = StoreError::ReadOnly(reason);
            self.broken = Some(error.clone());
            error
        })
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }
}

/// A reader of a journal that nobody writes, up to the first damage.
pub(crate) fn reader(path: &Path) -> Result<Reader, StoreError> {
    let size = path.metadata().map_err(|e| StoreError::io(path, &e))?.len();
    let mut frames = frames(path, size)?;
    let mut marks = Vec::new();
    while let Ok(Some(_)) = frames.next() {
        frames.mark(size, &mut marks);
    }
    Ok(Reader::new(path.to_path_buf(), frames.end(size), marks))
}

impl Frames<BufReader<File>> {
    /// The end of the last frame, in a file of `size` bytes.
    fn end(&self, size: u64) -> Committed {
        Committed {
            length: size - self.left(),
            last: self.last,
            chain: self.chain,
        }
    }

    fn mark(&self, size: u64, marks: &mut Vec<Committed>) {
        if self.last.is_multiple_of(MARK_EVERY) {
            marks.push(self.end(size));
        }
    }
}

impl Reader {
    fn new(path: PathBuf, committed: Committed, marks: Vec<Committed>) -> Self {
        Self {
            path: Arc::new(path),
            committed: Arc::new(RwLock::new(committed)),
            marks: Arc::new(RwLock::new(marks)),
        }
    }

    /// Sequence of the newest committed event, 0 if there is none.
    pub(crate) fn last(&self) -> Sequence {
        self.committed().last
    }

    /// Every event from `from` to `to`, as far as committed, read one by one.
    pub(crate) fn events(&self, from: Sequence, to: Sequence) -> Result<Events, StoreError> {
        let Committed { length, last, .. } = self.committed();
        Ok(Events {
            frames: self.frames_before(from, length)?,
            path: Arc::clone(&self.path),
            length,
            from,
            to: to.min(last),
        })
    }

    /// The frames of the events after one, whole ones and as many as fit into so many bytes, but at least
    /// one if there is one.
    pub(crate) fn frames_after(&self, after: Sequence, most: usize) -> Result<Vec<u8>, StoreError> {
        let Committed { length, last, .. } = self.committed();
        let mut read = self.frames_before(after + 1, length)?;
        let mut frames = Vec::new();
        while read.last < last {
            let offset = length - read.left();
            let next = read.next();
            let Some(payload) = next.map_err(|fault| fault_at(&self.path, offset, fault))? else {
                break;
            };
            if read.last <= after {
                continue;
            }
            let whole = frames.len();
            // What was read from the file is not too long for it.
            frame::write(read.last, &read.chain, &payload, &mut frames);
            if whole > 0 && frames.len() > most {
                frames.truncate(whole);
                break;
            }
        }
        Ok(frames)
    }

    /// The link of the hash chain that an event has, which no other event of any log has. `None` if it
    /// is not committed.
    pub(crate) fn link(&self, at: Sequence) -> Result<Option<Chain>, StoreError> {
        let committed = self.committed();
        if at >= committed.last {
            return Ok((at == committed.last).then_some(committed.chain));
        }
        let mut frames = self.frames_before(at, committed.length)?;
        while frames.last < at {
            let offset = committed.length - frames.left();
            let next = frames.next();
            if next
                .map_err(|fault| fault_at(&self.path, offset, fault))?
                .is_none()
            {
                return Ok(None);
            }
        }
        Ok(Some(frames.chain))
    }

    /// Frames of the first `length` bytes, from some place before that of an event on.
    fn frames_before(
        &self,
        at: Sequence,
        length: u64,
    ) -> Result<Frames<BufReader<File>>, StoreError> {
        let mark = {
            let marks = self.marks.read().unwrap_or_else(PoisonError::into_inner);
            let next = marks.partition_point(|mark| mark.last < at);
            next.checked_sub(1)
                .and_then(|last| marks.get(last))
                .copied()
        };
        let Some(mark) = mark.filter(|mark| mark.length <= length) else {
            return frames(&self.path, length);
        };
        let io = |e: io::Error| StoreError::io(&self.path, &e);
        let mut file = File::open(&*self.path).map_err(io)?;
        file.seek(SeekFrom::Start(mark.length)).map_err(io)?;
        let file = BufReader::new(file);
        Ok(Frames::new(
            file,
            length - mark.length,
            mark.last,
            mark.chain,
        ))
    }

    fn committed(&self) -> Committed {
        *self
            .committed
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn commit(&self, committed: Committed, marks: Vec<Committed>) {
        *self
            .committed
            .write()
            .unwrap_or_else(PoisonError::into_inner) = committed;
        let mut all = self.marks.write().unwrap_or_else(PoisonError::into_inner);
        all.extend(marks);
    }
}

/// A stretch of the log on its way from the disk. Nothing follows an error.
pub(crate) struct Events {
    frames: Frames<BufReader<File>>,
    path: Arc<PathBuf>,
    length: u64,
    from: Sequence,
    to: Sequence,
}

impl Events {
    fn advance(&mut self) -> Result<Option<(Sequence, Event)>, StoreError> {
        while self.frames.last < self.to {
            let offset = self.length - self.frames.left();
            let payload = match self.frames.next() {
                Ok(Some(payload)) => payload,
                Ok(None) => break,
                Err(fault) => return Err(fault_at(&self.path, offset, fault)),
            };
            if self.frames.last >= self.from {
                let event = codec::decode("event", &payload).map_err(|e| StoreError::Damaged {
                    path: self.path.to_path_buf(),
                    offset,
                    what: e.to_string(),
                })?;
                return Ok(Some((self.frames.last, event)));
            }
        }
        Ok(None)
    }
}

impl Iterator for Events {
    type Item = Result<(Sequence, Event), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let event = self.advance();
        if event.is_err() {
            self.to = 0;
        }
        event.transpose()
    }
}

/// Makes a journal without events, whose chain begins with this link, if none is there. Answers with the
/// first link of the one that is there now.
pub(crate) fn begin(directory: &Path, chain: &Chain) -> Result<Chain, StoreError> {
    if let Some(known) = first_link(directory)? {
        return Ok(known);
    }
    make_dir(directory)?;
    write_new(&directory.join("events.log"), &head(chain))?;
    Ok(*chain)
}

/// The first link of the chain of a directory's journal, if there is one.
pub(crate) fn first_link(directory: &Path) -> Result<Option<Chain>, StoreError> {
    let path = directory.join("events.log");
    match path.metadata() {
        Ok(file) => Ok(Some(frames(&path, file.len())?.chain)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io(&path, &error)),
    }
}

/// A first link that no other log has.
pub(crate) fn fresh_chain(path: &Path) -> Result<Chain, StoreError> {
    let mut chain = Chain::default();
    getrandom::fill(&mut chain).map_err(|e| StoreError::io(path, &io::Error::other(e)))?;
    Ok(chain)
}

/// The head of a new journal.
fn head(chain: &Chain) -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&VERSION.to_le_bytes());
    head.extend_from_slice(&0u64.to_le_bytes());
    head.extend_from_slice(chain);
    head.extend_from_slice(&crc32fast::hash(&head).to_le_bytes());
    head
}

/// Checks the head of a journal of `size` bytes and reads on behind it.
fn frames(path: &Path, size: u64) -> Result<Frames<BufReader<File>>, StoreError> {
    let io = |e: io::Error| StoreError::io(path, &e);
    let damaged = |what: &str| StoreError::Damaged {
        path: path.to_path_buf(),
        offset: 0,
        what: what.to_owned(),
    };
    let mut file = BufReader::new(File::open(path).map_err(io)?);
    let Some(left) = size.checked_sub(HEAD) else {
        return Err(damaged("it is too short for a journal"));
    };
    let mut head = [0; HEAD as usize];
    file.read_exact(&mut head).map_err(io)?;
    let (fields, checksum) = head.split_at(HEAD as usize - 4);
    if &fields[..8] != MAGIC {
        return Err(damaged("it is no journal of Chaffinch"));
    }
    if crc32fast::hash(fields).to_le_bytes() != checksum {
        return Err(damaged("the checksum of its head does not fit"));
    }
    let version = u32::from_le_bytes([fields[8], fields[9], fields[10], fields[11]]);
    if version != VERSION {
        return Err(StoreError::NewerFormat {
            path: path.to_path_buf(),
            found: version,
            known: VERSION,
        });
    }
    let mut before = [0; 8];
    before.copy_from_slice(&fields[12..20]);
    let mut chain = Chain::default();
    chain.copy_from_slice(&fields[CHAIN_AT]);
    Ok(Frames::new(
        file,
        left,
        Sequence::from_le_bytes(before),
        chain,
    ))
}

fn fault_at(path: &Path, offset: u64, fault: Fault) -> StoreError {
    match fault {
        Fault::Io(e) => StoreError::io(path, &e),
        Fault::Broken(what) | Fault::Foreign(what) => StoreError::Damaged {
            path: path.to_path_buf(),
            offset,
            what: what.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests;
