//! What a caller can read on the server itself. Needs no other host, no script and no key.

mod errors;
mod example;
mod openapi;
pub(super) mod page;
mod reference;

use actix_web::{HttpRequest, HttpResponse, web};

use self::page::page;

pub use self::errors::markdown as errors_markdown;
pub use self::openapi::document as openapi_document;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    for (path, get) in [
        ("/openapi.json", web::get().to(openapi)),
        ("/docs", web::get().to(reference)),
        (
            "/docs/errors",
            web::get().to(|| async { page(&errors::all()) }),
        ),
        ("/docs/errors/{code}", web::get().to(error)),
    ] {
        let resource = web::resource(path).route(get);
        config.service(resource.default_service(web::to(super::only_get)));
    }
}

/// One kind of error: what the `type` of a problem points to.
async fn error(request: HttpRequest) -> HttpResponse {
    match errors::one(request.match_info().query("code")) {
        Some(found) => page(&found),
        None => super::not_found(request).await,
    }
}

/// The description of the API, for programs.
async fn openapi() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(openapi::document())
}

/// The same for people.
async fn reference() -> HttpResponse {
    page(&reference::page())
}
