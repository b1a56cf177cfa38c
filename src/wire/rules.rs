//! Rules, in the form of `/v1/rules`.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::FieldError;
use crate::rule::{Condition, ConditionKind, Rule, Share};
use crate::service::{DryRun, RuleView};
use crate::site::Site;
use crate::site::settings::Notes;
use crate::verdict::{Action, VerdictId};

/// A rule to be made, in the form of `POST /v1/rules`, or what is to be changed of one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RuleRequest {
    /// What is compared: `ip`, `email`, `email_domain`, `link_domain`, `author`, `word` or
    /// `regex`. Required.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    #[schema(example = "word")]
    pub kind: Option<ConditionKind>,
    /// With what. Required.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500, example = "followers")]
    pub pattern: Option<String>,
    /// What to do: `publish`, `hold` or `discard`. Required.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "hold")]
    pub outcome: Option<Action>,
    /// The only site that it is for; without it all.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub site: Option<Option<String>>,
    /// Why it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub note: Option<Notes>,
    /// Until when it is in force; without it for ever.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Timestamp>)]
    pub expires_at: Option<Option<Timestamp>>,
    /// Above which share of the recent comments it suspends itself: 0.5 unless set, `null` for
    /// never.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, exclusive_minimum = 0, maximum = 1, default = 0.5)]
    pub suspend_above: Option<Option<Share>>,
}

/// Tells `null` from a field that is not there.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl RuleRequest {
    /// The rule that an old one becomes when what is given here is changed.
    pub fn changed(self, old: &Rule) -> Result<Rule, FieldError> {
        let condition = match (self.kind, self.pattern) {
            (None, None) => old.condition.clone(),
            (kind, pattern) => condition(
                kind.unwrap_or(old.condition.kind()),
                &pattern.unwrap_or_else(|| old.condition.pattern()),
            )?,
        };
        Ok(Rule {
            condition,
            outcome: self.outcome.unwrap_or(old.outcome),
            site: match self.site {
                Some(site) => named(site)?,
                None => old.site.clone(),
            },
            note: self.note.unwrap_or_else(|| old.note.clone()),
            expires: self.expires_at.unwrap_or(old.expires),
            suspend_above: self.suspend_above.unwrap_or(old.suspend_above),
        })
    }
}

impl TryFrom<RuleRequest> for Rule {
    type Error = FieldError;

    fn try_from(request: RuleRequest) -> Result<Self, FieldError> {
        let required = |field| move || FieldError::new(field, "is required");
        Ok(Self {
            condition: condition(
                request.kind.ok_or_else(required("match"))?,
                &request.pattern.ok_or_else(required("pattern"))?,
            )?,
            outcome: request.outcome.ok_or_else(required("outcome"))?,
            site: named(request.site.flatten())?,
            note: request.note.unwrap_or_default(),
            expires: request.expires_at.flatten(),
            suspend_above: request.suspend_above.unwrap_or(Some(Share::USUAL)),
        })
    }
}

fn condition(kind: ConditionKind, pattern: &str) -> Result<Condition, FieldError> {
    Condition::parse(kind, pattern).map_err(|e| FieldError::new("pattern", e.to_string()))
}

fn named(site: Option<String>) -> Result<Option<Site>, FieldError> {
    let site = site.as_deref().map(Site::parse).transpose();
    site.map_err(|e| FieldError::new("site", e.to_string()))
}

/// A rule as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RuleReply {
    /// What it is called in paths.
    pub id: String,
    /// What is compared.
    #[serde(rename = "match")]
    pub kind: ConditionKind,
    /// With what.
    pub pattern: String,
    /// What to do.
    pub outcome: Action,
    /// The only site that it is for; `null` for all.
    pub site: Option<Site>,
    /// Why it is there.
    #[schema(value_type = String)]
    pub note: Notes,
    /// Until when it is in force; `null` for ever.
    pub expires_at: Option<Timestamp>,
    /// Above which share of the recent comments it suspends itself; `null` for never.
    #[schema(value_type = Option<f64>)]
    pub suspend_above: Option<Share>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// Whether it is in force now: neither suspended nor expired.
    pub in_force: bool,
    /// Set while it is suspended because it matched too much.
    pub suspended: Option<SuspensionReply>,
}

/// Why a rule is suspended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SuspensionReply {
    /// Since when.
    pub at: Timestamp,
    /// It was true of so many.
    pub hits: u32,
    /// Of so many recent comments.
    pub of: u32,
}

impl From<RuleView> for RuleReply {
    fn from(view: RuleView) -> Self {
        let standing = view.standing;
        Self {
            id: view.id.to_string(),
            kind: standing.rule.condition.kind(),
            pattern: standing.rule.condition.pattern(),
            outcome: standing.rule.outcome,
            site: standing.rule.site,
            note: standing.rule.note,
            expires_at: standing.rule.expires,
            suspend_above: standing.rule.suspend_above,
            created_at: standing.created,
            changed_at: standing.changed,
            in_force: view.in_force,
            suspended: standing.suspended.map(|suspension| SuspensionReply {
                at: suspension.at,
                hits: suspension.matched.hits,
                of: suspension.matched.of,
            }),
        }
    }
}

/// What a rule would have been true of, in the form of `POST /v1/rules/dry-run`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DryRunReply {
    /// Stored verdicts looked at, from the newest on.
    pub looked_at: u64,
    /// Among them those that nothing could be said of, because only a hash of their address is
    /// kept or their comment is gone.
    pub unknown: u64,
    /// Comments that it is true of.
    pub hits: u64,
    /// The same by what the filter called them.
    pub by_verdict: ByVerdict,
    /// The same by what an admin called them, if anybody did.
    pub by_correction: ByCorrection,
    /// The newest of them.
    #[schema(value_type = Vec<String>)]
    pub newest: Vec<VerdictId>,
}

/// Counts by verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ByVerdict {
    /// Called ham.
    pub ham: u64,
    /// Called unsure.
    pub unsure: u64,
    /// Called spam.
    pub spam: u64,
}

/// Counts by correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ByCorrection {
    /// Corrected to ham.
    pub ham: u64,
    /// Corrected to spam.
    pub spam: u64,
}

impl From<DryRun> for DryRunReply {
    fn from(run: DryRun) -> Self {
        let [ham, unsure, spam] = run.called;
        let by_verdict = ByVerdict { ham, unsure, spam };
        let [ham, spam] = run.corrected;
        Self {
            looked_at: run.looked_at,
            unknown: run.unknown,
            hits: run.hits,
            by_verdict,
            by_correction: ByCorrection { ham, spam },
            newest: run.newest,
        }
    }
}
