//! Signing in and out, and choosing a language.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::failure::{Failure, Kind};
use super::fields::Fields;
use super::page::{go, own, shown_with};
use super::visitor::{Visitor, language_cookie, no_session_cookie, session_cookie, words};
use super::words::Words;
use crate::http::state::State;
use crate::http::throttle::NotLetIn;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/login", web::get().to(form))
        .route("/login", web::post().to(sign_in))
        .route("/logout", web::post().to(sign_out))
        .route("/language", web::post().to(choose_language));
}

#[derive(Template)]
#[template(path = "dashboard/login.html")]
struct LoginPage<'a> {
    w: &'static Words,
    next: &'a str,
    error: Option<&'static str>,
}

async fn form(request: HttpRequest) -> HttpResponse {
    let fields = Fields::of_address(&request);
    let page = LoginPage {
        w: words(&request),
        next: own(fields.text("next").unwrap_or_default()),
        error: None,
    };
    shown_with(StatusCode::OK, &page)
}

/// Keys of blogs do not open the dashboard: they lie about in the blogs' settings.
async fn sign_in(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    let w = words(&request);
    let failed = |kind| Failure { kind, words: w };
    let admitted = state.throttle.admit(&request);
    admitted.map_err(|_| failed(Kind::TooMany))?;
    let fields = Fields::of_open_form(w, &request, payload, &state).await?;
    let next = own(fields.text("next").unwrap_or_default());
    let again = |status, error| {
        let error = Some(error);
        Ok(shown_with(status, &LoginPage { w, next, error }))
    };
    let secret = fields.text("secret").unwrap_or_default();
    let caller = match state.throttle.sign_in(&request, &state.service, secret) {
        Ok(caller) => caller,
        Err(NotLetIn::TooMany(_)) => {
            return again(StatusCode::TOO_MANY_REQUESTS, w.too_many_tries);
        }
        Err(NotLetIn::Auth(_)) => return again(StatusCode::UNAUTHORIZED, w.wrong_token),
    };
    if !caller.moderates() {
        return again(StatusCode::FORBIDDEN, w.not_a_person);
    }
    let session = state.sessions.begin(caller.hash.id(), state.service.now());
    let session = session.map_err(|error| {
        tracing::error!(%error, "no random bytes for a session");
        failed(Kind::Broken)
    })?;
    let mut response = go(next);
    let cookie = session_cookie(&request, state.sessions.cookie(&session));
    response
        .add_cookie(&cookie)
        .map_err(|_| failed(Kind::Broken))?;
    Ok(response)
}

async fn sign_out(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    Fields::of_form(&visitor, &request, payload, &state).await?;
    state.sessions.end(&visitor.session, state.service.now());
    let mut response = go("/login");
    response
        .add_cookie(&no_session_cookie(&request))
        .map_err(|_| visitor.failure(Kind::Broken))?;
    Ok(response)
}

async fn choose_language(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    let w = words(&request);
    let fields = Fields::of_open_form(w, &request, payload, &state).await?;
    let chosen = fields.text("language").and_then(Words::of).unwrap_or(w);
    let mut response = go(own(fields.text("next").unwrap_or_default()));
    response
        .add_cookie(&language_cookie(&request, chosen.code))
        .map_err(|_| Failure {
            kind: Kind::Broken,
            words: w,
        })?;
    Ok(response)
}
