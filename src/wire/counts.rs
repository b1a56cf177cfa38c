//! What was counted and what was learned, as callers see it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::service::{Counters, DaySums, LearnedDigest, ModelView};
use crate::site::Site;

/// Counts by day and site, in the form of `GET /v1/stats`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatsReply {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// All days together.
    pub totals: CountsReply,
    /// By day (UTC) and site; days on which nothing was counted are left out.
    pub days: Vec<SiteDayReply>,
}

/// One day of one site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteDayReply {
    /// The day, in UTC.
    pub day: Date,
    /// The site; `null` for checks that named none.
    pub site: Option<Site>,
    /// What was counted.
    #[serde(flatten)]
    pub counts: CountsReply,
}

/// A correction counts on the day of the check that it corrects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CountsReply {
    /// Comments checked: the sum of the next three.
    pub checked: u64,
    /// Called spam.
    pub spam: u64,
    /// Called ham.
    pub ham: u64,
    /// Called unsure.
    pub unsure: u64,
    /// Not called spam, or never checked, and then corrected to spam.
    pub missed_spam: u64,
    /// Called spam, or never checked, and then corrected to ham.
    pub false_positives: u64,
    /// Share of the checks that nobody corrected, from 0 to 1; `null` where nothing was checked.
    #[schema(minimum = 0, maximum = 1)]
    pub accuracy: Option<f64>,
}

/// The model in use, in the form of `GET /v1/model`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelReply {
    /// Version of the base model.
    pub version: String,
    /// What went into it.
    #[schema(value_type = Object)]
    pub card: serde_json::Value,
    /// How many corrections are learned, of all sites.
    pub learned_from: u64,
    /// After how many of its corrections a site's own comments say more about what is common
    /// there than the model does.
    pub settles_at: u64,
    /// The last event of the log that was taken over.
    pub sequence: u64,
    /// A hash of everything that was learned: at the same sequence it is the same on every server of a cluster.
    pub state: String,
    /// What each site has taught; empty for a key that may speak for any site.
    pub sites: Vec<SiteLessonsReply>,
}

/// What one site has taught.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteLessonsReply {
    /// The site; `null` for callers that named none.
    pub site: Option<Site>,
    /// Corrections in force that are learned from.
    pub corrections: u64,
    /// Whether these are at least as many as it takes to settle.
    pub settled: bool,
}

impl StatsReply {
    /// The counts of the days from one to another.
    pub fn new(from: Date, to: Date, sums: DaySums) -> Self {
        let days = sums.days.into_iter().map(|day| SiteDayReply {
            day: day.day,
            site: day.site,
            counts: day.counters.into(),
        });
        Self {
            from,
            to,
            totals: sums.totals.into(),
            days: days.collect(),
        }
    }
}

impl From<Counters> for CountsReply {
    fn from(counters: Counters) -> Self {
        let wrong = counters
            .missed_spam
            .saturating_add(counters.false_positives);
        let right = counters.checked.saturating_sub(wrong);
        Self {
            checked: counters.checked,
            spam: counters.spam,
            ham: counters.ham,
            unsure: counters.unsure,
            missed_spam: counters.missed_spam,
            false_positives: counters.false_positives,
            accuracy: (counters.checked > 0).then(|| right as f64 / counters.checked as f64),
        }
    }
}

impl From<(ModelView, LearnedDigest)> for ModelReply {
    fn from((model, learned): (ModelView, LearnedDigest)) -> Self {
        let sites = model.sites.into_iter().map(|taught| SiteLessonsReply {
            settled: taught.corrections >= model.settles_at,
            site: taught.site,
            corrections: taught.corrections,
        });
        Self {
            sites: sites.collect(),
            version: model.version,
            card: model.card,
            learned_from: model.learned_from,
            settles_at: model.settles_at,
            sequence: learned.sequence,
            state: learned.state,
        }
    }
}
