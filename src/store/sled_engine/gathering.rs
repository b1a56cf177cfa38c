//! How long the writer waits for more before it begins a group.
//!
//! A group costs as much as several verdicts, whatever is in it. Who asks alone should not wait; where thousands ask in
//! a second, a millisecond more serves several of them at once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Groups that are looked back at.
const GROUPS: usize = 4;
/// Writes a second from which on groups are gathered.
const BUSY: f64 = 3_000.0;
/// How far apart they begin then.
const APART: Duration = Duration::from_millis(1);

/// When the last groups began, and how many writes were in each.
#[derive(Default)]
pub(super) struct Gathering(VecDeque<(Instant, usize)>);

impl Gathering {
    /// A group of so many writes begins.
    pub(super) fn begins(&mut self, now: Instant, writes: usize) {
        self.0.truncate(GROUPS - 1);
        self.0.push_front((now, writes));
    }

    /// How long the next one is to wait.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let (Some((last, _)), Some((first, _))) = (self.0.front(), self.0.back()) else {
            return Duration::ZERO;
        };
        let writes: usize = self.0.iter().map(|(_, writes)| writes).sum();
        let rate = writes as f64 / (now - *first).as_secs_f64();
        match self.0.len() == GROUPS && rate > BUSY {
            true => APART.saturating_sub(now - *last),
            false => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long the next one waits after groups of so many writes so many microseconds apart.
    fn after(writes: usize, apart: u64) -> Duration {
        let began = Instant::now();
        let mut gathering = Gathering::default();
        for n in 0..9 {
            gathering.begins(began + Duration::from_micros(apart) * n, writes);
        }
        gathering.wait(began + Duration::from_micros(apart) * 9)
    }

    #[test]
    fn only_where_many_ask_groups_are_gathered() {
        assert_eq!(Gathering::default().wait(Instant::now()), Duration::ZERO);
        assert_eq!(after(1, 400), Duration::ZERO);
        assert_eq!(after(1, 100), Duration::from_micros(900));
        assert_eq!(after(4, 900), Duration::from_micros(100));
        assert_eq!(after(40, 2_000), Duration::ZERO);
    }
}
