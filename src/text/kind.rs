//! The kinds of features, and how a feature becomes a number.

/// Bits of the number of a feature of the text.
const TEXT_BITS: u32 = 22;
/// Bits of the number of a feature of the structure.
const STRUCTURE_BITS: u32 = 18;

/// There are this many numbers of features.
pub const FEATURE_SPACE: usize = (1 << TEXT_BITS) + (1 << STRUCTURE_BITS);

/// The two families of features. Each is weighed by itself: a comment has hundreds of features
/// of its text and a few dozen of its structure, which would drown among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// What is written.
    Text = 0,
    /// Links, author, shape, topic.
    Structure = 1,
}

impl Family {
    /// The family of a feature, by its number.
    #[inline]
    pub fn of(feature: u32) -> Self {
        if feature < 1 << TEXT_BITS {
            Self::Text
        } else {
            Self::Structure
        }
    }
}

/// What a feature says. The number is part of every hash on every disk: it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A word of the text.
    Word = 1,
    /// Two words, one after the other.
    Pair = 2,
    /// Two words with one between them.
    Gap = 3,
    /// Three characters in a row.
    Gram3 = 4,
    /// Four characters in a row.
    Gram4 = 5,
    /// Five characters in a row.
    Gram5 = 6,
    /// A word written with letters of other alphabets, in digits or spaced out, as it is meant.
    Disguised = 7,
    /// A word of the text that a link stands on.
    Label = 8,
    /// A word that readers do not see.
    Hidden = 9,
    /// The host that a link goes to.
    LinkHost = 16,
    /// The registrable domain that a link goes to.
    LinkDomain = 17,
    /// The public suffix that a link goes to.
    LinkSuffix = 18,
    /// A word of a link's path, query or host name.
    LinkWord = 19,
    /// Three or four characters of a link's host name.
    LinkGram = 20,
    /// A word of the author's name.
    NameWord = 32,
    /// Characters of the author's name.
    NameGram = 33,
    /// The registrable domain of the author's home page.
    HomeDomain = 34,
    /// The public suffix of the author's home page.
    HomeSuffix = 35,
    /// A word of the author's home page's address.
    HomeWord = 36,
    /// The domain of the author's e-mail address.
    MailDomain = 37,
    /// A shape: length, links, markup, capitals, digits, scripts, tricks.
    Shape = 48,
    /// How the author presents themselves.
    NameShape = 49,
    /// How the comment stands to the entry.
    Topic = 50,
}

/// Odd constants with well spread bits (digits of the golden ratio and of π).
const MULTIPLY: u64 = 0x9E37_79B9_7F4A_7C15;
const STIR: u64 = 0x2430_8D31_3198_A2E1;

/// One step of the hash: multiply and fold, as wyhash does.
#[inline]
pub(crate) fn mix(state: u64, value: u64) -> u64 {
    let product = u128::from(state ^ STIR) * u128::from(value.wrapping_add(MULTIPLY) | 1);
    let low = product as u64;
    let high = (product >> 64) as u64;
    low ^ high
}

/// Where the hash of a kind starts.
#[inline]
pub(crate) const fn seed(kind: Kind) -> u64 {
    (kind as u64).wrapping_mul(MULTIPLY)
}

/// Takes bytes into the hash.
#[inline]
pub(crate) fn mix_bytes(state: u64, bytes: &[u8]) -> u64 {
    let mut state = mix(state, bytes.len() as u64);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        state = mix(state, u64::from_le_bytes(word));
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        state = mix(state, u64::from_le_bytes(word));
    }
    state
}

/// The number of a feature of the text: the top bits of its hash.
#[inline]
pub(crate) fn text_number(state: u64) -> u32 {
    (mix(state, MULTIPLY) >> (64 - TEXT_BITS)) as u32
}

/// The number of a feature of the structure; these stand behind those of the text.
#[inline]
pub(crate) fn structure_number(state: u64) -> u32 {
    (1 << TEXT_BITS) + (mix(state, MULTIPLY) >> (64 - STRUCTURE_BITS)) as u32
}

impl Kind {
    /// Whether the kind speaks of the text or of the structure.
    #[inline]
    pub const fn family(self) -> Family {
        match self {
            Self::Word | Self::Pair | Self::Gap | Self::Gram3 | Self::Gram4 | Self::Gram5 => {
                Family::Text
            }
            Self::Disguised | Self::Hidden => Family::Text,
            _ => Family::Structure,
        }
    }

    /// The number of a feature of this kind.
    #[inline]
    pub(crate) fn number(self, state: u64) -> u32 {
        match self.family() {
            Family::Text => text_number(state),
            Family::Structure => structure_number(state),
        }
    }
}

/// The number of a feature given by its kind and text.
#[inline]
pub fn feature(kind: Kind, text: &str) -> u32 {
    feature_of(kind, text.as_bytes())
}

/// [`feature`] of a text as bytes.
#[inline]
pub(crate) fn feature_of(kind: Kind, text: &[u8]) -> u32 {
    kind.number(mix_bytes(seed(kind), text))
}

/// The number of a feature given by its kind, name and size.
#[inline]
pub(crate) fn sized(kind: Kind, name: &str, size: u32) -> u32 {
    let state = mix_bytes(seed(kind), name.as_bytes());
    kind.number(mix(state, u64::from(size)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Journals and models hold these numbers: they may never change.
    #[test]
    fn hashes_are_pinned() {
        assert_eq!(
            [
                feature(Kind::Word, ""),
                feature(Kind::Word, "casino"),
                feature(Kind::Label, "casino"),
                feature(Kind::Word, "a longer word than eight"),
            ],
            [643_802, 1_895_022, 4_337_300, 1_642_567]
        );
    }
}
