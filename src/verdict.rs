//! What the filter says of a comment, and what people say of it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an admin says a comment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// Wanted.
    Ham,
    /// Unwanted.
    Spam,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ham => "ham",
            Self::Spam => "spam",
        })
    }
}

/// What the filter says a comment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Wanted.
    Ham,
    /// Too close to call: a person should look.
    Unsure,
    /// Unwanted.
    Spam,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ham => "ham",
            Self::Unsure => "unsure",
            Self::Spam => "spam",
        })
    }
}

/// What the blog engine is advised to do with a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Show it.
    Publish,
    /// Keep it for a person to look at.
    Hold,
    /// Drop it unseen: blatant spam.
    Discard,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Publish => "publish",
            Self::Hold => "hold",
            Self::Discard => "discard",
        })
    }
}

/// A text that names no action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("give publish, hold or discard")]
pub struct ActionError;

impl FromStr for Action {
    type Err = ActionError;

    fn from_str(name: &str) -> Result<Self, ActionError> {
        let mut known = [Self::Publish, Self::Hold, Self::Discard].into_iter();
        known
            .find(|action| action.to_string() == name)
            .ok_or(ActionError)
    }
}

/// The probability that a comment is spam: a number from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Probability(f64);

impl Probability {
    /// Surely ham.
    pub const HAM: Self = Self(0.0);
    /// Surely spam.
    pub const SPAM: Self = Self(1.0);

    /// The probability of log-odds `x` (natural logarithm): 1 / (1 + exp(-x)).
    ///
    /// Not-a-number counts as even odds.
    pub fn from_log_odds(x: f64) -> Self {
        if x.is_nan() {
            return Self(0.5);
        }
        Self(1.0 / (1.0 + (-x).exp()))
    }

    /// The number, from 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// One reason for a verdict, in words that a moderator understands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// Where the evidence comes from: `text`, `link`, `author`, `shape`, `context`, `honeypot`,
    /// `role`, `test`, …
    #[schema(value_type = String)]
    pub signal: Cow<'static, str>,
    /// The evidence itself, in the comment's own words.
    pub detail: String,
    /// How far it moved the score, in log-odds (natural logarithm): positive towards spam.
    pub weight: f64,
}

impl Reason {
    /// A reason.
    pub fn new(
        signal: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
        weight: f64,
    ) -> Self {
        Self {
            signal: signal.into(),
            detail: detail.into(),
            weight,
        }
    }
}

/// The probabilities at which verdicts and actions change. They never fall. Who names only some means the defaults of
/// the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "AnyThresholds", into = "AnyThresholds")]
pub struct Thresholds {
    /// From here on a comment is unsure: a person should look at it.
    #[schema(required = false, minimum = 0, maximum = 1, default = 0.3)]
    unsure: f64,
    /// From here on it is spam.
    #[schema(required = false, minimum = 0, maximum = 1, default = 0.9)]
    spam: f64,
    /// From here on the advice is to drop it unseen.
    #[schema(required = false, minimum = 0, maximum = 1, default = 0.995)]
    discard: f64,
}

/// Thresholds that are out of order, or no probabilities.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "give numbers from 0 to 1 that rise: unsure ({unsure}) <= spam ({spam}) <= discard ({discard})"
)]
pub struct ThresholdsError {
    unsure: f64,
    spam: f64,
    discard: f64,
}

/// Three numbers, before anyone has looked at them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AnyThresholds {
    unsure: f64,
    spam: f64,
    discard: f64,
}

impl Default for AnyThresholds {
    fn default() -> Self {
        Thresholds::default().into()
    }
}

impl TryFrom<AnyThresholds> for Thresholds {
    type Error = ThresholdsError;

    fn try_from(any: AnyThresholds) -> Result<Self, ThresholdsError> {
        Self::new(any.unsure, any.spam, any.discard)
    }
}

impl From<Thresholds> for AnyThresholds {
    fn from(thresholds: Thresholds) -> Self {
        let Thresholds {
            unsure,
            spam,
            discard,
        } = thresholds;
        Self {
            unsure,
            spam,
            discard,
        }
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            unsure: 0.3,
            spam: 0.9,
            discard: 0.995,
        }
    }
}

impl Thresholds {
    /// Thresholds for `unsure`, `spam` and `discard`, from 0 to 1 and in rising order.
    pub fn new(unsure: f64, spam: f64, discard: f64) -> Result<Self, ThresholdsError> {
        if 0.0 <= unsure && unsure <= spam && spam <= discard && discard <= 1.0 {
            Ok(Self {
                unsure,
                spam,
                discard,
            })
        } else {
            Err(ThresholdsError {
                unsure,
                spam,
                discard,
            })
        }
    }

