//! What became of a verdict, step by step.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::key::KeyHash;
use crate::verdict::Label;

/// Something that happened to a verdict after it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When, to the microsecond.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub at: Timestamp,
    /// What.
    pub what: Happening,
}

/// What can happen to a verdict. New kinds are added at the end: the position is the code on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Happening {
    /// It was given a label, or the opposite of the one it had.
    Corrected {
        /// The label.
        label: Label,
        /// Whether it was learned from.
        learned: bool,
        /// The key that said so.
        by: KeyHash,
    },
    /// Its correction was taken back.
    Retracted {
        /// The key that said so.
        by: KeyHash,
    },
    /// Its site was called, to be told of it.
    Called {
        /// What became of the call.
        outcome: CallOutcome,
        /// Why, where the site did not take it; for the operator, in English.
        reason: String,
    },
}

/// What became of a call to a site. The position is the code on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallOutcome {
    /// The site has taken it.
    Delivered,
    /// It failed and is tried again.
    Retry,
    /// It failed too often.
    GivenUp,
    /// It cannot work later either.
    Refused,
    /// It was never made: too many waited.
    Dropped,
}

impl CallOutcome {
    /// Its name in the log and in the metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry => "retry",
            Self::GivenUp => "given_up",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
        }
    }
}
