//! Which pages of other origins may call `/v1` from a browser: none, unless configured.

use actix_cors::Cors;
use actix_web::middleware::Condition;

/// How long a browser may remember what it was told, in seconds.
const MAX_AGE: usize = 3600;

/// Headers that a page may read beside those that every page may.
const EXPOSED: [&str; 4] = [
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Idempotency-Replayed",
];

/// Lets pages of these origins call; `*` lets those of every origin.
pub(super) fn cors(origins: &[String]) -> Condition<Cors> {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers(["Authorization", "Content-Type", "Idempotency-Key"])
        .expose_headers(EXPOSED)
        .max_age(MAX_AGE);
    let cors = match origins.iter().any(|origin| origin == "*") {
        true => cors.allow_any_origin().send_wildcard(),
        false => origins
            .iter()
            .fold(cors, |cors, origin| cors.allowed_origin(origin)),
    };
    Condition::new(!origins.is_empty(), cors)
}
