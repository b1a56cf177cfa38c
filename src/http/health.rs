//! Whether the server lives and can do its work, and a hint for people at the front door.

use actix_web::http::header;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::state::State;
use crate::service::{Standing, StoreError};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(readable("/", front_door))
        .service(readable("/healthz", || async { alive() }))
        .service(readable("/readyz", ready));
}

/// A page that can be looked at and nothing else.
fn readable<F, Args>(path: &str, page: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::get().to(page.clone()))
        .route(web::head().to(page))
        .default_service(web::to(method_not_allowed))
}

async fn method_not_allowed() -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header(super::allow("GET, HEAD"))
        .content_type("text/plain; charset=utf-8")
        .body("Method not allowed")
}

/// The dashboard for browsers, a hint for programs.
async fn front_door(request: HttpRequest) -> HttpResponse {
    let accepts = request.headers().get(header::ACCEPT);
    let accepts = accepts.and_then(|value| value.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        return HttpResponse::SeeOther()
            .insert_header((header::LOCATION, "/queue"))
            .insert_header((header::VARY, "Accept"))
            .finish();
    }
    HttpResponse::Ok()
        .insert_header((header::VARY, "Accept"))
        .content_type("text/plain; charset=utf-8")
        .body("Chaffinch is running. Point an Akismet client here, or POST to /v1/check.\n")
}

/// Whether the server lives.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "Operation",
    security(()),
    responses((status = 200, description = "It lives", body = Alive))
)]
pub(super) fn alive() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Alive { status: "alive" })
}

/// The body of `/healthz`.
#[derive(Serialize, ToSchema)]
struct Alive {
    /// `alive`.
    status: &'static str,
}

/// Whether the server can do its work.
#[derive(Serialize, ToSchema)]
struct Ready {
    /// Whether it can.
    ready: bool,
    /// The model in use.
    model: String,
    /// Corrections that it has learned.
    learned_from: u64,
    /// Events in the log.
    events: u64,
    /// Why it cannot, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How the log stands that the servers of the cluster share; missing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<ClusterReply>,
}

/// The log that the servers of a cluster share. While it does not answer, checks go on and everything that is
/// written into it is refused.
#[derive(Serialize, ToSchema)]
struct ClusterReply {
    /// Whether it answers.
    connected: bool,
    /// Messages that it holds and that are not taken over yet.
    behind: u64,
    /// Seconds since nothing was missing.
    behind_seconds: f64,
    /// Corrections that wait here until it is there again.
    queued: u64,
}

impl From<Standing> for ClusterReply {
    fn from(standing: Standing) -> Self {
        Self {
            connected: standing.connected,
            behind: standing.behind,
            behind_seconds: standing.behind_for.as_secs_f64(),
            queued: standing.queued,
        }
    }
}

/// Whether the model is loaded and the store can be written.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "Operation",
    security(()),
    responses(
        (status = 200, description = "It can do its work", body = Ready),
        (status = 503, description = "It cannot, and says why", body = Ready)
    )
)]
pub(super) async fn ready(state: web::Data<State>) -> HttpResponse {
    let readiness = state.service.readiness().await;
    let reason = readiness.store.as_ref().err().map(|error| match error {
        StoreError::Busy | StoreError::Closed => error.to_string(),
        error => {
            // It may name files, and anyone may ask here.
            tracing::error!(%error, "not ready");
            let until = match error {
                StoreError::ReadOnly(_) => "before a restart",
                _ => "now",
            };
            format!("the store cannot be written {until}; the server's log says why")
        }
    });
    // What an alarm says names nothing but numbers of events.
    let reason = reason.or_else(|| readiness.alarm().map(str::to_owned));
    let mut response = if readiness.is_ready() {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Ready {
            ready: readiness.is_ready(),
            model: readiness.model,
            learned_from: readiness.learned_from,
            events: readiness.events,
            reason,
            cluster: readiness.cluster.map(Into::into),
        })
}
