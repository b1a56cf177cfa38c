//! Teaching labelled comments from elsewhere: as corrections of a key of their own, so that all of them
//! can be taken back at once.

use crate::comment::Comment;
use crate::key::{KeyId, Scopes, SiteKey};
use crate::site::Site;
use crate::verdict::Label;

use super::keys::no_randomness;
use super::{Caller, KeyView, Registry, Service, ServiceError};

/// An import that is under way.
pub struct Import<'a> {
    service: &'a Service,
    key: KeyId,
    /// Whom all of it is filed under.
    teacher: Caller,
    site: Option<Site>,
}

impl Service {
    /// Begins to teach comments of a site, or of none, from which all sites learn.
    pub async fn import(
        &self,
        caller: &Caller,
        site: Option<Site>,
    ) -> Result<Import<'_>, ServiceError> {
        self.begin_import(self.managed(caller, site.as_ref())?, site)
            .await
    }

    /// The same without anybody to ask: for the command line, on a folder that nobody serves.
    pub async fn import_offline(&self, site: Option<Site>) -> Result<Import<'_>, ServiceError> {
        self.begin_import(self.registry(), site).await
    }

    async fn begin_import(
        &self,
        registry: &Registry,
        site: Option<Site>,
    ) -> Result<Import<'_>, ServiceError> {
        let name = format!("import of {}", self.clock.now().strftime("%F %T"));
        // Nobody is ever shown the key.
        let hash = SiteKey::generate().map_err(no_randomness)?.hash();
        let grant = registry.plain(&name, Scopes::CORRECTOR, site.clone());
        let KeyView { id, grant, .. } = registry.grant(hash, grant).await?;
        Ok(Import {
            service: self,
            key: id,
            teacher: Caller { hash, grant },
            site,
        })
    }
}

impl Import<'_> {
    /// Teaches one comment.
    pub async fn teach(&self, mut comment: Comment, label: Label) -> Result<(), ServiceError> {
        comment.site.clone_from(&self.site);
        let taught = self.service.correct_comment(&self.teacher, comment, label);
        taught.await.map(drop)
    }

    /// Ends it: the key opens nothing any more, and goes on naming what was taught.
    pub async fn end(self) -> Result<KeyId, ServiceError> {
        self.service.registry().revoke_key(self.key).await?;
        Ok(self.key)
    }
}
