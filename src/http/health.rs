//! Whether the server lives and can do its work, and a hint for people at the front door.

use actix_web::{HttpResponse, http::header, web};
use serde::Serialize;

use super::state::State;
use crate::service::StoreError;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    for (path, answer) in [("/healthz", false), ("/", true)] {
        let get = move || async move { if answer { hint() } else { alive() } };
        config.service(
            web::resource(path)
                .route(web::get().to(get))
                .route(web::head().to(get))
                .default_service(web::to(method_not_allowed)),
        );
    }
    config.service(
        web::resource("/readyz")
            .route(web::get().to(ready))
            .route(web::head().to(ready))
            .default_service(web::to(method_not_allowed)),
    );
}

async fn method_not_allowed() -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header(super::allow("GET, HEAD"))
        .content_type("text/plain; charset=utf-8")
        .body("Method not allowed")
}

fn hint() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("Chaffinch is running. Point an Akismet client here, or POST to /v1/check.\n")
}

fn alive() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "status": "alive" }))
}

/// The body of `/readyz`.
#[derive(Serialize)]
struct Ready {
    ready: bool,
    model: String,
    learned_from: u64,
    events: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// 200 when the model is loaded and the store can be written, else 503 with the reason.
async fn ready(state: web::Data<State>) -> HttpResponse {
    let readiness = state.service.readiness().await;
    let reason = readiness.store.as_ref().err().map(|error| match error {
        StoreError::Busy | StoreError::Closed => error.to_string(),
        error => {
            // It may name files, and anyone may ask here.
            tracing::error!(%error, "not ready");
            let until = match error {
                StoreError::ReadOnly(_) => "before a restart",
                _ => "now",
            };
            format!("the store cannot be written {until}; the server's log says why")
        }
    });
    let mut response = if readiness.is_ready() {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Ready {
            ready: readiness.is_ready(),
            model: readiness.model,
            learned_from: readiness.learned_from,
            events: readiness.events,
            reason,
        })
}
