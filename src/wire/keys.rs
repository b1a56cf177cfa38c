//! Keys, in the form of `/v1/keys`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::FieldError;
use crate::key::Scopes;
use crate::rate::Rate;
use crate::service::{KeyView, NewKey, Secret, TakenBack};
use crate::site::Site;

/// A key to be made, in the form of `POST /v1/keys`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRequest {
    /// A name for people. Required.
    #[schema(
        required,
        nullable = false,
        min_length = 1,
        max_length = 100,
        example = "My blog"
    )]
    pub name: Option<String>,
    /// Some of `check`, `correct`, `read` and `admin`; without it the first three.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<crate::key::Scope>>)]
    pub scopes: Option<Scopes>,
    /// The only site that the key may speak for; without it every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// How often it may be used, as in `600/m` (`s`, `m`, `h`, `d`); without it as the server has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "600/m")]
    pub rate: Option<Rate>,
}

impl TryFrom<KeyRequest> for NewKey {
    type Error = FieldError;

    fn try_from(request: KeyRequest) -> Result<Self, FieldError> {
        let name = request.name.unwrap_or_default();
        let site = request.site.as_deref().map(Site::parse).transpose();
        Ok(Self {
            name: name
                .parse()
                .map_err(|e: crate::key::KeyNameError| FieldError::new("name", e.to_string()))?,
            scopes: request.scopes.unwrap_or(Scopes::SITE),
            site: site.map_err(|e| FieldError::new("site", e.to_string()))?,
            rate: request.rate,
        })
    }
}

/// How a key is rotated, in the form of `POST /v1/keys/{id}/rotate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RotateRequest {
    /// For how long the old secret is accepted beside the new one, in seconds: up to 30 days,
    /// and without it one day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 2_592_000, example = 3600)]
    pub overlap_seconds: Option<u64>,
}

const DAY: u64 = 86_400;

impl TryFrom<RotateRequest> for Duration {
    type Error = FieldError;

    fn try_from(request: RotateRequest) -> Result<Self, FieldError> {
        match request.overlap_seconds.unwrap_or(DAY) {
            seconds if seconds <= 30 * DAY => Ok(Self::from_secs(seconds)),
            _ => Err(FieldError::new(
                "overlap_seconds",
                format!("give a number of seconds from 0 to {}", 30 * DAY),
            )),
        }
    }
}

/// A key as it is listed: never the secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyReply {
    /// What it is called in paths.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// What it may be used for.
    #[schema(value_type = Vec<crate::key::Scope>)]
    pub scopes: Scopes,
    /// The only site that it may speak for; `null` for every one.
    pub site: Option<Site>,
    /// How often it may be used; `null` for as the server has it.
    #[schema(value_type = Option<String>, example = "600/m")]
    pub rate: Option<Rate>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is accepted, if another has taken its place.
    pub expires_at: Option<Timestamp>,
    /// Whether it is accepted now.
    pub accepted: bool,
    /// The day (UTC) on which it was used last, as far as this server was told.
    #[serde(default)]
    pub last_used: Option<Date>,
    /// The secret: only in the reply that made it, it is not stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// What was taken back of what a key taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenBackReply {
    /// Corrections that are not in force any more.
    pub corrections: u64,
}

impl From<TakenBack> for TakenBackReply {
    fn from(taken: TakenBack) -> Self {
        Self {
            corrections: taken.corrections,
        }
    }
}

impl From<KeyView> for KeyReply {
    fn from(view: KeyView) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.grant.name,
            scopes: view.grant.scopes,
            site: view.grant.site,
            rate: view.grant.rate,
            created_at: view.grant.created,
            expires_at: view.grant.until,
            accepted: view.accepted,
            last_used: view.last_used,
            secret: None,
        }
    }
}

impl From<(KeyView, Secret)> for KeyReply {
    fn from((view, secret): (KeyView, Secret)) -> Self {
        Self {
            secret: Some(secret.reveal().to_owned()),
            ..view.into()
        }
    }
}
