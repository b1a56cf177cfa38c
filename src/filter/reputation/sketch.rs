//! A text as a few numbers that tell how much it has in common with another (MinHash).
//!
//! Broder, "On the resemblance and containment of documents" (1997). SimHash was tried on paper: one
//! changed word in forty moves it by about eight of its 64 bits, so that it tells apart what is
//! meant to be found.

use crate::text::{folded, is_spaced_letter};

/// Numbers of a sketch: the likeness that they tell is off by 0.08 or so.
const VALUES: usize = 30;
/// Values that must agree together for two texts to be compared at all: of texts that are alike to
/// 0.75, 99 in 100 are; to 0.6, 91; to 0.3, 24.
const BAND: usize = 3;
const BANDS: usize = VALUES / BAND;
/// Likeness from which on texts are nearly the same: one word in nine changed.
const ALIKE: f64 = 0.6;

/// Words of a text that say something about it: "thank you for this great article" comes from
/// many honest people.
const FEWEST: f32 = 16.0;
/// The same with an address in it, which honest people do not repeat by chance.
const FEWEST_WITH_LINK: f32 = 6.0;
/// Words that are read.
const MOST: usize = 1000;

/// What is kept of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sketch([u32; VALUES]);

impl Sketch {
    /// The sketch of a text that is long enough to be told from others.
    pub(super) fn of(content: &str) -> Option<Self> {
        let content = &content[..content.floor_char_boundary(16 * MOST)];
        let text = folded(content);
        let words = Words::of(&text);
        let fewest = match text.contains("://") || text.contains("www.") {
            true => FEWEST_WITH_LINK,
            false => FEWEST,
        };
        if words.length < fewest {
            return None;
        }
        let mut values = [u32::MAX; VALUES];
        for three in words.hashes.windows(3) {
            let shingle = three.iter().fold(0, |hash, word| mix(hash ^ word));
            // All hashes of a shingle from two (Kirsch and Mitzenmacher, "Less hashing, same
            // performance", 2006): this loop is the filter's longest.
            let (mut hash, step) = (shingle as u32, (shingle >> 32) as u32 | 1);
            for value in &mut values {
                *value = (*value).min(hash);
                hash = hash.wrapping_add(step);
            }
        }
        Some(Self(values))
    }

    /// Whether another text is nearly the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        let equal = pairs.filter(|(a, b)| a == b).count();
        equal as f64 >= ALIKE * VALUES as f64
    }

    /// Under what it is found by texts that are like it.
    pub(super) fn bands(&self) -> [u64; BANDS] {
        let mut bands = [0; BANDS];
        let values = self.0.chunks_exact(BAND).zip(0u64..);
        for (band, (values, number)) in bands.iter_mut().zip(values) {
            *band = values
                .iter()
                .fold(number, |hash, v| mix(hash ^ u64::from(*v)));
        }
        bands
    }

    /// A number for all of it.
    pub(super) fn id(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |hash, value| mix(hash ^ u64::from(*value)))
    }
}

/// The words of a text as hashes.
struct Words {
    hashes: Vec<u64>,
    /// How many there are; letters of scripts without spaces are half a word each.
    length: f32,
}

impl Words {
    fn of(text: &str) -> Self {
        let mut words = Self {
            hashes: Vec::new(),
            length: 0.0,
        };
        let mut word = None;
        for c in text.chars() {
            if is_spaced_letter(c) {
                word = Some(mix(word.unwrap_or_default() ^ u64::from(c)));
                continue;
            }
            words.push(word.take(), 1.0);
            if c.is_alphanumeric() {
                words.push(Some(mix(u64::from(c))), 0.5);
            }
            if words.hashes.len() >= MOST {
                return words;
            }
        }
        words.push(word, 1.0);
        words
    }

    fn push(&mut self, hash: Option<u64>, length: f32) {
        if let Some(hash) = hash {
            self.hashes.push(hash);
            self.length += length;
        }
    }
}

/// Spreads every bit over all of them (splitmix64).
fn mix(hash: u64) -> u64 {
    let hash = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SPAM: &str = "Hello, I was earning nothing two years ago until my sister told me about an \
        online system, and now I make five thousand dollars every month from home with only two \
        hours of work a day. You can try it too at https://money.example/start and thank me later.";

    #[test]
    fn a_text_with_a_few_words_changed_is_like_it_and_others_are_not() {
        let sketch = |text: &str| Sketch::of(text).unwrap();
        let spun = SPAM
            .replace("sister", "brother")
            .replace("five thousand", "6000");
        assert!(sketch(SPAM).is_like(&sketch(&spun)));
        let shares = |a: &Sketch, b: &Sketch| a.bands().iter().zip(b.bands()).any(|(a, b)| *a == b);
        assert!(shares(&sketch(SPAM), &sketch(&spun)));
        let typed = SPAM.to_uppercase().replace(' ', "  ");
        assert_eq!(sketch(SPAM), sketch(&typed));
        let other = "I pruned my currants in March and lost half of the fruit; my sister says that \
            autumn is better, two years ago she did so and it worked for her.";
        assert!(!sketch(SPAM).is_like(&sketch(other)));
    }

    #[test]
    fn short_texts_have_no_sketch() {
        for (text, long) in [
            ("Thanks!", false),
            (
                "Thank you so much for this great article, it helped me a lot.",
                false,
            ),
            ("Cheap pills online, see https://pills.example/buy", true),
            ("谢谢分享，非常有用的文章，学到了很多", false),
            (SPAM, true),
            ("", false),
        ] {
            assert_eq!(Sketch::of(text).is_some(), long, "{text}");
        }
    }
}
