//! The base model: what is known before anybody corrects anything.

use crate::text::{FEATURE_SPACE, Family, links};

/// A trained model: a coefficient for every feature number, and how a score becomes a
/// probability. Never changes once made.
#[derive(Debug, Clone)]
pub struct BaseModel {
    /// Name of the model, such as `2026-11-22-1a2b3c4d`, shown with every verdict.
    pub version: String,
    /// What went into it, for people and programs.
    pub card: serde_json::Value,
    /// Evidence times trust, by feature number; zero where nothing is known. Each a bfloat16, which is the
    /// upper half of a 32-bit float: three digits are far more than a coefficient is sure of, and a check reads
    /// some two thousand of them all over the table.
    coefficients: Vec<u16>,
    /// How common the most common features are; see [`Self::share`].
    shares: Vec<(u32, u8)>,
    /// How the coefficients make a score, and that a probability.
    pub shape: ModelShape,
}

/// The few numbers of a model beside its coefficients.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ModelShape {
    /// Score of a comment without any feature.
    pub bias: f64,
    /// Weight of the structure's evidence beside the text's.
    pub structure_weight: f64,
    /// Slope of the calibration, score to log-odds.
    pub slope: f64,
    /// Offset of the calibration.
    pub offset: f64,
}

/// What the empty model makes of a link, as a coefficient: a probability of some 0.7 with any and
/// 0.3 without, so that one has to be looked at and the other has not (docs/experiments.md).
const LINK_HABIT: f32 = 6.0;

/// Fewer features than this count as this many, by family: one greeting is no proof of anything.
pub const FEWEST: [usize; 2] = [100, 20];

impl ModelShape {
    /// A model that knows nothing: even odds for everything.
    pub const EMPTY: Self = Self {
        bias: 0.0,
        structure_weight: 0.5,
        slope: 1.0,
        offset: 0.0,
    };

    /// What one feature of each family weighs in a comment with so many features:
    /// one over the square root of their number, which keeps long comments from shouting.
    #[inline]
    pub fn norms(&self, text: usize, structure: usize) -> [f64; 2] {
        [
            1.0 / (text.max(FEWEST[0]) as f64).sqrt(),
            self.structure_weight / (structure.max(FEWEST[1]) as f64).sqrt(),
        ]
    }

    /// [`Self::norms`] of a comment with these features.
    #[inline]
    pub fn norms_of(&self, features: impl Iterator<Item = u32>) -> [f64; 2] {
        let (mut all, mut text) = (0, 0);
        for feature in features {
            all += 1;
            text += usize::from(Family::of(feature) == Family::Text);
        }
        self.norms(text, all - text)
    }

    /// The calibrated log-odds of a score (Platt 1999).
    #[inline]
    pub fn log_odds(&self, score: f64) -> f64 {
        self.slope * score + self.offset
    }
}

impl BaseModel {
    /// A model from its parts. Coefficients are rounded to three digits, as a model file has them; those
    /// past the space of features are dropped.
    pub fn new(
        version: String,
        card: serde_json::Value,
        coefficients: impl IntoIterator<Item = f32>,
        shape: ModelShape,
    ) -> Self {
        let coefficients = coefficients.into_iter().map(to_half);
        Self::from_halves(version, card, coefficients.collect(), shape)
    }

    /// A model from coefficients that are bfloat16 already.
    pub(super) fn from_halves(
        version: String,
        card: serde_json::Value,
        mut coefficients: Vec<u16>,
        shape: ModelShape,
    ) -> Self {
        coefficients.resize(FEATURE_SPACE, 0);
        Self {
            version,
            card,
            coefficients,
            shares: Vec::new(),
            shape,
        }
    }

    /// The same, knowing how common features are: each with its share of all comments in 255ths.
    pub fn with_shares(self, mut shares: Vec<(u32, u8)>) -> Self {
        shares.sort_unstable();
        shares.dedup_by_key(|(feature, _)| *feature);
        Self { shares, ..self }
    }

    /// The share of comments, from 0 to 1, that have a feature, as far as training saw; 0 for
    /// those that few comments have.
    pub fn share(&self, feature: u32) -> f64 {
        let found = self.shares.binary_search_by_key(&feature, |(f, _)| *f);
        found.map_or(0.0, |at| f64::from(self.shares[at].1) / 255.0)
    }

    /// The features whose share is known, ascending, in 255ths of all comments.
    pub fn shares(&self) -> &[(u32, u8)] {
        &self.shares
    }

    /// A model to be taught from nothing. It has seen no comment; all it goes by is the rule that
    /// blog engines start with, to look at a comment that has a link before it is shown. Its slope
    /// is near that of trained ones: lessons are measured in log-odds.
    pub fn empty() -> Self {
        let card = serde_json::json!({"sources": []});
        let shape = ModelShape {
            slope: 2.0,
            ..ModelShape::EMPTY
        };
        let mut coefficients = vec![0.0; FEATURE_SPACE];
        for (links, feature) in links().enumerate() {
            coefficients[feature as usize] = match links {
                0 => -LINK_HABIT,
                _ => LINK_HABIT,
            };
        }
        Self::new("empty".to_owned(), card, coefficients, shape)
    }

    /// Coefficient of a feature; zero for numbers that no feature has.
    #[inline]
    pub fn coefficient(&self, feature: u32) -> f32 {
        let half = self.coefficients.get(feature as usize);
        from_half(half.copied().unwrap_or(0))
    }

    /// The coefficients that are not zero, by feature number.
    pub fn coefficients(&self) -> impl Iterator<Item = (u32, f32)> + '_ {
        self.coefficients
            .iter()
            .enumerate()
            // The space of features is far below 2^32.
            .map(|(feature, &half)| (feature as u32, from_half(half)))
            .filter(|(_, c)| *c != 0.0)
    }
}

/// Rounds to the nearest bfloat16.
pub(super) fn to_half(value: f32) -> u16 {
    let bits = value.to_bits();
    (bits.wrapping_add(0x7FFF + ((bits >> 16) & 1)) >> 16) as u16
}

#[inline]
fn from_half(half: u16) -> f32 {
    f32::from_bits(u32::from(half) << 16)
}
