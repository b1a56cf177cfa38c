//! Checks, corrections, and looking at verdicts.

use crate::comment::Comment;
use crate::store::{
    Correction, CorrectionReceipt, NewCorrection, Origin, Retraction, VerdictRecord,
};
use crate::verdict::{Judgement, Label, VerdictId};

use super::{Caller, Service, ServiceError};

/// What a surface asks of a check besides the comment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// A spam verdict by a test hook comes with [`crate::verdict::Action::Discard`] (protocol
    /// section 2.10).
    pub test_discard: bool,
}

/// A checked comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The verdict's name. Tests get one too, though nothing is stored under it.
    pub id: VerdictId,
    /// What the filter found.
    pub judgement: Judgement,
    /// Whether the verdict was kept: not for tests, nor when the store fails, since a blog engine
    /// must get its answer all the same.
    pub stored: bool,
}

/// A stored verdict and what an admin said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictView {
    /// The comment and its verdict.
    pub record: VerdictRecord,
    /// The correction in force, if any.
    pub correction: Option<Correction>,
}

impl Service {
    /// Judges a comment and keeps the verdict. Fails only with
    /// [`ServiceError::SiteNotAllowed`].
    pub async fn check(
        &self,
        caller: &Caller,
        comment: Comment,
        options: CheckOptions,
    ) -> Result<Checked, ServiceError> {
        let comment = placed(caller, comment)?;
        let judgement = self.filter.check(&comment, options.test_discard);
        let id = self.fresh_id();
        if comment.test {
            return Ok(Checked {
                id,
                judgement,
                stored: false,
            });
        }
        let record = record(id, caller, Origin::Checked, comment, judgement.clone());
        let kept = self.store.put(record).await;
        if let Err(error) = &kept {
            tracing::warn!(%error, verdict = %id, "answered a check without keeping its verdict");
        }
        Ok(Checked {
            id,
            judgement,
            stored: kept.is_ok(),
        })
    }

    /// Labels a verdict. The same label twice counts once; the opposite replaces it.
    pub async fn correct_by_id(
        &self,
        caller: &Caller,
        id: VerdictId,
        label: Label,
    ) -> Result<CorrectionReceipt, ServiceError> {
        let record = self.visible(caller, id)?;
        self.correct(caller, record, label).await
    }

    /// Labels a comment: the verdict that it means (protocol section 2.3), or if none is found a
    /// new record of it. `None` for a test, which is accepted and leaves no trace.
    pub async fn correct_comment(
        &self,
        caller: &Caller,
        comment: Comment,
        label: Label,
    ) -> Result<Option<CorrectionReceipt>, ServiceError> {
        let comment = placed(caller, comment)?;
        if comment.test {
            return Ok(None);
        }
        if let Some(id) = self.store.find(caller.hash, &comment)? {
            let record = self.visible(caller, id)?;
            return self.correct(caller, record, label).await.map(Some);
        }
        let features = self.filter.classifier().features(&comment);
        let judgement = self.filter.check(&comment, false);
        let id = self.fresh_id();
        let record = record(id, caller, Origin::Submitted, comment, judgement);
        let at = self.clock.now();
        Ok(Some(
            self.store
                .correct_comment(record, label, features, at)
                .await?,
        ))
    }

    /// Takes a correction back, exactly.
    pub async fn retract(
        &self,
        caller: &Caller,
        id: VerdictId,
    ) -> Result<Retraction, ServiceError> {
        match self.visible(caller, id) {
            // A damaged database may have lost the verdict; what was learned from it is in the
            // journal and must not stand for ever.
            Err(ServiceError::NoSuchVerdict)
                if caller.sees_all() && self.store.correction(id)?.is_some() => {}
            seen => drop(seen?),
        }
        let at = self.clock.now();
        Ok(self.store.retract(id, caller.hash, at).await?)
    }

    /// A stored verdict.
    pub fn verdict(&self, caller: &Caller, id: VerdictId) -> Result<VerdictView, ServiceError> {
        Ok(VerdictView {
            record: self.visible(caller, id)?,
            correction: self.store.correction(id)?,
        })
    }

    async fn correct(
        &self,
        caller: &Caller,
        record: VerdictRecord,
        label: Label,
    ) -> Result<CorrectionReceipt, ServiceError> {
        // Read again rather than kept with every verdict: few verdicts are ever corrected.
        let features = self.filter.classifier().features(&record.comment);
        let correction = NewCorrection {
            verdict: record.id,
            label,
            features,
            by: caller.hash,
            at: self.clock.now(),
        };
        Ok(self.store.correct(correction).await?)
    }

    /// The record of a verdict, if the caller may see it.
    fn visible(&self, caller: &Caller, id: VerdictId) -> Result<VerdictRecord, ServiceError> {
        self.store
            .verdict(id)?
            .filter(|record| caller.sees(record))
            .ok_or(ServiceError::NoSuchVerdict)
    }
}

/// The comment with its site: the one named, if the caller may speak for it, else the one that
/// the caller's key is bound to.
fn placed(caller: &Caller, mut comment: Comment) -> Result<Comment, ServiceError> {
    caller.require_site(comment.site.as_ref())?;
    if comment.site.is_none() {
        comment.site.clone_from(&caller.grant.site);
    }
    Ok(comment)
}

fn record(
    id: VerdictId,
    caller: &Caller,
    origin: Origin,
    comment: Comment,
    judgement: Judgement,
) -> VerdictRecord {
    VerdictRecord {
        id,
        key: caller.hash,
        origin,
        comment,
        ip_hash: None,
        judgement,
    }
}
