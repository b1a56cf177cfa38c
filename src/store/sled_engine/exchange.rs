//! What is noted of verdicts on their way between the stores of one log.
//!
//! One tree, by the first byte of its keys:
//!
//! - `w`, verdict id: it was given here and waits to be handed on;
//! - `p`, verdict id -> the place of the parcel that it lies in;
//! - `e`, verdict id: it was erased, and no parcel may bring it again;
//! - `c`, place: the parcel there is to be cleared of something erased;
//! - `q`, verdict id, time: a correction that waits for the log; see [`super::queue`].
//!
//! What is erased is noted for good, as the log that says so stays for good.

use sled::Tree;

use super::entries::Entries;
use super::examine::nameless;
use super::trees::id_at_end;
use crate::store::codec::{decode, encode};
use crate::store::error::StoreError;
use crate::store::exchange::Arrived;
use crate::verdict::VerdictId;

/// Where it stands up to where parcels have arrived.
const ARRIVED: &[u8] = b"arrived";

/// The tree.
#[derive(Clone)]
pub(super) struct Notes(pub(super) Tree);

/// Changes to it.
#[derive(Default)]
pub(super) struct Changes(Entries);

fn of_verdict(kind: u8, id: VerdictId) -> Vec<u8> {
    [&[kind], &id.as_bytes()[..]].concat()
}

fn of_place(place: u64) -> Vec<u8> {
    [b"c", &place.to_be_bytes()[..]].concat()
}

impl Changes {
    pub(super) fn waits(&mut self, id: VerdictId) {
        self.0.insert(of_verdict(b'w', id), &[][..]);
    }

    pub(super) fn waits_no_more(&mut self, id: VerdictId) {
        self.0.remove(of_verdict(b'w', id));
    }

    pub(super) fn lies_at(&mut self, id: VerdictId, place: u64) {
        self.0.insert(of_verdict(b'p', id), &place.to_be_bytes());
    }

    pub(super) fn forget_place(&mut self, id: VerdictId) {
        self.0.remove(of_verdict(b'p', id));
    }

    pub(super) fn erased(&mut self, id: VerdictId) {
        self.0.insert(of_verdict(b'e', id), &[][..]);
    }

    pub(super) fn must_clear(&mut self, place: u64) {
        self.0.insert(of_place(place), &[][..]);
    }

    pub(super) fn cleared(&mut self, place: u64) {
        self.0.remove(of_place(place));
    }

    pub(super) fn arrived(&mut self, arrived: Arrived) -> Result<(), StoreError> {
        let Arrived { stream, place } = arrived;
        let value = encode("place of verdicts", &(stream, place))?;
        self.0.insert(ARRIVED, value);
        Ok(())
    }
}

impl Notes {
    /// The oldest of those that wait.
    pub(super) fn waiting(&self, most: usize) -> Result<Vec<VerdictId>, StoreError> {
        let keys = self.0.scan_prefix(b"w").keys().take(most);
        keys.map(|key| id_at_end(&key?).ok_or_else(nameless))
            .collect()
    }

    pub(super) fn is_erased(&self, id: VerdictId) -> Result<bool, StoreError> {
        Ok(self.0.contains_key(of_verdict(b'e', id))?)
    }

    pub(super) fn place(&self, id: VerdictId) -> Result<Option<u64>, StoreError> {
        let place = self.0.get(of_verdict(b'p', id))?;
        Ok(place.and_then(|place| at_end(&place)))
    }

    pub(super) fn next_to_clear(&self) -> Result<Option<u64>, StoreError> {
        let first = self.0.scan_prefix(b"c").keys().next().transpose()?;
        Ok(first.and_then(|key| at_end(&key)))
    }

    pub(super) fn where_arrived(&self) -> Result<Arrived, StoreError> {
        let Some(value) = self.0.get(ARRIVED)? else {
            return Ok(Arrived::default());
        };
        let (stream, place) = decode("place of verdicts", &value)?;
        Ok(Arrived { stream, place })
    }

    /// Forgets all places: they were those of another stream.
    pub(super) fn begin(&self, stream: i64) -> Result<(), StoreError> {
        for kind in [b"p", b"c"] {
            for key in self.0.scan_prefix(kind).keys() {
                self.0.remove(key?)?;
            }
        }
        let mut changes = Changes::default();
        changes.arrived(Arrived { stream, place: 0 })?;
        self.apply(changes)
    }

    pub(super) fn apply(&self, changes: Changes) -> Result<(), StoreError> {
        Ok(changes.0.write(&self.0)?)
    }
}

fn at_end(bytes: &[u8]) -> Option<u64> {
    bytes.last_chunk().map(|place| u64::from_be_bytes(*place))
}
