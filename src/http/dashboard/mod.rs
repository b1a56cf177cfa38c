//! The dashboard: pages on which people see what was decided and why, and put it right. Thin
//! callers of the service, as the other surfaces are. Every page works without the script.

mod assets;
pub(super) mod data;
mod failure;
mod faults;
mod fields;
mod issues;
mod login;
mod manage;
mod overview;
mod page;
mod queue;
mod reasons;
mod rules;
mod said;
pub(super) mod session;
mod sums;
mod trying;
mod verdict;
mod visible;
mod visitor;
mod words;

use std::sync::Arc;

use actix_web::web;

use self::failure::{Failure, Kind};
use self::visitor::Visitor;
use super::state::State;
use crate::service::{Service, ServiceError};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .configure(assets::configure)
        .configure(login::configure)
        .configure(queue::configure)
        .configure(overview::configure)
        .configure(issues::configure)
        .configure(rules::configure)
        .configure(verdict::configure)
        .configure(manage::configure)
        .configure(data::configure)
        .configure(trying::configure);
}

/// Does something that may read much from the disk, on a thread that may wait for it.
async fn aside<T: Send + 'static>(
    visitor: &Visitor,
    state: &State,
    work: impl FnOnce(&Service) -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, Failure> {
    let service = Arc::clone(&state.service);
    match web::block(move || work(&service)).await {
        Ok(done) => visitor.or_failure(done),
        Err(error) => {
            tracing::error!(%error, "a page broke off");
            Err(visitor.failure(Kind::Broken))
        }
    }
}
