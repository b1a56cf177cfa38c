//! The rules in force, and how much of the traffic each is true of.

mod networks;
mod set;
mod watch;
mod words;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;

use self::networks::Networks;
pub(super) use self::set::Hit;
use self::set::RuleSet;
use self::watch::Watch;
use self::words::Words;
use crate::comment::Comment;
use crate::rule::{Matched, Rule, RuleId};
use crate::site::Site;

/// Rules, compiled whenever they change, so that a check compares with all of them at once.
#[derive(Debug, Default)]
pub struct RuleBook {
    set: RwLock<Arc<RuleSet>>,
    watch: Mutex<Watch>,
}

/// A rule that is true of more comments than it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excess {
    /// The rule.
    pub id: RuleId,
    /// How much it matched.
    pub matched: Matched,
}

impl RuleBook {
    /// Has these rules in force instead of those before.
    pub fn replace(&self, rules: Vec<(RuleId, Rule)>) {
        self.watch().these(&rules);
        let set = Arc::new(RuleSet::compile(rules));
        *self.set.write().unwrap_or_else(PoisonError::into_inner) = set;
    }

    /// Every rule that is true of a comment, the one that decides first.
    pub(super) fn hits(&self, comment: &Comment, now: Timestamp) -> Vec<Hit> {
        let set = Arc::clone(&self.set.read().unwrap_or_else(PoisonError::into_inner));
        let mut hits = set.hits(comment, now);
        if !hits.is_empty() {
            let watch = self.watch();
            hits.retain(|hit| !watch.is_suspended(hit.id));
        }
        hits
    }

    /// Counts a comment and the rules that were true of it. Those that are true of too many from
    /// now on are out of force at once, and are to be suspended in the log.
    pub(super) fn note(&self, site: Option<&Site>, hits: &[Hit]) -> Vec<Excess> {
        self.watch().note(site, hits)
    }

    fn watch(&self) -> std::sync::MutexGuard<'_, Watch> {
        // Counts that a panic left behind are still counts.
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of how many comments a rule would be true that is not in force.
#[derive(Debug)]
pub struct Trial(RuleSet);

impl Trial {
    /// A trial of a rule.
    pub fn of(rule: Rule) -> Self {
        let rule = Rule {
            expires: None,
            ..rule
        };
        Self(RuleSet::compile(vec![(RuleId(0), rule)]))
    }

    /// Whether it would be true of a comment.
    pub fn hits(&self, comment: &Comment) -> bool {
        !self.0.hits(comment, Timestamp::UNIX_EPOCH).is_empty()
    }
}
