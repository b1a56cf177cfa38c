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

use self::frame::{Chain, Fault, Frames};
use super::codec;
use super::data_dir::{make_dir, write_new};
use super::error::StoreError;
use super::event::{Event, Sequence};

pub(crate) use self::salvage::{examine, rewrite, salvage};

const MAGIC: &[u8; 8] = b"CHAFFJNL";
const VERSION: u32 = 1;
const HEAD: u64 = 40;
/// Where in the head the first link of the chain stands.
const CHAIN_AT: Range<usize> = 20..36;
/// Room, in bytes, that a probe asks for: that of a large event.
const PROBE: usize = 64 * 1024;

/// The journal, open for appending. One thread owns it.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    chain: Chain,
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
}

/// How far the file is durable.
#[derive(Debug, Clone, Copy)]
struct Committed {
    length: u64,
    last: Sequence,
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
            write_new(&path, &fresh_head(&path)?)?;
        }
        let io = |e: io::Error| StoreError::io(&path, &e);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut frames = frames(&path, size)?;
        let broken = loop {
            match frames.next() {
                Ok(Some(_)) => {}
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
            chain: frames.chain,
            reader: Reader {
                committed: Arc::new(RwLock::new(Committed {
                    length,
                    last: frames.last,
                })),
                path: Arc::new(path),
            },
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
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let Committed { length, mut last } = self.reader.committed();
        let mut chain = self.chain;
        let mut bytes = Vec::new();
        for event in events {
            let payload = codec::encode("event", event)?;
            last += 1;
            chain = frame::link(&chain, &payload);
            if !frame::write(last, &chain, &payload, &mut bytes) {
                return Err(StoreError::Unreadable {
                    what: "event",
                    reason: "it is too long".to_owned(),
                });
            }
        }
        self.write_or_cut(length, &bytes)?;
        self.chain = chain;
        self.reader.commit(Committed {
            length: length + bytes.len() as u64,
            last,
        });
        Ok(())
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
    while let Ok(Some(_)) = frames.next() {}
    let committed = Committed {
        length: size - frames.left(),
        last: frames.last,
    };
    Ok(Reader {
        path: Arc::new(path.to_path_buf()),
        committed: Arc::new(RwLock::new(committed)),
    })
}

impl Reader {
    /// Sequence of the newest committed event, 0 if there is none.
    pub(crate) fn last(&self) -> Sequence {
        self.committed().last
    }

    /// Every event from `from` to `to`, as far as committed, read one by one.
    pub(crate) fn events(&self, from: Sequence, to: Sequence) -> Result<Events, StoreError> {
        let Committed { length, last } = self.committed();
        Ok(Events {
            frames: frames(&self.path, length)?,
            path: Arc::clone(&self.path),
            length,
            from,
            to: to.min(last),
        })
    }

    fn committed(&self) -> Committed {
        *self
            .committed
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn commit(&self, committed: Committed) {
        *self
            .committed
            .write()
            .unwrap_or_else(PoisonError::into_inner) = committed;
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

/// The head of a new journal.
fn fresh_head(path: &Path) -> Result<Vec<u8>, StoreError> {
    let mut chain = Chain::default();
    getrandom::fill(&mut chain).map_err(|e| StoreError::io(path, &io::Error::other(e)))?;
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&VERSION.to_le_bytes());
    head.extend_from_slice(&0u64.to_le_bytes());
    head.extend_from_slice(&chain);
    head.extend_from_slice(&crc32fast::hash(&head).to_le_bytes());
    Ok(head)
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
