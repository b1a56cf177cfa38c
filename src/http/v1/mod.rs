//! Our own JSON surface, `/v1`. What requests and replies look like stands in [`crate::wire`].

mod auth;
pub(super) mod backup;
pub(super) mod batch;
pub(super) mod check;
pub(super) mod corrections;
mod cors;
pub(super) mod counts;
mod cursor;
pub(super) mod idempotency;
pub(super) mod keys;
mod page;
pub(super) mod persons;
pub mod problem;
pub(super) mod query;
pub(super) mod rules;
pub(super) mod sites;
pub(super) mod verdicts;

#[cfg(fuzzing)]
pub(super) use cursor::fuzz as fuzz_cursor;

use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::problem::{ApiError, Problem};
use super::body;
use super::state::State;
use crate::service::{Service, ServiceError};
use crate::wire;

/// The routes, and the origins whose pages may call them.
pub(super) fn configure(config: &mut web::ServiceConfig, cors_origins: &[String]) {
    config.service(
        web::scope("/v1")
            .service(
                web::resource("/check")
                    .route(web::post().to(check::check))
                    .default_service(web::to(|| wrong_method("POST"))),
            )
            .service(
                web::resource("/check/batch")
                    .route(web::post().to(batch::check_batch))
                    .default_service(web::to(|| wrong_method("POST"))),
            )
            .service(
                web::resource("/corrections")
                    .route(web::post().to(corrections::correct))
                    .default_service(web::to(|| wrong_method("POST"))),
            )
            .service(
                web::resource("/corrections/{id}")
                    .route(web::delete().to(corrections::retract))
                    .default_service(web::to(|| wrong_method("DELETE"))),
            )
            .service(
                web::resource("/verdicts")
                    .route(web::get().to(verdicts::verdicts))
                    .default_service(web::to(|| wrong_method("GET"))),
            )
            .service(
                web::resource("/verdicts/{id}")
                    .route(web::get().to(verdicts::verdict))
                    .route(web::delete().to(verdicts::delete))
                    .default_service(web::to(|| wrong_method("GET, DELETE"))),
            )
            .service(
                web::resource("/verdicts/{id}/explanation")
                    .route(web::get().to(verdicts::explanation))
                    .default_service(web::to(|| wrong_method("GET"))),
            )
            .service(
                web::resource("/stats")
                    .route(web::get().to(counts::stats))
                    .default_service(web::to(|| wrong_method("GET"))),
            )
            .service(
                web::resource("/model")
                    .route(web::get().to(counts::model))
                    .route(web::put().to(counts::use_model))
                    .default_service(web::to(|| wrong_method("GET, PUT"))),
            )
            .service(
                web::resource("/erasures")
                    .route(web::post().to(persons::erase))
                    .default_service(web::to(|| wrong_method("POST"))),
            )
            .service(
                web::resource("/backup")
                    .route(web::get().to(backup::backup))
                    .default_service(web::to(|| wrong_method("GET"))),
            )
            .service(
                web::resource("/exports")
                    .route(web::post().to(persons::export))
                    .default_service(web::to(|| wrong_method("POST"))),
            )
            .configure(registry)
            .default_service(web::to(not_found))
            .wrap(from_fn(idempotency::idempotent))
            .wrap(cors::cors(cors_origins)),
    );
}

