//! How the filter does: what it checked, how often it erred, what it learned, what is wrong.

mod chart;
mod share;

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::ToSpan;
use jiff::civil::Date;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use self::chart::Day;
use self::share::{Share, share};
use super::aside;
use super::failure::Failure;
use super::issues::Advice;
use super::page::{Frame, Section};
use super::reasons;
use super::visitor::Visitor;
use super::words::{Words, fill};
use crate::http::state::State;
use crate::service::{Counters, DaySums, ModelView, Tops};

/// Days that are shown.
const DAYS: i64 = 30;
/// Most sites in the table.
const MOST_SITES: usize = 50;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/overview", web::get().to(overview));
}

#[derive(Template)]
#[template(path = "dashboard/overview.html")]
struct OverviewPage {
    frame: Frame,
    issues: Vec<Advice>,
    totals: Counters,
    blocked: Share,
    missed: Share,
    days: Vec<Day>,
    most: u64,
    width: usize,
    sites: Vec<SiteLine>,
    tops: Tops,
    /// Of how many comments they are.
    sampled: String,
    model: ModelView,
    warm_up: String,
    card: Vec<(String, String)>,
}

async fn overview(visitor: Visitor, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    let w = visitor.words;
    let caller = visitor.caller.clone();
    let today = state.service.today();
    let first = today.saturating_sub((DAYS - 1).days());
    let (sums, model, issues, tops) = aside(&visitor, &state, move |service| {
        let sums = service.day_sums(&caller, None, first..=today)?;
        let model = service.model(&caller)?;
        let issues = service.issues(&caller)?;
        let tops = service.tops(&caller)?;
        Ok((sums, model, issues, tops))
    })
    .await?;
    let totals = sums.totals;
    let (days, most) = chart::days(by_day(&sums, first));
    visitor.shown(&OverviewPage {
        frame: Frame::of(&visitor, Section::Overview),
        issues: Advice::on(&issues, w),
        blocked: share(totals.false_positives, totals.spam),
        missed: share(totals.missed_spam, totals.ham + totals.unsure),
        width: days.len() * 10,
        days,
        most,
        sites: by_site(sums),
        sampled: fill(w.sampled, tops.comments),
        tops,
        warm_up: match model.learned_from < model.settles_at {
            true => fill(&fill(w.warming_up, model.learned_from), model.settles_at),
            false => fill(w.warmed_up, model.learned_from),
        },
        card: card(&model.card, w),
        model,
        totals,
    })
}

impl OverviewPage {
    fn signal(&self, name: &str) -> String {
        reasons::signal(name, self.frame.w)
    }

    /// Where the comments with a signal are.
    fn with_signal(&self, name: &str) -> String {
        format!(
            "/queue?signal={}",
            utf8_percent_encode(name, NON_ALPHANUMERIC)
        )
    }

    /// Where the comments are that mention a domain.
    fn with_domain(&self, domain: &str) -> String {
        format!("/queue?q={}", utf8_percent_encode(domain, NON_ALPHANUMERIC))
    }
}

/// Every day from the first on, whether or not anything was counted.
fn by_day(sums: &DaySums, first: Date) -> Vec<(Date, Counters)> {
    let mut counted: BTreeMap<Date, Counters> = BTreeMap::new();
    for day in &sums.days {
        *counted.entry(day.day).or_default() += day.counters;
    }
    let days = (0..DAYS).map(|n| first.saturating_add(n.days()));
    days.map(|day| (day, counted.get(&day).copied().unwrap_or_default()))
        .collect()
}

/// What was counted of a site.
struct SiteLine {
    /// Empty for checks that named none.
    site: String,
    counters: Counters,
    /// Where its comments are.
    address: String,
}

/// The sites with the most comments.
fn by_site(sums: DaySums) -> Vec<SiteLine> {
    let mut counted: BTreeMap<String, Counters> = BTreeMap::new();
    for day in sums.days {
        let site = day.site.map(|site| site.to_string()).unwrap_or_default();
        *counted.entry(site).or_default() += day.counters;
    }
    let mut sites: Vec<_> = counted.into_iter().collect();
    sites.sort_by_key(|(_, counters)| std::cmp::Reverse(counters.checked));
    sites.truncate(MOST_SITES);
    let lines = sites.into_iter().map(|(site, counters)| SiteLine {
        address: format!(
            "/queue?site={}",
            utf8_percent_encode(&site, NON_ALPHANUMERIC)
        ),
        site,
        counters,
    });
    lines.collect()
}

/// The numbers and texts of the model's card.
fn card(card: &serde_json::Value, w: &Words) -> Vec<(String, String)> {
    let told = |name: &str| match name {
        "comments" => w.card_comments.to_owned(),
        "features" => w.card_features.to_owned(),
        "program" => w.card_program.to_owned(),
        other => other.to_owned(),
    };
    let entries = card.as_object().into_iter().flatten();
    entries
        .filter_map(|(name, value)| match value {
            serde_json::Value::String(text) => Some((told(name), text.clone())),
            serde_json::Value::Number(number) => Some((told(name), number.to_string())),
            _ => None,
        })
        .collect()
}
