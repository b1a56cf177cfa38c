//! Sites that cannot be called.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::site::Site;

/// Most sites that are remembered; with so many the fault is not theirs.
const MOST: usize = 1_000;

/// A site whose callbacks do not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingSite {
    /// When the first of them failed since the last that arrived, or since the start.
    pub since: Timestamp,
    /// How many calls failed since then.
    pub calls: u64,
    /// Why the last one did.
    pub reason: String,
}

/// Those that failed last, in memory: after a restart the next call tells.
#[derive(Default)]
pub(in crate::service) struct Failing(Mutex<BTreeMap<Site, FailingSite>>);

impl Failing {
    pub(super) fn arrived(&self, site: &Site) {
        self.lock().remove(site);
    }

    pub(super) fn failed(&self, site: Site, reason: &str, now: Timestamp) {
        let mut failing = self.lock();
        if failing.len() >= MOST && !failing.contains_key(&site) {
            return;
        }
        let known = failing.entry(site).or_insert(FailingSite {
            since: now,
            calls: 0,
            reason: String::new(),
        });
        known.calls += 1;
        reason.clone_into(&mut known.reason);
    }

    pub(in crate::service) fn all(&self) -> BTreeMap<Site, FailingSite> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Site, FailingSite>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
