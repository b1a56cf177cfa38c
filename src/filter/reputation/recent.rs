//! A map that forgets.

use std::collections::HashMap;

use jiff::Timestamp;

/// Entries by keyed hashes. One that is not used is gone after one to two periods, and there are
/// never more than twice the capacity: when a period is over or the room is used up, what came
/// before the current generation is forgotten as a whole.
#[derive(Debug)]
pub(super) struct Recent<V> {
    /// In seconds.
    period: i64,
    capacity: usize,
    /// When the current generation began.
    began: i64,
    current: HashMap<u64, V>,
    previous: HashMap<u64, V>,
}

impl<V> Recent<V> {
    /// An empty map. The period is in seconds.
    pub(super) fn new(period: i64, capacity: usize) -> Self {
        Self {
            period,
            capacity,
            began: i64::MIN,
            current: HashMap::new(),
            previous: HashMap::new(),
        }
    }

    /// An entry that is not forgotten yet.
    pub(super) fn get(&self, key: u64, now: Timestamp) -> Option<&V> {
        match now.as_second().saturating_sub(self.began) {
            age if age < self.period => self.current.get(&key).or_else(|| self.previous.get(&key)),
            // Nobody has written since; what was current counts as the generation before.
            age if age < 2 * self.period => self.current.get(&key),
            _ => None,
        }
    }

    /// An entry for writing, made if it is not there. To use it keeps it from being forgotten.
    pub(super) fn entry(&mut self, key: u64, now: Timestamp, make: impl FnOnce() -> V) -> &mut V {
        self.turn(now.as_second());
        let known = self.previous.remove(&key);
        self.current
            .entry(key)
            .or_insert_with(|| known.unwrap_or_else(make))
    }

    fn turn(&mut self, now: i64) {
        let age = now.saturating_sub(self.began);
        if age >= 2 * self.period {
            self.current.clear();
        }
        if age >= self.period || self.current.len() >= self.capacity {
            self.previous = std::mem::take(&mut self.current);
            self.began = now;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_is_not_used_is_forgotten_after_one_to_two_periods() {
        let mut map = Recent::new(100, 1000);
        *map.entry(1, at(0), || 7) += 1;
        assert_eq!(map.get(1, at(99)), Some(&8));
        map.entry(2, at(120), || 0);
        assert_eq!(map.get(1, at(120)), Some(&8));
        // Used again, it lives on.
        map.entry(1, at(130), || 0);
        map.entry(3, at(230), || 0);
        assert_eq!(map.get(1, at(230)), Some(&8));
        assert_eq!(map.get(2, at(229)), Some(&0));
        assert_eq!(map.get(1, at(1000)), None);
        map.entry(3, at(1000), || 0);
        assert_eq!(map.get(1, at(1000)), None);
    }

    #[test]
    fn there_is_never_more_than_twice_the_capacity() {
        let mut map = Recent::new(100, 10);
        for key in 0..1000 {
            map.entry(key, at(0), || ());
            assert!(map.current.len() + map.previous.len() <= 20);
        }
        assert!(map.get(999, at(0)).is_some() && map.get(0, at(0)).is_none());
    }
}
