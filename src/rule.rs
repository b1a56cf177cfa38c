//! Rules: what an admin has decided about comments beforehand.

mod condition;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::site::Site;
use crate::site::settings::Notes;
use crate::verdict::Action;

pub(crate) use condition::EXPRESSION_SIZE;
pub use condition::{Condition, ConditionError, ConditionKind, ConditionKindError};

/// What is to be done with comments that a condition is true of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Which comments.
    pub condition: Condition,
    /// What to do: publish is ham, hold and discard are spam.
    pub outcome: Action,
    /// The only site that it is for; `None` for all.
    pub site: Option<Site>,
    /// Why it is there, for people.
    pub note: Notes,
    /// From when on it is as if it were not there.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::optional")]
    pub expires: Option<Timestamp>,
    /// The share of recent comments above which it suspends itself; `None` for never.
    pub suspend_above: Option<Share>,
}

impl Rule {
    /// Whether it is in force at this time.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|end| now < end)
    }

    /// What it is called where it has decided: its note, or else its condition.
    pub fn name(&self) -> String {
        match self.note.as_str().trim() {
            "" => self.condition.to_string(),
            note => note.to_owned(),
        }
    }
}

/// The name of a rule: its place in the log when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(pub(crate) u64);

/// A text that is not the name of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rule's id is a number")]
pub struct RuleIdError;

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RuleId {
    type Err = RuleIdError;

    fn from_str(text: &str) -> Result<Self, RuleIdError> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or(RuleIdError)
    }
}

/// A share of comments: above 0, at most 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(f64);

/// A number that is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("give a share above 0 and up to 1, or null for never")]
pub struct ShareError;

impl Share {
    /// What holds unless somebody says otherwise: more than every second comment.
    pub const USUAL: Self = Self(0.5);

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Share {
    type Error = ShareError;

    fn try_from(share: f64) -> Result<Self, ShareError> {
        match share > 0.0 && share <= 1.0 {
            true => Ok(Self(share)),
            false => Err(ShareError),
        }
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> Self {
        share.0
    }
}

/// A rule as it stands now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StandingRule {
    /// The rule.
    pub rule: Rule,
    /// When it was made.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub created: Timestamp,
    /// When it was changed last.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub changed: Timestamp,
    /// Set while it is suspended.
    pub suspended: Option<Suspension>,
}

/// A rule that is suspended because it matched too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Since when.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub at: Timestamp,
    /// How many comments it was true of.
    pub matched: Matched,
}

/// How many of the recent comments a rule was true of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// It was true of so many.
    pub hits: u32,
    /// There were so many in all.
    pub of: u32,
}

/// What may happen to a rule, as it stands in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RuleChange {
    /// It is this from now on, and not suspended. Boxed: it is larger than the others.
    Set(Box<Rule>),
    /// It suspended itself.
    Suspended(Matched),
    /// It is in force again.
    Resumed,
    /// It is gone.
    Removed,
}

impl RuleChange {
    /// What stands after it. Whatever cannot be, such as suspending what is gone, changes nothing.
    pub(crate) fn apply(&self, old: Option<StandingRule>, at: Timestamp) -> Option<StandingRule> {
        match self {
            Self::Set(rule) => Some(StandingRule {
                rule: (**rule).clone(),
                created: old.map_or(at, |old| old.created),
                changed: at,
                suspended: None,
            }),
            Self::Suspended(matched) => old.map(|old| StandingRule {
                suspended: Some(Suspension {
                    at,
                    matched: *matched,
                }),
                ..old
            }),
            Self::Resumed => old.map(|old| StandingRule {
                suspended: None,
                ..old
            }),
            Self::Removed => None,
        }
    }

    /// Whether it changes anything of a rule.
    pub(crate) fn is_news(&self, old: &StandingRule) -> bool {
        match self {
            Self::Set(rule) => old.rule != **rule || old.suspended.is_some(),
            Self::Suspended(_) => old.suspended.is_none(),
            Self::Resumed => old.suspended.is_some(),
            Self::Removed => true,
        }
    }
}
