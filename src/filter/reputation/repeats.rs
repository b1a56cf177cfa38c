//! Texts that come again, on other entries, by other names, on other sites.

use jiff::Timestamp;

use super::{Recent, Sketch};
use crate::verdict::Reason;

/// How long a text is remembered that does not come again, at least; in seconds.
const PERIOD: i64 = 24 * 3600;
/// Texts remembered in a period, each with about 600 bytes.
const TEXTS: usize = 8192;
/// Places counted of one text; more say nothing more.
const PLACES: usize = 32;
/// Weight of one text at two other places, in log-odds; each doubling adds as much again.
const WEIGHT: f64 = 0.75;
/// Other places from which on a text counts as repeated: people do post the same twice.
const FEWEST: usize = 2;

/// Texts, and where they were seen.
#[derive(Debug)]
pub(super) struct Repeats {
    texts: Recent<Text>,
    /// Bands of sketches -> the text that has them.
    bands: Recent<u64>,
}

#[derive(Debug)]
struct Text {
    sketch: Sketch,
    /// Keyed hashes of the places where it was seen.
    places: Vec<u64>,
    /// An admin called it ham.
    pardoned: bool,
}

/// A text that was seen elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repeat {
    others: usize,
    exact: bool,
}

impl Default for Repeats {
    fn default() -> Self {
        Self {
            texts: Recent::new(PERIOD, TEXTS),
            bands: Recent::new(PERIOD, TEXTS * 10),
        }
    }
}

impl Repeats {
    /// Whether a text was seen at several other places.
    pub(super) fn look(&self, sketch: &Sketch, place: u64, now: Timestamp) -> Option<Repeat> {
        let (_, text) = self.find(sketch, now)?;
        let others = text.places.iter().filter(|other| **other != place).count();
        (others >= FEWEST && !text.pardoned).then(|| Repeat {
            others,
            exact: text.sketch == *sketch,
        })
    }

    /// Remembers that a text was seen at a place.
    pub(super) fn note(&mut self, sketch: &Sketch, place: u64, now: Timestamp) {
        let text = self.remembered(sketch, now);
        if text.places.len() < PLACES && !text.places.contains(&place) {
            text.places.push(place);
        }
    }

    /// Says whether a text is held against whoever repeats it.
    pub(super) fn pardon(&mut self, sketch: &Sketch, pardoned: bool, now: Timestamp) {
        if pardoned || self.find(sketch, now).is_some() {
            self.remembered(sketch, now).pardoned = pardoned;
        }
    }

    /// The text that a text is or is like, made if there is none.
    fn remembered(&mut self, sketch: &Sketch, now: Timestamp) -> &mut Text {
        let id = self
            .find(sketch, now)
            .map_or_else(|| sketch.id(), |(id, _)| id);
        for band in sketch.bands() {
            *self.bands.entry(band, now, || id) = id;
        }
        self.texts.entry(id, now, || Text {
            sketch: sketch.clone(),
            places: Vec::new(),
            pardoned: false,
        })
    }

    fn find(&self, sketch: &Sketch, now: Timestamp) -> Option<(u64, &Text)> {
        let ids = sketch
            .bands()
            .into_iter()
            .filter_map(|band| self.bands.get(band, now));
        ids.filter_map(|id| Some((*id, self.texts.get(*id, now)?)))
            .find(|(_, text)| text.sketch.is_like(sketch))
    }
}

impl Repeat {
    pub(super) fn reason(&self) -> Reason {
        let places = match self.others {
            PLACES.. => format!("{PLACES} or more other places"),
            others => format!("{others} other places"),
        };
        let (what, part) = match self.exact {
            true => ("the same text", 1.0),
            false => ("nearly the same text", 0.8),
        };
        // At most 32 places: 3.75.
        let weight = part * WEIGHT * (self.others as f64).log2();
        Reason::new("repeat", format!("{what} at {places}"), weight)
    }
}
