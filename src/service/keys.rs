//! Making, rotating and revoking keys.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::key::{AdminToken, KeyHash, KeyId, KeyName, Scopes, SiteKey};
use crate::rate::Rate;
use crate::site::Site;
use crate::store::Grant;

use super::{Registry, ServiceError};

/// Names of the keys that starts take care of; all other keys are the operator's own.
const CONFIGURED: &str = "configured";
pub(super) const FIRST: &str = "first";

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

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// A name for people.
    pub name: KeyName,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The only site it may speak for; `None` for every site.
    pub site: Option<Site>,
    /// How often it may be used; `None` for the server's limit.
    pub rate: Option<Rate>,
}

/// A key as admins see it: never the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyView {
    /// What it is called.
    pub id: KeyId,
    /// What it opens.
    pub grant: Grant,
    /// Whether it is accepted now: not once the time is over that a rotation left it.
    pub accepted: bool,
    /// The day (UTC) on which it was used last, as far as this database was told.
    pub last_used: Option<Date>,
}

/// The secret of a new key, to be shown once: only its hash is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// Of a key that cannot do everything.
    Key(SiteKey),
    /// Of one that can.
    Token(AdminToken),
}

impl Secret {
    fn generate(scopes: Scopes) -> Result<Self, ServiceError> {
        let made = match scopes == Scopes::ADMIN {
            true => AdminToken::generate().map(Self::Token),
            false => SiteKey::generate().map(Self::Key),
        };
        made.map_err(|error| ServiceError::NoRandomness(error.to_string()))
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        match self {
            Self::Key(key) => key.reveal(),
            Self::Token(token) => token.reveal(),
        }
    }

    fn hash(&self) -> KeyHash {
        match self {
            Self::Key(key) => key.hash(),
            Self::Token(token) => token.hash(),
        }
    }
}

impl Registry {
    /// Makes a key.
    pub async fn create_key(&self, new: NewKey) -> Result<(KeyView, Secret), ServiceError> {
        let secret = Secret::generate(new.scopes)?;
        let view = self
            .grant(
                secret.hash(),
                Grant {
                    rate: new.rate,
                    ..self.plain(new.name.as_str(), new.scopes, new.site)
                },
            )
            .await?;
        Ok((view, secret))
    }

    /// Makes a key that has the place of another, which is accepted for as long as is said.
    pub async fn rotate_key(
        &self,
        id: KeyId,
        overlap: Duration,
    ) -> Result<(KeyView, Secret), ServiceError> {
        let _changing = self.changing.lock().await;
        let (old, grant) = self.key_named(id)?;
        if is_configured(&grant) {
            return Err(ServiceError::KeyConfigured);
        }
        if grant.until.is_some() {
            return Err(ServiceError::KeyRotated);
        }
        let secret = Secret::generate(grant.scopes)?;
        let at = self.clock.now();
        let until = at.saturating_add(overlap).unwrap_or(Timestamp::MAX);
        self.store.rotate_key(old, secret.hash(), until, at).await?;
        Ok((self.key(secret.hash().id())?, secret))
    }

    /// Lets a key be used no longer, from now on.
    pub async fn revoke_key(&self, id: KeyId) -> Result<(), ServiceError> {
        let _changing = self.changing.lock().await;
        let (key, grant) = self.key_named(id)?;
        if is_configured(&grant) {
            return Err(ServiceError::KeyConfigured);
        }
        let now = self.clock.now();
        let manages = |grant: &Grant| grant.is_admin() && grant.site.is_none() && grant.holds(now);
        let others = self.store.grants()?;
        if manages(&grant) && !others.iter().any(|(k, g)| *k != key && manages(g)) {
            return Err(ServiceError::LastAdmin);
        }
        self.revoke(key).await
    }

    /// Every key that was not revoked, ordered by name.
    pub fn keys(&self) -> Result<Vec<KeyView>, ServiceError> {
        let uses: HashMap<KeyHash, Date> = self.store.uses()?.into_iter().collect();
        let grants = self.store.grants()?.into_iter();
        let mut keys: Vec<_> = grants
            .map(|(key, grant)| KeyView {
                last_used: uses.get(&key).copied(),
                ..self.key_view(key, grant)
            })
            .collect();
        keys.sort_by(|a, b| (&a.grant.name, a.id).cmp(&(&b.grant.name, b.id)));
        Ok(keys)
    }

    /// One of [`Self::keys`].
    pub fn key(&self, id: KeyId) -> Result<KeyView, ServiceError> {
        let mut keys = self.keys()?.into_iter();
        keys.find(|view| view.id == id)
            .ok_or(ServiceError::NoSuchKey)
    }

    /// Makes a site key, for one site or for all.
    pub async fn create_site_key(
        &self,
        name: &str,
        site: Option<Site>,
    ) -> Result<SiteKey, ServiceError> {
        let key = SiteKey::generate().map_err(no_randomness)?;
        self.grant(key.hash(), self.plain(name, Scopes::SITE, site))
            .await?;
        Ok(key)
    }

