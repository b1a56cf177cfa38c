//! What admins set up: sites, keys and people.

mod keys;
mod settings;
mod sites;

use actix_web::web;

pub(super) use self::sites::address as address_of;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .configure(keys::configure)
        .configure(sites::configure);
}
