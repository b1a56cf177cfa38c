//! Counting against a rate, by the crate `governor` (a leaky bucket: GCRA).

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::rate::Rate;

/// Calls between two rounds in which buckets that are full again are forgotten.
const ROUND: u32 = 4096;

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) rate: Rate,
    /// Calls that may still come at once.
    pub(super) remaining: u32,
}

/// A refused call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) rate: Rate,
    /// After which a call is let in again.
    pub(super) time: Duration,
}

type Single = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;
type Many<K> = RateLimiter<K, HashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// The limit of one caller.
pub(super) struct Bucket {
    rate: Rate,
    limiter: Single,
}

impl Bucket {
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            rate,
            limiter: RateLimiter::direct(quota(rate)).with_middleware(),
        }
    }

    pub(super) fn rate(&self) -> Rate {
        self.rate
    }

    /// Counts some calls; `None` where so many can never come at once.
    pub(super) fn take(&self, calls: NonZeroU32) -> Option<Result<Standing, Wait>> {
        let taken = self.limiter.check_n(calls).ok()?;
        Some(match taken {
            Ok(snapshot) => Ok(standing(self.rate, &snapshot)),
            Err(not_until) => {
                let time = not_until.wait_time_from(self.limiter.clock().now());
                Err(Wait {
                    rate: self.rate,
                    time,
                })
            }
        })
    }
}

/// The same limit for each of many callers.
pub(super) struct Buckets<K: Hash + Eq + Clone> {
    rate: Rate,
    limiter: Many<K>,
    calls: AtomicU32,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            rate,
            limiter: RateLimiter::hashmap(quota(rate)).with_middleware(),
            calls: AtomicU32::new(0),
        }
    }

    /// Counts a call.
    pub(super) fn take(&self, caller: &K) -> Result<Standing, Wait> {
        if self.calls.fetch_add(1, Ordering::Relaxed) % ROUND == ROUND - 1 {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(caller) {
            Ok(snapshot) => Ok(standing(self.rate, &snapshot)),
            Err(not_until) => {
                let time = not_until.wait_time_from(self.limiter.clock().now());
                Err(Wait {
                    rate: self.rate,
                    time,
                })
            }
        }
    }
}

/// All calls of a window may come at once, and come back evenly.
fn quota(rate: Rate) -> Quota {
    Quota::with_period(rate.window() / rate.calls().get())
        // Only no time at all between two calls would be no quota.
        .unwrap_or_else(|| Quota::per_second(rate.calls()))
        .allow_burst(rate.calls())
}

fn standing(rate: Rate, snapshot: &StateSnapshot) -> Standing {
    Standing {
        rate,
        remaining: snapshot.remaining_burst_capacity(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_what_it_holds_and_then_says_when() {
        let bucket = Bucket::new("3/h".parse().unwrap());
        let take = |calls| bucket.take(NonZeroU32::new(calls).unwrap());
        assert_eq!(take(1).unwrap().unwrap().remaining, 2);
        assert_eq!(take(2).unwrap().unwrap().remaining, 0);
        let wait = take(1).unwrap().unwrap_err().time;
        assert!((1190..=1200).contains(&wait.as_secs()), "{wait:?}");
        assert_eq!(take(4), None);
    }

    #[test]
    fn callers_do_not_share_a_bucket() {
        let buckets = Buckets::new("1/h".parse().unwrap());
        assert!(buckets.take(&"a").is_ok());
        assert!(buckets.take(&"a").is_err());
        assert!(buckets.take(&"b").is_ok());
    }
}
