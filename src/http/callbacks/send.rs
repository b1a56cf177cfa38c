//! Sending a call and reading what became of it.

use std::time::Duration;

use ipnet::IpNet;
use jiff::Timestamp;
use ureq::Agent;
use ureq::unversioned::transport::DefaultConnector;

use super::guard::Guard;
use super::message;
use crate::service::{Callback, Delivery};

/// Time for one call, from the name of its host to the head of the reply.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Makes calls.
pub(super) struct Caller(Agent);

impl Caller {
    pub(super) fn new(networks: Vec<IpNet>) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            // A redirection could lead anywhere, and no client of section 2.8 needs one.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A proxy would ask for the addresses itself.
            .proxy(None)
            .max_idle_connections(0)
            .user_agent(concat!("Chaffinch/", env!("CARGO_PKG_VERSION")))
            .build();
        let guard = Guard::new(networks);
        Self(Agent::with_parts(
            config,
            DefaultConnector::default(),
            guard,
        ))
    }

    /// Calls a site.
    pub(super) fn call(&self, callback: &Callback) -> Delivery {
        let Ok(body) = message::body(callback) else {
            return Delivery::Refused("it could not be written as JSON".to_owned());
        };
        let mut request = self
            .0
            .post(callback.url.as_str())
            .header("Content-Type", "application/json")
            .header("X-Akismet-Webhook", "1");
        if let Some(secret) = &callback.secret {
            let (id, time) = (callback.id.to_string(), Timestamp::now().as_second());
            let signature = message::signature(secret, &id, time, &body);
            request = request
                .header("Webhook-Id", &id)
                .header("Webhook-Timestamp", time.to_string())
                .header("Webhook-Signature", signature);
        }
        match request.send(body) {
            Ok(response) => by_status(response.status().as_u16()),
            // Neither is mended by trying again soon, and both are for the operator to see.
            Err(error @ (ureq::Error::Other(_) | ureq::Error::BadUri(_))) => {
                Delivery::Refused(error.to_string())
            }
            Err(error) => Delivery::Failed(error.to_string()),
        }
    }
}

/// 401 is a site that has another key by now; to repeat such a call would be a nuisance.
fn by_status(status: u16) -> Delivery {
    let reason = || format!("the site answered {status}");
    match status {
        200..=299 => Delivery::Done,
        408 | 425 | 429 | 500..=599 => Delivery::Failed(reason()),
        _ => Delivery::Refused(reason()),
    }
}
