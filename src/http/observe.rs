//! One line of trace a request, and the spelling of header names.

use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use tracing::Level;

/// Wraps every request.
///
/// What is logged cannot hold content, keys or addresses: the method, the pattern of the route
/// (never the path or query as sent), the status and the time taken.
///
/// Header names: HTTP does not care for their case, nearly all clients neither; those that do
/// compare with what most servers send, `Content-Length` and not `content-length`. The HTTP
/// implementation offers lower case or this. `X-akismet-guid`, as the real service spells it, can
/// be had from neither; one known client (fyrts/akismet) wants that (protocol section 8).
pub(super) async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started =
        tracing::enabled!(Level::DEBUG).then(|| (Instant::now(), request.method().clone()));
    let mut response = next.call(request).await?;
    response
        .response_mut()
        .head_mut()
        .set_camel_case_headers(true);
    if let Some((start, method)) = started {
        let route = response.request().match_pattern();
        tracing::debug!(
            method = %method,
            route = route.as_deref().unwrap_or("-"),
            status = response.status().as_u16(),
            micros = start.elapsed().as_micros(),
            "answered"
        );
    }
    Ok(response)
}
