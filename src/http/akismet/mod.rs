//! Akismet's protocol, to the byte. All its quirks live below this module; what the calls mean is
//! the service's.

mod account;
mod call;
mod check;
mod comment;
pub mod form;
mod keys;
mod public;
mod replies;
mod report;
mod sites;
mod stats;
mod verify;

use std::future::Future;

use actix_web::{HttpRequest, HttpResponse, Resource, Route, web};

use self::call::Call;
use self::replies::Reply;
use super::state::State;
use crate::verdict::VerdictId;

#[cfg(fuzzing)]
pub(super) fn comment_of(form: &form::Form) -> crate::comment::Comment {
    comment::comment_from(form)
}

/// The routes of section 2. Methods per section 1.3: POST for verdicts, reports and account
/// calls of version 1.1, GET too for the reports of version 1.2.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/1.1/comment-check")
                .route(web::post().to(comment_check))
                .default_service(web::to(|| async { checked_wrongly() })),
        )
        .service(post("/1.1/verify-key", verify::verify_key))
        .service(post("/1.1/submit-spam", report::submit_spam))
        .service(post("/1.1/submit-ham", report::submit_ham))
        .service(post("/1.1/get-stats", stats::get_stats))
        .service(post("/1.2/get-key-stats", stats::get_key_stats))
        .service(post("/1.1/get-subscription", account::get_subscription))
        .service(post("/1.1/token", account::token))
        .service(post("/1.1/deactivate", account::deactivate))
        .service(get_or_post("/1.2/usage-limit", account::usage_limit))
        .service(get_or_post("/1.2/key-sites", sites::key_sites))
        .service(public::resource("/1.1/test", public::test))
        .service(public::resource(
            "/1.2/compatible-plugins",
            public::compatible_plugins,
        ));
}

/// A path of no version and call that we know: section 3.
pub(super) fn not_found() -> HttpResponse {
    Reply::not_found().into()
}

/// The reply to a comment-check carries a fresh guid whatever its outcome.
async fn comment_check(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let outcome = match Call::read(&request, payload, &state).await {
        Ok(call) => check::comment_check(call, &state).await,
        Err(refusal) => check::Outcome::from(refusal),
    };
    outcome.into()
}

/// A comment-check by another method than POST.
fn checked_wrongly() -> HttpResponse {
    Reply::method_not_allowed("POST")
        .with_guid(VerdictId::fresh())
        .into()
}

fn post<F, R>(path: &str, handler: F) -> Resource
where
    F: Fn(Call, web::Data<State>) -> R + Clone + 'static,
    R: Future<Output = Result<Reply, Reply>> + 'static,
{
    web::resource(path)
        .route(answered_by(web::post(), handler))
        .default_service(web::to(|| async {
            HttpResponse::from(Reply::method_not_allowed("POST"))
        }))
}

fn get_or_post<F, R>(path: &str, handler: F) -> Resource
where
    F: Fn(Call, web::Data<State>) -> R + Clone + 'static,
    R: Future<Output = Result<Reply, Reply>> + 'static,
{
    web::resource(path)
        .route(answered_by(web::get(), handler.clone()))
        .route(answered_by(web::post(), handler))
        .default_service(web::to(|| async {
            HttpResponse::from(Reply::method_not_allowed("GET, POST"))
        }))
}

/// Reads the request, calls the handler, and sends its reply or its refusal.
fn answered_by<F, R>(route: Route, handler: F) -> Route
where
    F: Fn(Call, web::Data<State>) -> R + Clone + 'static,
    R: Future<Output = Result<Reply, Reply>> + 'static,
{
    route.to(
        move |request: HttpRequest, payload: web::Payload, state: web::Data<State>| {
            let handler = handler.clone();
            async move {
                let reply = match Call::read(&request, payload, &state).await {
                    Ok(call) => handler(call, state).await,
                    Err(refusal) => Err(refusal),
                };
                HttpResponse::from(reply.unwrap_or_else(|refusal| refusal))
            }
        },
    )
}
