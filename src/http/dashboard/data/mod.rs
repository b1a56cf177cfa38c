//! What goes out and what comes in: backup, export, import; and how well the filter does by its own
//! corrections. For admins of every site.

mod figures;
pub(in crate::http) mod jobs;
mod looked_at;
mod upload;

use std::sync::Arc;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use self::figures::Line;
use self::jobs::{Busy, Outcome, Pending, Stand, Work};
use self::looked_at::LookedAt;
use self::upload::Upload;
use super::aside;
use super::failure::{Failure, Kind};
use super::faults::Fault;
use super::fields::Fields;
use super::page::{Frame, Section, go};
use super::visitor::Visitor;
use super::words::{Words, fill};
use crate::http::download;
use crate::http::state::State;
use crate::key::KeyId;
use crate::site::Site;
use crate::wire::LabelledLine;

/// Corrections read between two writes to the caller.
const AT_ONCE: usize = 200;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/data", web::get().to(data))
        .route("/data/backup", web::post().to(backup))
        .route("/data/export", web::post().to(export))
        .route("/data/import", web::get().to(looked_at))
        .route("/data/import", web::post().to(look_at))
        .route("/data/teach", web::post().to(teach))
        .route("/data/take-back", web::post().to(take_back))
        .route("/data/evaluate", web::post().to(evaluate))
        .route("/data/roc.svg", web::get().to(roc));
}

#[derive(Template)]
#[template(path = "dashboard/data.html")]
struct DataPage {
    frame: Frame,
    job: Job,
}

/// What is told of the work.
enum Job {
    Idle,
    Running(String),
    Imported {
        key: KeyId,
        told: String,
    },
    Evaluated {
        lines: Vec<Line>,
        roc: bool,
        of: String,
    },
    Failed(String),
}

impl Job {
    fn of(stand: &Stand, w: &'static Words) -> Self {
        match stand {
            Stand::Idle => Self::Idle,
            Stand::Running(work, progress) => {
                let text = match work {
                    Work::Import => w.importing,
                    Work::Evaluation => w.evaluating,
                };
                Self::Running(fill(text, progress.percent()))
            }
            Stand::Over(outcome) => match &**outcome {
                Outcome::Imported { key, comments } => Self::Imported {
                    key: *key,
                    told: fill(w.imported, comments),
                },
                Outcome::Evaluated(figures) => Self::Evaluated {
                    lines: figures::lines(figures, w),
                    roc: figures.roc.is_some(),
                    of: figures::counted(figures, w),
                },
                Outcome::Failed(work, error) => {
                    let text = match work {
                        Work::Import => w.import_failed,
                        Work::Evaluation => w.evaluation_failed,
                    };
                    Self::Failed(fill(text, error.told(w)))
                }
            },
        }
    }
}

async fn data(visitor: Visitor, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    visitor.shown(&DataPage {
        frame: Frame::of(&visitor, Section::Data),
        job: Job::of(&state.jobs.stand(), visitor.words),
    })
}

/// Reads the form of an admin, which has nothing in it but its token, or little more.
async fn allowed(
    visitor: &Visitor,
    request: &HttpRequest,
    payload: web::Payload,
    state: &State,
) -> Result<Fields, Failure> {
    visitor.require_admin()?;
    Fields::of_form(visitor, request, payload, state).await
}

async fn backup(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    allowed(&visitor, &request, payload, &state).await?;
    let dump = visitor.or_failure(state.service.dump(&visitor.caller))?;
    let name = format!("chaffinch-{}.jsonl", state.service.today());
    Ok(download::backup(&name, dump))
}

