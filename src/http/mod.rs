//! The HTTP surfaces and the server around them.
//!
//! [`akismet`] speaks Akismet's protocol with all its quirks, [`v1`] is our own JSON, the dashboard is for
//! people. All turn
//! bytes into domain types, call the service, and turn the outcome into bytes; nothing below this
//! module knows HTTP, and all failures are mapped to replies here.

pub mod akismet;
mod body;
mod callbacks;
mod dashboard;
mod docs;
mod download;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod metrics;
mod observe;
mod privacy;
mod server;
mod state;
mod throttle;
mod tls;
mod turn;
pub mod v1;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

pub use docs::{errors_markdown, openapi_document};
pub use server::{Server, ServerError};
pub use state::{Limits, Settings, State};
pub use throttle::{Rates, TrustedProxies};
pub use tls::{TlsError, TlsFiles};

/// Every route of the server, and the origins whose pages may call `/v1`. Expects a [`State`] among
/// the application's data.
fn configure(config: &mut web::ServiceConfig, cors_origins: &[String]) {
    config
        .configure(health::configure)
        .configure(akismet::configure)
        .configure(metrics::configure)
        .configure(docs::configure)
        .configure(privacy::configure)
        .configure(dashboard::configure)
        .configure(|config| v1::configure(config, cors_origins))
        .default_service(web::to(not_found));
}

/// A path that nobody serves: in plain text, as section 3 of the protocol has it.
async fn not_found(_request: HttpRequest) -> HttpResponse {
    akismet::not_found()
}

/// A path of the server itself, asked for by another method than GET.
async fn only_get() -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header(allow("GET"))
        .content_type("text/plain; charset=utf-8")
        .body("Method not allowed")
}

/// Joins methods to the value of an `Allow` header.
fn allow(methods: &'static str) -> (header::HeaderName, &'static str) {
    (header::ALLOW, methods)
}
