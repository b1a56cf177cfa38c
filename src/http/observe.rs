//! What is told of every request, and the spelling of header names.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;

use super::state::State;
use crate::telemetry::events::Answered;

/// Wraps every request.
///
/// What is logged and counted cannot hold content, keys or addresses: the method, the pattern of
/// the route (never the path or query as sent), the status and the time taken.
///
/// Header names: HTTP does not care for their case, nearly all clients neither; those that do
/// compare with what most servers send, `Content-Length` and not `content-length`. The HTTP
/// implementation offers lower case or this. `X-akismet-guid`, as the real service spells it, can
/// be had from neither; one known client (fyrts/akismet) wants that (protocol section 8).
pub(super) async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let method = request.method().clone();
    let mut response = next.call(request).await?;
    response
        .response_mut()
        .head_mut()
        .set_camel_case_headers(true);
    let request = response.request();
    if let Some(state) = request.app_data::<web::Data<State>>() {
        let route = request.match_pattern();
        state.service.metrics().report(&Answered {
            // Anybody can make up methods.
            method: known_method(method.as_str()),
            route: route.unwrap_or_else(|| "-".to_owned()),
            status: response.status().as_u16(),
            took: started.elapsed(),
        });
    }
    Ok(response)
}

fn known_method(method: &str) -> &'static str {
    let known = ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let found = known.into_iter().find(|known| *known == method);
    found.unwrap_or("-")
}
