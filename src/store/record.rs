//! What is kept of a comment and of what was said about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::comment::Comment;
use crate::key::KeyHash;
use crate::text::Features;
use crate::verdict::{Judgement, Label, VerdictId};

use super::event::Sequence;

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
    /// When it was said, to the microsecond.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub at: Timestamp,
}
