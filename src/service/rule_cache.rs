//! The rules in memory: compiled for the checks, kept current by the log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::filter::RuleBook;
use crate::rule::{RuleId, StandingRule};
use crate::store::{Applied, Change, Lessons, Observer, Store, StoreError};

/// Every rule, and those in force in a form that checks can ask.
pub(super) struct RuleCache {
    rules: Mutex<BTreeMap<RuleId, StandingRule>>,
    book: Arc<RuleBook>,
}

impl RuleCache {
    pub(super) fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let cache = Self {
            rules: Mutex::new(store.rules()?.into_iter().collect()),
            book: Arc::default(),
        };
        cache.compile(&cache.rules());
        Ok(cache)
    }

    pub(super) fn book(&self) -> Arc<RuleBook> {
        Arc::clone(&self.book)
    }

    /// Every rule, in the order in which they were made.
    pub(super) fn all(&self) -> Vec<(RuleId, StandingRule)> {
        let rules = self.rules();
        rules.iter().map(|(id, rule)| (*id, rule.clone())).collect()
    }

    pub(super) fn get(&self, id: RuleId) -> Option<StandingRule> {
        self.rules().get(&id).cloned()
    }

    fn compile(&self, rules: &BTreeMap<RuleId, StandingRule>) {
        let in_force = rules.iter().filter(|(_, rule)| rule.suspended.is_none());
        self.book.replace(
            in_force
                .map(|(id, rule)| (*id, rule.rule.clone()))
                .collect(),
        );
    }

    fn rules(&self) -> std::sync::MutexGuard<'_, BTreeMap<RuleId, StandingRule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for RuleCache {
    fn apply(&self, events: &[Applied], _log: &dyn Lessons) {
        let mut rules = self.rules();
        let mut changed = false;
        for applied in events {
            if let Change::Rule { id, change } = &applied.event.change {
                changed = true;
                if let Some(rule) = change.apply(rules.remove(id), applied.event.at) {
                    rules.insert(*id, rule);
                }
            }
        }
        if changed {
            self.compile(&rules);
        }
    }
}
