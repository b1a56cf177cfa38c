//! `POST /v1/check`.

use actix_web::{HttpRequest, web};

use super::problem::{ApiError, Errors};
use super::{auth, json};
use crate::comment::Comment;
use crate::http::state::State;
use crate::http::turn;
use crate::service::{Caller, CheckOptions};
use crate::wire::{CheckReply, CheckRequest};

/// Judges one comment.
#[utoipa::path(
    post,
    path = "/v1/check",
    tag = "Comments",
    request_body = CheckRequest,
    responses((status = 200, description = "The verdict and its reasons", body = CheckReply), Errors)
)]
pub(in crate::http) async fn check(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<web::Json<CheckReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let request: CheckRequest = json(payload, &state).await?;
    let _turn = turn::take(&state.service)?;
    judged(request, &caller, &state).await.map(web::Json)
}

/// The reply to one comment, alone or in a batch.
pub(super) async fn judged(
    request: CheckRequest,
    caller: &Caller,
    state: &State,
) -> Result<CheckReply, ApiError> {
    let comment = Comment::try_from(request)?;
    let options = CheckOptions::default();
    let checked = state.service.check(caller, comment, options).await?;
    Ok(checked.into())
}
