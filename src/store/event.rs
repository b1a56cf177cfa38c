//! What an admin or operator did, as it stands in the log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::models::NamedModel;
use crate::key::{KeyHash, Scope, Scopes};
use crate::rate::Rate;
use crate::rule::{RuleChange, RuleId};
use crate::site::Site;
use crate::site::settings::SiteSettings;
use crate::text::Features;
use crate::verdict::{Label, VerdictId};

/// Place of an event in the log, counted from 1 without gaps.
pub type Sequence = u64;

/// Something that an admin or operator did, as it stands in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened, to the microsecond.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
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
        /// Whether it is learned. Decided once, by the site's settings when it was said, so that
        /// every replay learns the same whatever the settings are by then.
        learned: bool,
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
    /// A site's settings are these from now on.
    SiteConfigured {
        /// The site.
        site: Site,
        /// All of its settings. Boxed: they are larger than most other changes.
        settings: Box<SiteSettings>,
    },
    /// A site is forgotten, with its settings. Its verdicts are not.
    SiteRemoved {
        /// The site.
        site: Site,
    },
    /// A key took the place of another, which is accepted for some time yet.
    KeyRotated {
        /// The hash of the old one.
        from: KeyHash,
        /// The hash of the new one, which opens the same.
        to: KeyHash,
        /// Until when the old one is accepted.
        #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
        until: Timestamp,
    },
    /// Verdicts were erased, with the comments and what they were indexed under. What was learned
    /// from them stays, unless retractions stand before this.
    Erased {
        /// Their names, which tell nothing of the persons.
        verdicts: Vec<VerdictId>,
        /// Which key asked for it.
        by: KeyHash,
    },
    /// A rule was made, changed, suspended or removed.
    Rule {
        /// The rule; a new one is named by this event's place.
        id: RuleId,
        /// What happened to it.
        change: RuleChange,
    },
    /// What stood here was lost to a damaged disk. It keeps the places of what follows.
    Lost,
    /// From here on everything is judged and learned on top of this base model.
    BaseModel(NamedModel),
}

/// What a key opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// A name for people, such as `first site key`.
    pub name: String,
    /// What it may be used for. Who may do everything shows an admin token, all others a site key.
    pub scopes: Scopes,
    /// The only site it may speak for; `None` for every site.
    pub site: Option<Site>,
    /// How often it may be used; `None` for the server's limit.
    pub rate: Option<Rate>,
    /// When it was made, to the microsecond.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub created: Timestamp,
    /// Until when it is accepted, if another has taken its place.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::optional")]
    pub until: Option<Timestamp>,
    /// The first key of its line, if it took the place of another: what that one was told and
    /// asked for stays in the same hands.
    pub heir_of: Option<KeyHash>,
}

impl Grant {
    /// A grant without an end.
    pub fn new(
        name: impl Into<String>,
        scopes: Scopes,
        site: Option<Site>,
        created: Timestamp,
    ) -> Self {
        Self {
            name: name.into(),
            scopes,
            site,
            rate: None,
            created,
            until: None,
            heir_of: None,
        }
    }

    /// Whether the key is accepted at this time.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Whether it opens everything, on whichever site it may speak for.
    pub fn is_admin(&self) -> bool {
        self.scopes.allow(Scope::Admin)
    }

    /// The grant of the key that takes this one's place.
    pub(crate) fn handed_on(&self, from: KeyHash, at: Timestamp) -> Self {
        Self {
            created: at,
            until: None,
            heir_of: Some(self.heir_of.unwrap_or(from)),
            ..self.clone()
        }
    }
}
