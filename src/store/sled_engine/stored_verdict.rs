//! A verdict as it lies in sled: what may be read by whoever has the file, and what is sealed.

use serde::{Deserialize, Serialize};

use crate::key::KeyHash;
use crate::site::Site;
use crate::store::codec::encode;
use crate::store::error::StoreError;
use crate::store::record::{Origin, VerdictRecord};
use crate::store::sealed::{Personal, fresh_key};
use crate::store::vault::{Key, Slot, Vault};
use crate::verdict::{Judgement, VerdictId};

/// The value under a verdict's id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredVerdict {
    key: KeyHash,
    origin: Origin,
    pub(super) site: Option<Site>,
    shadow: bool,
    /// With the reasons' signals and weights, and empty details.
    judgement: Judgement,
    sealed: Option<Sealed>,
}

/// What a person wrote, and where its key lies.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sealed {
    slot: Slot,
    bytes: Vec<u8>,
}

/// A verdict on its way to the disk: sealed, but its key not yet in the vault.
pub(super) struct NewStoredVerdict {
    stored: StoredVerdict,
    pub(super) key: Key,
}

impl NewStoredVerdict {
    /// Seals what of a record is personal.
    pub(super) fn seal(record: VerdictRecord, personal: &Personal) -> Result<Self, StoreError> {
        let key = fresh_key()?;
        let bytes = personal.seal(record.id, &key)?;
        let sealed = Some(Sealed { slot: 0, bytes });
        let stored = StoredVerdict {
            sealed,
            ..StoredVerdict::bare(record)
        };
        Ok(Self { stored, key })
    }

    /// One that was sealed elsewhere, and what was sealed; `None` if the key is another one.
    pub(super) fn sealed_elsewhere(
        id: VerdictId,
        stored: StoredVerdict,
        key: Key,
    ) -> Result<Option<(Self, Personal)>, StoreError> {
        let Some(sealed) = &stored.sealed else {
            return Ok(None);
        };
        let personal = Personal::open(&sealed.bytes, id, &key)?;
        Ok(personal.map(|personal| (Self { stored, key }, personal)))
    }

    /// The record without what was sealed.
    pub(super) fn bare_record(&self, id: VerdictId) -> VerdictRecord {
        self.stored.clone().with(id, None)
    }

    /// The value's bytes, now that its key lies in the vault.
    pub(super) fn value(&self, slot: Slot) -> Result<Vec<u8>, StoreError> {
        let mut stored = self.stored.clone();
        if let Some(sealed) = &mut stored.sealed {
            sealed.slot = slot;
        }
        encode("verdict", &stored)
    }
}

impl StoredVerdict {
    /// The value without what a person wrote.
    pub(super) fn bare(record: VerdictRecord) -> Self {
        let mut judgement = record.judgement;
        for reason in &mut judgement.reasons {
            reason.detail.clear();
        }
        Self {
            key: record.key,
            origin: record.origin,
            site: record.site,
            shadow: record.shadow,
            judgement,
            sealed: None,
        }
    }

    /// Whether what was written is still there.
    pub(super) fn has_content(&self) -> bool {
        self.sealed.is_some()
    }

    /// The personal part, if its key still is in the vault.
    pub(super) fn personal(
        &self,
        id: VerdictId,
        vault: &Vault,
    ) -> Result<Option<Personal>, StoreError> {
        let Some(sealed) = &self.sealed else {
            return Ok(None);
        };
        match vault.key(sealed.slot)? {
            Some(key) => Personal::open(&sealed.bytes, id, &key),
            None => Ok(None),
        }
    }

    /// The key of the personal part, if both are still there.
    pub(super) fn key(&self, vault: &Vault) -> Result<Option<Key>, StoreError> {
        match &self.sealed {
            Some(sealed) => vault.key(sealed.slot),
            None => Ok(None),
        }
    }

    /// Bytes of the personal part.
    pub(super) fn size(&self) -> usize {
        self.sealed.as_ref().map_or(0, |sealed| sealed.bytes.len())
    }

    /// Takes the personal part out. Answers with where its key lies.
    pub(super) fn drop_content(&mut self) -> Option<Slot> {
        self.sealed.take().map(|sealed| sealed.slot)
    }

    /// The record, as far as it is still there.
    pub(super) fn open(self, id: VerdictId, vault: &Vault) -> Result<VerdictRecord, StoreError> {
        let personal = self.personal(id, vault)?;
        Ok(self.with(id, personal))
    }

    /// The record with a personal part that was opened before.
    pub(super) fn with(self, id: VerdictId, personal: Option<Personal>) -> VerdictRecord {
        let mut judgement = self.judgement;
        let (comment, ip_hash, callback) = match personal {
            Some(personal) => {
                for (reason, detail) in judgement.reasons.iter_mut().zip(personal.details) {
                    reason.detail = detail;
                }
                (Some(personal.comment), personal.ip_hash, personal.callback)
            }
            None => (None, None, None),
        };
        VerdictRecord {
            id,
            key: self.key,
            origin: self.origin,
            site: self.site,
            comment,
            ip_hash,
            judgement,
            shadow: self.shadow,
            callback,
        }
    }
}
