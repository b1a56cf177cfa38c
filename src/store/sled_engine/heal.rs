//! Opening sled so that what a crash left behind does not stop the start.

use std::fs;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sled::{Config, Db};

use super::trees::{self, Trees};
use crate::store::error::StoreError;
use crate::store::vault::Vault;

/// How long threads of a closed database may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens sled and the vault of its keys. What sled itself cannot open is moved aside, together with
/// the vault, and begun anew: the caller then rebuilds what the journal holds.
pub(super) fn open(directory: &Path, vault: &Path, cache_bytes: u64) -> Result<Trees, StoreError> {
    let db = open_sled(directory, vault, cache_bytes)?;
    let trees = Trees::open(db, Arc::new(Vault::open(vault)?))?;
    trees.know_vault()?;
    Ok(trees)
}

/// Opens sled as far as its log is sound: without what follows from it, if need be.
pub(super) fn by_its_log(directory: &Path, cache_bytes: u64) -> Result<Db, StoreError> {
    as_it_is(directory, cache_bytes).or_else(|_| {
        leave_the_log(directory)?;
        as_it_is(directory, cache_bytes)
    })
}

/// Opens sled without changing anything that a start would not change.
pub(super) fn as_it_is(directory: &Path, cache_bytes: u64) -> Result<Db, StoreError> {
    remove_snapshots(directory, |name| name.ends_with(".generating"))?;
    attempt(directory, cache_bytes).map_err(|failure| match failure {
        Failure::System(error) => StoreError::io(directory, &error),
        Failure::Damaged(reason) => StoreError::Database(reason),
    })
}

fn open_sled(directory: &Path, vault: &Path, cache_bytes: u64) -> Result<Db, StoreError> {
    // sled takes a half-written snapshot for a whole one, and refuses to open.
    remove_snapshots(directory, |name| name.ends_with(".generating"))?;
    let mut failure = match attempt(directory, cache_bytes) {
        Ok(db) => return Ok(db),
        Err(failure) => failure,
    };
    if let Failure::System(error) = failure {
        return Err(StoreError::io(directory, &error));
    }
    leave_the_log(directory)?;
    failure = match attempt(directory, cache_bytes) {
        Ok(db) => return Ok(db),
        Err(failure) => failure,
    };
    let now = Timestamp::now().as_microsecond();
    let aside = directory.with_file_name(format!("sled.damaged-{now}"));
    tracing::warn!(
        reason = %failure, moved_to = %aside.display(),
        "the embedded database is damaged: stored verdicts are lost, corrections are rebuilt from \
         the journal; erasures no longer reach what was moved aside: delete it, and the vault \
         beside it, when you have looked into it"
    );
    if vault.exists() {
        let aside = vault.with_file_name(format!("vault.damaged-{now}"));
        fs::rename(vault, aside).map_err(|e| StoreError::io(vault, &e))?;
    }
    fs::rename(directory, &aside).map_err(|e| StoreError::io(directory, &e))?;
    attempt(directory, cache_bytes).map_err(|failure| StoreError::Database(failure.to_string()))
}

/// Why sled did not open.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    System(std::io::Error),
    #[error("{0}")]
    Damaged(String),
}

/// Waits for a lock that threads of a database which was just closed may still hold. The directory is
/// ours, so that nobody else can.
fn attempt(directory: &Path, cache_bytes: u64) -> Result<Db, Failure> {
    let began = Instant::now();
    loop {
        match attempt_once(directory, cache_bytes) {
            Err(Failure::System(error))
                if error.to_string().contains("could not acquire lock")
                    && began.elapsed() < PATIENCE =>
            {
                thread::sleep(Duration::from_millis(10));
            }
            done => return done,
        }
    }
}

fn attempt_once(directory: &Path, cache_bytes: u64) -> Result<Db, Failure> {
    let open = || {
        let db = Config::new()
            .path(directory)
            .cache_capacity(cache_bytes)
            // The writer does, and syncs what is flushed.
            .flush_every_ms(None)
            .open()?;
        let applied = trees::applied(&db)?;
        Ok((db, applied))
    };
    // sled panics on some damage, a cut-off file for one.
    match catch_unwind(AssertUnwindSafe(open)) {
        Ok(Ok((db, Ok(_)))) => Ok(db),
        Ok(Ok((_, Err(error)))) => Err(Failure::Damaged(error.to_string())),
        Ok(Err(sled::Error::Io(error))) => Err(match error.kind() {
            // What sled says of a file that ends too early or holds nonsense.
            ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput => {
                Failure::Damaged(error.to_string())
            }
            _ => Failure::System(error),
        }),
        Ok(Err(error)) => Err(Failure::Damaged(error.to_string())),
        Err(_) => Err(Failure::Damaged("it cannot be read".to_owned())),
    }
}

/// Removes what sled makes anew: snapshots, without which it reads its whole log, which may still be sound,
/// and the file of its settings, which never change.
fn leave_the_log(directory: &Path) -> Result<(), StoreError> {
    remove_snapshots(directory, |_| true)?;
    let settings = directory.join("conf");
    match fs::remove_file(&settings) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io(&settings, &error)),
        _ => Ok(()),
    }
}

fn remove_snapshots(directory: &Path, which: impl Fn(&str) -> bool) -> Result<(), StoreError> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.starts_with("snap.") && which(name) {
            fs::remove_file(entry.path()).map_err(|e| StoreError::io(&entry.path(), &e))?;
        }
    }
    Ok(())
}
