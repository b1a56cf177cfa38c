//! Why something cannot be, in the visitor's language. The domain's own errors are for programs and
//! logs, in English; each of their kinds has a text here, which the compiler sees to.

use super::words::{Words, fill};
use crate::key::KeyNameError;
use crate::rule::ConditionError;
use crate::service::ServiceError;
use crate::site::SiteError;
use crate::site::settings::SettingError;
use crate::verdict::ThresholdsError;

/// Something that is told in the visitor's language.
pub(super) trait Fault {
    /// What is wrong, and what is expected instead.
    fn told(&self, w: &Words) -> String;

    /// The same, after the name of the field.
    fn of(&self, field: &str, w: &Words) -> String {
        format!("{field}: {}", self.told(w))
    }
}

impl Fault for ConditionError {
    fn told(&self, w: &Words) -> String {
        match self {
            Self::Length => w.wrong_length.to_owned(),
            Self::Ip => w.wrong_network.to_owned(),
            Self::Email => w.wrong_email.to_owned(),
            Self::Domain => w.wrong_domain.to_owned(),
            Self::Word => w.wrong_word.to_owned(),
            // What the library says of an expression is English.
            Self::Regex(why) => fill(w.wrong_expression, why),
            Self::MatchesAll => w.wrong_matches_all.to_owned(),
        }
    }
}

impl Fault for SiteError {
    fn told(&self, w: &Words) -> String {
        match self {
            Self::Empty => w.wrong_site_empty,
            Self::NoHost => w.wrong_site_host,
            Self::TooLong => w.wrong_site_long,
        }
        .to_owned()
    }
}

impl Fault for SettingError {
    fn told(&self, w: &Words) -> String {
        match self {
            Self::RetentionDays => w.wrong_days,
            Self::RecheckSeconds => w.wrong_seconds,
            Self::Language => w.wrong_language,
            Self::Notes => w.wrong_notes,
            Self::CallbackSecret => w.wrong_secret,
        }
        .to_owned()
    }
}

impl Fault for KeyNameError {
    fn told(&self, w: &Words) -> String {
        w.wrong_key_name.to_owned()
    }
}

impl Fault for ThresholdsError {
    fn told(&self, w: &Words) -> String {
        w.wrong_thresholds.to_owned()
    }
}

impl Fault for ServiceError {
    fn told(&self, w: &Words) -> String {
        match self {
            Self::SiteNotAllowed { .. }
            | Self::EverySite { .. }
            | Self::AdminOnly
            | Self::NotInScope(_) => w.forbidden_help.to_owned(),
            Self::NoSuchVerdict | Self::NoSuchSite | Self::NoSuchRule | Self::NoSuchKey => {
                w.not_found_help.to_owned()
            }
            Self::NoSuchCorrection => w.stale_help.to_owned(),
            Self::CommentGone => w.content_gone.to_owned(),
            Self::SiteExists => w.wrong_site_exists.to_owned(),
            Self::TooManyRules(most) => fill(w.wrong_too_many_rules, most),
            Self::TooManyExpressions(most) => fill(w.wrong_too_many_expressions, most),
            Self::KeyConfigured => w.wrong_key_configured.to_owned(),
            Self::KeyRotated => w.wrong_key_rotated.to_owned(),
            Self::LastAdmin => w.wrong_last_admin.to_owned(),
            Self::Busy | Self::LogAway => w.busy_help.to_owned(),
            Self::NoRandomness(_) | Self::Store(_) => w.broken_help.to_owned(),
        }
    }
}