    /// From here on a comment is no longer ham but `unsure`.
    pub fn unsure(&self) -> f64 {
        self.unsure
    }

    /// From here on it is `spam`.
    pub fn spam(&self) -> f64 {
        self.spam
    }

    /// From here on the advice is to drop it unseen.
    pub fn discard(&self) -> f64 {
        self.discard
    }

    /// The verdict at a probability, and the action that goes with it.
    pub fn decide(&self, probability: Probability) -> (Verdict, Action) {
        let p = probability.get();
        if p >= self.spam {
            let action = if p >= self.discard {
                Action::Discard
            } else {
                Action::Hold
            };
            (Verdict::Spam, action)
        } else if p >= self.unsure {
            (Verdict::Unsure, Action::Hold)
        } else {
            (Verdict::Ham, Action::Publish)
        }
    }
}

/// What the filter found out about one comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Ham, unsure or spam.
    pub verdict: Verdict,
    /// What to do with the comment.
    pub action: Action,
    /// How probably it is spam.
    pub probability: Probability,
    /// The strongest reasons, strongest first.
    pub reasons: Vec<Reason>,
    /// The model that judged.
    pub model: String,
    /// How many corrections had been learned when it was judged.
    pub learned_from: u64,
}

/// The name of one stored verdict: a UUID of version 7, written as 32 lower-case hexadecimal
/// digits, so that names sort by time and cannot be guessed.
///
/// It is also the `X-akismet-guid` of the reply (protocol section 2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VerdictId(Uuid);

/// A text that is not the name of a verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a verdict's id has 32 hexadecimal digits")]
pub struct VerdictIdError;

impl VerdictId {
    /// A fresh name for a verdict given now; unique and unpredictable.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7())
    }

    /// A fresh name for a verdict given at a certain time, drawn from a context that keeps names
    /// of the same millisecond in order. Times before 1970 count as 1970.
    pub fn at(time: jiff::Timestamp, context: &uuid::ContextV7) -> Self {
        let seconds = u64::try_from(time.as_second()).unwrap_or(0);
        let nanoseconds = u32::try_from(time.subsec_nanosecond()).unwrap_or(0);
        Self(Uuid::new_v7(uuid::Timestamp::from_unix(
            context,
            seconds,
            nanoseconds,
        )))
    }

    /// The 16 bytes, which sort by time.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Reads the 16 bytes that [`Self::as_bytes`] gave.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Milliseconds since 1970 at which the name was made.
    pub fn unix_millis(&self) -> i64 {
        let b = self.0.as_bytes();
        let millis = u64::from_be_bytes([0, 0, b[0], b[1], b[2], b[3], b[4], b[5]]);
        // 48 bits always fit.
        millis.cast_signed()
    }
}

impl FromStr for VerdictId {
    type Err = VerdictIdError;

    fn from_str(text: &str) -> Result<Self, VerdictIdError> {
        if text.len() != 32 {
            return Err(VerdictIdError);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| VerdictIdError)
    }
}

/// As text where people read it, as 16 bytes on the disk.
impl Serialize for VerdictId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.as_bytes().serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for VerdictId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            <[u8; 16]>::deserialize(deserializer).map(Self::from_bytes)
        }
    }
}

impl fmt::Display for VerdictId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_simple().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_divide_the_probabilities() {
        let t = Thresholds {
            unsure: 0.3,
            spam: 0.6,
            discard: 0.99,
        };
        let at = |p| t.decide(Probability(p));
        assert_eq!(at(0.29), (Verdict::Ham, Action::Publish));
        assert_eq!(at(0.3), (Verdict::Unsure, Action::Hold));
        assert_eq!(at(0.6), (Verdict::Spam, Action::Hold));
        assert_eq!(at(0.99), (Verdict::Spam, Action::Discard));
    }

    #[test]
    fn extreme_log_odds_stay_probabilities() {
        for (x, p) in [
            (0.0, 0.5),
            (1e9, 1.0),
            (-1e9, 0.0),
            (f64::INFINITY, 1.0),
            (f64::NAN, 0.5),
        ] {
            assert_eq!(Probability::from_log_odds(x).get(), p);
        }
    }

    #[test]
    fn ids_are_read_as_they_are_written_and_sort_by_time() {
        let first = VerdictId::fresh();
        let second = VerdictId::fresh();
        assert!(first < second);
        assert_eq!(first.to_string().len(), 32);
        assert_eq!(first.to_string().parse(), Ok(first));
        assert!(first.unix_millis() > 1_700_000_000_000);
        assert!("123".parse::<VerdictId>().is_err());
        assert!("zz".repeat(16).parse::<VerdictId>().is_err());
    }
}
