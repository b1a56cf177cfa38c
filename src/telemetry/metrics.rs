//! What is counted, for Prometheus: totals since the start, and how things stand now.
//!
//! No label names a site, a key or a person.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::events::Event;
use crate::store::Standing;

/// Content type of [`Metrics::text`].
pub const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Bounds, in seconds, between which times are told apart.
const SECONDS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// Which verdict.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ByVerdict {
    pub(super) verdict: &'static str,
}

/// Which label a correction gave.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ByLabel {
    pub(super) label: &'static str,
}

/// Which limit refused a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ByLimit {
    pub(super) limit: &'static str,
}

/// What became of a callback.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ByOutcome {
    pub(super) outcome: &'static str,
}

/// The pattern of a route, never a path as it was sent, and the status of the reply.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ByRoute {
    pub(super) route: String,
    pub(super) status: u16,
}

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    pub(super) checks: Family<ByVerdict, Counter>,
    pub(super) check_seconds: Histogram,
    pub(super) unkept: Counter,
    pub(super) corrections: Family<ByLabel, Counter>,
    pub(super) retractions: Counter,
    pub(super) suspicious_keys: Counter,
    pub(super) requests: Family<ByRoute, Counter>,
    pub(super) request_seconds: Histogram,
    pub(super) limited: Family<ByLimit, Counter>,
    pub(super) turned_away: Counter,
    pub(super) callbacks: Family<ByOutcome, Counter>,
    now: Now,
}

/// How things stand, asked for when somebody reads.
#[derive(Debug, Default)]
struct Now {
    store_writable: Gauge,
    learned_from: Gauge<u64, AtomicU64>,
    log_events: Gauge<u64, AtomicU64>,
    callbacks_waiting: Gauge<u64, AtomicU64>,
    cluster_connected: Gauge,
    cluster_behind: Gauge<u64, AtomicU64>,
    cluster_behind_seconds: Gauge<f64, AtomicU64>,
    cluster_reconnects: Gauge<u64, AtomicU64>,
    cluster_alarm: Gauge,
    cluster_verdicts_wait_seconds: Gauge<f64, AtomicU64>,
    cluster_verdicts_missed: Gauge<u64, AtomicU64>,
    cluster_queued: Gauge<u64, AtomicU64>,
}

/// How things stand at the moment of reading.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Whether the store can be written.
    pub store_writable: bool,
    /// Corrections that the model has learned.
    pub learned_from: u64,
    /// Events in the log.
    pub log_events: u64,
    /// Callbacks that are still to be made.
    pub callbacks_waiting: u64,
    /// The log that is shared with other servers, if it is.
    pub cluster: Option<Standing>,
}

impl Metrics {
    /// Nothing counted yet, by a server that judges with this model, alone or in a cluster.
    pub fn new(model: &str, in_cluster: bool) -> Self {
        let times = || Histogram::new(SECONDS);
        let mut metrics = Self {
            registry: Registry::with_prefix("chaffinch"),
            checks: Family::default(),
            check_seconds: times(),
            unkept: Counter::default(),
            corrections: Family::default(),
            retractions: Counter::default(),
            suspicious_keys: Counter::default(),
            requests: Family::default(),
            request_seconds: times(),
            limited: Family::default(),
            turned_away: Counter::default(),
            callbacks: Family::default(),
            now: Now::default(),
        };
        metrics.register(model);
        if in_cluster {
            metrics.register_cluster();
        }
        metrics
    }

    /// Checks that were answered without their verdict being kept.
    pub fn unkept(&self) -> u64 {
        self.unkept.get()
    }

