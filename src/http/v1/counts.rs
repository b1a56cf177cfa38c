//! `GET /v1/stats` and `GET /v1/model`.

use actix_web::{HttpRequest, web};
use jiff::ToSpan;
use jiff::civil::Date;

use super::problem::{ApiError, Errors};
use super::query::Parameters;
use super::{aside, auth, body};
use crate::http::state::State;
use crate::service::ModelFile;
use crate::site::Site;
use crate::wire::{FieldError, ModelReply, StatsReply};

/// Days that are told of, unless the caller says which.
const DAYS: i32 = 30;
/// Longest base model that is read, in bytes: the shipped one has three million.
const LONGEST_MODEL: usize = 64 * 1024 * 1024;
/// Most days that are told of.
const MOST_DAYS: i32 = 366;

/// What was counted, by day and site.
#[utoipa::path(
    get,
    path = "/v1/stats",
    tag = "Verdicts",
    params(
        ("from" = Option<String>, Query, description = "The first day (UTC), 30 days before the last unless given"),
        ("to" = Option<String>, Query, description = "The last day, today unless given"),
        ("site" = Option<String>, Query, description = "Only of this site")
    ),
    responses((status = 200, description = "Counts", body = StatsReply), Errors)
)]
pub(in crate::http) async fn stats(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<web::Json<StatsReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let given = Parameters::of(&request, &["from", "to", "site"])?;
    let day = |text: &str| {
        text.parse::<Date>()
            .map_err(|_| "give a day such as 2026-11-25")
    };
    let site = given.parsed("site", Site::parse)?;
    let to = given.parsed("to", day)?.unwrap_or(state.service.today());
    let first = to.saturating_sub((DAYS - 1).days());
    let from = given.parsed("from", day)?.unwrap_or(first);
    if from > to {
        return Err(FieldError::new("from", "must not be after to").into());
    }
    if to.saturating_sub((MOST_DAYS - 1).days()) > from {
        let message = format!("must be at most {MOST_DAYS} days before to");
        return Err(FieldError::new("from", message).into());
    }
    let sums = aside(&state, move |service| {
        service.day_sums(&caller, site.as_ref(), from..=to)
    });
    Ok(web::Json(StatsReply::new(from, to, sums.await?)))
}

/// What the filter judges by.
#[utoipa::path(
    get,
    path = "/v1/model",
    tag = "Verdicts",
    responses((status = 200, description = "The model", body = ModelReply), Errors)
)]
pub(in crate::http) async fn model(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<web::Json<ModelReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let both = aside(&state, move |service| {
        Ok((service.model(&caller)?, service.learned()))
    });
    Ok(web::Json(both.await?.into()))
}

/// Has all comments judged by another base model, and everything learned anew on top of it. The body is a file as
/// `chaffinch train` writes it. 200 when it is in use; in a cluster all servers change at the same event of the log.
#[utoipa::path(
    put,
    path = "/v1/model",
    tag = "Verdicts",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, description = "The model", body = ModelReply), Errors)
)]
pub(in crate::http) async fn use_model(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<web::Json<ModelReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    caller.require_admin()?;
    let body = body::read(payload, LONGEST_MODEL, state.limits.body_timeout).await?;
    let file = ModelFile::parse(body.to_vec())
        .map_err(|error| FieldError::new("body", format!("is no base model: {error}")))?;
    let who = caller.clone();
    let named = aside(&state, move |service| service.keep_model(&who, &file)).await?;
    state.service.use_model(&caller, named).await?;
    model(request, state).await
}
