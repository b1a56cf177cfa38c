//! What may be set for one site.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::verdict::Thresholds;

/// How one site wants its comments judged and kept. The default is that of a site that nobody
/// has set anything for.
///
/// The same type is read from JSON and from the disk, so that a value that exists is valid. Read
/// from JSON, a missing field has its default, and an unknown one is refused: a mistyped setting
/// must not look as if it were set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteSettings {
    /// Where verdicts and actions change; `None` for the server's thresholds. Where only some are named, the others are
    /// the defaults, whatever the server's are.
    pub thresholds: Option<Thresholds>,
    /// Languages of the site, for comments that name none.
    #[schema(value_type = Option<String>, example = "en, fr")]
    pub language: Option<Language>,
    /// How long verdicts are kept.
    #[schema(value_type = u16, minimum = 1, maximum = 3650, default = 90)]
    pub retention_days: RetentionDays,
    /// What goes when that time is over.
    pub retention_what: RetentionWhat,
    /// Keep authors' IP addresses as they are, not only as keyed hashes.
    pub keep_ip: bool,
    /// Judge Akismet checks that carry no `user_ip`; `None` for what the server does.
    pub allow_empty_ip: Option<bool>,
    /// Learn from corrections. Where not, they are stored and counted all the same.
    pub learning: bool,
    /// Answer every check with ham and publish, and record what the verdict would have been.
    pub shadow: bool,
    /// What a filled honeypot field means.
    pub honeypot: Honeypot,
    /// Which steps look at what came before a comment.
    pub reputation: ReputationSettings,
    /// Answer Akismet checks that come out unsure with a recheck-after of so many seconds.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 86400)]
    pub recheck_after: Option<RecheckSeconds>,
    /// Telling the site of verdicts that changed later.
    pub callback: Callback,
    /// What an erasure does to a correction whose comment goes.
    pub erasure: Erasure,
    /// For people; nothing reads it.
    #[schema(value_type = String, max_length = 2000)]
    pub notes: Notes,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            thresholds: None,
            language: None,
            retention_days: RetentionDays::default(),
            retention_what: RetentionWhat::default(),
            keep_ip: false,
            allow_empty_ip: None,
            learning: true,
            shadow: false,
            honeypot: Honeypot::default(),
            reputation: ReputationSettings::default(),
            recheck_after: None,
            callback: Callback::default(),
            erasure: Erasure::default(),
            notes: Notes::default(),
        }
    }
}

/// What goes at the end of the retention.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RetentionWhat {
    /// What was written and by whom; the verdict and its reasons' weights stay.
    #[default]
    Content,
    /// The whole record.
    Record,
}

/// What a filled field means that people cannot see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Honeypot {
    /// The comment is spam, whatever its text says.
    #[default]
    Verdict,
    /// A reason with a weight among the others.
    Signal,
}

/// The steps that look at what came before a comment. Each is one reason among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReputationSettings {
    /// The same text, or nearly, was seen at several other places.
    pub repeats: bool,
    /// Many comments came from the same network lately.
    pub network: bool,
    /// Many comments of the same author looked like spam lately.
    pub author: bool,
}

impl ReputationSettings {
    /// Nothing is remembered.
    pub const NONE: Self = Self {
        repeats: false,
        network: false,
        author: false,
    };
}

impl Default for ReputationSettings {
    fn default() -> Self {
        Self {
            repeats: true,
            network: true,
            author: true,
        }
    }
}

/// What an erasure does to what was learned from the erased comment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Erasure {
    /// It stays learned: as hashes of features, no word of the comment.
    #[default]
    KeepHashes,
    /// It is taken back.
    Retract,
}

/// Telling the site of verdicts that changed later (protocol section 2.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Callback {
    /// Whether the site's callback address may be called.
    pub allowed: bool,
    /// What the calls are signed with; `None` for unsigned calls.
    #[schema(value_type = Option<String>, min_length = 16, max_length = 128)]
    pub secret: Option<CallbackSecret>,
}

/// Days for which verdicts are kept: 1 to 3650, 90 unless set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct RetentionDays(u16);

/// Seconds after which a check is worth repeating: 1 to 86,400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct RecheckSeconds(u32);

/// Languages as in `en` or `en, fr_CA`: tags of letters and digits, separated by commas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// A text for people, of at most 2,000 bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Notes(String);

/// A secret of 16 to 128 visible ASCII characters. Unlike keys it is stored as it is, because
/// signing needs it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallbackSecret(String);

/// Why a setting has no such value; what is expected stands in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// Outside 1 to 3650.
    #[error("give a number of days from 1 to 3650")]
    RetentionDays,
    /// Outside 1 to 86,400.
    #[error("give a number of seconds from 1 to 86400")]
    RecheckSeconds,
    /// No language tags.
    #[error("give languages such as \"en\" or \"en, fr_CA\"")]
    Language,
    /// More than 2,000 bytes, or control characters in it.
    #[error("give a text of at most 2000 bytes without control characters")]
    Notes,
    /// Too short or long, or with white space.
    #[error("give 16 to 128 visible ASCII characters")]
    CallbackSecret,
}

