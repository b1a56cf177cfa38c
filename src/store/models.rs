//! The base models that the log names: each in a file of the data directory, called by the hash of its bytes.

use std::fmt;
use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::data_dir::{make_dir, write_new};
use super::error::StoreError;

/// BLAKE3 of the bytes of a model's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelDigest([u8; 32]);

impl ModelDigest {
    /// That of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).into())
    }
}

impl fmt::Display for ModelDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        blake3::Hash::from_bytes(self.0).fmt(f)
    }
}

/// A base model as the log names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedModel {
    /// Which bytes it is.
    pub digest: ModelDigest,
    /// Its version, for people.
    pub version: String,
}

/// The folder of the models.
#[derive(Debug, Clone)]
pub struct Models {
    folder: PathBuf,
}

impl Models {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Those of a data directory.
    pub fn of(data: &std::path::Path) -> Self {
        Self::new(data.join("models"))
    }

    /// Whether the bytes of one are here.
    pub fn has(&self, digest: ModelDigest) -> bool {
        self.path(digest).exists()
    }

    /// The bytes of one; `None` if they are not here, or not what they were.
    pub fn read(&self, digest: ModelDigest) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(digest);
        match fs::read(&path) {
            Ok(bytes) => Ok((ModelDigest::of(&bytes) == digest).then_some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io(&path, &error)),
        }
    }

    /// Keeps the bytes of one; they are on the disk then.
    pub fn keep(&self, bytes: &[u8]) -> Result<ModelDigest, StoreError> {
        let digest = ModelDigest::of(bytes);
        if self.read(digest)?.is_none() {
            make_dir(&self.folder)?;
            write_new(&self.path(digest), bytes)?;
        }
        Ok(digest)
    }

    fn path(&self, digest: ModelDigest) -> PathBuf {
        self.folder.join(digest.to_string())
    }
}
