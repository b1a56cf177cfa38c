//! Who looks at a page, and in which language.

use std::str::FromStr;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, HOST, HeaderName, ORIGIN};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use askama::Template;
use futures_util::future::LocalBoxFuture;

use super::failure::{Failure, Kind};
use super::page::shown_with;
use super::said::Said;
use super::session::{LASTS, Session};
use super::words::Words;
use crate::http::state::State;
use crate::service::{Caller, ServiceError};

const SESSION: &str = "chaffinch_session";
const LANGUAGE: &str = "chaffinch_language";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Somebody who signed in.
pub(super) struct Visitor {
    pub(super) caller: Caller,
    pub(super) session: Session,
    pub(super) words: &'static Words,
    /// What every form carries.
    pub(super) token: String,
    /// The page asked for, with its filters.
    pub(super) here: String,
    /// What the form before did.
    pub(super) said: Option<Said>,
    /// Whether nothing can be stored at the moment.
    pub(super) degraded: bool,
}

impl Visitor {
    fn of(request: &HttpRequest) -> Result<Self, Failure> {
        let words = words(request);
        let failed = |kind| Failure { kind, words };
        let Some(state) = request.app_data::<web::Data<State>>() else {
            return Err(failed(Kind::Broken));
        };
        let admitted = state.throttle.admit(request);
        admitted.map_err(|_| failed(Kind::TooMany))?;
        let here = request.uri().to_string();
        let signed_in = request.cookie(SESSION).and_then(|cookie| {
            let session = state.sessions.read(cookie.value(), state.service.now())?;
            Some((session, state.service.registry().caller(session.key).ok()?))
        });
        // Where a form was sent to is no page to come back to.
        let wanted = match request.method().is_safe() {
            true => here.clone(),
            false => "/queue".to_owned(),
        };
        let (session, caller) = signed_in.ok_or_else(|| failed(Kind::SignIn { wanted }))?;
        Ok(Self {
            token: state.sessions.form_token(&session),
            caller,
            session,
            words,
            here,
            said: Said::of(request),
            degraded: false,
        })
    }

    /// A page for the visitor. What the form before did is told only once.
    pub(super) fn shown(&self, page: &impl Template) -> Result<HttpResponse, Failure> {
        let mut response = shown_with(StatusCode::OK, page);
        if self.said.is_some() {
            let forgotten = response.add_cookie(&Said::no_cookie());
            forgotten.map_err(|_| self.failure(Kind::Broken))?;
        }
        Ok(response)
    }

    /// Refuses everyone but admins, of one site or of all.
    pub(super) fn require_manager(&self) -> Result<(), Failure> {
        let own = self.caller.grant.site.as_ref();
        self.or_failure(self.caller.require_admin_of(own))
    }

    /// Refuses everyone but admins of every site.
    pub(super) fn require_admin(&self) -> Result<(), Failure> {
        self.or_failure(self.caller.require_admin())
    }

    /// What the service answered, or why there is no page.
    pub(super) fn or_failure<T>(&self, answer: Result<T, ServiceError>) -> Result<T, Failure> {
        answer.map_err(|error| self.refusal(error))
    }

    /// The name in the address of what is asked for. What cannot be one is not found.
    pub(super) fn named<T: FromStr>(&self, request: &HttpRequest) -> Result<T, Failure> {
        let name = request.match_info().query("id").parse();
        name.map_err(|_| self.failure(Kind::NotFound))
    }

    /// Why the service did not do it, in the visitor's language.
    pub(super) fn refusal(&self, error: ServiceError) -> Failure {
        self.failure(Kind::of(error, self.words))
    }

    /// A failure in the visitor's language.
    pub(super) fn failure(&self, kind: Kind) -> Failure {
        Failure {
            kind,
            words: self.words,
        }
    }
}

impl FromRequest for Visitor {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let visitor = Self::of(request);
        let state = request.app_data::<web::Data<State>>().cloned();
        Box::pin(async move {
            let mut visitor = visitor?;
            if let Some(state) = state {
                visitor.degraded = !state.service.readiness().await.is_ready();
            }
            Ok(visitor)
        })
    }
}

/// The language that was chosen, or else the first that the browser asks for and that there is.
pub(super) fn words(request: &HttpRequest) -> &'static Words {
    let chosen = request.cookie(LANGUAGE);
    let asked = request.headers().get(ACCEPT_LANGUAGE);
    let asked = asked.and_then(|value| value.to_str().ok()).unwrap_or("");
    let tags = asked
        .split(',')
        .map(|tag| tag.split(';').next().unwrap_or(""));
    chosen
        .and_then(|cookie| Words::of(cookie.value()))
        .or_else(|| tags.into_iter().find_map(Words::of))
        .unwrap_or(Words::ENGLISH)
}

/// Whether a form was sent by one of our own pages, as far as the browser tells.
pub(super) fn is_same_origin(request: &HttpRequest) -> bool {
    let header = |name| request.headers().get(name).and_then(|v| v.to_str().ok());
    let fetched = header(FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none");
    let origin = header(ORIGIN).is_none_or(|origin| {
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        header(HOST).is_some_and(|own| own.eq_ignore_ascii_case(host))
    });
    fetched && origin
}

/// A cookie that scripts cannot read and other sites' forms do not send.
fn cookie(request: &HttpRequest, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        // Whoever says falsely that it came by TLS keeps only the own cookie from working.
        .secure(request.connection_info().scheme() == "https")
        .finish()
}

pub(super) fn session_cookie(request: &HttpRequest, value: String) -> Cookie<'static> {
    let mut cookie = cookie(request, SESSION, value);
    cookie.set_max_age(Duration::seconds(LASTS.as_secs()));
    cookie
}

pub(super) fn no_session_cookie(request: &HttpRequest) -> Cookie<'static> {
    let mut cookie = cookie(request, SESSION, String::new());
    cookie.make_removal();
    cookie
}

pub(super) fn language_cookie(request: &HttpRequest, code: &'static str) -> Cookie<'static> {
    let mut cookie = cookie(request, LANGUAGE, code.to_owned());
    cookie.set_max_age(Duration::days(365));
    cookie
}
