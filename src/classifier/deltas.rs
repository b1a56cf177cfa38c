//! What was learned about features: a small sparse table of changes to coefficients.

/// A map from feature numbers to changes, by open addressing: a check looks up every feature of
/// a comment, and nearly all of them are not there.
#[derive(Debug, Clone, Default)]
pub(super) struct Deltas {
    /// Feature number plus one; zero where the place is free. A power of two of them, or none.
    keys: Vec<u32>,
    values: Vec<f32>,
    used: usize,
}

impl Deltas {
    /// The change of a feature's coefficient; zero if nothing was learned of it.
    #[inline]
    pub(super) fn get(&self, feature: u32) -> f32 {
        if self.keys.is_empty() {
            return 0.0;
        }
        let at = self.place(feature);
        if self.keys[at] == 0 {
            0.0
        } else {
            self.values[at]
        }
    }

    /// Adds to the change of a feature and returns what it was before.
    pub(super) fn add(&mut self, feature: u32, change: f32) -> f32 {
        if (self.used + 1) * 2 > self.keys.len() {
            self.grow();
        }
        let at = self.place(feature);
        if self.keys[at] == 0 {
            self.keys[at] = feature + 1;
            self.used += 1;
        }
        let before = self.values[at];
        self.values[at] = before + change;
        before
    }

    /// A table of these changes, each of another feature.
    pub(super) fn of(changes: impl ExactSizeIterator<Item = (u32, f32)>) -> Self {
        let mut deltas = Self::default();
        while changes.len() * 2 > deltas.keys.len() {
            deltas.grow();
        }
        for (feature, change) in changes {
            deltas.add(feature, change);
        }
        deltas
    }

    /// Every feature of which something was learned, in no order, with its change.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, f32)> + '_ {
        let places = self.keys.iter().zip(&self.values);
        let taken = places.filter(|(key, _)| **key != 0);
        taken.map(|(key, value)| (key - 1, *value))
    }

    /// Whether nothing was learned.
    pub(super) fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// The place that holds the feature, or the free one where it belongs. At most half of the
    /// places are taken, so that there is one.
    #[inline]
    fn place(&self, feature: u32) -> usize {
        let mask = self.keys.len() - 1;
        let mut at = (feature.wrapping_mul(0x9E37_79B1) >> 7) as usize & mask;
        while self.keys[at] != 0 && self.keys[at] != feature + 1 {
            at = (at + 1) & mask;
        }
        at
    }

    fn grow(&mut self) {
        let size = (self.keys.len() * 2).max(64);
        let keys = std::mem::replace(&mut self.keys, vec![0; size]);
        let values = std::mem::replace(&mut self.values, vec![0.0; size]);
        for (key, value) in keys.into_iter().zip(values) {
            if key != 0 {
                let at = self.place(key - 1);
                self.keys[at] = key;
                self.values[at] = value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_like_a_map(changes in proptest::collection::vec((0u32..5_000, -4i8..4), 0..400)) {
            let mut deltas = Deltas::default();
            let mut map = HashMap::<u32, f32>::new();
            for (feature, change) in changes {
                let change = f32::from(change);
                let before = deltas.add(feature, change);
                let entry = map.entry(feature).or_default();
                prop_assert_eq!(before, *entry);
                *entry += change;
            }
            prop_assert_eq!(deltas.used, map.len());
            for feature in 0..5_000 {
                prop_assert_eq!(deltas.get(feature), map.get(&feature).copied().unwrap_or(0.0));
            }
            let entries: Vec<_> = deltas.entries().collect();
            prop_assert_eq!(&entries.iter().copied().collect::<HashMap<_, _>>(), &map);
            let copy = Deltas::of(entries.into_iter());
            prop_assert_eq!(copy.used, map.len());
            for (&feature, &change) in &map {
                prop_assert_eq!(copy.get(feature), change);
            }
        }
    }
}
