//! The callbacks that are still to be made: in memory in the order of their time, and in the store
//! so that they outlive the process.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::store::{Notice, Store, StoreError};
use crate::verdict::VerdictId;

/// Most callbacks that wait. A site that is long unreachable must not fill the disk.
const MOST: usize = 10_000;

/// One callback a verdict at most: what it tells is what is known when it is made.
#[derive(Default)]
pub(in crate::service) struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    by_time: BTreeSet<(Timestamp, VerdictId)>,
    by_verdict: HashMap<VerdictId, Notice>,
    ended: bool,
}

impl Queue {
    /// What was left over by the last run.
    pub(in crate::service) fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let queue = Self::default();
        for notice in store.notices()? {
            queue.lock().put(notice);
        }
        Ok(queue)
    }

    /// How many wait.
    pub(in crate::service) fn len(&self) -> usize {
        self.lock().by_verdict.len()
    }

    /// Adds one, or says why not.
    pub(super) fn put(&self, store: &dyn Store, notice: Notice) -> Result<(), String> {
        let mut waiting = self.lock();
        if waiting.by_verdict.len() >= MOST && !waiting.by_verdict.contains_key(&notice.verdict) {
            return Err(format!("{MOST} callbacks wait already"));
        }
        waiting.put(notice);
        drop(waiting);
        self.changed.notify_all();
        // It is made in any case; only a restart would forget it.
        store
            .put_notice(notice)
            .unwrap_or_else(|error| tracing::warn!(%error, "a callback is not on the disk"));
        Ok(())
    }

    /// Waits until some are due, and takes them out of the order of time; `None` at the end.
    pub(super) fn due(&self, clock: &Clock, most: usize) -> Option<Vec<Notice>> {
        let mut waiting = self.lock();
        while !waiting.ended {
            let now = clock.now();
            let due = waiting.take(now, most);
            if !due.is_empty() {
                return Some(due);
            }
            let next = waiting
                .by_time
                .first()
                .map(|(at, _)| now.duration_until(*at));
            waiting = match next {
                // The clock counts microseconds; a wait of none would turn in circles.
                Some(wait) => {
                    let wait = Duration::try_from(wait).unwrap_or_default();
                    let wait = wait.max(Duration::from_millis(1));
                    let woken = self.changed.wait_timeout(waiting, wait);
                    woken.map_or_else(|poisoned| poisoned.into_inner().0, |(guard, _)| guard)
                }
                None => {
                    let woken = self.changed.wait(waiting);
                    woken.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
        None
    }

    /// Lets nobody wait any more.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// Has one made later, unless a newer one came for the same verdict.
    pub(super) fn postpone(&self, store: &dyn Store, notice: Notice) {
        let mut waiting = self.lock();
        if waiting.is_scheduled(notice.verdict) {
            return;
        }
        waiting.put(notice);
        drop(waiting);
        self.changed.notify_all();
        store
            .put_notice(notice)
            .unwrap_or_else(|error| tracing::warn!(%error, "a callback is not on the disk"));
    }

    /// Forgets one that was taken, unless a newer one came for the same verdict.
    pub(super) fn finish(&self, store: &dyn Store, notice: Notice) {
        let mut waiting = self.lock();
        if waiting.is_scheduled(notice.verdict) {
            return;
        }
        waiting.by_verdict.remove(&notice.verdict);
        drop(waiting);
        store
            .remove_notice(notice.verdict)
            .unwrap_or_else(|error| tracing::warn!(%error, "a callback is still on the disk"));
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn put(&mut self, notice: Notice) {
        if let Some(old) = self.by_verdict.insert(notice.verdict, notice) {
            self.by_time.remove(&(old.due, old.verdict));
        }
        self.by_time.insert((notice.due, notice.verdict));
    }

    /// Whether one waits for its time, and is not just being made.
    fn is_scheduled(&self, verdict: VerdictId) -> bool {
        let notice = self.by_verdict.get(&verdict);
        notice.is_some_and(|notice| self.by_time.contains(&(notice.due, verdict)))
    }

    fn take(&mut self, now: Timestamp, most: usize) -> Vec<Notice> {
        let mut due = Vec::new();
        while due.len() < most
            && let Some(first) = self.by_time.first()
            && first.0 <= now
            && let Some((_, verdict)) = self.by_time.pop_first()
        {
            due.extend(self.by_verdict.get(&verdict));
        }
        due
    }
}