/// Sites, keys and rules.
fn registry(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/sites")
                .route(web::get().to(sites::list))
                .route(web::post().to(sites::create))
                .default_service(web::to(|| wrong_method("GET, POST"))),
        )
        .service(
            web::resource("/sites/{site:.+}")
                .route(web::get().to(sites::get))
                .route(web::put().to(sites::put))
                .route(web::patch().to(sites::patch))
                .route(web::delete().to(sites::remove))
                .default_service(web::to(|| wrong_method("GET, PUT, PATCH, DELETE"))),
        )
        .service(
            web::resource("/keys")
                .route(web::get().to(keys::list))
                .route(web::post().to(keys::create))
                .default_service(web::to(|| wrong_method("GET, POST"))),
        )
        .service(
            web::resource("/keys/{id}")
                .route(web::get().to(keys::get))
                .route(web::delete().to(keys::revoke))
                .default_service(web::to(|| wrong_method("GET, DELETE"))),
        )
        .service(
            web::resource("/rules")
                .route(web::get().to(rules::list))
                .route(web::post().to(rules::create))
                .default_service(web::to(|| wrong_method("GET, POST"))),
        )
        .service(
            web::resource("/rules/dry-run")
                .route(web::post().to(rules::dry_run))
                .default_service(web::to(|| wrong_method("POST"))),
        )
        .service(
            web::resource("/rules/{id}")
                .route(web::get().to(rules::get))
                .route(web::patch().to(rules::patch))
                .route(web::delete().to(rules::remove))
                .default_service(web::to(|| wrong_method("GET, PATCH, DELETE"))),
        )
        .service(
            web::resource("/rules/{id}/resume")
                .route(web::post().to(rules::resume))
                .default_service(web::to(|| wrong_method("POST"))),
        )
        .service(
            web::resource("/keys/{id}/corrections")
                .route(web::delete().to(keys::take_back))
                .default_service(web::to(|| wrong_method("DELETE"))),
        )
        .service(
            web::resource("/keys/{id}/rotate")
                .route(web::post().to(keys::rotate))
                .default_service(web::to(|| wrong_method("POST"))),
        );
}

async fn not_found() -> HttpResponse {
    ApiError::new(Problem::NotFound, "there is nothing at this path").error_response()
}

async fn wrong_method(allowed: &'static str) -> HttpResponse {
    let error = ApiError::new(Problem::MethodNotAllowed, format!("use {allowed}"));
    let mut response = error.error_response();
    let (name, value) = super::allow(allowed);
    response.headers_mut().insert(
        name,
        actix_web::http::header::HeaderValue::from_static(value),
    );
    response
}

/// Reads a JSON body of ordinary size. To be called after the caller is known: whoever has no key
/// shall not make the server parse.
async fn json<T: DeserializeOwned>(payload: web::Payload, state: &State) -> Result<T, ApiError> {
    let limits = &state.limits;
    let body = body::read(payload, limits.body, limits.body_timeout).await?;
    Ok(wire::from_json(&body)?)
}

/// The same where every field may be missing, and so may the body.
async fn json_or_nothing<T: DeserializeOwned + Default>(
    payload: web::Payload,
    state: &State,
) -> Result<T, ApiError> {
    let limits = &state.limits;
    let body = body::read(payload, limits.body, limits.body_timeout).await?;
    match body.trim_ascii().is_empty() {
        true => Ok(T::default()),
        false => Ok(wire::from_json(&body)?),
    }
}

/// Adds a value to a reply that is written piece by piece.
fn append(piece: &mut Vec<u8>, value: &impl Serialize) {
    // Writing such a value to memory cannot fail.
    let written = serde_json::to_writer(piece, value);
    debug_assert!(written.is_ok());
}

/// Does something that may read much from the disk, on a thread that may wait for it.
async fn aside<T: Send + 'static>(
    state: &State,
    work: impl FnOnce(&Service) -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ApiError> {
    let service = Arc::clone(&state.service);
    match web::block(move || work(&service)).await {
        Ok(done) => Ok(done?),
        Err(error) => {
            tracing::error!(%error, "a call broke off");
            Err(ApiError::new(Problem::Internal, "nothing was changed"))
        }
    }
}

/// The verdict's id at the end of the path. What cannot be one is not found.
fn id_in_path(request: &HttpRequest) -> Result<crate::verdict::VerdictId, ApiError> {
    request
        .match_info()
        .query("id")
        .parse()
        .map_err(|_| ApiError::new(Problem::NoSuchVerdict, "no verdict of that id is stored"))
}
