//! Calls about the account: protocol sections 2.4 and 2.7.

use actix_web::web::Data;
use serde::Serialize;

use super::call::{Call, aside};
use super::comment::is_truthy;
use super::keys::KeyOrder;
use super::replies::Reply;
use crate::http::state::State;

/// The body of usage-limit.
#[derive(Serialize)]
struct Usage {
    limit: &'static str,
    usage: u64,
    percentage: &'static str,
    throttled: bool,
    #[serde(flatten)]
    extended: Option<ExtendedUsage>,
}

/// What `extended=true` adds.
#[derive(Serialize)]
struct ExtendedUsage {
    notice_level: &'static str,
    upgrade: bool,
}

/// How many checks were made this month; there is no limit.
pub(super) async fn usage_limit(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    let caller = call.caller(KeyOrder::Ordinary, &state)?;
    let usage = aside(&state, move |service| service.usage_this_month(&caller)).await?;
    Ok(Reply::json(&Usage {
        limit: "none",
        usage,
        percentage: "0",
        throttled: false,
        extended: is_truthy(call.parameter("extended")).then_some(ExtendedUsage {
            notice_level: "NOTICE_NONE",
            upgrade: false,
        }),
    }))
}

/// The body of get-subscription. WordPress keeps a key only when the status is `active`; the type
/// `free-api-key` would bring up banners that sell upgrades.
#[derive(Serialize)]
struct Subscription {
    account_id: u64,
    account_type: &'static str,
    account_name: &'static str,
    status: &'static str,
    next_billing_date: bool,
    limit_reached: bool,
}

/// The account behind the key: one that costs nothing and has no end.
pub(super) async fn get_subscription(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    call.caller(KeyOrder::Account, &state)?;
    Ok(Reply::json(&Subscription {
        account_id: 1,
        account_type: "self-hosted",
        account_name: "Chaffinch",
        status: "active",
        next_billing_date: false,
        limit_reached: false,
    }))
}

/// A text that stands for the key in addresses of akismet.com's statistics pages, which browsers
/// open: it must not tell the key or anything that opens this server.
pub(super) async fn token(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    let caller = call.caller(KeyOrder::Ordinary, &state)?;
    let token = blake3::derive_key("chaffinch 2026-11-22 akismet token", caller.hash.as_bytes());
    let token = blake3::Hash::from_bytes(token).to_hex();
    Ok(Reply::text(token[..32].to_owned()))
}

/// The plugin was switched off on a site; the key goes on working.
pub(super) async fn deactivate(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    let caller = call.caller(KeyOrder::Account, &state)?;
    let site = call.site()?;
    state.service.set_site_active(&caller, site, false).await?;
    Ok(Reply::deactivated())
}
