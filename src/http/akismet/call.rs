//! One call as it arrived: its fields, its query, the key in its host name.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Payload, block};

use super::form::Form;
use super::keys::{KeyOrder, find_key, key_label, requested_host};
use super::replies::{Reply, help};
use crate::http::body::{self, BodyError};
use crate::http::state::State;
use crate::http::throttle::{NotLetIn, TooMany};
use crate::service::{AuthError, Caller, Service, ServiceError};
use crate::site::Site;

/// The parts of a request that a call may be answered from.
pub(super) struct Call {
    /// The fields of the body.
    pub(super) body: Form,
    query: Form,
    host_label: Option<String>,
    request: HttpRequest,
}

impl Call {
    /// Reads a request whole. The error is the reply to give.
    pub(super) async fn read(
        request: &HttpRequest,
        payload: Payload,
        state: &State,
    ) -> Result<Self, Reply> {
        state.throttle.admit(request)?;
        let limits = &state.limits;
        let body = body::read(payload, limits.body, limits.body_timeout).await?;
        let content_type = request.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        Ok(Self {
            body: Form::from_body(content_type, &body),
            query: Form::from_encoded(None, request.query_string().as_bytes()),
            host_label: requested_host(request)
                .and_then(|host| key_label(host, &state.base_domains)),
            request: request.clone(),
        })
    }

    /// Who calls; counts the call against the key's limit. The error is the reply to give.
    pub(super) fn caller(&self, order: KeyOrder, state: &State) -> Result<Caller, Reply> {
        let label = self.host_label.as_deref();
        let key = find_key(order, &self.body, &self.query, label).unwrap_or_default();
        let caller = state.throttle.let_in(&self.request, &state.service, key);
        caller.map_err(|error| match error {
            NotLetIn::TooMany(error) => error.into(),
            NotLetIn::Auth(AuthError::Empty) => Reply::invalid(help::EMPTY_KEY),
            NotLetIn::Auth(AuthError::Unknown) => Reply::invalid(help::INVALID_KEY),
        })
    }

    /// A parameter of an account call, from the body or else the query; empty if not given.
    pub(super) fn parameter(&self, name: &str) -> &str {
        match self.body.get(name) {
            "" => self.query.get(name),
            value => value,
        }
    }

    /// The site that the call names. The error is the reply to give.
    pub(super) fn site(&self) -> Result<Site, Reply> {
        Site::parse(self.parameter("blog")).map_err(|_| Reply::invalid(help::NO_BLOG))
    }
}

/// Does what reads much from the disk away from this worker's other connections. The error is the
/// reply to give.
pub(super) async fn aside<T: Send + 'static>(
    state: &State,
    work: impl FnOnce(&Service) -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, Reply> {
    let service = Arc::clone(&state.service);
    match block(move || work(&service)).await {
        Ok(done) => Ok(done?),
        Err(error) => {
            tracing::error!(%error, "an Akismet call broke off");
            Err(Reply::unavailable())
        }
    }
}

impl From<BodyError> for Reply {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::too_large(),
            BodyError::TooSlow => Self::too_slow(),
            BodyError::Broken => Self::unreadable(),
        }
    }
}

impl From<TooMany> for Reply {
    fn from(error: TooMany) -> Self {
        Self::too_many(error.help())
    }
}

impl From<ServiceError> for Reply {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::SiteNotAllowed { .. } => Self::site_not_allowed(),
            refusal if refusal.is_refusal() => Self::invalid(help::INVALID_KEY),
            error => {
                tracing::error!(%error, "an Akismet call failed");
                Self::unavailable()
            }
        }
    }
}
