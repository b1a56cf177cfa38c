//! What happens, each as one value: one line of the log and one count are made of it.
//!
//! None of them can hold the words of a comment, a key, or the address of a person.

use std::time::Duration;

use super::metrics::{ByLabel, ByLimit, ByOutcome, ByRoute, ByVerdict, Metrics};
use crate::key::KeyId;
use crate::verdict::{Label, Verdict, VerdictId};

/// Something worth a line of the log and a count.
pub trait Event {
    /// Writes its line.
    fn log(&self);
    /// Counts it.
    fn count(&self, metrics: &Metrics);
}

/// A comment was judged.
#[derive(Debug, Clone, Copy)]
pub struct Checked {
    /// The verdict's name.
    pub id: VerdictId,
    /// What the filter said.
    pub verdict: Verdict,
    /// Whether it should have been kept and could not be.
    pub lost: bool,
    /// Until the verdict was kept.
    pub took: Duration,
}

impl Event for Checked {
    fn log(&self) {
        tracing::debug!(
            verdict = %self.id,
            said = verdict_name(self.verdict),
            micros = self.took.as_micros(),
            "checked"
        );
    }

    fn count(&self, metrics: &Metrics) {
        let verdict = verdict_name(self.verdict);
        metrics.checks.get_or_create(&ByVerdict { verdict }).inc();
        metrics.check_seconds.observe(self.took.as_secs_f64());
        if self.lost {
            metrics.unkept.inc();
        }
    }
}

/// A comment was given a label.
#[derive(Debug, Clone, Copy)]
pub struct Corrected {
    /// The corrected verdict.
    pub id: VerdictId,
    /// What it is.
    pub label: Label,
}

impl Event for Corrected {
    fn log(&self) {
        tracing::debug!(verdict = %self.id, label = label_name(self.label), "corrected");
    }

    fn count(&self, metrics: &Metrics) {
        let label = label_name(self.label);
        metrics.corrections.get_or_create(&ByLabel { label }).inc();
    }
}

/// Nearly all of a key's corrections contradict what the filter was sure of.
#[derive(Debug, Clone, Copy)]
pub struct Suspicious {
    /// The key, as admins call it.
    pub key: KeyId,
}

impl Event for Suspicious {
    fn log(&self) {
        tracing::warn!(
            key = %self.key,
            "nearly all of this key's corrections contradict what the filter was sure of; if it is in the \
             wrong hands, revoke it, and `chaffinch key take-back` undoes what it taught"
        );
    }

    fn count(&self, metrics: &Metrics) {
        metrics.suspicious_keys.inc();
    }
}

/// A correction was taken back.
#[derive(Debug, Clone, Copy)]
pub struct Retracted {
    /// The verdict that is no longer corrected.
    pub id: VerdictId,
}

impl Event for Retracted {
    fn log(&self) {
        tracing::debug!(verdict = %self.id, "correction taken back");
    }

    fn count(&self, metrics: &Metrics) {
        metrics.retractions.inc();
    }
}

/// A request was answered.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Its method; `-` for one that HTTP does not know.
    pub method: &'static str,
    /// The pattern of its route, never its path as it was sent.
    pub route: String,
    /// The status of the reply.
    pub status: u16,
    /// From its head to the reply's head.
    pub took: Duration,
}

impl Event for Answered {
    fn log(&self) {
        tracing::debug!(
            target: "chaffinch::http",
            method = self.method,
            route = self.route,
            status = self.status,
            micros = self.took.as_micros(),
            "answered"
        );
    }

    fn count(&self, metrics: &Metrics) {
        let route = ByRoute {
            route: self.route.clone(),
            status: self.status,
        };
        metrics.requests.get_or_create(&route).inc();
        metrics.request_seconds.observe(self.took.as_secs_f64());
    }
}

/// A call was refused because there were too many.
#[derive(Debug, Clone, Copy)]
pub struct RateLimited {
    /// Which limit: `key`, `address` or `wrong_keys`.
    pub limit: &'static str,
}

impl Event for RateLimited {
    fn log(&self) {
        tracing::debug!(limit = self.limit, "refused: too many calls");
    }

    fn count(&self, metrics: &Metrics) {
        let limit = self.limit;
        metrics.limited.get_or_create(&ByLimit { limit }).inc();
    }
}

/// A check was turned away because there were too many at the same time.
#[derive(Debug, Clone, Copy)]
pub struct TurnedAway;

impl Event for TurnedAway {
    fn log(&self) {
        tracing::debug!("turned away: too many checks at the same time");
    }

    fn count(&self, metrics: &Metrics) {
        metrics.turned_away.inc();
    }
}

/// A site was called, to tell it that a verdict changed, or will not be.
#[derive(Debug, Clone)]
pub struct CalledBack {
    /// The verdict.
    pub id: VerdictId,
    /// What became of it: `delivered`, `retry`, `refused`, `given_up` or `dropped`.
    pub outcome: &'static str,
    /// Why, where it was not delivered.
    pub reason: String,
}

impl Event for CalledBack {
    fn log(&self) {
        let (verdict, outcome) = (self.id, self.outcome);
        match outcome {
            "delivered" => tracing::debug!(%verdict, outcome, "called back"),
            _ => tracing::warn!(%verdict, outcome, reason = self.reason, "called back"),
        }
    }

    fn count(&self, metrics: &Metrics) {
        let outcome = self.outcome;
        metrics
            .callbacks
            .get_or_create(&ByOutcome { outcome })
            .inc();
    }
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ham => "ham",
        Verdict::Unsure => "unsure",
        Verdict::Spam => "spam",
    }
}

fn label_name(label: Label) -> &'static str {
    match label {
        Label::Ham => "ham",
        Label::Spam => "spam",
    }
}
