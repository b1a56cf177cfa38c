//! Sites, keys and rules, as admins manage them: needs a store, but neither model nor filter, so that the
//! command line can do the same to a data folder without loading either.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::key::KeyId;
use crate::store::Store;

use super::Caller;
use super::error::{AuthError, ServiceError};
use super::keyring::Keyring;
use super::rule_cache::RuleCache;
use super::site_cache::SiteCache;

/// The sites, keys and rules of a store. Whoever calls a change has made sure that an admin asks.
pub struct Registry {
    pub(super) store: Arc<dyn Store>,
    pub(super) keyring: Arc<Keyring>,
    pub(super) sites: Arc<SiteCache>,
    pub(super) rules: Arc<RuleCache>,
    pub(super) clock: Clock,
    /// Held from reading something to writing it back changed.
    pub(super) changing: Mutex<()>,
}

impl Registry {
    /// The registry of an open store.
    pub fn open(store: Arc<dyn Store>, clock: Clock) -> Result<Self, ServiceError> {
        let keyring = Arc::new(Keyring::load(&*store)?);
        let sites = Arc::new(SiteCache::load(&*store)?);
        let rules = Arc::new(RuleCache::load(&*store)?);
        store.observe(Arc::clone(&rules) as _);
        store.observe(Arc::clone(&keyring) as _);
        store.observe(Arc::clone(&sites) as _);
        Ok(Self {
            store,
            keyring,
            sites,
            rules,
            clock,
            changing: Mutex::new(()),
        })
    }

    /// Who showed this secret: a site key (case does not count) or an admin token.
    pub fn authenticate(&self, secret: &str) -> Result<Caller, AuthError> {
        let (caller, shown) = self.keyring.authenticate(secret, self.clock.now())?;
        let today = self.clock.today();
        if self.keyring.is_first_use(shown, today)
            && let Err(error) = self.store.note_use(shown, today)
        {
            tracing::warn!(%error, "the use of a key is not on the disk");
        }
        Ok(caller)
    }

    /// Who has the key of this id, or one of its line, if any of them is still accepted.
    pub fn caller(&self, id: KeyId) -> Result<Caller, AuthError> {
        let caller = self.keyring.caller(id, self.clock.now());
        caller.ok_or(AuthError::Unknown)
    }
}
