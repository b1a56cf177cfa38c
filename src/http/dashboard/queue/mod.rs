//! The queue: verdicts, newest first, to be looked through and corrected.

mod correct;
mod filters;
pub(super) mod row;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use self::filters::Filters;
use self::row::Row;
use super::aside;
use super::failure::Failure;
use super::fields::Fields;
use super::page::{Frame, Section};
use super::reasons;
use super::visitor::Visitor;
use super::words::Words;
use crate::http::state::State;
use crate::service::VerdictView;

/// Verdicts of a page.
const PAGE: usize = 30;
/// Most sites offered in the filter; others can be written.
const MOST_SITES: usize = 200;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/queue", web::get().to(queue))
        .route("/correct", web::post().to(correct::correct));
}

#[derive(Template)]
#[template(path = "dashboard/queue.html")]
struct QueuePage {
    frame: Frame,
    filters: Filters,
    sites: Vec<String>,
    /// Each with its name in the visitor's language.
    signals: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    older: Option<String>,
}

/// The signals that reasons can have, as far as one filters by them.
const SIGNALS: &[&str] = &[
    "text", "link", "author", "shape", "disguise", "markup", "context", "rule", "repeat",
    "velocity", "honeypot", "timing", "role", "test",
];

async fn queue(
    visitor: Visitor,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    let filters = Filters::read(&Fields::of_address(&request), &visitor)?;
    let query = filters.query(PAGE);
    let caller = visitor.caller.clone();
    let (page, sites) = aside(&visitor, &state, move |service| {
        let page = service.verdicts(&caller, query)?;
        let sites = match &caller.grant.site {
            Some(own) => vec![own.to_string()],
            None => {
                let sites = service.registry().sites()?.into_iter().take(MOST_SITES);
                sites.map(|view| view.site.to_string()).collect()
            }
        };
        Ok((page, sites))
    })
    .await?;
    let views = page.verdicts.into_iter();
    let views = views.map(|(record, correction)| VerdictView { record, correction });
    visitor.shown(&QueuePage {
        frame: Frame::of(&visitor, Section::Queue),
        rows: views.map(|view| Row::of(&view, visitor.words)).collect(),
        older: page.next.map(|before| filters.address(Some(before))),
        signals: SIGNALS
            .iter()
            .map(|signal| (*signal, reasons::signal(signal, visitor.words)))
            .collect(),
        filters,
        sites,
    })
}
