//! The vault: the keys under which people's words are sealed, one a verdict.
//!
//! sled keeps old pages for an unknown time, and backups of them live longer still. So what a person wrote
//! reaches sled only sealed, and the key lies here: a file of 32-byte slots behind a head and the
//! secret of all keyed hashes, a free slot being all zeros. To erase is to overwrite a slot where
//! it stands and to sync the file; every copy of the sealed words is then noise.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::data_dir::write_new;
use super::error::StoreError;
use super::fingerprint::Secret;

/// A key for one sealing.
pub(crate) type Key = [u8; SIZE as usize];
/// Where in the vault a key lies.
pub(crate) type Slot = u32;

const SIZE: u64 = 32;
const HEAD: &[u8; SIZE as usize] = b"chaffinch vault, version 1\n\0\0\0\0\0";
/// Slots that the head and the secret take up.
const BEFORE: u64 = 2;
const FREE: Key = [0; SIZE as usize];

/// The vault of a data directory. The writer changes it, everyone reads it.
#[derive(Debug)]
pub(crate) struct Vault {
    path: PathBuf,
    file: File,
    secret: Secret,
    slots: Mutex<Slots>,
}

#[derive(Debug)]
struct Slots {
    /// How many the file has.
    count: Slot,
    /// Which of them are free.
    free: Vec<Slot>,
}

impl Vault {
    /// Makes a vault with the secret of another, and its keys, slot after slot.
    pub(crate) fn create(path: &Path, secret: &Secret, keys: &[u8]) -> Result<(), StoreError> {
        let head = [*HEAD, *secret.as_bytes()];
        write_new(path, &[head.as_flattened(), keys].concat())
    }

    /// The keys in a vault's bytes, whatever stands before them.
    pub(crate) fn keys_in(bytes: &[u8]) -> &[u8] {
        let (_, keys) = bytes.split_at(bytes.len().min((SIZE * BEFORE) as usize));
        keys
    }

    /// How many slots a vault of so many bytes has.
    pub(crate) fn slots_of(bytes: u64) -> u64 {
        (bytes / SIZE).saturating_sub(BEFORE)
    }

    /// Opens the vault, making it if it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            let secret = Secret::from_bytes(super::sealed::fresh_key()?);
            Self::create(path, &secret, &[])?;
        }
        let io = |e: io::Error| StoreError::io(path, &e);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(io)?;
        let bytes = std::fs::read(path).map_err(io)?;
        let head = bytes.strip_prefix(HEAD);
        let Some((secret, keys)) = head.and_then(<[u8]>::split_first_chunk) else {
            return Err(StoreError::Damaged {
                path: path.to_path_buf(),
                offset: 0,
                what: "it is no vault of this version of Chaffinch".to_owned(),
            });
        };
        // A slot that a crash cut off belongs to a verdict that nobody was told of.
        let (keys, _torn) = keys.as_chunks::<{ SIZE as usize }>();
        let numbered = (0..).zip(keys);
        let free = numbered.filter(|(_, key)| **key == FREE);
        let mut free: Vec<Slot> = free.map(|(slot, _)| slot).collect();
        free.reverse();
        let count = Slot::try_from(keys.len()).map_err(|_| full())?;
        Ok(Self {
            path: path.to_path_buf(),
            file,
            secret: Secret::from_bytes(*secret),
            slots: Mutex::new(Slots { count, free }),
        })
    }

    /// The secret of this data directory's keyed hashes: kept apart from what is hashed with it.
    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// What is wrong if the database was written with another vault.
    pub(crate) fn foreign(&self) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            offset: SIZE,
            what: "its secret is not the one that the database was written with".to_owned(),
        }
    }

    /// Lays keys into free slots. They survive the end of the process now, a power cut after
    /// [`Self::sync`].
    pub(crate) fn keep(&self, keys: &[Key]) -> Result<Vec<Slot>, StoreError> {
        let mut slots = self.lock();
        let from_free = keys.len().min(slots.free.len());
        let rest = slots.free.len() - from_free;
        let mut taken = slots.free.split_off(rest);
        let fresh = keys.len() - from_free;
        let end = Slot::try_from(fresh)
            .ok()
            .and_then(|fresh| slots.count.checked_add(fresh))
            .ok_or_else(full)?;
        let tail = offset(slots.count);
        taken.extend(slots.count..end);
        slots.count = end;
        let written = (|| {
            for (&slot, key) in taken.iter().zip(&keys[..from_free]) {
                self.file.write_all_at(key, offset(slot))?;
            }
            let new = keys[from_free..].as_flattened();
            if new.is_empty() {
                return Ok(());
            }
            self.file.write_all_at(new, tail)
        })();
        match written {
            Ok(()) => Ok(taken),
            Err(error) => {
                slots.free.extend(taken);
                Err(StoreError::io(&self.path, &error))
            }
        }
    }

    /// The key in a slot; `None` if it was destroyed.
    pub(crate) fn key(&self, slot: Slot) -> Result<Option<Key>, StoreError> {
        let mut key = FREE;
        match self.file.read_exact_at(&mut key, offset(slot)) {
            Ok(()) => Ok((key != FREE).then_some(key)),
            // A power cut took the key with it.
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(e) => Err(StoreError::io(&self.path, &e)),
        }
    }

    /// Overwrites keys and waits until that is on the disk.
    pub(crate) fn destroy(&self, gone: &[Slot]) -> Result<(), StoreError> {
        let io = |e: io::Error| StoreError::io(&self.path, &e);
        let mut freed = Vec::with_capacity(gone.len());
        for &slot in gone {
            if self.key(slot)?.is_some() {
                self.file.write_all_at(&FREE, offset(slot)).map_err(io)?;
                freed.push(slot);
            }
        }
        self.file.sync_data().map_err(io)?;
        self.lock().free.extend(freed);
        Ok(())
    }

    /// Waits until everything is on the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    // Whoever panicked here left numbers behind that at worst lose a slot.
    fn lock(&self) -> std::sync::MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn offset(slot: Slot) -> u64 {
    SIZE * (u64::from(slot) + BEFORE)
}

