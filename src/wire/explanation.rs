//! Explanations of verdicts, as callers see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::VerdictReply;
use crate::classifier::Evidence;
use crate::service::{Explanation, Rejudged};
use crate::verdict::{Action, Reason, Thresholds, Verdict};

/// Why a verdict came out as it did, in the form of `GET /v1/verdicts/{id}/explanation`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExplanationReply {
    /// The verdict as it was given, with the strongest reasons of then.
    pub verdict: VerdictReply,
    /// Where verdicts and actions change on its site now.
    pub thresholds: Thresholds,
    /// What is said of the same comment now; `null` once it is no longer kept.
    pub now: Option<NowReply>,
}

/// A fresh judgement with all of its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NowReply {
    /// Ham, unsure or spam.
    pub verdict: Verdict,
    /// What to do with the comment.
    pub action: Action,
    /// How probably it is spam, from 0 to 1.
    pub probability: f64,
    /// The strongest reasons; where a rule decided, that one.
    pub reasons: Vec<Reason>,
    /// Whether verdict or action are not those of then.
    pub differs: bool,
    /// The model that judged.
    pub model: String,
    /// How many corrections were learned.
    pub learned_from: u64,
    /// What the classifier has to say, whether or not a rule decided.
    pub evidence: EvidenceReply,
}

/// Weights in log-odds (natural logarithm), positive towards spam.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EvidenceReply {
    /// Of a comment without any evidence.
    pub baseline: f64,
    /// Every reason that has words, strongest first.
    pub reasons: Vec<Reason>,
    /// What has no words of its own.
    pub rest: f64,
    /// Of all together: the log-odds of spam.
    pub sum: f64,
}

impl From<Explanation> for ExplanationReply {
    fn from(explanation: Explanation) -> Self {
        Self {
            verdict: explanation.view.into(),
            thresholds: explanation.thresholds,
            now: explanation.now.map(NowReply::from),
        }
    }
}

impl From<Rejudged> for NowReply {
    fn from(now: Rejudged) -> Self {
        let judgement = now.judgement;
        Self {
            verdict: judgement.verdict,
            action: judgement.action,
            probability: judgement.probability.get(),
            reasons: judgement.reasons,
            differs: now.differs,
            model: judgement.model,
            learned_from: judgement.learned_from,
            evidence: now.evidence.into(),
        }
    }
}

impl From<Evidence> for EvidenceReply {
    fn from(evidence: Evidence) -> Self {
        Self {
            baseline: evidence.baseline,
            reasons: evidence.reasons,
            rest: evidence.rest,
            sum: evidence.log_odds,
        }
    }
}
