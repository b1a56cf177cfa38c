//! The style and the script of the dashboard, from inside the binary.

use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpResponse, web};

const STYLE: &str = include_str!("dashboard.css");
const SCRIPT: &str = include_str!("dashboard.js");

/// Changes with the files, so that browsers may keep them for ever.
pub(super) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let hash = blake3::hash([STYLE, SCRIPT].concat().as_bytes());
    hash.to_hex()[..12].to_owned()
});

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route(
            "/assets/dashboard.css",
            web::get().to(|| async { sent("text/css; charset=utf-8", STYLE) }),
        )
        .route(
            "/assets/dashboard.js",
            web::get().to(|| async { sent("text/javascript; charset=utf-8", SCRIPT) }),
        );
}

fn sent(kind: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(body)
}
