//! Who calls: `Authorization: Bearer KEY`.

use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpMessage, HttpRequest};

use super::problem::ApiError;
use crate::http::state::State;
use crate::service::Caller;

/// The caller behind the key or token of a request; counts the call against the limits. To be
/// asked before the body is read.
pub(super) fn caller(request: &HttpRequest, state: &State) -> Result<Caller, ApiError> {
    // A middleware may have asked before the handler.
    if let Some(caller) = request.extensions().get::<Caller>() {
        return Ok(caller.clone());
    }
    state.throttle.admit(request)?;
    let header = request.headers().get(AUTHORIZATION);
    let secret = header
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map_or("", |(_, secret)| secret.trim());
    let caller = state.throttle.let_in(request, &state.service, secret)?;
    request.extensions_mut().insert(caller.clone());
    Ok(caller)
}
