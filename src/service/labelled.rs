//! Comments that people said what they are, for other programs and for evaluations.

use crate::comment::Comment;
use crate::store::Correction;
use crate::verdict::{Probability, VerdictId};

use super::{Caller, Service, ServiceError};

/// A comment with the correction in force.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledComment {
    /// The name of its verdict.
    pub id: VerdictId,
    /// The comment.
    pub comment: Comment,
    /// What somebody said of it.
    pub correction: Correction,
    /// The probability of spam that the filter gave it, before anybody said anything.
    pub probability: Probability,
}

/// Some of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LabelledPage {
    /// Those that are still kept.
    pub comments: Vec<LabelledComment>,
    /// Where to go on; `None` after the last one.
    pub next: Option<VerdictId>,
}

impl Service {
    /// Comments with a correction in force, oldest first, from after one of them on; for admins of every
    /// site. Looks at `limit` of them: a page may hold fewer, whose comments are gone.
    pub fn labelled(
        &self,
        caller: &Caller,
        after: Option<VerdictId>,
        limit: usize,
    ) -> Result<LabelledPage, ServiceError> {
        caller.require_admin()?;
        self.labelled_page(after, limit)
    }

    /// The same without anybody to ask.
    pub(super) fn labelled_page(
        &self,
        after: Option<VerdictId>,
        limit: usize,
    ) -> Result<LabelledPage, ServiceError> {
        let corrected = self.store.corrections(after, limit)?;
        let full = corrected.len() == limit;
        let mut page = LabelledPage {
            next: corrected.last().map(|(id, _)| *id).filter(|_| full),
            ..LabelledPage::default()
        };
        for (id, correction) in corrected {
            let record = self.store.verdict(id)?;
            let said = record.map(|record| (record.comment, record.judgement.probability));
            if let Some((Some(comment), probability)) = said {
                page.comments.push(LabelledComment {
                    id,
                    comment,
                    correction,
                    probability,
                });
            }
        }
        Ok(page)
    }
}
