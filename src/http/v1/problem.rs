//! Errors of `/v1`, as `application/problem+json` (RFC 9457): one table of stable codes.

use std::collections::BTreeMap;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::http::body::BodyError;
use crate::http::throttle::{NotLetIn, TooMany};
use crate::http::turn::TooBusy;
use crate::service::{AuthError, ServiceError};
use crate::wire::FieldError;

/// Makes the enum and its table from one list.
macro_rules! problems {
    ($($(#[doc = $doc:literal])* $name:ident: $code:literal, $status:ident, $title:literal;)*) => {
        /// Every kind of error that `/v1` replies with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Problem {
            $($(#[doc = $doc])* $name,)*
        }

        impl Problem {
            /// All of them, in the order of their statuses.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code: callers may rely on it, it never changes.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The HTTP status that it is sent with.
            pub fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)*
                }
            }

            /// What it means, in a few words; the same for every occurrence.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }

            /// What it means and what to do, as it stands in the documentation.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),*).trim_ascii(),)*
                }
            }
        }
    };
}

problems! {
    /// The body is no JSON object.
    InvalidJson: "invalid_json", BAD_REQUEST, "The body is not a JSON object";
    /// The body broke off or is wrongly framed.
    UnreadableBody: "unreadable_body", BAD_REQUEST, "The body could not be read";
    /// `Idempotency-Key` is empty, too long, or came twice.
    InvalidIdempotencyKey: "invalid_idempotency_key", BAD_REQUEST, "The Idempotency-Key is not valid";
    /// No `Authorization: Bearer KEY`.
    MissingKey: "missing_key", UNAUTHORIZED, "A key is required";
    /// The key is unknown or revoked.
    UnknownKey: "unknown_key", UNAUTHORIZED, "The key is unknown or revoked";
    /// Only an admin token opens this.
    AdminOnly: "admin_only", FORBIDDEN, "An admin token is required";
    /// The key is bound to another site.
    SiteNotAllowed: "site_not_allowed", FORBIDDEN, "The key is not meant for this site";
    /// The key is not meant for this kind of call.
    NotInScope: "not_in_scope", FORBIDDEN, "The key is not meant for this kind of call";
    /// Nothing lives at this path.
    NotFound: "not_found", NOT_FOUND, "There is nothing here";
    /// No such verdict is stored, or the key may not see it.
    NoSuchVerdict: "no_such_verdict", NOT_FOUND, "No such verdict";
    /// The verdict has no correction that could be taken back.
    NoSuchCorrection: "no_such_correction", NOT_FOUND, "The verdict has no correction";
    /// No such key.
    NoSuchKey: "no_such_key", NOT_FOUND, "No such key";
    /// Nothing is known of the site.
    NoSuchSite: "no_such_site", NOT_FOUND, "No such site";
    /// No such rule.
    NoSuchRule: "no_such_rule", NOT_FOUND, "No such rule";
    /// The path exists, but not for this method.
    MethodNotAllowed: "method_not_allowed", METHOD_NOT_ALLOWED, "The method is not allowed here";
    /// The body did not arrive in time.
    BodyTooSlow: "body_too_slow", REQUEST_TIMEOUT, "The body did not arrive in time";
    /// The site was set up before.
    SiteExists: "site_exists", CONFLICT, "The site is set up already";
    /// A call with the same `Idempotency-Key` is still being answered; try again in a moment.
    IdempotencyKeyInUse: "idempotency_key_in_use", CONFLICT, "The same call is being answered";
    /// The key stands in the configuration.
    KeyConfigured: "key_configured", CONFLICT, "The key is set by the configuration";
    /// Another key took the place of this one.
    KeyRotated: "key_rotated", CONFLICT, "Another key took the place of this one";
    /// Without this key nobody could manage the server.
    LastAdmin: "last_admin", CONFLICT, "The last admin token cannot be revoked";
    /// The comment of the verdict is over its time.
    CommentGone: "comment_gone", GONE, "The comment is no longer kept";
    /// The body is larger than allowed.
    BodyTooLarge: "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// A field is missing, has the wrong type, or a value that makes no sense.
    InvalidField: "invalid_field", UNPROCESSABLE_ENTITY, "A field is missing or not valid";
    /// As many rules, or rules with expressions, as there may be.
    TooManyRules: "too_many_rules", UNPROCESSABLE_ENTITY, "There are too many rules";
    /// More comments than a batch may hold.
    TooManyComments: "too_many_comments", UNPROCESSABLE_ENTITY, "The batch has too many comments";
    /// The `Idempotency-Key` came before, with another path or body; take a new one for a new call.
    IdempotencyKeyReused: "idempotency_key_reused", UNPROCESSABLE_ENTITY,
        "The Idempotency-Key stands for another call";
    /// The key or the address has used up what it may call.
    RateLimited: "rate_limited", TOO_MANY_REQUESTS, "Too many calls";
    /// A fault of the server.
    Internal: "internal", INTERNAL_SERVER_ERROR, "Trouble inside the server";
    /// More is asked for than the machine can do in time, or written than the disk takes.
    Busy: "busy", SERVICE_UNAVAILABLE, "The server is busy; try again in a moment";
    /// The log that the servers of a cluster share does not answer. Checks go on; try this again after the time
    /// that `Retry-After` gives. It may have been done: sent again, it counts once.
    LogAway: "log_away", SERVICE_UNAVAILABLE, "The log of the cluster cannot be reached";
    /// The store cannot be read or written.
    StoreFailed: "store_failed", SERVICE_UNAVAILABLE, "The store cannot be used at the moment";
}

