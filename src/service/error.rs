//! What can go wrong with an operation.

use crate::key::Scope;
use crate::site::Site;
use crate::store::StoreError;

/// Why an operation was refused or failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ServiceError {
    /// The key is bound to another site.
    #[error("this key speaks for {own} only, not for {named}")]
    SiteNotAllowed {
        /// The site that the key is bound to.
        own: Site,
        /// The site that the call named.
        named: Site,
    },
    /// The key is bound to a site, and the call is about all of them.
    #[error("this key speaks for {own} only; this needs one for every site")]
    EverySite {
        /// The site that the key is bound to.
        own: Site,
    },
    /// Only an admin token opens this.
    #[error("this needs an admin token")]
    AdminOnly,
    /// The key is not meant for this kind of call.
    #[error("this key lacks the scope {0}")]
    NotInScope(Scope),
    /// There is no such verdict, or the caller may not see it: both look the same from outside.
    #[error("no verdict of that id is stored")]
    NoSuchVerdict,
    /// The verdict's comment is over its time: there is nothing left to learn from.
    #[error("the comment is no longer kept; send it with the correction")]
    CommentGone,
    /// The verdict was not corrected, so that there is nothing to take back.
    #[error("the verdict has no correction")]
    NoSuchCorrection,
    /// Nothing is known of the site.
    #[error("no such site")]
    NoSuchSite,
    /// The site was set up before.
    #[error("the site is set up already; change it instead")]
    SiteExists,
    /// There is no such rule.
    #[error("no such rule")]
    NoSuchRule,
    /// There are as many rules as there may be.
    #[error("there are {0} rules already, the most that there may be")]
    TooManyRules(usize),
    /// There are as many expressions among the rules as there may be.
    #[error("there are {0} rules with expressions already, the most that there may be")]
    TooManyExpressions(usize),
    /// No key of that hash may be used.
    #[error("no such key")]
    NoSuchKey,
    /// The key stands in the configuration, which would bring it back at the next start.
    #[error("this key is set by the configuration; change it there")]
    KeyConfigured,
    /// Another key took its place already, or its time is over.
    #[error("another key took the place of this one; rotate that one")]
    KeyRotated,
    /// Without it nobody could manage the server.
    #[error("this is the last admin token; make another one first")]
    LastAdmin,
    /// More is being written than the disk takes; try again in about a second.
    #[error("too much is being written at once; try again in a moment")]
    Busy,
    /// The log that the servers of a cluster share does not answer; try again in some seconds. It may yet
    /// be done.
    #[error("the cluster's log does not answer at the moment; checks go on, try this again")]
    LogAway,
    /// The operating system gave no random bytes for a new secret.
    #[error("no random bytes for a new secret: {0}")]
    NoRandomness(String),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl ServiceError {
    /// Whether the caller may not do what it asked for.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::SiteNotAllowed { .. }
                | Self::EverySite { .. }
                | Self::AdminOnly
                | Self::NotInScope(_)
        )
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchVerdict => Self::NoSuchVerdict,
            StoreError::NoSuchCorrection => Self::NoSuchCorrection,
            StoreError::NoSuchKey => Self::NoSuchKey,
            StoreError::NoSuchSite => Self::NoSuchSite,
            StoreError::NoSuchRule => Self::NoSuchRule,
            StoreError::Busy => Self::Busy,
            StoreError::LogAway => Self::LogAway,
            error => Self::Store(error),
        }
    }
}

/// Why a secret opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// No secret was shown.
    #[error("no key was given")]
    Empty,
    /// It is unknown, revoked, or not even of the form of a secret.
    #[error("the key is unknown or revoked")]
    Unknown,
}
