//! What is left of a caller's limits, as headers: `RateLimit-Policy` and `RateLimit` (IETF draft
//! "RateLimit header fields for HTTP"), and `Retry-After` where a call was refused.

use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};

use super::Scope;
use super::bucket::{Standing, Wait};
use crate::http::state::State;
use crate::rate::Rate;
use crate::telemetry::events::RateLimited;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The limits that a request was counted against, kept with the request.
#[derive(Default)]
pub(super) struct Account {
    key: Option<Left>,
    address: Option<Left>,
    refused: Option<(Scope, Duration)>,
}

/// What is left of one limit.
#[derive(Clone, Copy)]
struct Left {
    rate: Rate,
    remaining: u32,
}

impl Account {
    /// Notes something in the account of a request.
    pub(super) fn of(request: &HttpRequest, note: impl FnOnce(&mut Self)) {
        let mut extensions = request.extensions_mut();
        let mut account = extensions.remove::<Self>().unwrap_or_default();
        note(&mut account);
        extensions.insert(account);
    }

    pub(super) fn stands(&mut self, scope: Scope, standing: Standing) {
        self.left(scope, standing.rate, standing.remaining);
    }

    pub(super) fn refused(&mut self, scope: Scope, wait: Wait) {
        self.left(scope, wait.rate, 0);
        self.refused = Some((scope, wait.time));
    }

    fn left(&mut self, scope: Scope, rate: Rate, remaining: u32) {
        let left = Some(Left { rate, remaining });
        match scope {
            Scope::Key => self.key = left,
            Scope::Address => self.address = left,
            // How many guesses are left is nothing to tell.
            Scope::WrongKeys => {}
        }
    }

    fn write(&self, headers: &mut HeaderMap) {
        let limits = [(Scope::Key, self.key), (Scope::Address, self.address)];
        let limits = || {
            let each = limits.iter();
            each.filter_map(|(scope, left)| Some((scope.name(), (*left)?)))
        };
        let policies: Vec<String> = limits().map(|(name, left)| left.policy(name)).collect();
        let remains: Vec<String> = limits().map(|(name, left)| left.remains(name)).collect();
        let mut set = |name, value: String| {
            // Names in quotes and numbers are always a header value.
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        };
        if !policies.is_empty() {
            set(POLICY, policies.join(", "));
            set(LIMIT, remains.join(", "));
        }
        if let Some((_, wait)) = self.refused {
            set(RETRY_AFTER, whole_seconds(wait).to_string());
        }
    }
}

impl Left {
    fn policy(&self, name: &str) -> String {
        let (calls, window) = (self.rate.calls(), self.rate.window().as_secs());
        format!("\"{name}\";q={calls};w={window}")
    }

    /// `t` is the time after which all calls of a window are there again.
    fn remains(&self, name: &str) -> String {
        let used = self.rate.calls().get().saturating_sub(self.remaining);
        let each = self.rate.window() / self.rate.calls().get();
        let full_after = whole_seconds(each.saturating_mul(used));
        format!("\"{name}\";r={};t={full_after}", self.remaining)
    }
}

/// Rounded up: a caller that comes back a moment early would only be refused again.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Writes the account of a request, if it has one, into the headers of its reply.
pub(in crate::http) async fn headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let account = response.request().extensions_mut().remove::<Account>();
    if let Some(account) = account {
        account.write(response.headers_mut());
        let state = response.request().app_data::<web::Data<State>>();
        if let (Some((scope, _)), Some(state)) = (account.refused, state) {
            let limit = scope.name();
            state.service.metrics().report(&RateLimited { limit });
        }
    }
    Ok(response)
}
