//! Checks, corrections, and looking at verdicts.

use std::sync::Arc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::callback::CallbackUrl;
use crate::comment::Comment;
use crate::filter::Policy;
use crate::key::Scope;
use crate::site::settings::{RecheckSeconds, SiteSettings};
use crate::store::{
    AddressPolicy, Correction, CorrectionReceipt, NewCorrection, Origin, Retraction, VerdictRecord,
};
use crate::telemetry::events as telemetry;
use crate::verdict::{Action, Judgement, Label, Probability, Verdict, VerdictId};

use super::{Caller, Service, ServiceError};

/// What a surface asks of a check besides the comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// A spam verdict by a test hook comes with [`crate::verdict::Action::Discard`] (protocol
    /// section 2.10).
    pub test_discard: bool,
    /// The caller can ask again, so that an unsure verdict may be put off where the site wants that.
    pub may_defer: bool,
    /// Where the site wants to hear of a later verdict (protocol section 2.8).
    pub callback: Option<CallbackUrl>,
}

/// A checked comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The verdict's name. Tests get one too, though nothing is stored under it.
    pub id: VerdictId,
    /// What the caller is told.
    pub judgement: Judgement,
    /// In shadow mode, what it would have been told.
    pub shadow: Option<Shadow>,
    /// Whether the verdict was kept: not for tests, nor when the store fails, since a blog engine
    /// must get its answer all the same.
    pub stored: bool,
    /// After how long the caller should ask again, if the verdict is put off.
    pub recheck_after: Option<RecheckSeconds>,
}

/// Whether the filter learns from a correction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Teaching {
    /// It learns, where the site lets it.
    #[default]
    Learn,
    /// It does not: the verdict was wrong for a reason that says nothing about others.
    Leave,
}

