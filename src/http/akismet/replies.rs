//! The exact bodies and headers of the protocol, all in one place.
//!
//! Clients compare bodies byte by byte, a newline at the end breaks most of them, and several
//! ignore the status code, so that no error may begin like a verdict (sections 0.1 and 3). The
//! rules that hold for all replies are kept by construction: a debug help stands beside refusals
//! and errors only, a pro-tip beside `true` only, a recheck-after beside `false` only.

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER};
use serde::Serialize;

use crate::verdict::VerdictId;

const GUID: HeaderName = HeaderName::from_static("x-akismet-guid");
const DEBUG_HELP: HeaderName = HeaderName::from_static("x-akismet-debug-help");
const PRO_TIP: HeaderName = HeaderName::from_static("x-akismet-pro-tip");
const RECHECK_AFTER: HeaderName = HeaderName::from_static("x-akismet-recheck-after");
const ERROR: HeaderName = HeaderName::from_static("x-akismet-error");
const ALERT_CODE: HeaderName = HeaderName::from_static("x-akismet-alert-code");
const ALERT_MSG: HeaderName = HeaderName::from_static("x-akismet-alert-msg");

/// Why a call was refused: the text of the debug help. The first three are the real service's.
pub(super) mod help {
    pub(in super::super) const EMPTY_KEY: &str = "Empty \"key\" value";
    pub(in super::super) const EMPTY_BLOG: &str = "Empty \"blog\" value";
    pub(in super::super) const EMPTY_USER_IP: &str = "Empty \"user_ip\" value";
    pub(in super::super) const NO_BLOG: &str = "We were unable to parse your blog URI";
    pub(in super::super) const INVALID_KEY: &str = "Invalid key";
}

/// A reply, not yet in the form of the HTTP implementation.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    status: StatusCode,
    content_type: &'static str,
    body: Cow<'static, str>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Bodies of status 200.
impl Reply {
    pub(super) fn valid() -> Self {
        Self::text("valid")
    }

    pub(super) fn ham() -> Self {
        Self::text("false")
    }

    pub(super) fn spam() -> Self {
        Self::text("true")
    }

    /// Spam that is safe to drop unseen. No other value of the header may ever be sent: one
    /// client takes every value for this one.
    pub(super) fn blatant_spam() -> Self {
        Self::spam().with(PRO_TIP, "discard")
    }

    /// Not spam as far as can be told now; ask again after some seconds.
    pub(super) fn deferred(seconds: u32) -> Self {
        let mut reply = Self::ham();
        let seconds = HeaderValue::from(seconds);
        reply.headers.push((RECHECK_AFTER, seconds));
        reply
    }

    pub(super) fn thanks() -> Self {
        Self::text("Thanks for making the web a better place.")
    }

    pub(super) fn deactivated() -> Self {
        Self::text("deactivated")
    }

    pub(super) fn connected() -> Self {
        Self::text("connected")
    }

    /// A refused key or blog.
    pub(super) fn invalid(help: &'static str) -> Self {
        Self::text("invalid").with(DEBUG_HELP, help)
    }

    /// The key is meant for other sites (section 2.9).
    pub(super) fn site_not_allowed() -> Self {
        let message = "This site is not among those that the key may be used for";
        Self::invalid(message)
            .with(ERROR, "site-not-allowed")
            .with(ALERT_CODE, "10404")
            .with(ALERT_MSG, message)
    }

    pub(super) fn missing_blog() -> Self {
        Self::text("Missing required field: blog.").with(DEBUG_HELP, help::EMPTY_BLOG)
    }

    pub(super) fn missing_user_ip() -> Self {
        Self::text("Missing required field: user_ip.").with(DEBUG_HELP, help::EMPTY_USER_IP)
    }

    /// Text of an account call.
    pub(super) fn text(body: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::OK, "text/plain; charset=utf-8", body)
    }

    /// A JSON document.
    pub(super) fn json(value: &impl Serialize) -> Self {
        match serde_json::to_string(value) {
            Ok(body) => Self::new(StatusCode::OK, "application/json", body),
            Err(error) => {
                tracing::error!(%error, "a reply could not be written as JSON");
                Self::unavailable()
            }
        }
    }

    /// A table of comma-separated values.
    pub(super) fn csv(body: String) -> Self {
        Self::new(StatusCode::OK, "text/csv; charset=utf-8", body)
    }
}

/// Errors: section 3.
impl Reply {
    pub(super) fn not_found() -> Self {
        Self::error(StatusCode::NOT_FOUND, "Not found")
    }

    pub(super) fn method_not_allowed(allowed: &'static str) -> Self {
        Self::error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").with(ALLOW, allowed)
    }

    pub(super) fn too_large() -> Self {
        Self::error(StatusCode::PAYLOAD_TOO_LARGE, "Request too large")
            .with(DEBUG_HELP, "The request is larger than this server accepts")
    }

    pub(super) fn too_slow() -> Self {
        Self::error(StatusCode::REQUEST_TIMEOUT, "Request timeout")
            .with(DEBUG_HELP, "The request did not arrive in time")
    }

    pub(super) fn unreadable() -> Self {
        Self::error(StatusCode::BAD_REQUEST, "Bad request")
            .with(DEBUG_HELP, "The request could not be read")
    }

    /// The limit of a key or an address is used up; the reply gets its `Retry-After` on the way.
    pub(super) fn too_many(help: &'static str) -> Self {
        Self::error(StatusCode::TOO_MANY_REQUESTS, "Too many requests").with(DEBUG_HELP, help)
    }

    pub(super) fn unavailable() -> Self {
        Self::error(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable")
            .with(DEBUG_HELP, "Trouble inside the server; its log says more")
            .with(RETRY_AFTER, "5")
    }

    fn error(status: StatusCode, body: &'static str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body)
    }
}

impl Reply {
    fn new(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            content_type,
            body: body.into(),
            headers: Vec::new(),
        }
    }

    fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    /// The same with the guid that every reply to a comment-check needs: WordPress ignores a
    /// verdict without one, and the comment is published (section 0.2).
    pub(super) fn with_guid(mut self, id: VerdictId) -> Self {
        match HeaderValue::from_str(&id.to_string()) {
            Ok(value) => self.headers.push((GUID, value)),
            // Hexadecimal digits are always a header value.
            Err(error) => tracing::error!(%error, "a guid is no header value"),
        }
        self
    }
}

impl From<Reply> for HttpResponse {
    fn from(reply: Reply) -> Self {
        let mut response = HttpResponse::build(reply.status);
        response.content_type(reply.content_type);
        for header in reply.headers {
            response.insert_header(header);
        }
        // A body of known length: `Content-Length`, never chunks.
        response.body(reply.body.into_owned())
    }
}
