//! Where features are gathered, each once.

use super::clue::{Clue, Feature};
use super::kind::{self, FEATURE_SPACE, Kind};

/// Takes features, each once.
#[derive(Debug, Default)]
pub(super) struct Sink {
    pub(super) features: Vec<Feature>,
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

impl Sink {
    pub(super) fn clear(&mut self) {
        self.features.clear();
        self.shapes.clear();
        self.comment = self.comment.wrapping_add(COMMENT);
        if self.comment == 0 {
            self.seen.fill(0);
            self.comment = COMMENT;
        }
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
        if (self.features.len() + 1) * 2 > self.seen.len() {
            self.grow();
        }
        if self.place(id) {
            self.features.push(Feature { id, clue });
        }
    }

    /// Marks a number as seen; whether it is new. There is always a free place.
    #[inline]
    fn place(&mut self, id: u32) -> bool {
        let mask = self.seen.len() - 1;
        let wanted = self.comment | id;
        let mut at = id.wrapping_mul(0x9E37_79B1) as usize & mask;
        loop {
            match self.seen[at] {
                found if found == wanted => return false,
                found if found < self.comment => {
                    self.seen[at] = wanted;
                    return true;
                }
                _ => at = (at + 1) & mask,
            }
        }
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.seen.len() * 2).max(4_096);
        self.seen.clear();
        self.seen.resize(size, 0);
        for at in 0..self.features.len() {
            self.place(self.features[at].id);
        }
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
            let ids = sink.features.iter().map(|feature| feature.id);
            assert!(
                ids.eq((0..most).chain([FEATURE_SPACE as u32 - 1])),
                "{comment}"
            );
        }
    }
}
