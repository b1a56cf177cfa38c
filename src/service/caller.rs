//! Who is calling, and what they may do.

use crate::key::KeyHash;
use crate::site::Site;
use crate::store::{Grant, KeyRole, VerdictRecord};

use super::error::ServiceError;

/// Someone who showed a secret that opens something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Hash of the secret.
    pub hash: KeyHash,
    /// What it opens.
    pub grant: Grant,
}

impl Caller {
    /// Whether an admin token was shown.
    pub fn is_admin(&self) -> bool {
        self.grant.role == KeyRole::Admin
    }

    /// Refuses everyone but admins.
    pub fn require_admin(&self) -> Result<(), ServiceError> {
        if self.is_admin() {
            Ok(())
        } else {
            Err(ServiceError::AdminOnly)
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

    /// Whether the caller may see and correct every verdict.
    pub(super) fn sees_all(&self) -> bool {
        self.is_admin() && self.grant.site.is_none()
    }

    /// Whether the caller may see and correct a verdict: an admin every one, a key that is bound
    /// to a site those of its site, any other key those that it asked for itself.
    pub(super) fn sees(&self, record: &VerdictRecord) -> bool {
        match (&self.grant.role, &self.grant.site) {
            (_, Some(own)) => record.comment.site.as_ref() == Some(own),
            (KeyRole::Admin, None) => true,
            (KeyRole::Site, None) => record.key == self.hash,
        }
    }
}
