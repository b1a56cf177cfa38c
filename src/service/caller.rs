//! Who is calling, and what they may do.

use crate::key::{KeyHash, Scope};
use crate::site::Site;
use crate::store::{Grant, VerdictRecord};

use super::error::ServiceError;

/// Someone who showed a secret that opens something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// What all that the caller does is filed under: the hash of the secret, or that of the first
    /// of its line if it was rotated.
    pub hash: KeyHash,
    /// What it opens.
    pub grant: Grant,
}

impl Caller {
    /// Whether the caller may do everything on every site.
    pub fn is_admin(&self) -> bool {
        self.grant.is_admin() && self.grant.site.is_none()
    }

    /// Whether the caller sees what any key asked for, on its site or, bound to none, on every one.
    pub fn moderates(&self) -> bool {
        self.grant.scopes.allow(Scope::Moderate)
    }

    /// Refuses callers whose key is not meant for this kind of call.
    pub fn require(&self, scope: Scope) -> Result<(), ServiceError> {
        match (self.grant.scopes.allow(scope), scope) {
            (true, _) => Ok(()),
            (false, Scope::Admin) => Err(ServiceError::AdminOnly),
            (false, scope) => Err(ServiceError::NotInScope(scope)),
        }
    }

    /// Refuses everyone but admins of every site.
    pub fn require_admin(&self) -> Result<(), ServiceError> {
        self.require_admin_of(None)
    }

    /// Refuses everyone but admins of a site, or of every site where none is named.
    pub fn require_admin_of(&self, site: Option<&Site>) -> Result<(), ServiceError> {
        self.require(Scope::Admin)?;
        match (&self.grant.site, site) {
            (Some(own), None) => Err(ServiceError::EverySite { own: own.clone() }),
            _ => self.require_site(site),
        }
    }

    /// Whether the caller may speak for a site. To name no site is allowed: a key that is bound
    /// to one then speaks for that one.
    pub fn require_site(&self, site: Option<&Site>) -> Result<(), ServiceError> {
        match (&self.grant.site, site) {
            (Some(own), Some(named)) if own != named => Err(ServiceError::SiteNotAllowed {
                own: own.clone(),
                named: named.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// Whether the caller may see and correct a verdict: an admin or moderator every one, a key that is bound
    /// to a site those of its site, any other key those that it asked for itself.
    pub(super) fn sees(&self, record: &VerdictRecord) -> bool {
        match &self.grant.site {
            Some(own) => record.site.as_ref() == Some(own),
            None => self.moderates() || record.key == self.hash,
        }
    }
}
