//! What lasts: the log of corrections and registry changes, and the verdicts.
//!
//! The append-only, checksummed [`journal`](self) is the source of truth for everything an admin
//! did; sled holds verdicts and indexes, and what it holds of the log can be rebuilt from it.
//! One writer thread commits in groups: it decides, appends to the journal, syncs it to the disk,
//! applies to sled, hands each event to the [`Observer`] in order, and only then acknowledges.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::comment::Comment;
use crate::key::KeyHash;
use crate::site::Site;
use crate::text::Features;
use crate::verdict::{Judgement, Label, VerdictId};

/// Place of an event in the log, counted from 1 without gaps.
pub type Sequence = u64;

/// Something that an admin or operator did, as it stands in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub change: Change,
}

/// The changes that the log knows. New kinds are added at the end: the position is the code on
/// the disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// A comment was given a label, or the opposite of the one it had.
    Corrected {
        /// The stored verdict of the comment.
        verdict: VerdictId,
        /// The comment's site.
        site: Option<Site>,
        /// What the admin says it is.
        label: Label,
        /// Which key said so.
        by: KeyHash,
        /// What is learned from: hashes only, no word of the comment.
        features: Features,
    },
    /// A correction was taken back.
    Retracted {
        /// The stored verdict of the comment.
        verdict: VerdictId,
        /// Which key said so.
        by: KeyHash,
    },
    /// A key may be used from now on.
    KeyCreated {
        /// The key's hash.
        key: KeyHash,
        /// What it opens.
        grant: Grant,
    },
    /// A key may no longer be used.
    KeyRevoked {
        /// The key's hash.
        key: KeyHash,
    },
    /// A site's plugin was switched on or off (protocol section 2.7, `deactivate`).
    SiteActive {
        /// The site.
        site: Site,
        /// Whether it is in use.
        active: bool,
    },
}

/// What a key opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// A name for people, such as `first site key`.
    pub name: String,
    /// Site key or admin token.
    pub role: KeyRole,
    /// The only site it may speak for; `None` for every site.
    pub site: Option<Site>,
}

/// The kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyRole {
    /// Checks and corrects.
    Site,
    /// Does everything.
    Admin,
}

/// A stored verdict: the comment, what the filter said of it, what an admin said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictRecord {
    /// Its name.
    pub id: VerdictId,
    /// Which key asked.
    pub key: KeyHash,
    /// How it came here.
    pub origin: Origin,
    /// The comment. Its author's IP address is never stored, only [`Self::ip_hash`].
    pub comment: Comment,
    /// Keyed hash of the author's IP address, if one was given.
    pub ip_hash: Option<[u8; 16]>,
    /// What the filter said.
    pub judgement: Judgement,
    /// What is learned from if an admin corrects it: the features at the time of the check.
    pub features: Features,
}

/// How a comment came into the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A check.
    Checked,
    /// A correction of a comment that was never checked here.
    Submitted,
}

/// What an admin said of a verdict, as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What the comment is.
    pub label: Label,
    /// Where in the log that was said.
    pub sequence: Sequence,
    /// When it was said.
    pub at: Timestamp,
}

/// Told of every event after it has become durable, in the order of the log and from one thread,
/// before the event is acknowledged.
pub trait Observer: Send + Sync {
    /// Takes over one event.
    fn apply(&self, sequence: Sequence, event: &Event);
}
