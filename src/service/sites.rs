//! Looking at sites and setting them up.

use std::sync::Arc;

use jiff::Timestamp;

use crate::site::Site;
use crate::site::settings::SiteSettings;

use super::{Registry, ServiceError};

/// A site and what is set for it.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteView {
    /// The site.
    pub site: Site,
    /// Whether it is in use; `false` once its plugin was switched off.
    pub active: bool,
    /// Its settings, or the defaults where nobody has set anything.
    pub settings: Arc<SiteSettings>,
    /// When somebody last set something.
    pub configured_at: Option<Timestamp>,
}

impl Registry {
    /// What holds for a site, or for comments of none. Never touches the disk.
    pub fn settings(&self, site: Option<&Site>) -> Arc<SiteSettings> {
        self.sites.settings(site)
    }

    /// Every site that was ever checked for, switched on or off, or set up; ordered by name.
    pub fn sites(&self) -> Result<Vec<SiteView>, ServiceError> {
        let known = self.store.sites()?;
        // sled lists them in the order of their names.
        Ok(known
            .into_iter()
            .map(|(site, active)| self.view(site, active))
            .collect())
    }

    /// One of [`Self::sites`].
    pub fn site(&self, site: &Site) -> Result<SiteView, ServiceError> {
        match self.store.site_active(site)? {
            Some(active) => Ok(self.view(site.clone(), active)),
            None => Err(ServiceError::NoSuchSite),
        }
    }

    /// Sets up a site that nobody has set up yet.
    pub async fn create_site(
        &self,
        site: Site,
        settings: SiteSettings,
    ) -> Result<SiteView, ServiceError> {
        let _changing = self.changing.lock().await;
        if self.sites.get(&site).is_some() {
            return Err(ServiceError::SiteExists);
        }
        self.configure(site, settings).await
    }

    /// Gives a site the settings that are made of those it has. It need not be known yet.
    pub async fn change_site<E: From<ServiceError>>(
        &self,
        site: Site,
        change: impl FnOnce(&SiteSettings) -> Result<SiteSettings, E>,
    ) -> Result<SiteView, E> {
        let _changing = self.changing.lock().await;
        let settings = change(&self.sites.settings(Some(&site)))?;
        Ok(self.configure(site, settings).await?)
    }

    /// Forgets a site and its settings. Its verdicts stay; its next comment makes it known again,
    /// with the defaults.
    pub async fn remove_site(&self, site: Site) -> Result<(), ServiceError> {
        Ok(self.store.remove_site(site, self.clock.now()).await?)
    }

    async fn configure(
        &self,
        site: Site,
        settings: SiteSettings,
    ) -> Result<SiteView, ServiceError> {
        let at = self.clock.now();
        self.store
            .configure_site(site.clone(), settings, at)
            .await?;
        self.site(&site)
    }

    fn view(&self, site: Site, active: bool) -> SiteView {
        let configured = self.sites.get(&site);
        SiteView {
            active,
            settings: self.sites.settings(Some(&site)),
            configured_at: configured.map(|configured| configured.at),
            site,
        }
    }
}
