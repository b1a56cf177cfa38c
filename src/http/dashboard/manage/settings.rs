//! What a form says of a site's settings.

use crate::http::dashboard::faults::Fault;
use crate::http::dashboard::fields::Fields;
use crate::http::dashboard::words::Words;
use crate::site::settings::{
    CallbackSecret, Erasure, Honeypot, Language, Notes, RecheckSeconds, ReputationSettings,
    RetentionDays, RetentionWhat, SettingError, SiteSettings,
};
use crate::verdict::Thresholds;

/// The settings that a form makes of the old ones; a box that is not ticked is not sent. The secret of
/// the callbacks is never shown, and stays unless another is written or its box is ticked.
pub(super) fn changed(
    old: &SiteSettings,
    fields: &Fields,
    w: &Words,
) -> Result<SiteSettings, String> {
    let ticked = |name| fields.text(name).is_some();
    let text = |name| fields.text(name).map(str::to_owned);
    let number = |name: &str| {
        fields
            .text(name)
            .map(|digits| digits.parse().unwrap_or(u64::MAX))
    };
    let told = |field: &'static str| move |error: SettingError| error.of(field, w);
    let days = number("retention_days").map(RetentionDays::try_from);
    let recheck = number("recheck_after").map(RecheckSeconds::try_from);
    let language = text("language").map(Language::try_from);
    let notes = Notes::try_from(text("notes").unwrap_or_default());
    let secret = text("callback_secret").map(CallbackSecret::try_from);
    let mut new = SiteSettings {
        language: language.transpose().map_err(told(w.site_language))?,
        retention_days: days
            .transpose()
            .map_err(told(w.retention_days))?
            .unwrap_or_default(),
        retention_what: match fields.text("retention_what") {
            Some("record") => RetentionWhat::Record,
            _ => RetentionWhat::Content,
        },
        keep_ip: ticked("keep_ip"),
        learning: ticked("learning"),
        shadow: ticked("shadow"),
        honeypot: match fields.text("honeypot") {
            Some("signal") => Honeypot::Signal,
            _ => Honeypot::Verdict,
        },
        reputation: ReputationSettings {
            repeats: ticked("repeats"),
            network: ticked("network"),
            author: ticked("author"),
        },
        recheck_after: recheck.transpose().map_err(told(w.recheck_after))?,
        erasure: match fields.text("erasure") {
            Some("retract") => Erasure::Retract,
            _ => Erasure::KeepHashes,
        },
        notes: notes.map_err(told(w.site_notes))?,
        ..old.clone()
    };
    new.callback.allowed = ticked("callback");
    match secret.transpose().map_err(told(w.callback_secret))? {
        Some(secret) => new.callback.secret = Some(secret),
        None if ticked("no_secret") => new.callback.secret = None,
        None => {}
    }
    Ok(new)
}

/// The thresholds of a form, if it has all three.
pub(super) fn thresholds(fields: &Fields, w: &Words) -> Result<Option<Thresholds>, String> {
    let number = |name, field: &str| {
        let number = fields.text(name).map(str::parse::<f64>).transpose();
        number.map_err(|_| format!("{field}: {}", w.wrong_probability))
    };
    let (unsure, spam, discard) = (
        number("unsure", w.unsure_from)?,
        number("spam", w.spam_from)?,
        number("discard", w.discard_from)?,
    );
    match (unsure, spam, discard) {
        (Some(unsure), Some(spam), Some(discard)) => Thresholds::new(unsure, spam, discard)
            .map(Some)
            .map_err(|error| error.told(w)),
        _ => Ok(None),
    }
}