    /// Makes an admin token.
    pub async fn create_admin_token(&self, name: &str) -> Result<AdminToken, ServiceError> {
        let token = AdminToken::generate().map_err(no_randomness)?;
        self.grant(token.hash(), self.plain(name, Scopes::ADMIN, None))
            .await?;
        Ok(token)
    }

    /// To be called once at each start: makes the configured secrets work (and those that were
    /// configured or made by an earlier start, of the same kind, no longer); of a kind that is
    /// neither configured nor in the store, makes one.
    pub async fn first_keys(&self, configured: ConfiguredKeys) -> Result<FirstKeys, ServiceError> {
        let mut first = FirstKeys::default();
        match configured.site_key {
            Some(key) => self.configure_key(key.hash(), Scopes::SITE).await?,
            None if !self.has_any(Scopes::SITE)? => {
                let name = own_name(FIRST, Scopes::SITE);
                first.site_key = Some(self.create_site_key(&name, None).await?);
            }
            None => {}
        }
        match configured.admin_token {
            Some(token) => self.configure_key(token.hash(), Scopes::ADMIN).await?,
            None if !self.has_any(Scopes::ADMIN)? => {
                let name = own_name(FIRST, Scopes::ADMIN);
                first.admin_token = Some(self.create_admin_token(&name).await?);
            }
            None => {}
        }
        Ok(first)
    }

    /// Takes back keys that were made a moment ago, whatever they are.
    pub async fn forget(&self, made: &FirstKeys) -> Result<(), ServiceError> {
        for key in made.hashes() {
            self.revoke(key).await?;
        }
        Ok(())
    }

    /// Has a secret of the configuration work, instead of what stood there at earlier starts.
    async fn configure_key(&self, key: KeyHash, scopes: Scopes) -> Result<(), ServiceError> {
        let own = [own_name(CONFIGURED, scopes), own_name(FIRST, scopes)];
        let known = self.store.grants()?;
        let works =
            |grant: &Grant| grant.scopes == scopes && grant.site.is_none() && grant.until.is_none();
        // The new one first: there must be no moment, nor a crash, that leaves none.
        if !known.iter().any(|(k, g)| *k == key && works(g)) {
            self.grant(key, self.plain(&own[0], scopes, None)).await?;
        }
        for (old, grant) in known {
            if old != key && same_kind(&grant, scopes) && own.contains(&grant.name) {
                tracing::info!(name = grant.name, "the configured one replaces this key");
                self.revoke(old).await?;
            }
        }
        Ok(())
    }

    fn has_any(&self, scopes: Scopes) -> Result<bool, ServiceError> {
        let now = self.clock.now();
        // An admin of one site manages no server.
        let enough = |grant: &Grant| !grant.is_admin() || grant.site.is_none();
        let grants = self.store.grants()?;
        Ok(grants
            .iter()
            .any(|(_, grant)| same_kind(grant, scopes) && enough(grant) && grant.holds(now)))
    }

    pub(super) async fn grant(&self, key: KeyHash, grant: Grant) -> Result<KeyView, ServiceError> {
        let at = grant.created;
        self.store.create_key(key, grant.clone(), at).await?;
        Ok(self.key_view(key, grant))
    }

    /// A grant that is made now, without a limit of its own.
    pub(super) fn plain(&self, name: &str, scopes: Scopes, site: Option<Site>) -> Grant {
        Grant::new(name, scopes, site, self.clock.now())
    }

    async fn revoke(&self, key: KeyHash) -> Result<(), ServiceError> {
        Ok(self.store.revoke_key(key, self.clock.now()).await?)
    }

    fn key_named(&self, id: KeyId) -> Result<(KeyHash, Grant), ServiceError> {
        let mut grants = self.store.grants()?.into_iter();
        grants
            .find(|(key, _)| key.id() == id)
            .ok_or(ServiceError::NoSuchKey)
    }

    fn key_view(&self, key: KeyHash, grant: Grant) -> KeyView {
        KeyView {
            id: key.id(),
            accepted: grant.holds(self.clock.now()),
            last_used: None,
            grant,
        }
    }
}

pub(super) fn own_name(origin: &str, scopes: Scopes) -> String {
    match scopes == Scopes::ADMIN {
        false => format!("{origin} site key"),
        true => format!("{origin} admin token"),
    }
}

fn is_configured(grant: &Grant) -> bool {
    let kind = if grant.is_admin() {
        Scopes::ADMIN
    } else {
        Scopes::SITE
    };
    grant.name == own_name(CONFIGURED, kind)
}

/// Whether a key is of the form that a start makes: for blogs, or for managing.
fn same_kind(grant: &Grant, scopes: Scopes) -> bool {
    grant.is_admin() == (scopes == Scopes::ADMIN)
}

pub(super) fn no_randomness(error: getrandom::Error) -> ServiceError {
    ServiceError::NoRandomness(error.to_string())
}
