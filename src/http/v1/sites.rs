//! `/v1/sites`: for admins. An admin token that is bound to a site manages that one.

use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, HttpResponse};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::problem::{ApiError, Errors, Problem};
use super::{auth, json, page};
use crate::http::state::State;
use crate::site::Site;
use crate::site::settings::SiteSettings;
use crate::wire::sites::{patched, replaced};
use crate::wire::{FieldError, Page, PageRequest, SiteReply, SiteRequest};

/// Every site that is known.
#[utoipa::path(
    get,
    path = "/v1/sites",
    tag = "Sites",
    params(PageRequest),
    responses((status = 200, description = "A page of sites", body = Page<SiteReply>), Errors)
)]
pub(in crate::http) async fn list(
    request: HttpRequest,
    state: Data<State>,
) -> Result<Json<Page<SiteReply>>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let wanted = page::wanted(&request)?;
    let after = wanted.cursor.as_deref().map(Site::parse).transpose();
    let after = after.map_err(|_| FieldError::new("cursor", page::UNKNOWN_CURSOR))?;
    let own = caller.grant.site.clone();
    let mut sites = state.service.managed(&caller, own.as_ref())?.sites()?;
    sites.retain(|view| own.as_ref().is_none_or(|own| view.site == *own));
    let name = |view: &crate::service::SiteView| view.site.clone();
    let page = Page::of_sorted(sites, &wanted, after.as_ref(), name, SiteReply::from);
    Ok(Json(page))
}

/// One site.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}",
    tag = "Sites",
    params(("site" = String, Path, description = "The site, its slashes encoded or not", example = "blog.example.com")),
    responses((status = 200, description = "The site", body = SiteReply), Errors)
)]
pub(in crate::http) async fn get(
    request: HttpRequest,
    state: Data<State>,
) -> Result<Json<SiteReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let site = site_in_path(&request)?;
    let view = state.service.managed(&caller, Some(&site))?.site(&site)?;
    Ok(Json(view.into()))
}

/// Sets up a site that nobody has set up yet.
#[utoipa::path(
    post,
    path = "/v1/sites",
    tag = "Sites",
    request_body = SiteRequest,
    responses((status = 201, description = "The site", body = SiteReply), Errors)
)]
pub(in crate::http) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    // Whoever may not manage any site shall not make the server parse.
    state.service.managed(&caller, caller.grant.site.as_ref())?;
    let sent: SiteRequest = json(payload, &state).await?;
    let site = sent
        .site
        .ok_or_else(|| FieldError::new("site", "is required"))?;
    let site = Site::parse(&site).map_err(|e| FieldError::new("site", e.to_string()))?;
    let sites = state.service.managed(&caller, Some(&site))?;
    let view = sites.create_site(site, sent.settings).await?;
    Ok(HttpResponse::Created().json(SiteReply::from(view)))
}

/// Gives a site these settings and the defaults for the rest. It need not be known yet.
#[utoipa::path(
    put,
    path = "/v1/sites/{site}",
    tag = "Sites",
    params(("site" = String, Path, description = "The site, its slashes encoded or not", example = "blog.example.com")),
    request_body = SiteSettings,
    responses((status = 200, description = "The site", body = SiteReply), Errors)
)]
pub(in crate::http) async fn put(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<Json<SiteReply>, ApiError> {
    change(request, payload, state, replaced).await
}

/// Changes the settings that are named.
#[utoipa::path(
    patch,
    path = "/v1/sites/{site}",
    tag = "Sites",
    params(("site" = String, Path, description = "The site, its slashes encoded or not", example = "blog.example.com")),
    request_body = SiteSettings,
    responses((status = 200, description = "The site", body = SiteReply), Errors)
)]
pub(in crate::http) async fn patch(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<Json<SiteReply>, ApiError> {
    change(request, payload, state, patched).await
}

async fn change(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
    change: impl FnOnce(&SiteSettings, Map<String, Value>) -> Result<SiteSettings, FieldError>,
) -> Result<Json<SiteReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let site = site_in_path(&request)?;
    let sites = state.service.managed(&caller, Some(&site))?;
    let sent: Map<String, Value> = json(payload, &state).await?;
    let view = sites
        .change_site(site, |old| change(old, sent).map_err(ApiError::from))
        .await?;
    Ok(Json(view.into()))
}

/// Forgets a site and its settings; its verdicts stay.
#[utoipa::path(
    delete,
    path = "/v1/sites/{site}",
    tag = "Sites",
    params(("site" = String, Path, description = "The site, its slashes encoded or not", example = "blog.example.com")),
    responses((status = 204, description = "It is forgotten"), Errors)
)]
pub(in crate::http) async fn remove(
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let site = site_in_path(&request)?;
    let sites = state.service.managed(&caller, Some(&site))?;
    sites.remove_site(site).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The site at the end of the path, with or without its slashes encoded. What cannot be one is
/// not found.
fn site_in_path(request: &HttpRequest) -> Result<Site, ApiError> {
    let site = percent_decode_str(request.match_info().query("site")).decode_utf8_lossy();
    Site::parse(&site).map_err(|_| ApiError::new(Problem::NoSuchSite, "no such site"))
}
