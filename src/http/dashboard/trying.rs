//! Trying a comment: what would be said of it, and why.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::aside;
use super::failure::Failure;
use super::faults::Fault;
use super::fields::Fields;
use super::page::{Frame, Section, shown_with};
use super::queue::row::{Lean, percent, verdict_word};
use super::sums::Sum;
use super::verdict::marks::{Piece, marked};
use super::visitor::Visitor;
use super::words::Words;
use crate::comment::{Author, Comment};
use crate::http::state::State;
use crate::service::Tried;
use crate::site::Site;
use crate::verdict::Verdict;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/try", web::get().to(form))
        .route("/try", web::post().to(judge));
}

#[derive(Template)]
#[template(path = "dashboard/try.html")]
struct TryPage {
    frame: Frame,
    written: Comment,
    site: String,
    error: Option<String>,
    outcome: Option<Outcome>,
}

struct Outcome {
    class: Verdict,
    verdict: &'static str,
    percent: String,
    /// What decided, where the words of the comment did not.
    reasons: Vec<Lean>,
    pieces: Vec<Piece>,
    sum: Sum,
}

impl Outcome {
    fn of(tried: &Tried, text: &str, words: &'static Words) -> Self {
        let judgement = &tried.judgement;
        Self {
            class: judgement.verdict,
            verdict: verdict_word(judgement.verdict, words),
            percent: percent(judgement.probability),
            reasons: judgement
                .reasons
                .iter()
                .map(|reason| Lean::of(reason, words))
                .collect(),
            pieces: marked(text, &tried.evidence.reasons),
            sum: Sum::of(&tried.evidence, words),
        }
    }
}

async fn form(visitor: Visitor) -> Result<HttpResponse, Failure> {
    let own = visitor.caller.grant.site.as_ref();
    visitor.shown(&TryPage {
        frame: Frame::of(&visitor, Section::Try),
        written: Comment::default(),
        site: own.map(ToString::to_string).unwrap_or_default(),
        error: None,
        outcome: None,
    })
}

async fn judge(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    let fields = Fields::of_form(&visitor, &request, payload, &state).await?;
    let text = |name| fields.text(name).unwrap_or_default().to_owned();
    let ip = fields.text("ip").map(str::parse).transpose();
    let site = fields.text("site").map(Site::parse).transpose();
    let mut page = TryPage {
        frame: Frame::of(&visitor, Section::Try),
        written: Comment {
            content: text("content"),
            author: Author {
                name: text("name"),
                email: text("email"),
                url: text("url"),
                ..Author::default()
            },
            ..Comment::default()
        },
        site: text("site"),
        error: None,
        outcome: None,
    };
    match (site, ip) {
        (Err(error), _) => page.error = Some(error.of(visitor.words.site, visitor.words)),
        (_, Err(_)) => page.error = Some(format!("IP: {}", visitor.words.not_an_address)),
        (Ok(site), Ok(ip)) => {
            let mut comment = page.written.clone();
            comment.site = site;
            comment.author.ip = ip;
            page.written.author.ip = ip;
            let caller = visitor.caller.clone();
            let tried = aside(&visitor, &state, move |service| {
                service.try_comment(&caller, comment)
            });
            let tried = tried.await?;
            page.outcome = Some(Outcome::of(&tried, &page.written.content, visitor.words));
        }
    }
    match page.error {
        Some(_) => Ok(shown_with(StatusCode::UNPROCESSABLE_ENTITY, &page)),
        None => visitor.shown(&page),
    }
}