fn full() -> StoreError {
    StoreError::Database("the vault has no room for more keys".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn vault() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("vault");
        (dir, path)
    }

    #[test]
    fn a_destroyed_key_is_nowhere_and_its_slot_is_used_again() {
        let (_dir, path) = vault();
        let keys: Vec<Key> = (1..=5).map(|n| [n; 32]).collect();
        let vault = Vault::open(&path).unwrap();
        let slots = vault.keep(&keys).unwrap();
        vault.destroy(&[slots[1], slots[3]]).unwrap();
        assert_eq!(vault.key(slots[1]).unwrap(), None);
        assert_eq!(vault.key(slots[2]).unwrap(), Some([3; 32]));
        let bytes = std::fs::read(&path).unwrap();
        for gone in [2u8, 4] {
            assert!(!bytes.windows(8).any(|w| w == [gone; 8]));
        }
        drop(vault);
        let vault = Vault::open(&path).unwrap();
        let again = vault.keep(&[[7; 32], [8; 32], [9; 32]]).unwrap();
        assert_eq!(again[2], 5, "only the third needs a new slot");
        for (slot, key) in again.into_iter().zip([7, 8, 9]) {
            assert_eq!(vault.key(slot).unwrap(), Some([key; 32]));
        }
    }

    #[test]
    fn a_slot_that_is_freed_twice_is_given_out_once() {
        let (_dir, path) = vault();
        let vault = Vault::open(&path).unwrap();
        let slots = vault.keep(&[[1; 32]]).unwrap();
        vault.destroy(&slots).unwrap();
        vault.destroy(&slots).unwrap();
        let again = vault.keep(&[[2; 32], [3; 32]]).unwrap();
        assert_ne!(again[0], again[1]);
    }

    #[test]
    fn a_cut_off_vault_opens_and_a_foreign_file_does_not() {
        let (_dir, path) = vault();
        let vault = Vault::open(&path).unwrap();
        let slots = vault.keep(&[[1; 32], [2; 32]]).unwrap();
        drop(vault);
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(offset(slots[1]) + 5).unwrap();
        let vault = Vault::open(&path).unwrap();
        assert_eq!(vault.key(slots[0]).unwrap(), Some([1; 32]));
        assert_eq!(vault.key(slots[1]).unwrap(), None);
        std::fs::write(&path, "something else entirely, and long enough").unwrap();
        assert!(matches!(
            Vault::open(&path),
            Err(StoreError::Damaged { .. })
        ));
    }
}
