//! Why a server cannot be part of a cluster. Each is one sentence for the operator; nothing was changed then.

use std::io;
use std::path::PathBuf;

use crate::store::StoreError;

/// Why a server cannot be part of a cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The address is none.
    #[error("{address:?} is no address of a NATS server: {reason}")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of certificates or credentials cannot be used.
    #[error("{} cannot be used to speak to NATS: {reason}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// No server answers, and the folder is no replica yet that could work without.
    #[error("no NATS server answers at {servers}: {reason}")]
    Unreachable {
        /// Where.
        servers: String,
        /// Why not.
        reason: String,
    },
    /// The server is of a version that was not tested and has known faults.
    #[error("the NATS server at {server} is version {found}; a cluster needs {needed} or later")]
    TooOld {
        /// Which.
        server: String,
        /// Its version.
        found: String,
        /// The first that will do.
        needed: &'static str,
    },
    /// Its longest message is too short.
    #[error(
        "the NATS server at {server} takes messages of up to {found} bytes; a cluster needs {needed}: set max_payload"
    )]
    Payload {
        /// Which.
        server: String,
        /// What it takes.
        found: usize,
        /// What is needed.
        needed: usize,
    },
    /// There is no JetStream, or not enough of it.
    #[error(
        "the stream {stream} cannot be made or read: {reason}; a cluster needs three NATS servers with JetStream"
    )]
    NoStream {
        /// Its name.
        stream: &'static str,
        /// What the server said.
        reason: String,
    },
    /// The stream is not as it must be.
    #[error("the stream {stream} has other settings than a cluster needs: {what}")]
    Settings {
        /// Its name.
        stream: &'static str,
        /// Which, and what they should be.
        what: String,
    },
    /// Something else stands in the stream.
    #[error("the stream {0} was not begun by Chaffinch, or by a newer one")]
    Foreign(&'static str),
    /// The stream is gone, or what was in it, but the folder was a replica of it.
    #[error(
        "the cluster's log is gone, but the data directory holds a copy of it; if it is lost for good, \
         give it back with `chaffinch cluster republish` from the replica that has most of it"
    )]
    LogGone,
    /// The log cannot be followed.
    #[error("the cluster's log cannot be followed: {0}")]
    Log(String),
    /// The folder cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no thread to be had.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] io::Error),
}
