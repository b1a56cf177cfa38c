//! `/v1/rules`: for admins. An admin token that is bound to a site has the rules of that one.

use std::sync::Arc;

use actix_web::web::{Data, Json, Payload, block};
use actix_web::{HttpRequest, HttpResponse};

use super::problem::{ApiError, Errors, Problem};
use super::{auth, json, page};
use crate::http::state::State;
use crate::rule::{Rule, RuleId};
use crate::service::{Caller, DryRun, Registry};
use crate::wire::{DryRunReply, FieldError, Page, PageRequest, RuleReply, RuleRequest};

/// Every rule, in the order in which they were made.
#[utoipa::path(
    get,
    path = "/v1/rules",
    tag = "Rules",
    params(PageRequest),
    responses((status = 200, description = "A page of rules", body = Page<RuleReply>), Errors)
)]
pub(in crate::http) async fn list(
    request: HttpRequest,
    state: Data<State>,
) -> Result<Json<Page<RuleReply>>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let wanted = page::wanted(&request)?;
    let after = wanted.cursor.as_deref().map(str::parse).transpose();
    let after = after.map_err(|_| FieldError::new("cursor", page::UNKNOWN_CURSOR))?;
    let rules = state.service.managed_rules(&caller)?;
    let page = Page::of_sorted(
        rules,
        &wanted,
        after.as_ref(),
        |view| view.id,
        RuleReply::from,
    );
    Ok(Json(page))
}

/// One rule.
#[utoipa::path(
    get,
    path = "/v1/rules/{id}",
    tag = "Rules",
    params(("id" = String, Path, description = "The rule's id")),
    responses((status = 200, description = "The rule", body = RuleReply), Errors)
)]
pub(in crate::http) async fn get(
    request: HttpRequest,
    state: Data<State>,
) -> Result<Json<RuleReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let (id, rules) = in_path(&request, &caller, &state)?;
    Ok(Json(rules.rule(id)?.into()))
}

/// Makes a rule.
#[utoipa::path(
    post,
    path = "/v1/rules",
    tag = "Rules",
    request_body = RuleRequest,
    responses((status = 201, description = "The rule", body = RuleReply), Errors)
)]
pub(in crate::http) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let (rule, rules) = sent(&caller, payload, &state).await?;
    let view = rules.create_rule(rule).await?;
    Ok(HttpResponse::Created().json(RuleReply::from(view)))
}

/// What a rule would have been true of, had it been there.
#[utoipa::path(
    post,
    path = "/v1/rules/dry-run",
    tag = "Rules",
    request_body = RuleRequest,
    responses((status = 200, description = "What it would have been true of", body = DryRunReply), Errors)
)]
pub(in crate::http) async fn dry_run(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<Json<DryRunReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let (rule, _) = sent(&caller, payload, &state).await?;
    let service = Arc::clone(&state.service);
    // Reads many verdicts: away from this worker's other connections.
    let run = block(move || service.registry().dry_run(rule, DryRun::THOROUGH)).await;
    let run = run.map_err(|_| ApiError::new(Problem::Internal, "the dry run broke off"))?;
    Ok(Json(run?.into()))
}

/// Changes what is named of a rule.
#[utoipa::path(
    patch,
    path = "/v1/rules/{id}",
    tag = "Rules",
    params(("id" = String, Path, description = "The rule's id")),
    request_body = RuleRequest,
    responses((status = 200, description = "The rule", body = RuleReply), Errors)
)]
pub(in crate::http) async fn patch(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<Json<RuleReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let (id, rules) = in_path(&request, &caller, &state)?;
    let sent: RuleRequest = json(payload, &state).await?;
    let view = rules
        .change_rule(id, |old| {
            let rule = sent.changed(old)?;
            // It must not be handed to somebody else's site.
            state.service.managed(&caller, rule.site.as_ref())?;
            Ok::<_, ApiError>(rule)
        })
        .await?;
    Ok(Json(view.into()))
}

/// Has a suspended rule in force again.
#[utoipa::path(
    post,
    path = "/v1/rules/{id}/resume",
    tag = "Rules",
    params(("id" = String, Path, description = "The rule's id")),
    responses((status = 200, description = "The rule", body = RuleReply), Errors)
)]
pub(in crate::http) async fn resume(
    request: HttpRequest,
    state: Data<State>,
) -> Result<Json<RuleReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let (id, rules) = in_path(&request, &caller, &state)?;
    Ok(Json(rules.resume_rule(id).await?.into()))
}

/// Removes a rule.
#[utoipa::path(
    delete,
    path = "/v1/rules/{id}",
    tag = "Rules",
    params(("id" = String, Path, description = "The rule's id")),
    responses((status = 204, description = "It is gone"), Errors)
)]
pub(in crate::http) async fn remove(
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let (id, rules) = in_path(&request, &caller, &state)?;
    rules.remove_rule(id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The rule in the body, and the registry if the caller may make such a rule.
async fn sent<'a>(
    caller: &Caller,
    payload: Payload,
    state: &'a State,
) -> Result<(Rule, &'a Registry), ApiError> {
    // Whoever may not make any rule shall not make the server parse.
    state.service.managed(caller, caller.grant.site.as_ref())?;
    let rule = Rule::try_from(json::<RuleRequest>(payload, state).await?)?;
    let rules = state.service.managed(caller, rule.site.as_ref())?;
    Ok((rule, rules))
}

/// The rule in the path, and the registry if the caller may manage it. What cannot be an id is not
/// found.
fn in_path<'a>(
    request: &HttpRequest,
    caller: &Caller,
    state: &'a State,
) -> Result<(RuleId, &'a Registry), ApiError> {
    let missing = || ApiError::new(Problem::NoSuchRule, "no such rule");
    // Whoever may not manage any rule shall not learn which there are.
    state.service.managed(caller, caller.grant.site.as_ref())?;
    let id = request.match_info().query("id").parse();
    let id = id.map_err(|_| missing())?;
    let (_, rules) = state.service.managed_rule(caller, id)?;
    Ok((id, rules))
}
