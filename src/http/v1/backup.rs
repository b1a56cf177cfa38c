//! `GET /v1/backup`.

use actix_web::{HttpRequest, HttpResponse, web};

use super::auth;
use super::problem::{ApiError, Errors};
use crate::http::download;
use crate::http::state::State;

/// Everything that is stored, as JSON Lines that `chaffinch restore` reads. The last line says that
/// it is whole. Checks and corrections go on meanwhile; what was acknowledged before is in it.
#[utoipa::path(
    get,
    path = "/v1/backup",
    tag = "Operation",
    responses(
        (status = 200, description = "One JSON object a line", body = String, content_type = "application/x-ndjson"),
        Errors
    )
)]
pub(in crate::http) async fn backup(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let dump = state.service.dump(&caller)?;
    Ok(download::backup("chaffinch.jsonl", dump))
}
