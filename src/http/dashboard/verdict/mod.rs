//! One verdict: the comment with its evidence, how the score came about, what became of it.

mod alike;
mod facts;
mod history;
pub(super) mod marks;
mod offers;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use self::marks::{Piece, marked};
use self::offers::{Offer, offers};
use super::aside;
use super::failure::Failure;
use super::page::{Frame, Section};
use super::queue::row::{Row, percent, verdict_word};
use super::sums::Sum;
use super::visitor::Visitor;
use super::words::{Words, fill};
use crate::http::state::State;
use crate::service::{Explanation, Past};

/// Most characters of the comment that are shown.
const TEXT: usize = 20_000;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/verdicts/{id}", web::get().to(one))
        .route("/verdicts/{id}/alike", web::get().to(alike::alike));
}

#[derive(Template)]
#[template(path = "dashboard/verdict.html")]
struct VerdictPage {
    frame: Frame,
    row: Row,
    /// The comment, unless it is no longer kept.
    pieces: Option<Vec<Piece>>,
    cut: bool,
    facts: Vec<(&'static str, String)>,
    now: Option<Now>,
    history: Vec<history::Line>,
    offers: Vec<Offer>,
}

/// What would be said today.
struct Now {
    class: String,
    verdict: &'static str,
    percent: String,
    differs: bool,
    learned_from: String,
    sum: Sum,
}

async fn one(
    visitor: Visitor,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    let id = visitor.named(&request)?;
    let caller = visitor.caller.clone();
    let (explained, past) = aside(&visitor, &state, move |service| {
        Ok((service.explain(&caller, id)?, service.history(&caller, id)?))
    })
    .await?;
    visitor.shown(&page(&visitor, &explained, &past))
}

fn page(visitor: &Visitor, explained: &Explanation, past: &[Past]) -> VerdictPage {
    let w = visitor.words;
    let row = Row::of(&explained.view, w);
    let history = history::lines(&explained.view.record, &row, past, w);
    let reasons = explained.now.as_ref().map(|now| &now.evidence.reasons);
    let reasons = reasons.map_or(&[][..], Vec::as_slice);
    let comment = explained.view.record.comment.as_ref();
    let text = comment.map(|comment| {
        let text = comment.content.trim();
        let end = text
            .char_indices()
            .nth(TEXT)
            .map_or(text.len(), |(at, _)| at);
        (&text[..end], end < text.len())
    });
    VerdictPage {
        frame: Frame::of(visitor, Section::Queue),
        pieces: text.map(|(text, _)| marked(text, reasons)),
        cut: text.is_some_and(|(_, cut)| cut),
        facts: comment.map(|c| facts::facts(c, w)).unwrap_or_default(),
        offers: match (comment, visitor.caller.grant.is_admin()) {
            (Some(comment), true) => offers(comment, reasons),
            _ => Vec::new(),
        },
        now: explained.now.as_ref().map(|now| Now {
            class: now.judgement.verdict.to_string(),
            verdict: verdict_word(now.judgement.verdict, w),
            percent: percent(now.judgement.probability),
            differs: now.differs,
            learned_from: fill(w.learned_from, now.judgement.learned_from),
            sum: Sum::of(&now.evidence, w),
        }),
        history,
        row,
    }
}
