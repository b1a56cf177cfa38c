//! Where features are gathered, each once.

use super::clue::{Clue, Feature};
use super::kind::{self, FEATURE_SPACE, Kind};

/// Takes features, each once.
#[derive(Debug, Default)]
pub(super) struct Sink {
    /// The features, and behind them what room there is.
    room: Vec<Feature>,
    /// How many there are.
    count: usize,
    /// The properties of the whole comment, by name and size.
    pub(super) shapes: Vec<(&'static str, u32)>,
    /// Open addressing; a place holds a feature's number under that of the comment it was seen in.
    /// What earlier comments left is free, so that nothing has to be wiped between two comments.
    seen: Vec<u32>,
    /// Number of the comment, in the bits above a feature's.
    comment: u32,
}

/// What one comment adds to the number of comments: one past every feature's number.
const COMMENT: u32 = FEATURE_SPACE.next_power_of_two() as u32;
/// What stands where no feature is.
const NOTHING: Feature = Feature {
    id: 0,
    clue: Clue::Hidden,
};

impl Sink {
    pub(super) fn clear(&mut self) {
        self.count = 0;
        self.shapes.clear();
        self.comment = self.comment.wrapping_add(COMMENT);
        if self.comment == 0 {
            self.seen.fill(0);
            self.comment = COMMENT;
        }
    }

    /// The features, in the order in which they were seen.
    pub(super) fn features(&self) -> &[Feature] {
        &self.room[..self.count]
    }

    pub(super) fn put(&mut self, kind: Kind, text: &str, clue: Clue) {
        self.put_id(kind::feature(kind, text), clue);
    }

    /// A property of the whole comment, by name and size.
    pub(super) fn shape(&mut self, kind: Kind, name: &'static str, size: u32) {
        // There are some dozens of them.
        let number = self.shapes.len() as u16;
        self.shapes.push((name, size));
        self.put_id(kind::sized(kind, name, size), Clue::Shape(number));
    }

    #[inline]
    pub(super) fn put_id(&mut self, id: u32, clue: Clue) {
        self.make_room(1).put(id, clue);
    }

    /// For so many more features at most.
    #[inline]
    pub(super) fn make_room(&mut self, more: usize) -> Room<'_> {
        let most = self.count + more;
        if most > self.room.len() || most * 2 > self.seen.len() {
            self.grow(most);
        }
        self.there()
    }

    /// For as many as there is room.
    #[inline]
    fn there(&mut self) -> Room<'_> {
        Room {
            places: &mut self.room,
            count: &mut self.count,
            seen: &mut self.seen,
            comment: self.comment,
        }
    }

    #[cold]
    fn grow(&mut self, most: usize) {
        let size = (most * 2).next_power_of_two().max(4_096);
        self.room.resize(size / 2, NOTHING);
        self.seen.clear();
        self.seen.resize(size, 0);
        let count = std::mem::take(&mut self.count);
        let mut room = self.there();
        for at in 0..count {
            let Feature { id, clue } = room.places[at];
            room.put(id, clue);
        }
    }
}

/// Room for a number of features; nothing grows while they are put.
pub(super) struct Room<'a> {
    places: &'a mut [Feature],
    count: &'a mut usize,
    seen: &'a mut [u32],
    comment: u32,
}

impl Room<'_> {
    /// Puts a feature, if it is a new one.
    ///
    /// Whether it is new is as good as chance, and a processor that guesses wrong loses more than all of this takes:
    /// it is written in either case, and counted if new.
    #[inline]
    pub(super) fn put(&mut self, id: u32, clue: Clue) {
        let mask = self.seen.len() - 1;
        let wanted = self.comment | id;
        let mut at = id.wrapping_mul(0x9E37_79B1) as usize & mask;
        // At most half of the places are taken.
        while self.seen[at] >= self.comment && self.seen[at] != wanted {
            at = (at + 1) & mask;
        }
        let new = self.seen[at] != wanted;
        self.seen[at] = wanted;
        self.places[*self.count] = Feature { id, clue };
        *self.count += usize::from(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many comments as there are numbers for, and more; large ones among them.
    #[test]
    fn every_comment_has_its_features_once() {
        let mut sink = Sink::default();
        for comment in 0..2_000 {
            sink.clear();
            let most = if comment % 500 == 0 { 9_000 } else { 3 };
            for id in (0..most)
                .chain(0..most)
                .chain([FEATURE_SPACE as u32 - 1; 2])
            {
                sink.put_id(id, Clue::Hidden);
            }
            let ids = sink.features().iter().map(|feature| feature.id);
            assert!(
                ids.eq((0..most).chain([FEATURE_SPACE as u32 - 1])),
                "{comment}"
            );
        }
    }
}
