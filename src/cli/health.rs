//! A health check that needs neither shell nor HTTP client: the container image has none.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use ureq::Agent;
use ureq::tls::TlsConfig;

/// A server that takes longer is of no use to its callers either.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the server at an address of this machine whether it is ready.
pub(super) fn check(address: SocketAddr, tls: bool) -> anyhow::Result<()> {
    let scheme = if tls { "https" } else { "http" };
    // The certificate is for the name by which others know the server.
    let unverified = TlsConfig::builder().disable_verification(true).build();
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .proxy(None)
        .tls_config(unverified)
        .build()
        .into();
    let reply = agent
        .get(format!("{scheme}://{address}/readyz"))
        .call()
        .with_context(|| format!("no answer from {address}"))?;
    let status = reply.status();
    ensure!(
        status == 200,
        "the server at {address} is not ready: {status}"
    );
    Ok(())
}