/// The verdict that a site in shadow mode is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shadow {
    /// Ham, unsure or spam.
    pub verdict: Verdict,
    /// What would have been advised.
    pub action: Action,
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
    /// Judges a comment and keeps the verdict. Fails only where the caller may not ask
    /// ([`ServiceError::is_refusal`]).
    pub async fn check(
        &self,
        caller: &Caller,
        comment: Comment,
        options: CheckOptions,
    ) -> Result<Checked, ServiceError> {
        caller.require(Scope::Check)?;
        let started = Instant::now();
        let (comment, settings) = self.placed(caller, comment)?;
        let policy = policy(&settings, options.test_discard, self.clock.now());
        let examined = self.filter.examine(&comment, &policy);
        let excesses = match comment.test {
            true => Vec::new(),
            false => self.filter.note(&comment, &examined),
        };
        let judgement = examined.judgement;
        let deferrable = options.may_defer && !settings.shadow;
        let unsure = judgement.verdict == Verdict::Unsure;
        let recheck_after = settings.recheck_after.filter(|_| deferrable && unsure);
        let id = self.fresh_id();
        let is_test = comment.test;
        let callback = Self::callback_for(&comment, &settings, options.callback);
        let record = VerdictRecord {
            shadow: settings.shadow,
            callback: callback.clone(),
            ..record(id, caller, Origin::Checked, comment, judgement.clone())
        };
        let kept = match is_test {
            true => None,
            false => Some(self.store.put(record, address(&settings)).await),
        };
        if let Some(Err(error)) = &kept {
            tracing::warn!(%error, verdict = %id, "answered a check without keeping its verdict");
        }
        if let (Some(wait), Some(_), Some(Ok(()))) = (recheck_after, callback, &kept) {
            self.call_back(id, SignedDuration::from_secs(wait.get().into()));
        }
        self.metrics.report(&telemetry::Checked {
            id,
            verdict: judgement.verdict,
            lost: matches!(kept, Some(Err(_))),
            took: started.elapsed(),
        });
        self.suspend(excesses).await;
        let (judgement, shadow) = told(judgement, settings.shadow);
        Ok(Checked {
            id,
            judgement,
            shadow,
            stored: matches!(kept, Some(Ok(()))),
            recheck_after,
        })
    }

    /// Labels a verdict. The same label twice counts once; the opposite replaces it. The site is
    /// told of it, if it wants to be.
    pub async fn correct_by_id(
        &self,
        caller: &Caller,
        id: VerdictId,
        label: Label,
        teaching: Teaching,
    ) -> Result<CorrectionReceipt, ServiceError> {
        caller.require(Scope::Correct)?;
        let record = self.visible(caller, id)?;
        let calls_back = record.callback.is_some();
        let receipt = self.correct(caller, record, label, teaching).await?;
        if calls_back && receipt.previous != Some(label) {
            self.call_back(id, SignedDuration::ZERO);
        }
        Ok(receipt)
    }

    /// Labels a comment: the verdict that it means (protocol section 2.3), or if none is found a
    /// new record of it. `None` for a test, which is accepted and leaves no trace.
    pub async fn correct_comment(
        &self,
        caller: &Caller,
        comment: Comment,
        label: Label,
    ) -> Result<Option<CorrectionReceipt>, ServiceError> {
        caller.require(Scope::Correct)?;
        let (comment, settings) = self.placed(caller, comment)?;
        if comment.test {
            return Ok(None);
        }
        if let Some(id) = self.store.find(caller.hash, &comment)? {
            let record = self.visible(caller, id)?;
            let learned = self.correct(caller, record, label, Teaching::Learn);
            return learned.await.map(Some);
        }
        let features = self.filter.classifier().features(&comment);
        let judgement = self
            .filter
            .check(&comment, &policy(&settings, false, self.clock.now()));
        let id = self.fresh_id();
        let at = self.clock.now();
        self.filter.corrected(&comment, Some(label), at);
        let said = judgement.probability;
        let record = record(id, caller, Origin::Submitted, comment, judgement);
        let receipt = self
            .store
            .correct_comment(record, address(&settings), label, features, at)
            .await?;
        self.metrics.report(&telemetry::Corrected { id, label });
        self.watch(caller, said, label);
        Ok(Some(receipt))
    }

    /// Notices a key that may be in the wrong hands.
    fn watch(&self, caller: &Caller, said: Probability, label: Label) {
        if self.suspicion.note(caller.hash, said, label) {
            let key = caller.hash.id();
            self.metrics.report(&telemetry::Suspicious { key });
        }
    }

    /// Takes a correction back, exactly.
    pub async fn retract(
        &self,
        caller: &Caller,
        id: VerdictId,
    ) -> Result<Retraction, ServiceError> {
        caller.require(Scope::Correct)?;
        let (calls_back, comment) = match self.visible(caller, id) {
            // A damaged database may have lost the verdict; what was learned from it is in the
            // journal and must not stand for ever.
            Err(ServiceError::NoSuchVerdict)
                if caller.is_admin() && self.store.correction(id)?.is_some() =>
            {
                (false, None)
            }
            seen => {
                let record = seen?;
                (record.callback.is_some(), record.comment)
            }
        };
        let at = self.clock.now();
        let retraction = self.store.retract(id, caller.hash, at).await?;
        if let Some(comment) = comment {
            self.filter.corrected(&comment, None, at);
        }
        self.metrics.report(&telemetry::Retracted { id });
        if calls_back {
            self.call_back(id, SignedDuration::ZERO);
        }
        Ok(retraction)
    }

    /// A stored verdict.
    pub fn verdict(&self, caller: &Caller, id: VerdictId) -> Result<VerdictView, ServiceError> {
        caller.require(Scope::Read)?;
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
        teaching: Teaching,
    ) -> Result<CorrectionReceipt, ServiceError> {
        // Read again rather than kept with every verdict: few verdicts are ever corrected.
        let comment = record.comment.as_ref().ok_or(ServiceError::CommentGone)?;
        let features = self.filter.classifier().features(comment);
        let correction = NewCorrection {
            verdict: record.id,
            label,
            features,
            learn: teaching == Teaching::Learn,
            by: caller.hash,
            at: self.clock.now(),
        };
        let said = record.judgement.probability;
        let receipt = self.store.correct(correction).await?;
        if receipt.previous != Some(label) {
            let id = receipt.id;
            self.watch(caller, said, label);
            self.filter
                .corrected(comment, Some(label), self.clock.now());
            self.metrics.report(&telemetry::Corrected { id, label });
        }
        Ok(receipt)
    }

    /// The comment with its site, and the settings of that: the one named, if the caller may
    /// speak for it, else the one that the caller's key is bound to.
    pub(super) fn placed(
        &self,
        caller: &Caller,
        mut comment: Comment,
    ) -> Result<(Comment, Arc<SiteSettings>), ServiceError> {
        caller.require_site(comment.site.as_ref())?;
        if comment.site.is_none() {
            comment.site.clone_from(&caller.grant.site);
        }
        let settings = self.registry.settings(comment.site.as_ref());
        if let (true, Some(language)) = (comment.language.is_empty(), &settings.language) {
            comment.language = language.as_str().to_owned();
        }
        Ok((comment, settings))
    }

    /// The record of a verdict, if the caller may see it.
    pub(super) fn visible(
        &self,
        caller: &Caller,
        id: VerdictId,
    ) -> Result<VerdictRecord, ServiceError> {
        self.store
            .verdict(id)?
            .filter(|record| caller.sees(record))
            .ok_or(ServiceError::NoSuchVerdict)
    }
}

pub(super) fn policy(settings: &SiteSettings, test_discard: bool, now: Timestamp) -> Policy {
    Policy {
        thresholds: settings.thresholds,
        honeypot: settings.honeypot,
        reputation: settings.reputation,
        test_discard,
        now,
    }
}

pub(super) fn address(settings: &SiteSettings) -> AddressPolicy {
    if settings.keep_ip {
        AddressPolicy::Keep
    } else {
        AddressPolicy::Hash
    }
}

/// What the caller is told, and in shadow mode what it is not.
fn told(judgement: Judgement, shadow: bool) -> (Judgement, Option<Shadow>) {
    if !shadow {
        return (judgement, None);
    }
    let hidden = Shadow {
        verdict: judgement.verdict,
        action: judgement.action,
    };
    let told = Judgement {
        verdict: Verdict::Ham,
        action: Action::Publish,
        ..judgement
    };
    (told, Some(hidden))
}

pub(super) fn record(
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
        site: comment.site.clone(),
        comment: Some(comment),
        ip_hash: None,
        judgement,
        shadow: false,
        callback: None,
    }
}
