//! The sites' settings, in memory: every check asks for them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use crate::site::Site;
use crate::site::settings::SiteSettings;
use crate::store::{Applied, Change, Lessons, Observer, Store, StoreError};

/// The settings of every configured site, kept current by the log.
pub(super) struct SiteCache {
    configured: RwLock<HashMap<Site, Configured>>,
    /// Those of all other sites.
    default: Arc<SiteSettings>,
}

/// Settings, and when they were made.
#[derive(Clone)]
pub(super) struct Configured {
    pub(super) settings: Arc<SiteSettings>,
    pub(super) at: Timestamp,
}

impl SiteCache {
    pub(super) fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let configured = store.configured_sites()?.into_iter().map(|(site, stored)| {
            let configured = Configured {
                settings: Arc::new(stored.settings),
                at: stored.at,
            };
            (site, configured)
        });
        Ok(Self {
            configured: RwLock::new(configured.collect()),
            default: Arc::default(),
        })
    }

    /// What holds for a site, or for comments of none.
    pub(super) fn settings(&self, site: Option<&Site>) -> Arc<SiteSettings> {
        site.and_then(|site| self.get(site))
            .map_or_else(|| Arc::clone(&self.default), |found| found.settings)
    }

    /// Every configured site.
    pub(super) fn all(&self) -> Vec<(Site, Arc<SiteSettings>)> {
        let configured = self.configured.read();
        let configured = configured.unwrap_or_else(PoisonError::into_inner);
        let sites = configured.iter();
        sites
            .map(|(site, found)| (site.clone(), Arc::clone(&found.settings)))
            .collect()
    }

    pub(super) fn get(&self, site: &Site) -> Option<Configured> {
        let configured = self.configured.read();
        let configured = configured.unwrap_or_else(PoisonError::into_inner);
        configured.get(site).cloned()
    }
}

impl Observer for SiteCache {
    fn apply(&self, events: &[Applied], _log: &dyn Lessons) {
        let mut sites = self
            .configured
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        for applied in events {
            match &applied.event.change {
                Change::SiteConfigured { site, settings } => {
                    let configured = Configured {
                        settings: Arc::new((**settings).clone()),
                        at: applied.event.at,
                    };
                    sites.insert(site.clone(), configured);
                }
                Change::SiteRemoved { site } => {
                    sites.remove(site);
                }
                Change::Corrected { .. }
                | Change::Retracted { .. }
                | Change::KeyCreated { .. }
                | Change::KeyRevoked { .. }
                | Change::KeyRotated { .. }
                | Change::SiteActive { .. }
                | Change::Erased { .. }
                | Change::Rule { .. }
                | Change::BaseModel(_)
                | Change::Lost => {}
            }
        }
    }
}
