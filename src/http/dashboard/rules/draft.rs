//! A rule as somebody writes it, not yet one.

use jiff::{SignedDuration, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http::dashboard::failure::{Failure, Kind};
use crate::http::dashboard::faults::Fault;
use crate::http::dashboard::fields::Fields;
use crate::http::dashboard::visitor::Visitor;
use crate::http::dashboard::words::Words;
use crate::http::v1::query;
use crate::rule::{Condition, ConditionKind, Rule, RuleId, Share};
use crate::service::RuleView;
use crate::site::Site;
use crate::site::settings::Notes;
use crate::verdict::Action;

/// A rule as it was written.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// Which is changed; `None` for a new one.
    pub(super) id: Option<RuleId>,
    pub(super) kind: ConditionKind,
    pub(super) pattern: String,
    pub(super) outcome: Action,
    pub(super) site: String,
    pub(super) note: String,
    /// The last day on which it is in force, or nothing.
    pub(super) until: String,
}

impl Draft {
    /// What stands in a form. Who manages one site alone means that one.
    pub(super) fn read(fields: &Fields, visitor: &Visitor) -> Result<Self, Failure> {
        let named = |name| fields.text(name).unwrap_or_default();
        let id = fields.text("id").map(str::parse).transpose();
        let outcome = named("outcome").parse();
        let own = visitor.caller.grant.site.as_ref();
        Ok(Self {
            id: id.map_err(|_| visitor.failure(Kind::NotFound))?,
            kind: named("match").parse().unwrap_or(ConditionKind::Word),
            pattern: named("pattern").to_owned(),
            outcome: outcome.unwrap_or(Action::Hold),
            site: match (named("site"), own) {
                ("", Some(own)) => own.to_string(),
                (site, _) => site.to_owned(),
            },
            note: named("note").to_owned(),
            until: named("until").to_owned(),
        })
    }

    /// A rule that there is, to be changed.
    pub(super) fn of(view: &RuleView) -> Self {
        let rule = &view.standing.rule;
        let site = rule.site.as_ref();
        Self {
            id: Some(view.id),
            kind: rule.condition.kind(),
            pattern: rule.condition.pattern(),
            outcome: rule.outcome,
            site: site.map(ToString::to_string).unwrap_or_default(),
            note: rule.note.as_str().to_owned(),
            until: rule.expires.map(last_day).unwrap_or_default(),
        }
    }

    /// Where it is changed.
    pub(super) fn address(&self) -> String {
        let id = self.id.map(|id| id.to_string()).unwrap_or_default();
        let (kind, outcome) = (self.kind.to_string(), self.outcome.to_string());
        let fields = [
            ("id", id.as_str()),
            ("match", &kind),
            ("pattern", &self.pattern),
            ("outcome", &outcome),
            ("site", &self.site),
            ("note", &self.note),
            ("until", &self.until),
        ];
        let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs = given.map(|(name, value)| {
            format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
        });
        format!("/rules/new?{}", pairs.collect::<Vec<_>>().join("&"))
    }

    /// The rule, or why there can be none. What the form does not show stays as it was.
    pub(super) fn rule(&self, old: Option<&RuleView>, w: &'static Words) -> Result<Rule, String> {
        let old = old.map(|view| &view.standing.rule);
        let condition = Condition::parse(self.kind, &self.pattern);
        let site = Some(&self.site).filter(|site| !site.is_empty());
        let site = site.map(|site| Site::parse(site)).transpose();
        let note = Notes::try_from(self.note.clone());
        let until = Some(&self.until).filter(|until| !until.is_empty());
        let expires = match old.and_then(|old| old.expires) {
            // An hour that somebody set elsewhere is not lost to a form that knows days.
            Some(end) if until.is_some_and(|until| *until == last_day(end)) => Some(end),
            _ => until
                .map(|until| query::end(until))
                .transpose()
                .map_err(|_| format!("{}: {}", w.rule_until, w.wrong_day))?,
        };
        Ok(Rule {
            condition: condition.map_err(|e| e.of(w.pattern, w))?,
            outcome: self.outcome,
            site: site.map_err(|e| e.of(w.site, w))?,
            note: note.map_err(|e| e.of(w.note, w))?,
            expires,
            suspend_above: old.map_or(Some(Share::USUAL), |old| old.suspend_above),
        })
    }
}

/// The last day, in UTC, of which some part comes before a time.
fn last_day(end: Timestamp) -> String {
    let before = end.saturating_sub(SignedDuration::from_micros(1));
    before.unwrap_or(end).strftime("%Y-%m-%d").to_string()
}
