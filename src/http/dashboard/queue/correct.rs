//! Correcting verdicts, one or many, and taking that back.

use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::future::join_all;

use crate::http::dashboard::failure::{Failure, Kind};
use crate::http::dashboard::fields::Fields;
use crate::http::dashboard::page::{go, own};
use crate::http::dashboard::said::{Act, Done, MOST, Said};
use crate::http::dashboard::visitor::Visitor;
use crate::http::state::State;
use crate::service::{Caller, Service, ServiceError, Teaching};
use crate::verdict::Label;

/// The button that was pressed says what to do: `spam`, with all that are selected, or `spam ID`.
pub(super) async fn correct(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    let fields = Fields::of_form(&visitor, &request, payload, &state).await?;
    let stale = || visitor.failure(Kind::Stale);
    let pressed = fields.text("act").ok_or_else(stale)?;
    let (act, one) = match pressed.split_once(' ') {
        Some((act, id)) => (act, Some(id)),
        None => (pressed, None),
    };
    let act = Act::read(act).ok_or_else(stale)?;
    let named: Vec<&str> = match one {
        Some(one) => vec![one],
        None => fields.all("id").take(MOST).collect(),
    };
    let asked: Option<Vec<Done>> = named.into_iter().map(Done::read).collect();
    let asked = asked.ok_or_else(stale)?;
    let each = asked
        .iter()
        .map(|&done| one_of(&state.service, &visitor.caller, act, done));
    let mut done = Vec::new();
    let mut failed = None;
    for outcome in join_all(each).await {
        match outcome {
            Ok(one) => done.push(one),
            // Somebody else was faster; the others stand all the same.
            Err(ServiceError::NoSuchVerdict | ServiceError::NoSuchCorrection)
                if asked.len() > 1 => {}
            Err(error) => failed = Some(error),
        }
    }
    if let Some(error) = failed.filter(|_| done.is_empty()) {
        return Err(visitor.refusal(error));
    }
    let mut response = go(own(fields.text("back").unwrap_or_default()));
    let said = Said { act, done };
    response
        .add_cookie(&said.cookie())
        .map_err(|_| visitor.failure(Kind::Broken))?;
    Ok(response)
}

async fn one_of(
    service: &Service,
    caller: &Caller,
    act: Act,
    asked: Done,
) -> Result<Done, ServiceError> {
    let id = asked.id;
    let standing = service.verdict(caller, id)?.correction;
    let (label, teaching) = match (act, asked.before) {
        (Act::Spam, _) | (Act::Undo, Some(Act::Spam)) => (Label::Spam, Teaching::Learn),
        (Act::Ham, _) | (Act::Undo, Some(Act::Ham)) => (Label::Ham, Teaching::Learn),
        (Act::Leave, _) | (Act::Undo, Some(Act::Leave)) => (Label::Ham, Teaching::Leave),
        (Act::Undo, None | Some(Act::Undo)) => {
            service.retract(caller, id).await?;
            return Ok(Done { id, before: None });
        }
    };
    service.correct_by_id(caller, id, label, teaching).await?;
    Ok(Done {
        id,
        before: standing.map(Act::behind),
    })
}
