//! Everything that a store holds, as a sequence of lines: what a backup and an export are made of,
//! and what a restore reads. It belongs to no engine.

mod check;

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::counters::DayCount;
use super::error::StoreError;
use super::event::{Event, Sequence};
use super::fingerprint::Fingerprint;
use super::record::{Notice, VerdictRecord};
use crate::site::Site;

pub use check::{DumpError, DumpReader, DumpWriter};

/// Version of the lines. A new one comes with a way to read the old ones.
pub(crate) const FORMAT: u32 = 1;

/// A line of a dump, as JSON `{"verdict":{…}}`. First comes a head, last an end, and events come in
/// the order of the log after everything else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// What all of it is.
    Head(Head),
    /// A stored verdict.
    Verdict(Box<DumpedVerdict>),
    /// A site that is known, whoever mentioned it.
    Site(DumpedSite),
    /// Counts of a key, a day and a site.
    Count(DayCount),
    /// A callback that is still to be made.
    Notice(Notice),
    /// An event of the log.
    Event(DumpedEvent),
    /// Where it ends: without this it was cut off.
    End(End),
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Version of the lines.
    pub format: u32,
    /// The version of Chaffinch that wrote it.
    pub chaffinch: String,
    /// When it was begun.
    pub at: Timestamp,
    /// The secret of the keyed hashes in it: 64 hexadecimal digits.
    pub secret: String,
}

/// A stored verdict, with the comment where it is still there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DumpedVerdict {
    /// The record.
    #[serde(flatten)]
    pub record: VerdictRecord,
    /// What the comment is recognised by.
    pub(crate) fingerprint: Option<Fingerprint>,
}

/// A site that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DumpedSite {
    /// The site.
    pub site: Site,
    /// Whether it is in use.
    pub active: bool,
}

/// An event and its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DumpedEvent {
    /// Its place in the log.
    pub sequence: Sequence,
    /// When it was, and what.
    #[serde(flatten)]
    pub event: Event,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// How many lines stand before it.
    pub lines: u64,
    /// BLAKE3 of these, with their line ends: 64 hexadecimal digits.
    pub blake3: String,
}

/// A dump on its way, all but its end.
pub type Dump = Box<dyn Iterator<Item = Result<Line, StoreError>> + Send>;

/// Why a restore did not come about.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The lines cannot be read.
    #[error("{0}")]
    Dump(#[from] DumpError),
    /// The folder cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is something in it.
    #[error("{} is not empty; a restore wants a new folder", .0.display())]
    NotEmpty(PathBuf),
    /// The lines do not follow each other.
    #[error("it is no whole backup: {0}")]
    Order(String),
}

/// What was restored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// Verdicts.
    pub verdicts: u64,
    /// Events of the log.
    pub events: u64,
}