/// One error, on its way to a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// Which kind.
    pub problem: Problem,
    /// What happened this time.
    pub detail: String,
    /// The field at fault, if one is.
    pub field: Option<String>,
}

/// An error as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(in crate::http) struct ProblemBody {
    /// Address of a page about this kind of error.
    #[serde(rename = "type")]
    #[schema(example = "/docs/errors/invalid_field")]
    kind: String,
    /// What this kind of error means, in a few words.
    title: &'static str,
    /// The status of the reply.
    status: u16,
    /// The kind of error: what programs should go by.
    #[schema(schema_with = codes)]
    code: &'static str,
    /// What happened this time.
    detail: String,
    /// Path of the field at fault, such as `author.ip`, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// Every code there is.
fn codes() -> Schema {
    let codes = Problem::ALL.iter().map(|problem| problem.code());
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(codes))
        .into()
}

/// What every call may reply with instead.
pub(in crate::http) struct Errors;

impl IntoResponses for Errors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let response = Ref::from_response_name("ProblemResponse");
        BTreeMap::from([("default".to_owned(), RefOr::Ref(response))])
    }
}

/// The reply that [`Errors`] stands for.
#[derive(utoipa::ToResponse)]
#[response(
    description = "What is wrong; see the table of codes",
    content_type = "application/problem+json"
)]
pub(in crate::http) struct ProblemResponse(
    #[expect(dead_code, reason = "for the schema")] ProblemBody,
);

impl ApiError {
    /// An error that no single field is to blame for.
    pub fn new(problem: Problem, detail: impl Into<String>) -> Self {
        Self {
            problem,
            detail: detail.into(),
            field: None,
        }
    }

    /// The same for a part of a request: the field's path starts with that part's.
    pub(super) fn within(mut self, part: &str) -> Self {
        self.field = self.field.map(|field| match field.as_str() {
            "." => part.to_owned(),
            field => format!("{part}.{field}"),
        });
        self
    }

