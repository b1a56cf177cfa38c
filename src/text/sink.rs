//! Where features are gathered, each once.

use super::clue::{Clue, Feature};
use super::kind::{self, Kind};

/// Takes features, each once.
#[derive(Debug, Default)]
pub(super) struct Sink {
    pub(super) features: Vec<Feature>,
    /// Open addressing; a place holds a feature's number plus one.
    seen: Vec<u32>,
}

impl Sink {
    pub(super) fn clear(&mut self) {
        self.features.clear();
        self.seen.fill(0);
    }

    pub(super) fn put(&mut self, kind: Kind, text: &str, clue: Clue) {
        self.put_id(kind::feature(kind, text), clue);
    }

    /// A property of the whole comment, by name and size.
    pub(super) fn shape(&mut self, kind: Kind, name: &'static str, size: u32) {
        self.put_id(kind::sized(kind, name, size), Clue::Shape(name, size));
    }

    pub(super) fn put_id(&mut self, id: u32, clue: Clue) {
        if (self.features.len() + 1) * 2 > self.seen.len() {
            self.grow();
        }
        if Self::place(&mut self.seen, id) {
            self.features.push(Feature { id, clue });
        }
    }

    /// Marks a number as seen; whether it is new. There is always a free place.
    fn place(seen: &mut [u32], id: u32) -> bool {
        let mask = seen.len() - 1;
        let mut at = id.wrapping_mul(0x9E37_79B1) as usize & mask;
        loop {
            match seen[at] {
                0 => {
                    seen[at] = id + 1;
                    return true;
                }
                other if other == id + 1 => return false,
                _ => at = (at + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let size = (self.seen.len() * 2).max(4_096);
        self.seen.clear();
        self.seen.resize(size, 0);
        for feature in &self.features {
            Self::place(&mut self.seen, feature.id);
        }
    }
}
