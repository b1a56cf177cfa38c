//! Several servers that are one filter: the log they share is a stream of NATS JetStream.
//!
//! [`Cluster::join`] sees that the stream is as it must be and that the data folder is one of its replicas;
//! [`Cluster::follow`] then hands the store what stands in the stream, and publishes what the store offers.
//! `docs/decisions/cluster.md` says why it is done so.

mod error;
mod join;
mod keeper;
mod locate;
mod models;
mod objects;
mod offers;
mod servers;
mod snapshots;
mod state;
mod stream;
mod tail;
mod upload;
mod verdict_stream;
mod verdicts;

use std::io;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use futures_util::future::{join3, select};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};

use crate::store::{Offer, Sequence, SharedLog, Standing, Store};

pub use error::ClusterError;
pub use join::Loss;
pub use servers::{Files, Servers};

use self::join::Joined;
use self::keeper::Keeper;
use self::state::State;
use self::tail::Tail;
use self::verdicts::Exchange;

/// A connection to the shared log, of a folder that is one of its replicas.
pub struct Cluster {
    runtime: Runtime,
    joined: Joined,
    log: Arc<Log>,
    offers: mpsc::UnboundedReceiver<Offer>,
}

/// What the store knows of it.
struct Log {
    offers: mpsc::UnboundedSender<Offer>,
    state: Arc<State>,
    queue: usize,
}

impl SharedLog for Log {
    fn offer(&self, offer: Offer) {
        // Whoever took them has ended: the process is about to.
        let _ = self.offers.send(offer);
    }

    fn standing(&self) -> Standing {
        self.state.standing()
    }

    fn queue(&self) -> usize {
        self.queue
    }
}

impl Cluster {
    /// Connects, makes the stream or looks whether it is as it must be, and makes the folder a replica of it.
    /// A folder that is one already may be used while no server answers. While none does, up to `queue` corrections
    /// are kept for later.
    pub fn join(
        servers: &Servers,
        data: &Path,
        loss: Loss,
        queue: usize,
    ) -> Result<Self, ClusterError> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ClusterError::Thread)?;
        let joined = runtime.block_on(join::join(servers, data, loss))?;
        let (sender, offers) = mpsc::unbounded_channel();
        Ok(Self {
            runtime,
            joined,
            log: Arc::new(Log {
                offers: sender,
                state: Arc::default(),
                queue,
            }),
            offers,
        })
    }

    /// The log, for the store of the folder.
    pub fn log(&self) -> Arc<dyn SharedLog> {
        Arc::clone(&self.log) as _
    }

    /// The event that the stream ends with. Fails if its past is not that of the store.
    pub fn ends_with(&self, store: &dyn Store) -> Result<Sequence, ClusterError> {
        let tail = Tail::new(&self.joined, store, &self.log.state);
        self.runtime.block_on(tail.ends_with())
    }

    /// Hands the store everything that stands in the log, from now on, and keeps snapshots in pieces of so many
    /// bytes, if it is to. Whoever wants to know of all events observes the store already.
    pub fn follow(self, store: Arc<dyn Store>, pieces: Option<usize>) -> io::Result<Following> {
        let Self {
            runtime,
            joined,
            log,
            offers,
        } = self;
        let (stop, stopped) = oneshot::channel::<()>();
        let state = Arc::clone(&log.state);
        let thread = thread::Builder::new().name("cluster".to_owned());
        let thread = thread.spawn(move || {
            runtime.block_on(async {
                let tail = Tail::new(&joined, &*store, &log.state);
                let following = pin!(tail.run());
                let exchange = Exchange::new(&joined, &*store, &log.state);
                let keeping = async {
                    if let Some(size) = pieces {
                        Keeper::new(&joined, &*store, &log.state, size).run().await;
                    }
                };
                let publishing = pin!(join3(
                    offers::run(&joined.context, offers, &log.state, &*store),
                    exchange.run(),
                    keeping,
                ));
                // Nothing is published by whom may not follow: its place could be taken in another log.
                select(select(following, publishing), stopped).await;
            });
            // What is left are connections.
            runtime.shutdown_background();
        })?;
        Ok(Following {
            stop: Some(stop),
            thread: Some(thread),
            state,
        })
    }
}

/// The following of the shared log, which ends when this is dropped.
pub struct Following {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    state: Arc<State>,
}

impl Following {
    /// Waits until everything is taken over that the log holds. `false` if it has not answered for so long, or
    /// cannot be followed.
    pub fn wait_until_current(&self, patience: Duration) -> bool {
        let mut heard = Instant::now();
        loop {
            let standing = self.state.standing();
            if standing.caught_up || standing.alarm.is_some() {
                return standing.caught_up;
            }
            if standing.connected {
                heard = Instant::now();
            } else if heard.elapsed() > patience {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that follows the cluster ended by a fault");
        }
    }
}