/// The comments that somebody said what they are, as `chaffinch export --labelled` writes them.
async fn export(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    allowed(&visitor, &request, payload, &state).await?;
    let name = format!("chaffinch-labelled-{}.jsonl", state.service.today());
    let (service, caller) = (Arc::clone(&state.service), visitor.caller);
    let mut next = Some(None);
    Ok(download::lines(&name, move || {
        let mut bytes = Vec::new();
        while let (true, Some(after)) = (bytes.is_empty(), next) {
            let page = service.labelled(&caller, after, AT_ONCE)?;
            for labelled in &page.comments {
                let label = labelled.correction.label;
                // Writing texts to memory cannot fail.
                let _ = LabelledLine::new(labelled.id, label, &labelled.comment).write(&mut bytes);
            }
            next = page.next.map(Some);
        }
        Ok(Some(Bytes::from(bytes)).filter(|bytes| !bytes.is_empty()))
    }))
}

#[derive(Template)]
#[template(path = "dashboard/import.html")]
struct ImportPage {
    frame: Frame,
    looked_at: LookedAt,
}

/// Reads a file, keeps it, and leads to what it says of it.
async fn look_at(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    let upload = Upload::read(&visitor, &request, payload, &state).await?;
    let w = visitor.words;
    let wrong = |why| visitor.failure(Kind::Invalid(why));
    let site = upload.fields.text("site").map(Site::parse).transpose();
    let site = site.map_err(|e| wrong(e.of(w.site, w)))?;
    let file = upload.file;
    let read = web::block(move || looked_at::samples(&file, w)).await;
    let samples = read.map_err(|_| visitor.failure(Kind::Broken))?;
    state.jobs.put_off(Pending {
        by: visitor.caller.clone(),
        site,
        samples: samples.map_err(wrong)?,
    });
    Ok(go("/data/import"))
}

/// What teaching the file would do.
async fn looked_at(visitor: Visitor, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    let (jobs, caller) = (Arc::clone(&state.jobs), visitor.caller.clone());
    let looked_at = aside(&visitor, &state, move |service| {
        let look = |pending: &Pending| LookedAt::of(service, &caller, pending);
        jobs.look_at_pending(&caller, look).transpose()
    });
    match looked_at.await? {
        Some(looked_at) => visitor.shown(&ImportPage {
            frame: Frame::of(&visitor, Section::Data),
            looked_at,
        }),
        None => Ok(go("/data")),
    }
}

async fn teach(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    allowed(&visitor, &request, payload, &state).await?;
    let stale = || visitor.failure(Kind::Stale);
    let mut pending = state.jobs.take_pending(&visitor.caller).ok_or_else(stale)?;
    // Whoever sent it may have lost a right since.
    pending.by = visitor.caller.clone();
    begun(&visitor, state.jobs.import(&state.service, pending))
}

async fn evaluate(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    allowed(&visitor, &request, payload, &state).await?;
    let caller = visitor.caller.clone();
    begun(&visitor, state.jobs.evaluate(&state.service, caller))
}

fn begun(visitor: &Visitor, begun: Result<(), Busy>) -> Result<HttpResponse, Failure> {
    match begun {
        Ok(()) => Ok(go("/data#job")),
        Err(Busy) => {
            let why = visitor.words.one_at_a_time.to_owned();
            Err(visitor.failure(Kind::Invalid(why)))
        }
    }
}

/// Takes back everything that an import taught.
async fn take_back(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    let fields = allowed(&visitor, &request, payload, &state).await?;
    let key = fields.text("key").and_then(|key| key.parse().ok());
    let key: KeyId = key.ok_or_else(|| visitor.failure(Kind::Stale))?;
    let managed = visitor.or_failure(state.service.managed(&visitor.caller, None))?;
    visitor.or_failure(managed.take_back(key).await)?;
    Ok(go("/overview"))
}

/// The ROC curves of the last evaluation.
async fn roc(visitor: Visitor, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    if let Stand::Over(outcome) = state.jobs.stand()
        && let Outcome::Evaluated(figures) = &*outcome
        && let Some(svg) = &figures.roc
    {
        return Ok(HttpResponse::Ok()
            .content_type("image/svg+xml")
            .insert_header(("Content-Security-Policy", "default-src 'none'"))
            .insert_header(("X-Content-Type-Options", "nosniff"))
            .insert_header(("Cache-Control", "no-store"))
            .body(svg.clone()));
    }
    Err(visitor.failure(Kind::NotFound))
}
