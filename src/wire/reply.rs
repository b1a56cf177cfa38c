//! What callers are told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CheckRequest;
use crate::service::{Checked, CorrectionReceipt, Origin, Retraction, VerdictView};
use crate::site::Site;
use crate::verdict::{Action, Judgement, Label, Reason, Verdict, VerdictId};

/// The answer to a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CheckReply {
    /// Name of the verdict, for corrections and explanations; missing where nothing is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "01a204cd1c6d749b9517c0f231299576")]
    pub id: Option<VerdictId>,
    /// Ham, unsure or spam.
    pub verdict: Verdict,
    /// What to do with the comment.
    pub action: Action,
    /// How probably it is spam, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub probability: f64,
    /// The strongest reasons, strongest first.
    pub reasons: Vec<Reason>,
    /// The model that judged.
    pub model: String,
    /// How many corrections had been learned when it was judged.
    pub learned_from: u64,
    /// In shadow mode, what the verdict would have been; missing otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowReply>,
}

/// The verdict that a site in shadow mode is not told to act on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ShadowReply {
    /// Ham, unsure or spam.
    pub verdict: Verdict,
    /// What would have been advised.
    pub action: Action,
}

impl From<Checked> for CheckReply {
    fn from(checked: Checked) -> Self {
        Self {
            shadow: checked.shadow.map(|shadow| ShadowReply {
                verdict: shadow.verdict,
                action: shadow.action,
            }),
            ..Self::new(Some(checked.id), checked.judgement)
        }
    }
}

impl CheckReply {
    /// The answer that a judgement makes.
    pub fn new(id: Option<VerdictId>, judgement: Judgement) -> Self {
        Self {
            id,
            verdict: judgement.verdict,
            action: judgement.action,
            probability: judgement.probability.get(),
            reasons: judgement.reasons,
            model: judgement.model,
            learned_from: judgement.learned_from,
            shadow: None,
        }
    }
}

/// The answer to a correction or to its retraction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CorrectionReply {
    /// The verdict that was corrected; `null` for a test, of which nothing is kept.
    #[schema(value_type = Option<String>, example = "01a204cd1c6d749b9517c0f231299576")]
    pub id: Option<VerdictId>,
    /// What it is now; `null` after a retraction.
    pub label: Option<Label>,
    /// What it was corrected to before, if it was.
    pub previous: Option<Label>,
    /// Where in the log this stands; `null` for a test, and while the log is away and this waits for it.
    pub sequence: Option<u64>,
}

/// A stored verdict, in the form of `GET /v1/verdicts/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VerdictReply {
    /// The verdict as it was given.
    #[serde(flatten)]
    pub check: CheckReply,
    /// When it was given.
    pub at: Timestamp,
    /// The comment's site.
    pub site: Option<Site>,
    /// Whether the site was in shadow mode, and was told ham whatever stands here.
    pub shadowed: bool,
    /// `checked`; `submitted` for a comment that was corrected without a check, `imported` for one of an import.
    pub origin: Origin,
    /// The comment as it is kept: with the author's IP address only where the site says so.
    /// `null` once its time is over; the reasons then have no details either.
    pub comment: Option<CheckRequest>,
    /// What an admin said of it, if anything.
    pub correction: Option<CorrectionView>,
}

/// What an admin said of a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CorrectionView {
    /// What the comment is.
    pub label: Label,
    /// Where in the log that was said.
    pub sequence: u64,
    /// Whether it is learned from: not where the site has switched learning off.
    pub learned: bool,
    /// When it was said.
    pub at: Timestamp,
}

impl From<VerdictView> for VerdictReply {
    fn from(view: VerdictView) -> Self {
        let record = view.record;
        Self {
            check: CheckReply::new(Some(record.id), record.judgement),
            at: Timestamp::from_millisecond(record.id.unix_millis()).unwrap_or_default(),
            shadowed: record.shadow,
            origin: record.origin,
            site: record.site,
            comment: record.comment.map(CheckRequest::from),
            correction: view.correction.map(|correction| CorrectionView {
                label: correction.label,
                sequence: correction.sequence,
                learned: correction.learned,
                at: correction.at,
            }),
        }
    }
}

impl From<CorrectionReceipt> for CorrectionReply {
    fn from(receipt: CorrectionReceipt) -> Self {
        Self {
            id: Some(receipt.id),
            label: Some(receipt.label),
            previous: receipt.previous,
            sequence: receipt.sequence,
        }
    }
}

impl From<Retraction> for CorrectionReply {
    fn from(retraction: Retraction) -> Self {
        Self {
            id: Some(retraction.id),
            label: None,
            previous: Some(retraction.previous),
            sequence: Some(retraction.sequence),
        }
    }
}