impl RetentionDays {
    /// How long verdicts are kept that hold no comment any more, unless an operator says otherwise.
    pub const RECORDS: Self = Self(730);

    /// The number of days.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Default for RetentionDays {
    fn default() -> Self {
        Self(90)
    }
}

impl TryFrom<u64> for RetentionDays {
    type Error = SettingError;

    fn try_from(days: u64) -> Result<Self, SettingError> {
        u16::try_from(days)
            .ok()
            .filter(|days| (1..=3650).contains(days))
            .map(Self)
            .ok_or(SettingError::RetentionDays)
    }
}

impl From<RetentionDays> for u64 {
    fn from(days: RetentionDays) -> Self {
        days.0.into()
    }
}

impl RecheckSeconds {
    /// The number of seconds.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u64> for RecheckSeconds {
    type Error = SettingError;

    fn try_from(seconds: u64) -> Result<Self, SettingError> {
        u32::try_from(seconds)
            .ok()
            .filter(|seconds| (1..=86_400).contains(seconds))
            .map(Self)
            .ok_or(SettingError::RecheckSeconds)
    }
}

impl From<RecheckSeconds> for u64 {
    fn from(seconds: RecheckSeconds) -> Self {
        seconds.0.into()
    }
}

impl Language {
    /// The languages as they were given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Language {
    type Error = SettingError;

    fn try_from(text: String) -> Result<Self, SettingError> {
        let part = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let tag = |tag: &str| {
            let primary = tag.split(['-', '_']).next().unwrap_or_default();
            (2..=8).contains(&primary.len())
                && primary.bytes().all(|b| b.is_ascii_alphabetic())
                && tag.split(['-', '_']).all(part)
        };
        if text.len() <= 200 && text.split(',').map(str::trim).all(tag) {
            Ok(Self(text.trim().to_owned()))
        } else {
            Err(SettingError::Language)
        }
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl Notes {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Notes {
    type Error = SettingError;

    fn try_from(text: String) -> Result<Self, SettingError> {
        let unprintable = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        if text.len() <= 2000 && !text.chars().any(unprintable) {
            Ok(Self(text))
        } else {
            Err(SettingError::Notes)
        }
    }
}

impl From<Notes> for String {
    fn from(notes: Notes) -> Self {
        notes.0
    }
}

impl CallbackSecret {
    /// The secret itself, for signing. No surface shows it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CallbackSecret {
    type Error = SettingError;

    fn try_from(text: String) -> Result<Self, SettingError> {
        if (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text))
        } else {
            Err(SettingError::CallbackSecret)
        }
    }
}

impl From<CallbackSecret> for String {
    fn from(secret: CallbackSecret) -> Self {
        secret.0
    }
}

impl fmt::Debug for CallbackSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn languages_are_tags_separated_by_commas() {
        let read = |text: &str| Language::try_from(text.to_owned());
        for text in ["en", "en, fr_CA", "zh-Hant-TW", "nds"] {
            assert!(read(text).is_ok(), "{text:?}");
        }
        for text in ["", "e", "en,", "english!", "12", "en__us", "<b>"] {
            assert_eq!(read(text), Err(SettingError::Language), "{text:?}");
        }
    }

    #[test]
    fn numbers_have_bounds() {
        for (days, good) in [(0, false), (1, true), (3650, true), (3651, false)] {
            assert_eq!(RetentionDays::try_from(days).is_ok(), good, "{days}");
        }
        for (seconds, good) in [(0, false), (1, true), (86_400, true), (86_401, false)] {
            assert_eq!(RecheckSeconds::try_from(seconds).is_ok(), good, "{seconds}");
        }
    }

    #[test]
    fn settings_survive_json_and_the_disk() {
        let settings: SiteSettings = serde_json::from_str(
            r#"{"thresholds":{"unsure":0.2,"spam":0.6,"discard":1},"language":"de",
                "retention_days":30,"retention_what":"record","keep_ip":true,"allow_empty_ip":true,
                "learning":false,"shadow":true,"honeypot":"signal","reputation":{"network":false},"recheck_after":120,
                "callback":{"allowed":true,"secret":"0123456789abcdef"},
                "erasure":"retract","notes":"moved here\nin spring"}"#,
        )
        .unwrap();
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(
            serde_json::from_str::<SiteSettings>(&json).unwrap(),
            settings
        );
        let bytes = postcard::to_allocvec(&settings).unwrap();
        assert_eq!(
            postcard::from_bytes::<SiteSettings>(&bytes).unwrap(),
            settings
        );
        assert!(!format!("{settings:?}").contains("0123456789abcdef"));
    }

    #[test]
    fn nothing_said_means_the_defaults() {
        let settings: SiteSettings = serde_json::from_str("{}").unwrap();
        assert_eq!(settings, SiteSettings::default());
        assert_eq!(settings.retention_days.get(), 90);
        assert!(settings.learning && !settings.shadow && !settings.keep_ip);
    }
}
