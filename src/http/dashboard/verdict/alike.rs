//! Comments that say nearly the same as one: to be looked at, and corrected all at once.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::http::dashboard::aside;
use crate::http::dashboard::failure::Failure;
use crate::http::dashboard::page::{Frame, Section};
use crate::http::dashboard::queue::row::Row;
use crate::http::dashboard::visitor::Visitor;
use crate::http::dashboard::words::{Words, fill};
use crate::http::state::State;

#[derive(Template)]
#[template(path = "dashboard/alike.html")]
struct AlikePage {
    frame: Frame,
    title: String,
    /// The comment itself, and then those like it.
    rows: Vec<Row>,
}

pub(super) async fn alike(
    visitor: Visitor,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    let id = visitor.named(&request)?;
    let caller = visitor.caller.clone();
    let views = aside(&visitor, &state, move |service| {
        let mut views = vec![service.verdict(&caller, id)?];
        views.extend(service.alike(&caller, id)?);
        Ok(views)
    })
    .await?;
    let w = visitor.words;
    visitor.shown(&AlikePage {
        frame: Frame::of(&visitor, Section::Queue),
        title: fill(w.alike_title, views.len() - 1),
        rows: views.iter().map(|view| Row::of(view, w)).collect(),
    })
}
