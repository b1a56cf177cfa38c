//! key-sites: protocol section 2.5.

use std::cmp::Reverse;
use std::fmt::Write;

use actix_web::web::Data;
use serde::Serialize;

use super::call::{Call, aside};
use super::comment::is_truthy;
use super::keys::KeyOrder;
use super::replies::Reply;
use crate::http::state::State;
use crate::service::{Counters, Service, SiteMonth};

/// Rows of a reply if the caller does not say.
const DEFAULT_LIMIT: usize = 500;

/// One site in a month. The documentation shows the counts as decimal strings.
#[derive(Debug, Serialize)]
struct Row {
    site: String,
    api_calls: String,
    spam: String,
    ham: String,
    missed_spam: String,
    false_positives: String,
    is_revoked: bool,
    #[serde(flatten)]
    extended: Option<ExtendedRow>,
}

/// What `extended=true` adds.
#[derive(Debug, Serialize)]
struct ExtendedRow {
    hash: String,
    eligible_for_revoke: bool,
}

/// The sites that used the key in a month, a page at a time.
pub(super) async fn key_sites(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    let caller = call.caller(KeyOrder::Ordinary, &state)?;
    let month = call.parameter("month").parse();
    let month = month.unwrap_or_else(|_| state.service.this_month());
    let number = |name| call.parameter(name).parse().ok();
    let limit: usize = number("limit").unwrap_or(DEFAULT_LIMIT);
    let offset: usize = number("offset").unwrap_or(0);

    let filter = call.parameter("filter").to_lowercase();
    let listed = move |service: &Service| service.sites_in_month(&caller, month);
    let mut sites: Vec<(String, SiteMonth)> = aside(&state, listed)
        .await?
        .into_iter()
        // Checks that named no site have no place in a list of sites.
        .filter_map(|entry| Some((entry.site.as_ref()?.to_string(), entry)))
        .filter(|(name, _)| name.contains(&filter))
        .collect();
    let order = sort_key(call.parameter("order"));
    sites.sort_by_key(|(_, entry)| Reverse(order(&entry.counters)));
    let total = sites.len();

    let extended = is_truthy(call.parameter("extended"));
    let rows: Vec<Row> = sites
        .into_iter()
        .skip(offset)
        .take(limit)
        .map(|(name, entry)| row(name, &entry, extended))
        .collect();
    if call.parameter("format") == "csv" {
        // The real service names the key here; a table is passed on too easily for that.
        let heading = format!(
            "Active sites for ************ during {month} (limit:{limit}, offset: {offset}, total: {total})"
        );
        return Ok(Reply::csv(csv(&heading, &rows)));
    }
    Ok(Reply::json(&serde_json::json!({
        month.to_string(): rows,
        "limit": limit,
        "offset": offset,
        "total": total,
    })))
}

/// What the sites are ordered by, most first.
fn sort_key(order: &str) -> fn(&Counters) -> u64 {
    match order {
        "spam" => |c| c.spam,
        "ham" => ham,
        "missed_spam" => |c| c.missed_spam,
        "false_positives" => |c| c.false_positives,
        _ => |c| c.checked,
    }
}

/// Callers know two verdicts: what is unsure was answered with `false`.
pub(super) fn ham(counters: &Counters) -> u64 {
    counters.ham.saturating_add(counters.unsure)
}

fn row(site: String, entry: &SiteMonth, extended: bool) -> Row {
    let counters = &entry.counters;
    let hash = extended.then(|| blake3::hash(site.as_bytes()).to_hex()[..32].to_owned());
    Row {
        site,
        api_calls: counters.checked.to_string(),
        spam: counters.spam.to_string(),
        ham: ham(counters).to_string(),
        missed_spam: counters.missed_spam.to_string(),
        false_positives: counters.false_positives.to_string(),
        is_revoked: !entry.active,
        extended: hash.map(|hash| ExtendedRow {
            hash,
            eligible_for_revoke: false,
        }),
    }
}

fn csv(heading: &str, rows: &[Row]) -> String {
    let mut text = format!(
        "{heading}\nSite,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked\n"
    );
    for row in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{}",
            csv_field(&row.site),
            row.api_calls,
            row.spam,
            row.ham,
            row.missed_spam,
            row.false_positives,
            row.is_revoked
        );
    }
    text
}

/// A field in quotes if it needs them.
fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
