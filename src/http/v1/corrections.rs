//! `POST /v1/corrections` and `DELETE /v1/corrections/{id}`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};

use super::problem::{ApiError, Errors, Problem};
use super::{auth, id_in_path, json};
use crate::comment::Comment;
use crate::http::state::State;
use crate::service::Teaching;
use crate::wire::{CorrectionReply, CorrectionRequest, FieldError};

/// Says what a comment is; 200 only once that is safe on the disk and learned. 202 where it is safe on the disk of
/// one server of a cluster, and is learned by all when the log that they share is there again.
#[utoipa::path(
    post,
    path = "/v1/corrections",
    tag = "Comments",
    request_body = CorrectionRequest,
    responses(
        (status = 200, description = "What holds now", body = CorrectionReply),
        (status = 202, description = "What will hold", body = CorrectionReply),
        Errors
    )
)]
pub(in crate::http) async fn correct(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<(web::Json<CorrectionReply>, StatusCode), ApiError> {
    let caller = auth::caller(&request, &state)?;
    let request: CorrectionRequest = json(payload, &state).await?;
    let label = request
        .label
        .ok_or_else(|| FieldError::new("label", "is required: ham or spam"))?;
    let service = &state.service;
    let teaching = match request.learn {
        Some(false) => Teaching::Leave,
        _ => Teaching::Learn,
    };
    let reply: CorrectionReply = match (request.id, request.comment) {
        (Some(id), None) => {
            let id = id
                .parse()
                .map_err(|_| ApiError::new(Problem::NoSuchVerdict, "no verdict of that id"))?;
            let corrected = service.correct_by_id(&caller, id, label, teaching);
            corrected.await?.into()
        }
        (None, Some(_)) if teaching == Teaching::Leave => {
            return Err(FieldError::new("learn", "can be false beside an id alone").into());
        }
        (None, Some(comment)) => {
            let comment =
                Comment::try_from(comment).map_err(|e| ApiError::from(e).within("comment"))?;
            let receipt = service.correct_comment(&caller, comment, label).await?;
            receipt.map_or(
                CorrectionReply {
                    id: None,
                    label: Some(label),
                    previous: None,
                    sequence: None,
                },
                CorrectionReply::from,
            )
        }
        (None, None) => {
            return Err(FieldError::new("id", "an id or a comment is required").into());
        }
        (Some(_), Some(_)) => {
            return Err(FieldError::new("comment", "must not stand beside an id").into());
        }
    };
    let status = match (reply.id, reply.sequence) {
        (Some(_), None) => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    Ok((web::Json(reply), status))
}

/// Takes a correction back.
#[utoipa::path(
    delete,
    path = "/v1/corrections/{id}",
    tag = "Comments",
    params(("id" = String, Path, description = "The verdict's id")),
    responses((status = 200, description = "What held before", body = CorrectionReply), Errors)
)]
pub(in crate::http) async fn retract(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<web::Json<CorrectionReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let id = id_in_path(&request)?;
    let retraction = state.service.retract(&caller, id).await?;
    Ok(web::Json(retraction.into()))
}
