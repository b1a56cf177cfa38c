//! Sites and their settings, in the form of `/v1/sites`.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::FieldError;
use crate::service::SiteView;
use crate::site::Site;
use crate::site::settings::SiteSettings;

/// A site to be set up, in the form of `POST /v1/sites`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteRequest {
    /// Address of its front page. Required.
    #[schema(required, nullable = false, example = "blog.example.com")]
    pub site: Option<String>,
    /// Its settings; what is missing has its default.
    pub settings: SiteSettings,
}

/// A site and what is set for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteReply {
    /// The site, as it stands in paths.
    pub site: Site,
    /// Whether it is in use; `false` once its plugin was switched off.
    pub active: bool,
    /// Its settings, all of them. The secret of the callback is not among them.
    #[schema(value_type = SiteSettings)]
    pub settings: Value,
    /// Whether the callback has a secret to sign with.
    pub callback_signed: bool,
    /// When somebody last set something; `null` if nobody has.
    pub configured_at: Option<Timestamp>,
}

impl From<SiteView> for SiteReply {
    fn from(view: SiteView) -> Self {
        Self {
            settings: shown(&view.settings),
            callback_signed: view.settings.callback.secret.is_some(),
            site: view.site,
            active: view.active,
            configured_at: view.configured_at,
        }
    }
}

/// The settings without what nobody shall see.
fn shown(settings: &Arc<SiteSettings>) -> Value {
    let mut shown = whole(settings);
    if let Some(callback) = shown.get_mut("callback").and_then(Value::as_object_mut) {
        callback.remove("secret");
    }
    shown
}

fn whole(settings: &SiteSettings) -> Value {
    // Settings are made of texts, numbers and truth values: all of it is JSON.
    serde_json::to_value(settings).unwrap_or_default()
}

/// The settings that a `PUT` asks for: what it leaves out has its default. Only the callback's
/// secret stays unless it is named, because nobody could send back what is never shown.
pub fn replaced(
    old: &SiteSettings,
    mut sent: Map<String, Value>,
) -> Result<SiteSettings, FieldError> {
    let secret = old.callback.secret.clone();
    if let (Some(secret), Some(Value::Object(callback))) = (
        secret,
        Some(
            sent.entry("callback")
                .or_insert_with(|| Value::Object(Map::new())),
        ),
    ) {
        callback
            .entry("secret")
            .or_insert_with(|| Value::String(secret.into()));
    }
    read(Value::Object(sent))
}

/// The settings that a `PATCH` asks for (RFC 7396): what it leaves out stays, `null` brings back the
/// default.
pub fn patched(old: &SiteSettings, sent: Map<String, Value>) -> Result<SiteSettings, FieldError> {
    let mut settings = whole(old);
    merge(&mut settings, Value::Object(sent));
    read(settings)
}

fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                match value {
                    Value::Null => {
                        target.remove(&key);
                    }
                    value => merge(target.entry(key).or_insert(Value::Null), value),
                }
            }
        }
        (target, patch) => *target = patch,
    }
}

fn read(settings: Value) -> Result<SiteSettings, FieldError> {
    serde_path_to_error::deserialize(settings)
        .map_err(|error| FieldError::new(error.path().to_string(), error.inner().to_string()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn settings(value: Value) -> SiteSettings {
        serde_json::from_value(value).unwrap()
    }

    const SECRET: &str = "0123456789abcdef";

    #[test]
    fn a_patch_changes_what_it_names() {
        let old = settings(json!({"shadow": true, "retention_days": 30,
            "thresholds": {"unsure": 0.1, "spam": 0.2, "discard": 0.3}}));
        let sent = json!({"retention_days": null, "thresholds": {"spam": 0.25}});
        let new = patched(&old, object(sent)).unwrap();
        assert_eq!(
            new,
            settings(json!({"shadow": true,
                "thresholds": {"unsure": 0.1, "spam": 0.25, "discard": 0.3}}))
        );
        let error = patched(&old, object(json!({"retention_days": 0}))).unwrap_err();
        assert_eq!(error.field, "retention_days");
        let error = patched(&old, object(json!({"shdaow": true}))).unwrap_err();
        assert!(error.message.contains("shdaow"), "{error}");
    }

    #[test]
    fn the_secret_stays_until_it_is_named() {
        let old = settings(json!({"callback": {"allowed": true, "secret": SECRET}}));
        let put = |value| replaced(&old, object(value)).unwrap().callback;
        assert_eq!(put(json!({})).secret, old.callback.secret);
        let kept = put(json!({"callback": {"allowed": true}}));
        assert_eq!(kept, old.callback);
        assert_eq!(put(json!({"callback": {"secret": null}})).secret, None);
        assert!(!shown(&Arc::new(old)).to_string().contains(SECRET));
    }
}