    fn register(&mut self, model: &str) {
        let to = &mut self.registry;
        let build = vec![
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("model", model.to_owned()),
        ];
        to.register("build", "What runs here", Info::new(build));
        to.register("checks", "Comments judged", self.checks.clone());
        to.register_with_unit(
            "check",
            "Time to judge a comment and keep the verdict",
            Unit::Seconds,
            self.check_seconds.clone(),
        );
        let help = "Verdicts that could not be kept";
        to.register("unkept_verdicts", help, self.unkept.clone());
        let help = "Corrections by admins and blogs";
        to.register("corrections", help, self.corrections.clone());
        let help = "Corrections taken back";
        to.register("retractions", help, self.retractions.clone());
        let help = "Times a key was noticed whose corrections contradict what was sure";
        to.register("suspicious_keys", help, self.suspicious_keys.clone());
        to.register("http_requests", "Requests answered", self.requests.clone());
        to.register_with_unit(
            "http_request",
            "Time to answer a request",
            Unit::Seconds,
            self.request_seconds.clone(),
        );
        let help = "Calls refused because there were too many";
        to.register("rate_limited", help, self.limited.clone());
        let help = "Checks turned away because there were too many at the same time";
        to.register("turned_away", help, self.turned_away.clone());
        let help = "Calls to sites whose verdict changed";
        to.register("callbacks", help, self.callbacks.clone());
        let now = &self.now;
        let help = "Whether the store can be written";
        to.register("store_writable", help, now.store_writable.clone());
        let help = "Corrections that the model has learned";
        to.register("learned_from", help, now.learned_from.clone());
        to.register("log_events", "Events in the log", now.log_events.clone());
        let help = "Callbacks that are still to be made";
        to.register("callbacks_waiting", help, now.callbacks_waiting.clone());
    }

    fn register_cluster(&mut self) {
        let (to, now) = (&mut self.registry, &self.now);
        let help = "Whether the log that the servers of the cluster share answers";
        to.register("cluster_connected", help, now.cluster_connected.clone());
        let help = "Messages of the shared log that are known and not taken over";
        to.register("cluster_behind", help, now.cluster_behind.clone());
        let help = "Time since nothing of the shared log was missing";
        let seconds = now.cluster_behind_seconds.clone();
        to.register("cluster_behind_seconds", help, seconds);
        let help = "Times that the shared log had to be followed anew";
        to.register("cluster_reconnects", help, now.cluster_reconnects.clone());
        let help = "Whether the shared log has a gap or another past, so that it is not followed";
        to.register("cluster_alarm", help, now.cluster_alarm.clone());
        let help =
            "How long the oldest verdict that was given here has waited to be with the others";
        let seconds = now.cluster_verdicts_wait_seconds.clone();
        to.register("cluster_verdicts_wait_seconds", help, seconds);
        let help = "Messages with verdicts of others that were gone before they arrived";
        let missed = now.cluster_verdicts_missed.clone();
        to.register("cluster_verdicts_missed", help, missed);
        let help = "Corrections that wait here until the shared log is there again";
        to.register("cluster_queued", help, now.cluster_queued.clone());
    }

    /// Takes note of something: counts it, and writes its line of the log.
    pub fn report(&self, event: &impl Event) {
        event.count(self);
        event.log();
    }

    /// Everything in the OpenMetrics text format.
    pub fn text(&self, snapshot: Snapshot) -> String {
        let now = &self.now;
        now.store_writable.set(snapshot.store_writable.into());
        now.learned_from.set(snapshot.learned_from);
        now.log_events.set(snapshot.log_events);
        now.callbacks_waiting.set(snapshot.callbacks_waiting);
        if let Some(cluster) = snapshot.cluster {
            now.cluster_connected.set(cluster.connected.into());
            now.cluster_behind.set(cluster.behind);
            let seconds = cluster.behind_for.as_secs_f64();
            now.cluster_behind_seconds.set(seconds);
            now.cluster_reconnects.set(cluster.reconnects);
            now.cluster_alarm.set(cluster.alarm.is_some().into());
            let seconds = cluster.verdicts_wait.as_secs_f64();
            now.cluster_verdicts_wait_seconds.set(seconds);
            now.cluster_verdicts_missed.set(cluster.verdicts_missed);
            now.cluster_queued.set(cluster.queued);
        }
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
