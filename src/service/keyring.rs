//! The keys that may be used, in memory.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use jiff::Timestamp;

use crate::key::{AdminToken, KeyHash, SiteKey};
use crate::store::{Applied, Change, Grant, Lessons, Observer, Store, StoreError};

use super::caller::Caller;
use super::error::AuthError;

/// All grants, kept current by the log.
pub(super) struct Keyring(RwLock<HashMap<KeyHash, Grant>>);

impl Keyring {
    pub(super) fn load(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self(RwLock::new(store.grants()?.into_iter().collect())))
    }

    /// Who showed the secret. What is looked up is its hash, which a caller cannot steer, so that
    /// the time of the lookup tells nothing about the secrets that exist.
    pub(super) fn authenticate(&self, secret: &str, now: Timestamp) -> Result<Caller, AuthError> {
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(AuthError::Empty);
        }
        let hash = secret
            .parse::<SiteKey>()
            .map(|key| key.hash())
            .or_else(|_| secret.parse::<AdminToken>().map(|token| token.hash()))
            .map_err(|_| AuthError::Unknown)?;
        let grants = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match grants.get_key_value(&hash) {
            Some((known, grant)) if known.matches(&hash) && grant.holds(now) => Ok(Caller {
                hash: grant.heir_of.unwrap_or(hash),
                grant: grant.clone(),
            }),
            _ => Err(AuthError::Unknown),
        }
    }
}

impl Observer for Keyring {
    fn apply(&self, events: &[Applied], _log: &dyn Lessons) {
        let mut grants = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for applied in events {
            match &applied.event.change {
                Change::KeyCreated { key, grant } => {
                    grants.insert(*key, grant.clone());
                }
                Change::KeyRevoked { key } => {
                    grants.remove(key);
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
                | Change::SiteConfigured { .. }
                | Change::SiteRemoved { .. } => {}
            }
        }
    }
}
