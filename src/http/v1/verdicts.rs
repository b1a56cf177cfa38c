//! `GET /v1/verdicts`, `GET` and `DELETE /v1/verdicts/{id}`, `GET /v1/verdicts/{id}/explanation`.

use actix_web::{HttpRequest, web};

use super::cursor::Cursor;
use super::problem::{ApiError, Errors};
use super::query::{self, Parameters};
use super::{aside, auth, id_in_path};
use crate::http::state::State;
use crate::service::{LabelFilter, VerdictQuery, VerdictView};
use crate::site::Site;
use crate::verdict::{Label, Verdict};
use crate::wire::{ErasureReply, ExplanationReply, FieldError, Page, VerdictReply};

/// Verdicts of a page, unless the caller says how many.
const PAGE: usize = 50;
/// Most verdicts of a page.
const LARGEST_PAGE: usize = 200;
/// Longest text searched for, in bytes.
const LONGEST_TEXT: usize = 200;

/// A page of verdicts. It may have fewer than asked for, even none, while more follow: each looks
/// at a bounded number of verdicts.
#[utoipa::path(
    get,
    path = "/v1/verdicts",
    tag = "Verdicts",
    params(
        ("site" = Option<String>, Query, description = "Only of this site"),
        ("label" = Option<String>, Query, description = "Only those corrected to `ham` or `spam`, or to `none`"),
        ("verdict" = Option<Verdict>, Query, description = "Only these"),
        ("signal" = Option<String>, Query, description = "Only those with a reason of this signal"),
        ("q" = Option<String>, Query, description = "Only those whose comment has this text", max_length = 200),
        ("from" = Option<String>, Query, description = "Only since this time (RFC 3339) or day (UTC)"),
        ("to" = Option<String>, Query, description = "Only before this time or up to this day"),
        ("limit" = Option<u16>, Query, description = "Most verdicts on the page", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")
    ),
    responses((status = 200, description = "A page of verdicts, newest first", body = Page<VerdictReply>), Errors)
)]
pub(in crate::http) async fn verdicts(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<web::Json<Page<VerdictReply>>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let query = filters(&request)?;
    // A cursor belongs to these filters and this caller.
    let list = format!(
        "{:?} {:?}",
        VerdictQuery {
            before: None,
            limit: 0,
            ..query.clone()
        },
        caller.hash.as_bytes()
    );
    let before = Parameters::of(&request, KNOWN)?.parsed("cursor", |word| {
        Cursor::read(word, &list).ok_or("is none of a list with these filters; start without one")
    })?;
    let query = VerdictQuery {
        before: before.map(|cursor| cursor.before),
        ..query
    };
    let page = aside(&state, move |service| service.verdicts(&caller, query)).await?;
    let views = page.verdicts.into_iter();
    let views = views.map(|(record, correction)| VerdictView { record, correction });
    Ok(web::Json(Page {
        items: views.map(VerdictReply::from).collect(),
        next_cursor: page.next.map(|before| Cursor { before }.word(&list)),
    }))
}

/// The parameters of a list.
const KNOWN: &[&str] = &[
    "site", "label", "verdict", "signal", "q", "from", "to", "limit", "cursor",
];

fn filters(request: &HttpRequest) -> Result<VerdictQuery, FieldError> {
    let given = Parameters::of(request, KNOWN)?;
    let limit = given.parsed("limit", |text| {
        let limit = text.parse().ok();
        limit
            .filter(|limit| (1..=LARGEST_PAGE).contains(limit))
            .ok_or_else(|| format!("give a number from 1 to {LARGEST_PAGE}"))
    })?;
    Ok(VerdictQuery {
        key: None,
        site: given.parsed("site", Site::parse)?,
        label: given.parsed("label", |text| match text {
            "ham" => Ok(LabelFilter::Is(Label::Ham)),
            "spam" => Ok(LabelFilter::Is(Label::Spam)),
            "none" => Ok(LabelFilter::None),
            _ => Err("give ham, spam or none"),
        })?,
        verdict: given.parsed("verdict", |text| match text {
            "ham" => Ok(Verdict::Ham),
            "unsure" => Ok(Verdict::Unsure),
            "spam" => Ok(Verdict::Spam),
            _ => Err("give ham, unsure or spam"),
        })?,
        signal: given.text("signal").map(str::to_owned),
        text: given.parsed("q", |text| match text.len() {
            0..=LONGEST_TEXT => Ok(text.to_owned()),
            _ => Err(format!("give at most {LONGEST_TEXT} bytes")),
        })?,
        from: given.parsed("from", query::start)?,
        to: given.parsed("to", query::end)?,
        before: None,
        limit: limit.unwrap_or(PAGE),
    })
}

/// A stored verdict with its comment and correction.
#[utoipa::path(
    get,
    path = "/v1/verdicts/{id}",
    tag = "Verdicts",
    params(("id" = String, Path, description = "The verdict's id")),
    responses((status = 200, description = "The verdict", body = VerdictReply), Errors)
)]
pub(in crate::http) async fn verdict(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<web::Json<VerdictReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let id = id_in_path(&request)?;
    let view = state.service.verdict(&caller, id)?;
    Ok(web::Json(view.into()))
}

/// Erases a verdict with its comment.
#[utoipa::path(
    delete,
    path = "/v1/verdicts/{id}",
    tag = "Verdicts",
    params(("id" = String, Path, description = "The verdict's id")),
    responses((status = 200, description = "What went", body = ErasureReply), Errors)
)]
pub(in crate::http) async fn delete(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<web::Json<ErasureReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let id = id_in_path(&request)?;
    let erased = state.service.delete_verdict(&caller, id).await?;
    Ok(web::Json(erased.into()))
}

/// Why a verdict came out as it did.
#[utoipa::path(
    get,
    path = "/v1/verdicts/{id}/explanation",
    tag = "Verdicts",
    params(("id" = String, Path, description = "The verdict's id")),
    responses((status = 200, description = "Then and now", body = ExplanationReply), Errors)
)]
pub(in crate::http) async fn explanation(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<web::Json<ExplanationReply>, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let id = id_in_path(&request)?;
    let explained = state.service.explain(&caller, id)?;
    Ok(web::Json(explained.into()))
}
