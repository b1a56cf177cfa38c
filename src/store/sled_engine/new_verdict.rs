//! A verdict on its way to the disk.

use super::postings::{self, Term};
use super::stored_verdict::{NewStoredVerdict, StoredVerdict};
use super::trees::CounterRow;
use crate::comment::Comment;
use crate::key::KeyHash;
use crate::site::Site;
use crate::store::error::StoreError;
use crate::store::fingerprint::{Fingerprint, Secret};
use crate::store::record::{AddressPolicy, Origin, VerdictRecord, shorten};
use crate::store::sealed::Personal;
use crate::store::vault::Key;
use crate::verdict::{Verdict, VerdictId};

/// A record ready for the disk, and what it is indexed under and counted as.
pub(super) struct NewVerdict {
    pub(super) id: VerdictId,
    /// Which key asked.
    pub(super) key: KeyHash,
    pub(super) site: Option<Site>,
    pub(super) stored: NewStoredVerdict,
    pub(super) fingerprint: Fingerprint,
    pub(super) terms: Vec<Term>,
    /// `None` if it is no check.
    pub(super) counts: Option<(CounterRow, Verdict)>,
}

impl NewVerdict {
    /// Cuts what is overlong, hashes what is only compared, and seals what a person wrote.
    pub(super) fn new(
        mut record: VerdictRecord,
        mut comment: Comment,
        address: AddressPolicy,
        secret: &Secret,
    ) -> Result<Self, StoreError> {
        let fingerprint = secret.fingerprint(&record.key, &comment);
        record.ip_hash = comment.author.ip.map(|ip| secret.ip(ip));
        if address == AddressPolicy::Hash {
            comment.author.ip = None;
        }
        shorten(&mut comment);
        Ok(Self {
            counts: counts(&record),
            ..Self::restored(record, comment, fingerprint, secret)?
        })
    }

    /// One that another store gave, sealed under its key; `None` if the key does not fit.
    pub(super) fn received(
        id: VerdictId,
        stored: StoredVerdict,
        key: Key,
        secret: &Secret,
    ) -> Result<Option<Self>, StoreError> {
        let Some((sealed, personal)) = NewStoredVerdict::sealed_elsewhere(id, stored.clone(), key)?
        else {
            return Ok(None);
        };
        let fingerprint = personal.fingerprint.clone();
        let record = stored.with(id, Some(personal));
        Ok(Some(Self {
            id,
            key: record.key,
            terms: postings::terms(secret, &record),
            counts: counts(&record),
            site: record.site,
            stored: sealed,
            fingerprint,
        }))
    }

    /// The same of one that was stored before, and counted.
    pub(super) fn restored(
        mut record: VerdictRecord,
        comment: Comment,
        fingerprint: Fingerprint,
        secret: &Secret,
    ) -> Result<Self, StoreError> {
        let terms = postings::terms(secret, &record);
        let reasons = record.judgement.reasons.iter_mut();
        let personal = Personal {
            comment,
            ip_hash: record.ip_hash,
            callback: record.callback.take(),
            details: reasons
                .map(|reason| std::mem::take(&mut reason.detail))
                .collect(),
            fingerprint: fingerprint.clone(),
        };
        Ok(Self {
            id: record.id,
            key: record.key,
            site: record.site.clone(),
            stored: NewStoredVerdict::seal(record, &personal)?,
            fingerprint,
            terms,
            counts: None,
        })
    }
}

/// As what it counts, if it is a check.
pub(super) fn counts(record: &VerdictRecord) -> Option<(CounterRow, Verdict)> {
    (record.origin == Origin::Checked).then(|| (CounterRow::of(record), record.judgement.verdict))
}
