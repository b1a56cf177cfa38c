//! What can go wrong below the service.

use std::io;
use std::path::{Path, PathBuf};

/// Why the store could not be opened, read or written.
///
/// Cloneable, because one failed disk write is answered to every caller of its group.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another process has the data directory open.
    #[error("the data directory {} is in use by another Chaffinch process", .0.display())]
    Held(PathBuf),
    /// The data directory cannot be written by this user.
    #[error("the data directory {} is not writable: {reason}", .path.display())]
    NotWritable {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// A restore into the data directory was broken off.
    #[error(
        "a restore into {} was broken off; empty the folder and restore again",
        .0.display()
    )]
    HalfRestored(PathBuf),
    /// A newer version of Chaffinch has written the data directory.
    #[error(
        "the data directory {} has format {found}, written by a newer Chaffinch; this one reads up to {known}",
        .path.display()
    )]
    NewerFormat {
        /// The file or directory.
        path: PathBuf,
        /// The format found.
        found: u32,
        /// The newest format that this version reads.
        known: u32,
    },
    /// Stored bytes are not what was written.
    #[error("{} is damaged at byte {offset}: {what}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in the file, in bytes from its start.
        offset: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A stored value of the embedded database cannot be read.
    #[error("a stored {what} cannot be read: {reason}")]
    Unreadable {
        /// What it should have been.
        what: &'static str,
        /// Why it is not.
        reason: String,
    },
    /// The operating system refused to read or write.
    #[error("{}: {reason}", .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// The embedded database refused to read or write.
    #[error("the embedded database failed: {0}")]
    Database(String),
    /// After a failed write that could not be undone, nothing more is written until a restart.
    #[error("the store is read-only until a restart: {0}")]
    ReadOnly(String),
    /// The data directory holds a copy of a log that others share: what is written into it alone would
    /// part it from them.
    #[error(
        "the data directory {} is a replica of a cluster; start it with --cluster, or make it a server of its own with `chaffinch cluster leave`",
        .0.display()
    )]
    Replica(PathBuf),
    /// The data directory's log is not the one that the others share.
    #[error("the data directory {} belongs to another log than the cluster", .0.display())]
    OtherLog(PathBuf),
    /// The log that is shared does not go on where this one ends.
    #[error("the shared log does not follow this journal: {0}")]
    Parted(String),
    /// The log that is shared gave no answer in time. What was asked for may yet be done.
    #[error("the shared log does not answer at the moment; try again")]
    LogAway,
    /// More writes are waiting than the store takes in; try again.
    #[error("the store is busy; try again in a moment")]
    Busy,
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
    /// No verdict of that name is stored.
    #[error("no verdict of that id is stored")]
    NoSuchVerdict,
    /// The verdict has no correction that could be taken back.
    #[error("the verdict has no correction")]
    NoSuchCorrection,
    /// No key of that hash may be used.
    #[error("no such key")]
    NoSuchKey,
    /// Nothing is known of the site.
    #[error("no such site")]
    NoSuchSite,
    /// No rule of that name is there.
    #[error("no such rule")]
    NoSuchRule,
}

impl StoreError {
    /// An operating system's error on a path, as the kind that it is.
    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_path_buf();
        let reason = error.to_string();
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable { path, reason }
            }
            _ => Self::Io { path, reason },
        }
    }
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        Self::Database(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_permission_is_named_as_such() {
        let error = StoreError::io(
            Path::new("data"),
            &io::Error::from(io::ErrorKind::PermissionDenied),
        );
        assert!(error.to_string().contains("not writable"), "{error}");
    }
}
