//! The listening server: built, then run until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::rt::signal::unix::{SignalKind, signal};
use actix_web::{App, HttpServer, web};
use futures_util::future::{Either, select};

use super::callbacks::Callbacks;
use super::observe::observe;
use super::state::{Settings, State};
use super::throttle::headers;
use super::tls::{self, TlsError};
use crate::service::Service;

/// A server that is bound to its port and accepts connections.
pub struct Server {
    running: actix_web::dev::Server,
    address: SocketAddr,
    callbacks: Callbacks,
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address is in use, not of this machine, or not allowed.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// There is no thread for calling sites back.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] io::Error),
    /// There are no random bytes to sign sessions with.
    #[error("no random bytes for the sessions of the dashboard: {0}")]
    NoRandomness(#[source] getrandom::Error),
    /// It stopped because of an error.
    #[error("the server stopped: {0}")]
    Stopped(#[source] io::Error),
}

impl Server {
    /// Binds the port and starts the workers. To be called inside the runtime of
    /// [`actix_web::rt`].
    ///
    /// # Errors
    /// The address cannot be listened on, or there is no thread to be had.
    pub fn build(settings: &Settings, service: Arc<Service>) -> Result<Self, ServerError> {
        let address = settings.listen;
        let callbacks = Callbacks::start(Arc::clone(&service), settings.callback_networks.clone())
            .map_err(ServerError::Thread)?;
        let origins = settings.cors_origins.clone();
        let state = State::new(service, settings).map_err(ServerError::NoRandomness)?;
        let state = web::Data::new(state);
        let unbound = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .configure(|config| super::configure(config, &origins))
                .wrap(from_fn(headers))
                .wrap(from_fn(observe))
        });
        let bound = unbound
            .workers(settings.workers)
            .keep_alive(settings.keep_alive)
            .client_request_timeout(settings.head_timeout)
            .max_connections(settings.max_connections)
            .shutdown_timeout(settings.shutdown_timeout.as_secs())
            .shutdown_signal(told_to_stop())
            .tls_handshake_timeout(settings.head_timeout);
        let bound = match &settings.tls {
            Some(files) => bound.bind_rustls_0_23(address, tls::config(files.clone())?),
            None => bound.bind(address),
        };
        let bound = bound.map_err(|source| ServerError::Bind { address, source })?;
        let address = bound.addrs().first().copied().unwrap_or(address);
        Ok(Self {
            running: bound.run(),
            address,
            callbacks,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port on which it listens.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// A handle that can stop it from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.running.handle()
    }

    /// Serves until SIGINT, SIGTERM or the handle says stop; requests in flight are finished.
    ///
    /// # Errors
    /// The server itself failed.
    pub async fn run_until_stopped(self) -> Result<(), ServerError> {
        let stopped = self.running.await.map_err(ServerError::Stopped);
        // Calls that are being made are finished.
        drop(self.callbacks);
        stopped
    }
}

/// Resolves at the first SIGINT (Ctrl-C) or SIGTERM. The HTTP implementation's own handling
/// would break off requests at SIGINT.
async fn told_to_stop() {
    match (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            let either = select(Box::pin(interrupt.recv()), Box::pin(terminate.recv())).await;
            let name = match either {
                Either::Left(_) => "SIGINT",
                Either::Right(_) => "SIGTERM",
            };
            tracing::info!(signal = name, "finishing the requests in flight");
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "signals cannot be heard; stop the server by other means");
            std::future::pending::<()>().await;
        }
    }
}
