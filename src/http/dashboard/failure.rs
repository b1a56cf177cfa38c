//! When there is no page: why, and what to do.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::faults::Fault;
use super::page;
use super::words::Words;
use crate::service::ServiceError;

/// Why there is no page, in the visitor's language.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) kind: Kind,
    pub(super) words: &'static Words,
}

/// What went wrong.
#[derive(Debug)]
pub(super) enum Kind {
    /// Nobody is signed in, or no longer.
    SignIn {
        /// Where to go on afterwards.
        wanted: String,
    },
    /// A form of another session, another site, or cut short.
    Stale,
    /// Nothing is there.
    NotFound,
    /// It is for others.
    Forbidden,
    /// Too many calls.
    TooMany,
    /// What was given cannot be; the text says why.
    Invalid(String),
    /// The store cannot take it at the moment.
    Busy,
    /// A fault of the server's own.
    Broken,
}

impl Kind {
    /// What the service refused or could not do.
    pub(super) fn of(error: ServiceError, words: &Words) -> Self {
        match error {
            error if error.is_refusal() => Self::Forbidden,
            ServiceError::NoSuchVerdict
            | ServiceError::NoSuchKey
            | ServiceError::NoSuchRule
            | ServiceError::NoSuchSite => Self::NotFound,
            ServiceError::NoSuchCorrection => Self::Stale,
            ServiceError::Busy | ServiceError::LogAway => Self::Busy,
            ServiceError::Store(error) => {
                tracing::error!(%error, "a page could not be shown");
                Self::Broken
            }
            error => Self::Invalid(error.told(words)),
        }
    }
}

#[derive(Template)]
#[template(path = "dashboard/failure.html")]
struct FailurePage<'a> {
    w: &'static Words,
    title: &'a str,
    what_to_do: &'a str,
}

impl Failure {
    fn texts(&self) -> (&str, &str) {
        let w = self.words;
        match &self.kind {
            Kind::SignIn { .. } => (w.sign_in, w.sign_in),
            Kind::Stale => (w.stale_title, w.stale_help),
            Kind::NotFound => (w.not_found_title, w.not_found_help),
            Kind::Forbidden => (w.forbidden_title, w.forbidden_help),
            Kind::TooMany => (w.too_many_title, w.too_many_help),
            Kind::Invalid(why) => (w.invalid_title, why),
            Kind::Busy => (w.busy_title, w.busy_help),
            Kind::Broken => (w.broken_title, w.broken_help),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.texts().0)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self.kind {
            Kind::SignIn { .. } => StatusCode::SEE_OTHER,
            Kind::Stale => StatusCode::CONFLICT,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Kind::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let Kind::SignIn { wanted } = &self.kind {
            let wanted = utf8_percent_encode(wanted, NON_ALPHANUMERIC);
            return HttpResponse::SeeOther()
                .insert_header((LOCATION, format!("/login?next={wanted}")))
                .finish();
        }
        let (title, what_to_do) = self.texts();
        page::shown_with(
            self.status_code(),
            &FailurePage {
                w: self.words,
                title,
                what_to_do,
            },
        )
    }
}
