//! Lists of verdicts: what is asked for, and what comes back.

use jiff::Timestamp;

use super::record::{Correction, VerdictRecord};
use crate::key::KeyHash;
use crate::site::Site;
use crate::verdict::{Label, Verdict, VerdictId};

/// Which verdicts; everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VerdictQuery {
    /// Asked for by this key.
    pub key: Option<KeyHash>,
    /// Of this site.
    pub site: Option<Site>,
    /// What an admin said.
    pub label: Option<LabelFilter>,
    /// What the filter said.
    pub verdict: Option<Verdict>,
    /// One of the stored reasons is of this signal.
    pub signal: Option<String>,
    /// Somewhere in the comment, its author or its addresses; case does not count.
    pub text: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// Before this verdict: where the page before ended.
    pub before: Option<VerdictId>,
    /// Most verdicts of the page.
    pub limit: usize,
}

/// What an admin said of a verdict, as a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelFilter {
    /// This.
    Is(Label),
    /// Nothing.
    None,
}

/// A page of verdicts, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VerdictPage {
    /// The verdicts, each with the correction in force. May be fewer than asked for while more
    /// follow: a page looks at a bounded number of verdicts.
    pub verdicts: Vec<(VerdictRecord, Option<Correction>)>,
    /// Where the next page goes on; `None` after the last one.
    pub next: Option<VerdictId>,
}

/// A verdict as whoever enforces the retention sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aged {
    /// The verdict.
    pub id: VerdictId,
    /// Its site.
    pub site: Option<Site>,
    /// Whether what was written is still there.
    pub has_content: bool,
}

/// What became of an erasure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErasureReceipt {
    /// Verdicts that are gone.
    pub erased: u64,
    /// Corrections among them that were taken back.
    pub retracted: u64,
    /// Corrections among them that stay learned, as hashes of features.
    pub kept_learned: u64,
    /// Where in the log the newest of it stands; `None` if there was nothing to erase.
    pub sequence: Option<super::Sequence>,
}