    /// What is sent.
    pub(super) fn body(&self) -> ProblemBody {
        ProblemBody {
            kind: format!("/docs/errors/{}", self.problem.code()),
            title: self.problem.title(),
            status: self.problem.status().as_u16(),
            code: self.problem.code(),
            detail: self.detail.clone(),
            field: self.field.clone(),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.problem.code(), self.detail)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.problem.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.problem.status());
        match self.problem {
            Problem::MissingKey | Problem::UnknownKey => {
                response.insert_header((WWW_AUTHENTICATE, "Bearer"));
            }
            Problem::LogAway => {
                response.insert_header((RETRY_AFTER, "5"));
            }
            Problem::Busy | Problem::StoreFailed | Problem::IdempotencyKeyInUse => {
                response.insert_header((RETRY_AFTER, "1"));
            }
            _ => {}
        }
        // Set before the body: writing JSON would say `application/json` otherwise.
        response
            .insert_header((CONTENT_TYPE, "application/problem+json"))
            .json(self.body())
    }
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        let problem = match error.field.as_str() {
            "." => Problem::InvalidJson,
            _ => Problem::InvalidField,
        };
        Self {
            problem,
            detail: error.message,
            field: Some(error.field),
        }
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        let problem = match error {
            BodyError::TooLarge => Problem::BodyTooLarge,
            BodyError::TooSlow => Problem::BodyTooSlow,
            BodyError::Broken => Problem::UnreadableBody,
        };
        Self::new(problem, error.to_string())
    }
}

impl From<TooMany> for ApiError {
    fn from(error: TooMany) -> Self {
        Self::new(Problem::RateLimited, error.help())
    }
}

impl From<TooBusy> for ApiError {
    fn from(_: TooBusy) -> Self {
        Self::new(
            Problem::Busy,
            "more checks are asked for than can be answered in time",
        )
    }
}

impl From<NotLetIn> for ApiError {
    fn from(error: NotLetIn) -> Self {
        match error {
            NotLetIn::TooMany(error) => error.into(),
            NotLetIn::Auth(error) => error.into(),
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        let problem = match error {
            AuthError::Empty => Problem::MissingKey,
            AuthError::Unknown => Problem::UnknownKey,
        };
        Self::new(problem, error.to_string())
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        let problem = match error {
            ServiceError::SiteNotAllowed { .. } | ServiceError::EverySite { .. } => {
                Problem::SiteNotAllowed
            }
            ServiceError::NotInScope(_) => Problem::NotInScope,
            ServiceError::KeyConfigured => Problem::KeyConfigured,
            ServiceError::KeyRotated => Problem::KeyRotated,
            ServiceError::LastAdmin => Problem::LastAdmin,
            ServiceError::AdminOnly => Problem::AdminOnly,
            ServiceError::NoSuchVerdict => Problem::NoSuchVerdict,
            ServiceError::CommentGone => Problem::CommentGone,
            ServiceError::NoSuchCorrection => Problem::NoSuchCorrection,
            ServiceError::NoSuchKey => Problem::NoSuchKey,
            ServiceError::NoSuchRule => Problem::NoSuchRule,
            ServiceError::TooManyRules(_) | ServiceError::TooManyExpressions(_) => {
                Problem::TooManyRules
            }
            ServiceError::NoSuchSite => Problem::NoSuchSite,
            ServiceError::SiteExists => Problem::SiteExists,
            ServiceError::Busy => Problem::Busy,
            ServiceError::LogAway => Problem::LogAway,
            ServiceError::NoRandomness(_) | ServiceError::Store(_) => {
                tracing::error!(%error, "a call failed");
                let (problem, detail) = match error {
                    ServiceError::Store(_) => (Problem::StoreFailed, "nothing was changed"),
                    _ => (Problem::Internal, "nothing was changed"),
                };
                // The cause may name files of the server: it stays in the log.
                return Self::new(problem, detail);
            }
        };
        Self::new(problem, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_statuses_ascend() {
        let codes: HashSet<_> = Problem::ALL.iter().map(|p| p.code()).collect();
        assert_eq!(codes.len(), Problem::ALL.len());
        assert!(Problem::ALL.is_sorted_by_key(|p| p.status().as_u16()));
    }

    #[test]
    fn a_part_leads_the_path_of_a_field() {
        let error = |field| ApiError::from(FieldError::new(field, "is wrong"));
        let within = |field| error(field).within("comments[2]").field;
        assert_eq!(
            within("author.ip").as_deref(),
            Some("comments[2].author.ip")
        );
        assert_eq!(within(".").as_deref(), Some("comments[2]"));
    }
}
