//! What was learned about features: a small sparse table of changes to coefficients.

/// A map from feature numbers to changes, by open addressing: a check looks up every feature of
/// a comment, and nearly all of them are not there.
#[derive(Debug, Clone, Default)]
pub(super) struct Deltas {
    /// Two thirds of them are taken at most.
    places: Vec<Place>,
    used: usize,
}

/// A feature and its change, next to each other: most of a look-up is waiting for the memory.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// Feature number plus one; zero where the place is free.
    key: u32,
    change: f32,
}

impl Deltas {
    /// The change of a feature's coefficient; zero if nothing was learned of it.
    #[inline]
    pub(super) fn get(&self, feature: u32) -> f32 {
        if self.places.is_empty() {
            return 0.0;
        }
        // That of a free place is zero.
        self.places[self.place(feature)].change
    }

    /// What stands where each of these features belongs, for [`Self::get_near`]: looked at in a loop without a
    /// branch, as a processor then waits for many places at once.
    pub(super) fn look(&self, features: impl Iterator<Item = u32>, seen: &mut Vec<Place>) {
        seen.clear();
        if !self.places.is_empty() {
            seen.extend(features.map(|feature| self.places[self.home(feature)]));
        }
    }

    /// [`Self::get`] of a feature, where that is what stands in its place.
    #[inline]
    pub(super) fn get_near(&self, feature: u32, seen: Place) -> f32 {
        if seen.key == 0 || seen.key == feature + 1 {
            seen.change
        } else {
            self.get(feature)
        }
    }

    /// Adds to the change of a feature and returns what it was before.
    pub(super) fn add(&mut self, feature: u32, change: f32) -> f32 {
        if (self.used + 1) * 3 > self.places.len() * 2 {
            // Sites are many, and each has a table: it grows by no more than a half.
            self.grow((self.places.len() * 3 / 2).max(64));
        }
        let at = self.place(feature);
        let place = &mut self.places[at];
        if place.key == 0 {
            place.key = feature + 1;
            self.used += 1;
        }
        let before = place.change;
        place.change = before + change;
        before
    }

    /// A table of these changes, each of another feature.
    pub(super) fn of(changes: impl ExactSizeIterator<Item = (u32, f32)>) -> Self {
        let mut deltas = Self::default();
        deltas.grow(changes.len() * 3 / 2 + 1);
        for (feature, change) in changes {
            deltas.add(feature, change);
        }
        deltas
    }

    /// Every feature of which something was learned, in no order, with its change.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, f32)> + '_ {
        let taken = self.places.iter().filter(|place| place.key != 0);
        taken.map(|place| (place.key - 1, place.change))
    }

    /// Whether nothing was learned.
    pub(super) fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// The place that holds the feature, or the free one where it belongs. There is one.
    #[inline]
    fn place(&self, feature: u32) -> usize {
        let mut at = self.home(feature);
        while self.places[at].key != 0 && self.places[at].key != feature + 1 {
            at = if at + 1 == self.places.len() {
                0
            } else {
                at + 1
            };
        }
        at
    }

    /// The place where a feature belongs.
    #[inline]
    fn home(&self, feature: u32) -> usize {
        // As far into the table as the hash is into its 32 bits.
        let hash = u64::from(feature.wrapping_mul(0x9E37_79B1));
        ((hash * self.places.len() as u64) >> 32) as usize
    }

    fn grow(&mut self, size: usize) {
        let before = std::mem::replace(&mut self.places, vec![Place::default(); size]);
        for place in before.into_iter().filter(|place| place.key != 0) {
            let at = self.place(place.key - 1);
            self.places[at] = place;
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
            let mut seen = Vec::new();
            deltas.look(0..5_000, &mut seen);
            for (feature, seen) in (0..).zip(seen) {
                prop_assert_eq!(deltas.get_near(feature, seen), deltas.get(feature));
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
