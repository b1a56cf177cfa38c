//! Making and revoking keys.

use crate::key::{AdminToken, KeyHash, SiteKey};
use crate::site::Site;
use crate::store::{Grant, KeyRole};

use super::{Registry, ServiceError};

/// Names of the keys that starts take care of; all other keys are the operator's own.
const CONFIGURED: &str = "configured";
const FIRST: &str = "first";

/// Secrets given by configuration, which are then the ones that work.
#[derive(Debug, Clone, Default)]
pub struct ConfiguredKeys {
    /// `CHAFFINCH_SITE_KEY`.
    pub site_key: Option<SiteKey>,
    /// `CHAFFINCH_ADMIN_TOKEN`.
    pub admin_token: Option<AdminToken>,
}

/// Secrets made at the first start: to be shown once, they are stored nowhere.
#[derive(Debug, Clone, Default)]
pub struct FirstKeys {
    /// The site key, if one was made.
    pub site_key: Option<SiteKey>,
    /// The admin token, if one was made.
    pub admin_token: Option<AdminToken>,
}

impl FirstKeys {
    /// What is stored of them.
    pub fn hashes(&self) -> impl Iterator<Item = KeyHash> {
        let site_key = self.site_key.as_ref().map(SiteKey::hash);
        let admin_token = self.admin_token.as_ref().map(AdminToken::hash);
        site_key.into_iter().chain(admin_token)
    }
}

impl Registry {
    /// Makes a site key, for one site or for all. The surface has made sure that an admin asks.
    pub async fn create_site_key(
        &self,
        name: &str,
        site: Option<Site>,
    ) -> Result<SiteKey, ServiceError> {
        let key = SiteKey::generate().map_err(no_randomness)?;
        self.grant(key.hash(), name, KeyRole::Site, site).await?;
        Ok(key)
    }

    /// Makes an admin token. The surface has made sure that an admin asks.
    pub async fn create_admin_token(&self, name: &str) -> Result<AdminToken, ServiceError> {
        let token = AdminToken::generate().map_err(no_randomness)?;
        self.grant(token.hash(), name, KeyRole::Admin, None).await?;
        Ok(token)
    }

    /// Lets a key be used no longer. The surface has made sure that an admin asks.
    pub async fn revoke_key(&self, key: KeyHash) -> Result<(), ServiceError> {
        Ok(self.store.revoke_key(key, self.clock.now()).await?)
    }

    /// Every key that may be used, ordered by name. The surface has made sure that an admin asks.
    pub fn keys(&self) -> Result<Vec<(KeyHash, Grant)>, ServiceError> {
        let mut keys = self.store.grants()?;
        keys.sort_by(|(a, x), (b, y)| x.name.cmp(&y.name).then(a.cmp(b)));
        Ok(keys)
    }

    /// To be called once at each start: makes the configured secrets work (and those that were
    /// configured or made by an earlier start, of the same kind, no longer); of a kind that is
    /// neither configured nor in the store, makes one.
    pub async fn first_keys(&self, configured: ConfiguredKeys) -> Result<FirstKeys, ServiceError> {
        let mut first = FirstKeys::default();
        match configured.site_key {
            Some(key) => self.configure_key(key.hash(), KeyRole::Site).await?,
            None if !self.has_any(KeyRole::Site)? => {
                let name = own_name(FIRST, KeyRole::Site);
                first.site_key = Some(self.create_site_key(&name, None).await?);
            }
            None => {}
        }
        match configured.admin_token {
            Some(token) => self.configure_key(token.hash(), KeyRole::Admin).await?,
            None if !self.has_any(KeyRole::Admin)? => {
                let name = own_name(FIRST, KeyRole::Admin);
                first.admin_token = Some(self.create_admin_token(&name).await?);
            }
            None => {}
        }
        Ok(first)
    }

    /// Has a secret of the configuration work, instead of what stood there at earlier starts.
    async fn configure_key(&self, key: KeyHash, role: KeyRole) -> Result<(), ServiceError> {
        let own = [own_name(CONFIGURED, role), own_name(FIRST, role)];
        let known = self.store.grants()?;
        // The new one first: there must be no moment, nor a crash, that leaves none.
        if !known.iter().any(|(k, g)| *k == key && g.role == role) {
            self.grant(key, &own[0], role, None).await?;
        }
        for (old, grant) in known {
            if old != key && grant.role == role && own.contains(&grant.name) {
                tracing::info!(name = grant.name, "the configured one replaces this key");
                self.revoke_key(old).await?;
            }
        }
        Ok(())
    }

    fn has_any(&self, role: KeyRole) -> Result<bool, ServiceError> {
        let grants = self.store.grants()?;
        Ok(grants.iter().any(|(_, grant)| grant.role == role))
    }

    async fn grant(
        &self,
        key: KeyHash,
        name: &str,
        role: KeyRole,
        site: Option<Site>,
    ) -> Result<(), ServiceError> {
        let name = name.to_owned();
        let grant = Grant { name, role, site };
        Ok(self.store.create_key(key, grant, self.clock.now()).await?)
    }
}

fn own_name(origin: &str, role: KeyRole) -> String {
    match role {
        KeyRole::Site => format!("{origin} site key"),
        KeyRole::Admin => format!("{origin} admin token"),
    }
}

fn no_randomness(error: getrandom::Error) -> ServiceError {
    ServiceError::NoRandomness(error.to_string())
}
