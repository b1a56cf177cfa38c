//! `GET /v1/verdicts/{id}`.

use actix_web::{HttpRequest, web};

use super::problem::ApiError;
use super::{auth, id_in_path};
use crate::http::state::State;
use crate::wire::VerdictReply;

/// A stored verdict with its comment and correction.
pub(super) async fn verdict(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<web::Json<VerdictReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let id = id_in_path(&request)?;
    let view = state.service.verdict(&caller, id)?;
    Ok(web::Json(view.into()))
}
