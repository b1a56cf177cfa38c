//! `POST /v1/erasures` and `POST /v1/exports`.

use std::sync::Arc;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;

use super::problem::{ApiError, Errors};
use super::{append, aside, auth, json};
use crate::http::state::State;
use crate::key::Scope;
use crate::service::{Caller, Service, ServiceError};
use crate::verdict::VerdictId;
use crate::wire::{ErasureReply, ExportReply, PersonRequest, RuleReply, VerdictReply};

/// Erases everything of a person; 200 only once nobody can read it any more.
#[utoipa::path(
    post,
    path = "/v1/erasures",
    tag = "Persons",
    request_body = PersonRequest,
    responses((status = 200, description = "What went", body = ErasureReply), Errors)
)]
pub(in crate::http) async fn erase(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<web::Json<ErasureReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    caller.require(Scope::Admin)?;
    let asked: PersonRequest = json(payload, &state).await?;
    let (person, site) = asked.try_into()?;
    let erased = aside(&state, move |service| service.erase(&caller, &person, site));
    Ok(web::Json(erased.await?.into()))
}

/// Everything that is stored of a person: `{"verdicts":[…],"rules":[…]}`.
#[utoipa::path(
    post,
    path = "/v1/exports",
    tag = "Persons",
    request_body = PersonRequest,
    responses((status = 200, description = "All verdicts on what the person wrote", body = ExportReply), Errors)
)]
pub(in crate::http) async fn export(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    caller.require(Scope::Admin)?;
    let asked: PersonRequest = json(payload, &state).await?;
    let (person, site) = asked.try_into()?;
    let asking = caller.clone();
    let found = aside(&state, move |service| {
        let rules = service.rules_on(&asking, &person, site.clone())?;
        Ok((service.verdicts_of(&asking, &person, site)?, rules))
    });
    let (verdicts, rules) = found.await?;
    let pages = Pages {
        service: Arc::clone(&state.service),
        caller,
        rest: verdicts.into_iter(),
        rules: rules.into_iter().map(RuleReply::from).collect(),
        part: "{\"verdicts\":[",
        ended: false,
    };
    // Page by page, so that someone who wrote much does not fill the memory.
    let body = stream::try_unfold(pages, |mut pages| async move {
        if pages.ended {
            return Ok(None);
        }
        web::block(move || Ok::<_, ServiceError>(Some((pages.next()?, pages))))
            .await
            .map_err(actix_web::Error::from)?
            .map_err(|error| actix_web::Error::from(ApiError::from(error)))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .streaming(Box::pin(body)))
}

/// An export on its way out.
struct Pages {
    service: Arc<Service>,
    caller: Caller,
    rest: std::vec::IntoIter<VerdictId>,
    rules: Vec<RuleReply>,
    /// What stands before the next verdict.
    part: &'static str,
    ended: bool,
}

/// Verdicts read between two writes to the caller.
const AT_ONCE: usize = 64;

impl Pages {
    fn next(&mut self) -> Result<Bytes, ServiceError> {
        let mut page = Vec::new();
        for id in self.rest.by_ref().take(AT_ONCE) {
            let view = match self.service.verdict(&self.caller, id) {
                Ok(view) => view,
                // Erased since.
                Err(ServiceError::NoSuchVerdict) => continue,
                Err(error) => return Err(error),
            };
            page.extend_from_slice(std::mem::replace(&mut self.part, ",").as_bytes());
            append(&mut page, &VerdictReply::from(view));
        }
        if self.rest.len() == 0 {
            self.ended = true;
            if self.part != "," {
                page.extend_from_slice(self.part.as_bytes());
            }
            page.extend_from_slice(b"],\"rules\":");
            append(&mut page, &self.rules);
            page.push(b'}');
        }
        Ok(page.into())
    }
}
