//! What a caller can read on the server itself. Needs no other host, no script and no key.

mod errors;
mod page;

use actix_web::{HttpRequest, HttpResponse, web};

use self::page::page;

pub use self::errors::markdown as errors_markdown;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route(
            "/docs/errors",
            web::get().to(|| async { page(&errors::all()) }),
        )
        .route("/docs/errors/{code}", web::get().to(error));
}

/// One kind of error: what the `type` of a problem points to.
async fn error(request: HttpRequest) -> HttpResponse {
    match errors::one(request.match_info().query("code")) {
        Some(found) => page(&found),
        None => super::not_found(request).await,
    }
}
