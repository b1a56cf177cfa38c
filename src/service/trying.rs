//! Judging a comment that nobody wrote.

use crate::classifier::Evidence;
use crate::comment::Comment;
use crate::key::Scope;
use crate::site::settings::SiteSettings;
use crate::verdict::Judgement;

use super::judging::policy;
use super::{Caller, Service, ServiceError};

/// What would be said of a comment, and all that speaks for and against it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// The judgement.
    pub judgement: Judgement,
    /// What the classifier has to say, every word of it, whether or not a rule decided.
    pub evidence: Evidence,
}

impl Service {
    /// Judges a comment as a check would. Nothing is kept or counted of it.
    pub fn try_comment(&self, caller: &Caller, comment: Comment) -> Result<Tried, ServiceError> {
        caller.require(Scope::Read)?;
        let (comment, settings) = self.placed(caller, comment)?;
        Ok(self.tried(&comment, &settings))
    }

    /// What would be said now of a comment on a site with these settings.
    pub(super) fn tried(&self, comment: &Comment, settings: &SiteSettings) -> Tried {
        let policy = policy(settings, false, self.clock.now());
        Tried {
            judgement: self.filter.check(comment, &policy),
            evidence: self.filter.classifier().evidence(comment),
        }
    }
}
