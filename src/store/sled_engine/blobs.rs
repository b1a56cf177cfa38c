//! sled's files of large entries: it syncs none of them.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

/// Keeps them durable.
pub(super) struct Blobs {
    folder: PathBuf,
    synced: HashSet<OsString>,
}

impl Blobs {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            synced: HashSet::new(),
        }
    }

    /// Syncs those that are new. sled writes each once and removes it when nothing needs it any more.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        if !self.folder.exists() {
            return Ok(());
        }
        let mut there = HashSet::new();
        let mut news = false;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if !self.synced.contains(&name) {
                match File::open(entry.path()) {
                    Ok(file) => file.sync_all()?,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(error),
                }
                news = true;
            }
            there.insert(name);
        }
        self.synced = there;
        if news {
            File::open(&self.folder)?.sync_all()?;
        }
        Ok(())
    }
}
