//! `metrics.md`: what `/metrics` tells.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

use chaffinch::store::Standing;
use chaffinch::telemetry::events::{Answered, CalledBack, Checked, Corrected, RateLimited};
use chaffinch::telemetry::metrics::{Metrics, Snapshot};
use chaffinch::verdict::{Label, Verdict, VerdictId};

use crate::schema::cell;

const HEAD: &str = "\
# Metrics

`GET /metrics` needs no key, and names no site, key or person. Counters begin at nothing with each start. Those of the cluster are there on a server that is one of
several. [Watching with Prometheus](../how-to/prometheus.md) says what is worth an alert.

| Metric | Type | Labels | |
|---|---|---|---|
";

/// The page, of what a server tells after each kind of event.
pub(crate) fn page() -> String {
    let text = told();
    let mut labels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for sample in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, rest)) = sample.split_once('{') {
            let (pairs, _) = rest.rsplit_once('}').unwrap();
            let names = pairs.split(',').map(|pair| pair.split_once('=').unwrap().0);
            // Of a histogram this is a bound.
            labels
                .entry(name)
                .or_default()
                .extend(names.filter(|name| *name != "le"));
        }
    }
    let mut page = HEAD.to_owned();
    for line in text.lines() {
        let Some((name, help)) = line
            .strip_prefix("# HELP ")
            .and_then(|line| line.split_once(' '))
        else {
            continue;
        };
        let kind = text.lines().find_map(|line| {
            line.strip_prefix("# TYPE ")?
                .strip_prefix(name)?
                .strip_prefix(' ')
        });
        let kind = kind.unwrap();
        // The suffixes are part of OpenMetrics.
        let sample = match kind {
            "counter" => format!("{name}_total"),
            "info" => format!("{name}_info"),
            _ => name.to_owned(),
        };
        let labels: Vec<_> = labels
            .get(&*sample)
            .into_iter()
            .flatten()
            .map(|label| format!("`{label}`"))
            .collect();
        writeln!(
            page,
            "| `{sample}` | {kind} | {} | {} |",
            labels.join(", "),
            cell(help)
        )
        .unwrap();
    }
    page
}

/// What `/metrics` says when everything that has labels was counted once.
fn told() -> String {
    let metrics = Metrics::new("base", true);
    let (id, took) = (VerdictId::fresh(), Duration::ZERO);
    metrics.report(&Checked {
        id,
        verdict: Verdict::Ham,
        lost: false,
        took,
    });
    metrics.report(&Corrected {
        id,
        label: Label::Spam,
    });
    metrics.report(&RateLimited { limit: "key" });
    metrics.report(&CalledBack {
        id,
        outcome: "delivered",
        reason: String::new(),
    });
    metrics.report(&Answered {
        method: "GET",
        route: "/healthz".to_owned(),
        status: 200,
        took,
    });
    metrics.text(Snapshot {
        store_writable: true,
        learned_from: 0,
        log_events: 0,
        callbacks_waiting: 0,
        cluster: Some(Standing::default()),
    })
}
