//! The data directory: who holds it, and which format it has.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::error::StoreError;

/// The newest layout that this version reads and the one that it writes.
const FORMAT: u32 = 1;
/// How long the lock of a directory is waited for.
const PATIENCE: Duration = Duration::from_millis(200);
/// A file that is there while a restore is under way.
const RESTORING: &str = "RESTORING";

/// A file that is there in a directory that follows a log which others share.
const SHARED: &str = "CLUSTER";

/// A data directory held by this process until dropped.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    /// Locked by the operating system as long as it is open, so that a crash frees it.
    _lock: File,
}

impl DataDir {
    /// Takes the directory, making it if it is not there yet.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        make_dir(path)?;
        let taken = Self::take(path)?;
        if taken.join(RESTORING).exists() {
            return Err(StoreError::HalfRestored(path.to_path_buf()));
        }
        check_format(path)?;
        Ok(taken)
    }

    /// Takes the directory whatever is in it. It must be there.
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(|e| StoreError::io(&lock_path, &e))?;
        let began = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                // Of this process, a child that is just being started has a share in every lock
                // until it becomes another program.
                Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => {
                    thread::sleep(Duration::from_millis(5));
                }
                Err(TryLockError::WouldBlock) => return Err(StoreError::Held(path.to_path_buf())),
                Err(TryLockError::Error(e)) => return Err(StoreError::io(&lock_path, &e)),
            }
        }
        Ok(Self {
            path: path.to_path_buf(),
            _lock: lock,
        })
    }

    /// Takes a new directory for a restore. Until [`Self::restored`] nobody can open it.
    pub(crate) fn for_restore(path: &Path) -> Result<Option<Self>, StoreError> {
        make_dir(path)?;
        let mut entries = fs::read_dir(path).map_err(|e| StoreError::io(path, &e))?;
        if entries.next().is_some() {
            return Ok(None);
        }
        let taken = Self::take(path)?;
        write_new(&path.join(RESTORING), b"")?;
        check_format(path)?;
        Ok(Some(taken))
    }

    /// Everything is there and synced.
    pub(crate) fn restored(&self) -> Result<(), StoreError> {
        let mark = self.join(RESTORING);
        fs::remove_file(&mark).map_err(|e| StoreError::io(&mark, &e))?;
        sync_dir(&self.path)
    }

    /// Whether it is of a format that this version reads.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        check_format(&self.path)
    }

    /// Says again which format it has.
    pub(crate) fn write_format(&self) -> Result<(), StoreError> {
        write_new(&self.join("FORMAT"), format!("{FORMAT}\n").as_bytes())
    }

    /// Whether its log is one that others share.
    pub(crate) fn is_shared(&self) -> bool {
        self.join(SHARED).exists()
    }

    /// From now on its log is one that others share.
    pub(crate) fn mark_shared(&self) -> Result<(), StoreError> {
        let text = "The journal in this folder is a copy of a log on NATS JetStream.\n";
        write_new(&self.join(SHARED), text.as_bytes())
    }

    /// From now on it is alone again. Answers with whether it was not.
    pub(crate) fn unmark_shared(&self) -> Result<bool, StoreError> {
        let mark = self.join(SHARED);
        if !mark.exists() {
            return Ok(false);
        }
        fs::remove_file(&mark).map_err(|e| StoreError::io(&mark, &e))?;
        sync_dir(&self.path)?;
        Ok(true)
    }

    /// A file or directory inside.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// Makes a directory that only this user can read: it holds comments.
pub(crate) fn make_dir(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made: Vec<_> = path.ancestors().take_while(|p| !p.exists()).collect();
    builder.create(path).map_err(|e| StoreError::io(path, &e))?;
    made.into_iter()
        .filter_map(Path::parent)
        .try_for_each(sync_dir)
}

/// Writes a whole new file so that after a crash there is either all of it or nothing.
pub(crate) fn write_new(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    write_pieces(path, &[content])
}

/// [`write_new`] of content that is not in one piece.
pub(crate) fn write_pieces(path: &Path, pieces: &[&[u8]]) -> Result<(), StoreError> {
    let temporary = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut file = File::create(&temporary)?;
        pieces.iter().try_for_each(|piece| file.write_all(piece))?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|e| StoreError::io(path, &e))?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// Makes the names in a directory durable.
pub(crate) fn sync_dir(path: &Path) -> Result<(), StoreError> {
    // The parent of a bare name.
    let path = if path == Path::new("") {
        Path::new(".")
    } else {
        path
    };
    // Only Unix can open a directory to sync it; elsewhere names are durable by themselves.
    if cfg!(unix) {
        File::open(path)
            .and_then(|directory| directory.sync_all())
            .map_err(|e| StoreError::io(path, &e))?;
    }
    Ok(())
}

/// Makes the files in a directory durable, and their names.
pub(crate) fn sync_files(path: &Path) -> Result<(), StoreError> {
    let io = |e: io::Error| StoreError::io(path, &e);
    for entry in fs::read_dir(path).map_err(io)? {
        let file = entry.map_err(io)?.path();
        if file.is_file() {
            let synced = File::open(&file).and_then(|file| file.sync_all());
            synced.map_err(|e| StoreError::io(&file, &e))?;
        }
    }
    sync_dir(path)
}

fn check_format(directory: &Path) -> Result<(), StoreError> {
    let path = directory.join("FORMAT");
    let text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return write_new(&path, format!("{FORMAT}\n").as_bytes());
        }
        Err(e) => return Err(StoreError::io(&path, &e)),
    };
    match text.trim().parse::<u32>() {
        Ok(1..=FORMAT) => Ok(()),
        Ok(found) if found > FORMAT => Err(StoreError::NewerFormat {
            path: directory.to_path_buf(),
            found,
            known: FORMAT,
        }),
        _ => Err(StoreError::Damaged {
            path,
            offset: 0,
            what: "it should hold the number of the data format".to_owned(),
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDir::open(dir.path()).unwrap();
        let refused = DataDir::open(dir.path()).unwrap_err();
        assert!(matches!(refused, StoreError::Held(_)), "{refused}");
        drop(first);
        DataDir::open(dir.path()).unwrap();
    }

    #[test]
    fn a_newer_format_is_refused_and_a_broken_one_named() {
        let dir = tempfile::tempdir().unwrap();
        drop(DataDir::open(dir.path()).unwrap());
        fs::write(dir.path().join("FORMAT"), "7\n").unwrap();
        let newer = DataDir::open(dir.path()).unwrap_err();
        assert!(
            matches!(newer, StoreError::NewerFormat { found: 7, .. }),
            "{newer}"
        );
        fs::write(dir.path().join("FORMAT"), "x").unwrap();
        let damaged = DataDir::open(dir.path()).unwrap_err();
        assert!(matches!(damaged, StoreError::Damaged { .. }), "{damaged}");
    }

    #[test]
    fn folders_are_made_and_synced_up_to_one_that_was_there() {
        let dir = tempfile::tempdir().unwrap();
        make_dir(&dir.path().join("a/b/c")).unwrap();
        assert!(dir.path().join("a/b/c").is_dir());
        sync_dir(Path::new("bare-name").parent().unwrap()).unwrap();
    }

    #[test]
    fn a_path_below_a_file_is_an_error_that_names_it() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        let error = DataDir::open(&dir.path().join("file/data")).unwrap_err();
        assert!(error.to_string().contains("file/data"), "{error}");
    }
}
