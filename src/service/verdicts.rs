//! Looking through verdicts, and why one came out as it did.

use crate::classifier::Evidence;
use crate::key::Scope;
use crate::store::{VerdictPage, VerdictQuery};
use crate::verdict::{Judgement, Thresholds, VerdictId};

use super::{Caller, ErasureReceipt, Service, ServiceError, Tried, VerdictView};

/// Why a verdict came out as it did, and what would be said now.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The verdict as it was given.
    pub view: VerdictView,
    /// Where verdicts and actions change on its site now.
    pub thresholds: Thresholds,
    /// What is said of the comment now; `None` if it is no longer kept.
    pub now: Option<Rejudged>,
}

/// What is said now of a comment that was judged before.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejudged {
    /// The judgement.
    pub judgement: Judgement,
    /// What the classifier has to say, every word of it, whether or not a rule decided.
    pub evidence: Evidence,
    /// Whether verdict or action are not those of then.
    pub differs: bool,
}

impl Service {
    /// A page of the verdicts that the caller may see, newest first.
    pub fn verdicts(
        &self,
        caller: &Caller,
        mut query: VerdictQuery,
    ) -> Result<VerdictPage, ServiceError> {
        caller.require(Scope::Read)?;
        caller.require_site(query.site.as_ref())?;
        if let Some(own) = &caller.grant.site {
            query.site = Some(own.clone());
        } else if !caller.moderates() {
            query.key = Some(caller.hash);
        }
        Ok(self.store.list(&query)?)
    }

    /// Erases one verdict, with its comment. Needs an admin of its site or of all.
    pub async fn delete_verdict(
        &self,
        caller: &Caller,
        id: VerdictId,
    ) -> Result<ErasureReceipt, ServiceError> {
        caller.require(Scope::Admin)?;
        let id = self.visible(caller, id)?.id;
        let at = self.clock.now();
        let receipt = self.store.erase(vec![id], caller.hash, at).await?;
        match receipt.erased {
            // Somebody else was faster.
            0 => Err(ServiceError::NoSuchVerdict),
            _ => Ok(receipt),
        }
    }

    /// Why a verdict came out as it did.
    pub fn explain(&self, caller: &Caller, id: VerdictId) -> Result<Explanation, ServiceError> {
        let view = self.verdict(caller, id)?;
        let settings = self.registry.settings(view.record.site.as_ref());
        let now = view.record.comment.as_ref().map(|comment| {
            let Tried {
                judgement,
                evidence,
            } = self.tried(comment, &settings);
            let then = &view.record.judgement;
            Rejudged {
                differs: (judgement.verdict, judgement.action) != (then.verdict, then.action),
                evidence,
                judgement,
            }
        });
        Ok(Explanation {
            thresholds: self.thresholds(view.record.site.as_ref()),
            view,
            now,
        })
    }
}
