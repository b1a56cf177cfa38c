//! The keys that may be used, in memory.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::key::{AdminToken, KeyHash, KeyId, SiteKey};
use crate::store::{Applied, Change, Grant, Lessons, Observer, Store, StoreError};

use super::caller::Caller;
use super::error::AuthError;

/// All grants, kept current by the log.
pub(super) struct Keyring {
    grants: RwLock<HashMap<KeyHash, Grant>>,
    /// By the first key of its line, the site key that was shown last, as far as one was since the
    /// start: on the disk are only hashes, and a site that is called back must be told its key.
    shown: RwLock<HashMap<KeyHash, SiteKey>>,
    /// The day on which each key was used last.
    used: RwLock<HashMap<KeyHash, Date>>,
}

impl Keyring {
    pub(super) fn load(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self {
            grants: RwLock::new(store.grants()?.into_iter().collect()),
            shown: RwLock::default(),
            used: RwLock::new(store.uses()?.into_iter().collect()),
        })
    }

    /// Who showed the secret, and the hash of it. What is looked up is its hash, which a caller cannot steer, so that
    /// the time of the lookup tells nothing about the secrets that exist.
    pub(super) fn authenticate(
        &self,
        secret: &str,
        now: Timestamp,
    ) -> Result<(Caller, KeyHash), AuthError> {
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(AuthError::Empty);
        }
        let site_key = secret.parse::<SiteKey>();
        let hash = site_key
            .as_ref()
            .map(SiteKey::hash)
            .or_else(|_| secret.parse::<AdminToken>().map(|token| token.hash()))
            .map_err(|_| AuthError::Unknown)?;
        let grants = self.grants.read().unwrap_or_else(PoisonError::into_inner);
        match grants.get_key_value(&hash) {
            Some((known, grant)) if known.matches(&hash) && grant.holds(now) => {
                let line = grant.heir_of.unwrap_or(hash);
                if let Ok(key) = site_key {
                    self.remember(line, key);
                }
                let caller = Caller {
                    hash: line,
                    grant: grant.clone(),
                };
                Ok((caller, hash))
            }
            _ => Err(AuthError::Unknown),
        }
    }

    /// Whoever has a key of the line that begins with the one of this id.
    pub(super) fn caller(&self, id: KeyId, now: Timestamp) -> Option<Caller> {
        let grants = self.grants.read().unwrap_or_else(PoisonError::into_inner);
        let line =
            |(key, grant): (&KeyHash, &Grant)| (grant.heir_of.unwrap_or(*key), grant.clone());
        let mut lines = grants.iter().map(line);
        let found = lines.find(|(line, grant)| line.id() == id && grant.holds(now));
        found.map(|(hash, grant)| Caller { hash, grant })
    }

    /// The site key of a line that was shown last, if it is still accepted.
    pub(super) fn shown(&self, line: KeyHash, now: Timestamp) -> Option<SiteKey> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        let key = shown.get(&line).cloned()?;
        drop(shown);
        let grants = self.grants.read().unwrap_or_else(PoisonError::into_inner);
        let grant = grants.get(&key.hash())?;
        grant.holds(now).then_some(key)
    }

    /// Whether a key is used for the first time on this day; it then counts as used.
    pub(super) fn is_first_use(&self, key: KeyHash, today: Date) -> bool {
        let used = self.used.read().unwrap_or_else(PoisonError::into_inner);
        if used.get(&key) == Some(&today) {
            return false;
        }
        drop(used);
        let mut used = self.used.write().unwrap_or_else(PoisonError::into_inner);
        used.insert(key, today) != Some(today)
    }

    fn remember(&self, line: KeyHash, key: SiteKey) {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        if shown.get(&line) != Some(&key) {
            drop(shown);
            let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
            shown.insert(line, key);
        }
    }
}

impl Observer for Keyring {
    fn apply(&self, events: &[Applied], _log: &dyn Lessons) {
        let mut grants = self.grants.write().unwrap_or_else(PoisonError::into_inner);
        for applied in events {
            match &applied.event.change {
                Change::KeyCreated { key, grant } => {
                    grants.insert(*key, grant.clone());
                }
                Change::KeyRevoked { key } => {
                    grants.remove(key);
                    let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
                    shown.retain(|_, shown| shown.hash() != *key);
                }
                Change::KeyRotated { from, to, until } => {
                    if let Some(old) = grants.get_mut(from) {
                        let heir = old.handed_on(*from, applied.event.at);
                        old.until = Some(*until);
                        grants.insert(*to, heir);
                    }
                }
                Change::Corrected { .. }
                | Change::Retracted { .. }
                | Change::SiteActive { .. }
                | Change::Rule { .. }
                | Change::SiteConfigured { .. }
                | Change::SiteRemoved { .. }
                | Change::Erased { .. }
                | Change::BaseModel(_)
                | Change::Lost => {}
            }
        }
    }
}
