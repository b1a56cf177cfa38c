//! `/v1/keys`: for admins. An admin token that is bound to a site has the keys of that one.

use std::time::Duration;

use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::problem::{ApiError, Errors, Problem};
use super::{auth, json, json_or_nothing, page};
use crate::http::state::State;
use crate::key::KeyId;
use crate::service::NewKey;
use crate::wire::{
    FieldError, KeyReply, KeyRequest, Page, PageRequest, RotateRequest, TakenBackReply,
};

/// Every key, without its secret.
#[utoipa::path(
    get,
    path = "/v1/keys",
    tag = "Keys",
    params(PageRequest),
    responses((status = 200, description = "A page of keys", body = Page<KeyReply>), Errors)
)]
pub(in crate::http) async fn list(
    request: HttpRequest,
    state: Data<State>,
) -> Result<Json<Page<KeyReply>>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let wanted = page::wanted(&request)?;
    let after = wanted.cursor.as_deref().map(str::parse).transpose();
    let after = after.map_err(|_| FieldError::new("cursor", page::UNKNOWN_CURSOR))?;
    let mut keys = state.service.managed_keys(&caller)?;
    keys.sort_by_key(|key| key.id);
    let page = Page::of_sorted(keys, &wanted, after.as_ref(), |key| key.id, KeyReply::from);
    Ok(Json(page))
}

/// One key.
#[utoipa::path(
    get,
    path = "/v1/keys/{id}",
    tag = "Keys",
    params(("id" = String, Path, description = "The key's id")),
    responses((status = 200, description = "The key", body = KeyReply), Errors)
)]
pub(in crate::http) async fn get(
    request: HttpRequest,
    state: Data<State>,
) -> Result<Json<KeyReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let (view, _) = state.service.managed_key(&caller, id_in_path(&request)?)?;
    Ok(Json(view.into()))
}

/// Makes a key; the only reply that shows its secret.
#[utoipa::path(
    post,
    path = "/v1/keys",
    tag = "Keys",
    request_body = KeyRequest,
    responses((status = 201, description = "The key with its secret", body = KeyReply), Errors)
)]
pub(in crate::http) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    // Whoever may not make any key shall not make the server parse.
    state.service.managed(&caller, caller.grant.site.as_ref())?;
    let new = NewKey::try_from(json::<KeyRequest>(payload, &state).await?)?;
    let keys = state.service.managed(&caller, new.site.as_ref())?;
    let made = keys.create_key(new).await?;
    Ok(HttpResponse::Created().json(KeyReply::from(made)))
}

/// Makes a key that takes this one's place.
#[utoipa::path(
    post,
    path = "/v1/keys/{id}/rotate",
    tag = "Keys",
    params(("id" = String, Path, description = "The key's id")),
    request_body = Option<RotateRequest>,
    responses((status = 201, description = "The new key with its secret", body = KeyReply), Errors)
)]
pub(in crate::http) async fn rotate(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let id = id_in_path(&request)?;
    let (_, keys) = state.service.managed_key(&caller, id)?;
    let overlap = json_or_nothing::<RotateRequest>(payload, &state).await?;
    let overlap = Duration::try_from(overlap)?;
    let made = keys.rotate_key(id, overlap).await?;
    Ok(HttpResponse::Created().json(KeyReply::from(made)))
}

/// Lets a key be used no longer.
#[utoipa::path(
    delete,
    path = "/v1/keys/{id}",
    tag = "Keys",
    params(("id" = String, Path, description = "The key's id")),
    responses((status = 204, description = "It is used no longer"), Errors)
)]
pub(in crate::http) async fn revoke(
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let id = id_in_path(&request)?;
    let (_, keys) = state.service.managed_key(&caller, id)?;
    keys.revoke_key(id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes back everything that a key taught and that is still in force, also if it was revoked.
#[utoipa::path(
    delete,
    path = "/v1/keys/{id}/corrections",
    tag = "Keys",
    params(("id" = String, Path, description = "The key's id")),
    responses((status = 200, description = "How much that was", body = TakenBackReply), Errors)
)]
pub(in crate::http) async fn take_back(
    request: HttpRequest,
    state: Data<State>,
) -> Result<Json<TakenBackReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let keys = state.service.managed(&caller, None)?;
    Ok(Json(keys.take_back(id_in_path(&request)?).await?.into()))
}

/// What cannot be an id is not found.
fn id_in_path(request: &HttpRequest) -> Result<KeyId, ApiError> {
    let id = request.match_info().query("id").parse();
    id.map_err(|_| ApiError::new(Problem::NoSuchKey, "no such key"))
}
