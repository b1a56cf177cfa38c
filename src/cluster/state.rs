//! How the shared log stands, as its follower sees it: written by the tail, read by everyone.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::store::Standing;

/// A log that was silent for so long is away.
const AWAY: Duration = Duration::from_secs(3);

/// How the shared log stands.
pub(super) struct State {
    seen: Mutex<Seen>,
    place: watch::Sender<u64>,
}

#[derive(Default)]
struct Seen {
    /// When it said anything.
    heard: Option<Instant>,
    /// Messages that it holds and that are not taken over.
    behind: u64,
    /// When nothing was missing.
    current: Option<Instant>,
    reconnects: u64,
    alarm: Option<String>,
    /// When the oldest verdict was given that the others do not have, in milliseconds since 1970.
    waits: Option<i64>,
    /// Parcels of verdicts that were gone before they arrived.
    missed: u64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            seen: Mutex::default(),
            place: watch::Sender::new(0),
        }
    }
}

impl State {
    /// It said something, and holds so many messages that are not taken over.
    pub(super) fn heard(&self, behind: u64) {
        let mut seen = self.seen();
        let now = Instant::now();
        seen.heard = Some(now);
        seen.behind = behind;
        if behind == 0 {
            seen.current = Some(now);
        }
    }

    /// Everything up to this place is taken over.
    pub(super) fn reached(&self, place: u64) {
        self.place.send_replace(place);
    }

    /// Tells of places that are reached.
    pub(super) fn places(&self) -> watch::Receiver<u64> {
        self.place.subscribe()
    }

    /// It has to be followed anew.
    pub(super) fn lost(&self) {
        self.seen().reconnects += 1;
    }

    /// The oldest verdict that the others do not have is this old, in milliseconds since 1970.
    pub(super) fn waits(&self, since: Option<i64>) {
        self.seen().waits = since;
    }

    /// So many parcels of verdicts were gone before they arrived, or could not be read.
    pub(super) fn missed(&self, parcels: u64) {
        if parcels > 0 {
            tracing::warn!(parcels, "verdicts of other servers are missing here");
            self.seen().missed += parcels;
        }
    }

    /// It can be followed no longer.
    pub(super) fn alarm(&self, why: String) {
        self.seen().alarm = Some(why);
    }

    pub(super) fn standing(&self) -> Standing {
        let seen = self.seen();
        let fresh = seen.heard.is_some_and(|heard| heard.elapsed() < AWAY);
        let behind_for = match (seen.behind, seen.current) {
            (0, Some(_)) if fresh => Duration::ZERO,
            (_, Some(current)) => current.elapsed(),
            (_, None) => Duration::ZERO,
        };
        Standing {
            connected: fresh && seen.alarm.is_none(),
            caught_up: seen.current.is_some(),
            behind: seen.behind,
            behind_for,
            reconnects: seen.reconnects,
            alarm: seen.alarm.clone(),
            verdicts_wait: seen.waits.map_or(Duration::ZERO, age),
            verdicts_missed: seen.missed,
            // Known to the store.
            queued: 0,
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time since a point, in milliseconds since 1970.
pub(super) fn age(millis: i64) -> Duration {
    let now = Timestamp::now().as_millisecond();
    Duration::from_millis(u64::try_from(now.saturating_sub(millis)).unwrap_or(0))
}
