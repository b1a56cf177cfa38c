//! How pages are sent.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use askama::Template;

use super::said::Said;
use super::visitor::Visitor;
use super::words::{Words, fill};

/// Only what this server sends itself, and no script or style that stands in a page: markup in a
/// comment could do nothing even if it were ever shown unescaped.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What the frame around each page needs.
pub(super) struct Frame {
    pub(super) w: &'static Words,
    pub(super) token: String,
    /// Who is signed in.
    pub(super) name: String,
    /// Whether they manage every site,
    pub(super) is_admin: bool,
    /// or at least one.
    pub(super) manages: bool,
    pub(super) section: Section,
    pub(super) here: String,
    pub(super) said: Option<Said>,
    /// Whether nothing can be stored at the moment: each page says so.
    pub(super) degraded: bool,
}

/// Where in the dashboard a page belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Queue,
    Try,
    Sites,
    Keys,
    Overview,
    Issues,
    Data,
    Rules,
}

impl Frame {
    pub(super) fn of(visitor: &Visitor, section: Section) -> Self {
        Self {
            w: visitor.words,
            token: visitor.token.clone(),
            name: visitor.caller.grant.name.clone(),
            is_admin: visitor.caller.is_admin(),
            manages: visitor.caller.grant.is_admin(),
            section,
            here: visitor.here.clone(),
            said: visitor.said.clone(),
            degraded: visitor.degraded,
        }
    }

    /// Who is signed in, in words.
    pub(super) fn signed_in(&self) -> String {
        fill(self.w.signed_in_as, &self.name)
    }

    /// `aria-current` for the link to a section.
    pub(super) fn current(&self, section: Section) -> &'static str {
        if self.section == section {
            "page"
        } else {
            "false"
        }
    }
}

/// A page with another status than 200.
pub(super) fn shown_with(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(body) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((X_FRAME_OPTIONS, "DENY"))
            .insert_header((REFERRER_POLICY, "same-origin"))
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((
                HeaderName::from_static("permissions-policy"),
                "camera=(), geolocation=(), microphone=()",
            ))
            .body(body),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Sends the browser on to a page.
pub(super) fn go(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, to))
        .finish()
}

/// A page of this server that a form or address names; the queue where it names anything else.
pub(super) fn own(path: &str) -> &str {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    match path.starts_with('/') && !path.starts_with("//") && plain {
        true => path,
        false => "/queue",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_are_gone_to() {
        assert_eq!(own("/queue?verdict=spam"), "/queue?verdict=spam");
        for elsewhere in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
        ] {
            assert_eq!(own(elsewhere), "/queue", "{elsewhere:?}");
        }
    }
}
