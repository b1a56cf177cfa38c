//! A log that several stores share, each with a journal that is a copy of it.
//!
//! A store offers events for the places right after the last that it knows of. What then stands there, offered
//! by it or by another, is handed to [`Follow::follow`], and only that is written to the journal and acknowledged.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::ack::Ack;
use super::codec;
use super::data_dir::DataDir;
use super::error::StoreError;
use super::event::{Change, Event, Sequence};
use super::fingerprint::Secret;
use super::journal::{self, Journal};
use super::models::ModelDigest;
use super::vault::Vault;

/// Tells an event of a log, and all before it, from every other: the link of the hash chain.
pub type Link = journal::Chain;

/// Gives events of several stores their places.
pub trait SharedLog: Send + Sync {
    /// Offers events. Never waits; sees to it by itself that their place is taken, by them or by others.
    fn offer(&self, offer: Offer);

    /// How it stands.
    fn standing(&self) -> Standing;

    /// How many corrections are kept for it while it is away. What is beyond that is refused.
    fn queue(&self) -> usize {
        0
    }

    /// How long a caller waits for its answer.
    fn patience(&self) -> Duration {
        Duration::from_secs(3)
    }
}

/// Events that want the next places in the log.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Where the shared log ends for whom offers, in its own count.
    pub place: u64,
    /// What no other offer is called.
    pub id: Link,
    /// Frames of the journal.
    pub frames: Arc<[u8]>,
}

/// How a shared log stands, as this store sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether it answers.
    pub connected: bool,
    /// Whether everything that it was known to hold has been taken over once since the start.
    pub caught_up: bool,
    /// Groups of events that it holds and that are not taken over yet, as far as known.
    pub behind: u64,
    /// Time since it was known that nothing is missing.
    pub behind_for: Duration,
    /// How often it had to be followed anew.
    pub reconnects: u64,
    /// Why it can be followed no longer, if so.
    pub alarm: Option<String>,
    /// How long the oldest verdict that was given here has waited to be with the others.
    pub verdicts_wait: Duration,
    /// Parcels of verdicts of others that were gone before they arrived, or could not be read.
    pub verdicts_missed: u64,
    /// Corrections that wait here until it is there again.
    pub queued: u64,
}

/// The following of a shared log.
pub trait Follow {
    /// Takes over frames of the shared log up to a place of it; those that are known are passed over.
    /// Answers with the last event of the journal once it is durable. Fails with [`StoreError::Parted`] if they
    /// do not continue it.
    fn follow(&self, place: u64, frames: Vec<u8>) -> Ack<Sequence>;

    /// What tells an event of the journal from those of other logs; `None` if it is not there.
    fn link(&self, at: Sequence) -> Result<Option<Link>, StoreError>;

    /// Whole frames of the events after one, up to so many bytes, and at least one if there is one.
    fn frames_after(&self, after: Sequence, most: usize) -> Result<Vec<u8>, StoreError>;

    /// Notes that the directory belongs to a shared log from now on.
    fn mark_shared(&self) -> Result<(), StoreError>;
}

/// What all stores of a shared log have in common before its first event.
#[derive(Clone, PartialEq, Eq)]
pub struct LogHead {
    /// The first link of the chain.
    pub first: Link,
    /// The secret of all keyed hashes.
    pub secret: [u8; 32],
}

impl fmt::Debug for LogHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogHead({:02x?}, …)", self.first)
    }
}

/// What lies in a data directory that is to follow a shared log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replica {
    /// Its own head; `None` if it has no journal yet.
    pub head: Option<LogHead>,
    /// Whether it followed a shared log before.
    pub marked: bool,
}

impl LogHead {
    /// One that no other log has.
    pub fn fresh() -> Result<Self, StoreError> {
        Ok(Self {
            first: journal::fresh_chain(Path::new("journal"))?,
            secret: super::sealed::fresh_key()?,
        })
    }

    /// As it stands in front of a shared log: 48 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.first[..], &self.secret].concat()
    }

    /// What [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (first, rest) = bytes.split_first_chunk()?;
        let secret = rest.try_into().ok()?;
        Some(Self {
            first: *first,
            secret,
        })
    }
}

/// The numbers and links of the first and the last event of some frames; `None` if these are damaged, or none.
pub fn ends(frames: &[u8]) -> Option<[(Sequence, Link); 2]> {
    journal::ends(frames)
}

/// The base models that some whole frames name. What of them cannot be read here is not looked for.
pub fn models_in(frames: &[u8]) -> Vec<ModelDigest> {
    let events =
        journal::payloads(frames).filter_map(|payload| codec::decode("event", payload).ok());
    let named = events.filter_map(|event: Event| match event.change {
        Change::BaseModel(model) => Some(model.digest),
        _ => None,
    });
    named.collect()
}

/// Looks into a data directory, which need not be there.
pub fn replica(path: &Path) -> Result<Replica, StoreError> {
    let Some(first) = journal::first_link(&path.join("journal"))? else {
        return Ok(Replica::default());
    };
    let directory = DataDir::open(path)?;
    let secret = *Vault::open(&directory.join("vault"))?.secret().as_bytes();
    Ok(Replica {
        head: Some(LogHead { first, secret }),
        marked: directory.is_shared(),
    })
}

/// Makes a data directory with this head, of which it then is a replica without events. What a crash left
/// unfinished is finished.
pub fn prepare(path: &Path, head: &LogHead) -> Result<(), StoreError> {
    let directory = DataDir::open(path)?;
    let vault = directory.join("vault");
    if !vault.exists() {
        Vault::create(&vault, &Secret::from_bytes(head.secret), &[])?;
    }
    let first = journal::begin(&directory.join("journal"), &head.first)?;
    let secret = *Vault::open(&vault)?.secret().as_bytes();
    if (LogHead { first, secret }) != *head {
        return Err(StoreError::OtherLog(path.to_path_buf()));
    }
    directory.mark_shared()
}

/// The last event in a data directory's journal, 0 if it has none.
pub fn journal_end(path: &Path) -> Result<Sequence, StoreError> {
    match path.join("journal/events.log") {
        log if log.exists() => Ok(journal::reader(&log)?.last()),
        _ => Ok(0),
    }
}

/// A replica's data directory that lacks what the others know, brought up to it before it is opened.
pub struct Behind {
    directory: DataDir,
    journal: Journal,
}

impl Behind {
    /// Takes the directory.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let directory = DataDir::open(path)?;
        let journal = Journal::open(&directory.join("journal"), 0)?;
        Ok(Self { directory, journal })
    }

    /// The last event of the journal.
    pub fn last(&self) -> Sequence {
        self.journal.last()
    }

    /// Takes over frames of the shared log. Answers with the last event then; what follows from it is made when
    /// the store is opened.
    pub fn take(&mut self, frames: &[u8]) -> Result<Sequence, StoreError> {
        let (stretch, _) = self.journal.continuation(frames)?;
        self.journal.append_stretch(stretch)?;
        Ok(self.journal.last())
    }

    /// Keeps a state of what was learned, as [`LearnedStates::whole`](super::LearnedStates::whole) gave it.
    /// One that is not of this log, or does not fit the model, is passed over when it is looked for.
    pub fn keep_learned(&self, state: Vec<u8>) -> Result<(), StoreError> {
        let states =
            super::LearnedStates::new(self.directory.join("learned"), self.journal.reader());
        states.keep_whole(state)
    }
}

/// Makes a data directory one of its own again. Answers with whether it was a replica.
pub fn leave(path: &Path) -> Result<bool, StoreError> {
    DataDir::open(path)?.unmark_shared()
}
