//! get-stats and get-key-stats: protocol section 2.6.

use std::collections::BTreeMap;

use actix_web::web::Data;
use serde::Serialize;

use super::call::{Call, aside};
use super::keys::KeyOrder;
use super::replies::Reply;
use super::sites::ham;
use crate::http::state::State;
use crate::service::{Caller, Counters, Period, Stats, StatsRange, StatsScope};

/// Seconds that a moderator spends on one spam comment: what `time_saved` is made from.
const SECONDS_PER_SPAM: u64 = 15;

/// The body of both calls.
#[derive(Debug, Serialize)]
struct StatsReply {
    spam: u64,
    ham: u64,
    missed_spam: u64,
    false_positives: u64,
    time_saved: u64,
    accuracy: String,
    breakdown: BTreeMap<String, PeriodReply>,
}

/// One day, month or year. WP-CLI prints the members of the last one as columns.
#[derive(Debug, Serialize)]
struct PeriodReply {
    da: String,
    spam: u64,
    ham: u64,
    missed_spam: u64,
    false_positives: u64,
    blogs: usize,
}

/// Counts of one site.
pub(super) async fn get_stats(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    let caller = call.caller(KeyOrder::Account, &state)?;
    let scope = StatsScope::Site(call.site()?);
    stats(&call, caller, scope, &state).await
}

/// Counts of everything that the key was used for.
pub(super) async fn get_key_stats(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    let caller = call.caller(KeyOrder::Account, &state)?;
    stats(&call, caller, StatsScope::Key, &state).await
}

async fn stats(
    call: &Call,
    caller: Caller,
    scope: StatsScope,
    state: &State,
) -> Result<Reply, Reply> {
    let range = range(call);
    let stats = aside(state, move |service| service.stats(&caller, &scope, range)).await?;
    Ok(Reply::json(&StatsReply::from(stats)))
}

fn range(call: &Call) -> StatsRange {
    match call.parameter("from") {
        "60-days" => StatsRange::Days60,
        "6-months" => StatsRange::Months6,
        "year" => StatsRange::Year,
        _ => StatsRange::All,
    }
}

impl From<Stats> for StatsReply {
    fn from(stats: Stats) -> Self {
        let total = stats.total;
        Self {
            spam: total.spam,
            ham: ham(&total),
            missed_spam: total.missed_spam,
            false_positives: total.false_positives,
            time_saved: total.spam.saturating_mul(SECONDS_PER_SPAM),
            accuracy: accuracy(&total),
            breakdown: stats.periods.into_iter().map(named).collect(),
        }
    }
}

fn named(period: Period) -> (String, PeriodReply) {
    let counters = period.counters;
    let reply = PeriodReply {
        da: period.first_day.to_string(),
        spam: counters.spam,
        ham: ham(&counters),
        missed_spam: counters.missed_spam,
        false_positives: counters.false_positives,
        blogs: period.sites,
    };
    (period.name, reply)
}

/// Percent of the checks that nobody corrected, with two decimals; 0 where nothing was checked.
fn accuracy(counters: &Counters) -> String {
    let wrong = counters
        .missed_spam
        .saturating_add(counters.false_positives);
    let right = counters.checked.saturating_sub(wrong);
    let hundredths = u128::from(right) * 10_000 / u128::from(counters.checked.max(1));
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracy_is_a_percentage_whatever_was_counted() {
        let accuracy = |checked, missed_spam, false_positives| {
            super::accuracy(&Counters {
                checked,
                missed_spam,
                false_positives,
                ..Counters::default()
            })
        };
        assert_eq!(accuracy(0, 0, 0), "0.00");
        assert_eq!(accuracy(3, 0, 0), "100.00");
        assert_eq!(accuracy(3, 1, 0), "66.66");
        assert_eq!(accuracy(1, 5, u64::MAX), "0.00");
    }
}
