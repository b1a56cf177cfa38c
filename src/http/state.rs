//! What the handlers share, and what an operator may set.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

use super::dashboard::data::jobs::Jobs;
use super::dashboard::session::Sessions;
use super::throttle::{Rates, Throttle, TrustedProxies};
use super::tls::TlsFiles;
use super::v1::idempotency::Replies;
use crate::service::Service;

/// How the server listens and what it accepts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The certificate to speak TLS with; without it plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Worker threads; each serves its own connections.
    pub workers: usize,
    /// How long an idle connection stays open for another request.
    pub keep_alive: Duration,
    /// How long a client may take to send the head of a request; then 408.
    pub head_timeout: Duration,
    /// How long requests in flight may take at shutdown.
    pub shutdown_timeout: Duration,
    /// Connections that one worker holds at the same time; more wait in the kernel's queue.
    pub max_connections: usize,
    /// Limits of single requests.
    pub limits: Limits,
    /// Domains below which the left-most label of the host name is a key (protocol 1.1).
    pub base_domains: Vec<String>,
    /// Accept checks without `user_ip`, as Coral and privacy-minded sites send them, where the
    /// site's settings do not say otherwise.
    pub allow_empty_ip: bool,
    /// How often one may call.
    pub rates: Rates,
    /// Proxies whose `X-Forwarded-For` says where a call comes from.
    pub trusted_proxies: TrustedProxies,
    /// Networks that callbacks may call although they are no part of the public internet.
    pub callback_networks: Vec<IpNet>,
    /// Origins whose pages may call `/v1` from a browser; `*` for every one.
    pub cors_origins: Vec<String>,
}

/// Limits of a single request.
///
/// The head of a request is limited by the HTTP implementation: 96 header fields and 128 KiB.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest body, in bytes. WordPress sends the content twice, percent-encoded.
    pub body: usize,
    /// Largest body of a batch, in bytes.
    pub batch_body: usize,
    /// Most comments in one batch.
    pub batch_comments: usize,
    /// How long a client may take to send the body; then 408.
    pub body_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8181)),
            tls: None,
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            keep_alive: Duration::from_secs(15),
            head_timeout: Duration::from_secs(10),
            shutdown_timeout: Duration::from_secs(15),
            max_connections: 10_000,
            limits: Limits::default(),
            base_domains: vec!["rest.akismet.com".to_owned(), "localhost".to_owned()],
            allow_empty_ip: false,
            rates: Rates::default(),
            trusted_proxies: TrustedProxies::default(),
            callback_networks: Vec::new(),
            cors_origins: Vec::new(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 2 << 20,
            batch_body: 8 << 20,
            batch_comments: 1000,
            body_timeout: Duration::from_secs(30),
        }
    }
}

/// What every handler has at hand.
#[derive(Clone)]
pub struct State {
    /// The operations.
    pub service: Arc<Service>,
    /// See [`Settings::limits`].
    pub limits: Limits,
    /// See [`Settings::base_domains`].
    pub base_domains: Vec<String>,
    /// See [`Settings::allow_empty_ip`].
    pub allow_empty_ip: bool,
    pub(super) throttle: Arc<Throttle>,
    pub(super) replies: Replies,
    pub(super) sessions: Arc<Sessions>,
    pub(super) jobs: Arc<Jobs>,
}

impl State {
    /// The handlers' share of the settings.
    ///
    /// # Errors
    /// The operating system gave no random bytes.
    pub fn new(service: Arc<Service>, settings: &Settings) -> Result<Self, getrandom::Error> {
        Ok(Self {
            service,
            limits: settings.limits.clone(),
            base_domains: settings.base_domains.clone(),
            allow_empty_ip: settings.allow_empty_ip,
            throttle: Arc::new(Throttle::new(settings)),
            replies: Replies::default(),
            sessions: Arc::new(Sessions::new()?),
            jobs: Arc::default(),
        })
    }
}
