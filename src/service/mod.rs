//! The operations: what Chaffinch does, without any protocol.
//!
//! Both HTTP surfaces, the dashboard and the command line call these.

mod alike;
mod backup;
mod callbacks;
mod caller;
mod days;
mod error;
mod evaluating;
mod history;
mod idle;
mod import;
mod issues;
mod judging;
mod keyring;
mod keys;
mod labelled;
mod learner;
mod managing;
mod model;
mod newest;
mod persons;
mod registry;
mod retention;
mod rule_cache;
mod rules;
mod seat;
mod site_cache;
mod sites;
mod stats;
mod suspicion;
mod teaching;
mod thresholds;
mod tops;
mod trying;
mod verdicts;

use std::sync::{Arc, Mutex, PoisonError};

use uuid::ContextV7;

use crate::classifier::Classifier;
use crate::clock::Clock;
use crate::filter::{Filter, Seat};
use crate::key::Scope;
use crate::site::Site;
use crate::site::settings::RetentionDays;
use crate::store::{Sequence, Store};
use crate::telemetry::metrics::{Metrics, Snapshot};
use crate::verdict::{Thresholds, VerdictId};

use self::learner::Learner;

pub use crate::store::{
    CallOutcome, Correction, CorrectionReceipt, Counters, Dump, ErasureReceipt, Grant, Happening,
    LabelFilter, Notice, Origin, Retraction, Space, Standing, StoreError, VerdictPage,
    VerdictQuery, VerdictRecord,
};
pub use callbacks::{Callback, Delivery, FailingSite};
pub use caller::Caller;
pub use days::{DaySums, SiteDay};
pub use error::{AuthError, ServiceError};
pub use evaluating::OwnFigures;
pub use history::{Actor, Past};
pub use idle::IdleKey;
pub use import::{Import, ImportTrial, Lessons, Taught};
pub use issues::Issue;
pub use judging::{CheckOptions, Checked, Shadow, Teaching, VerdictView};
pub use keys::{ConfiguredKeys, FirstKeys, KeyView, NewKey, Secret};
pub use labelled::{LabelledComment, LabelledPage};
pub use model::{LearnedDigest, ModelFile, ModelView, SiteLessons};
pub use registry::Registry;
pub use retention::Sweeper;
pub use rules::{DryRun, RuleView};
pub use sites::SiteView;
pub use stats::{Month, MonthError, Period, SiteMonth, Stats, StatsRange, StatsScope};
pub use teaching::TakenBack;
pub use thresholds::{Share, ThresholdTrial};
pub use tops::{TopDomain, TopSignal, Tops};
pub use trying::Tried;
pub use verdicts::{Explanation, Rejudged};

/// Everything that a surface calls. Share it in an `Arc`.
pub struct Service {
    store: Arc<dyn Store>,
    filter: Filter,
    registry: Registry,
    clock: Clock,
    metrics: Metrics,
    callbacks: callbacks::Queue,
    failing: callbacks::Failing,
    /// Keeps ids of the same millisecond in order.
    ids: Mutex<ContextV7>,
    swept: Mutex<retention::Swept>,
    retention_records: RetentionDays,
    suspicion: suspicion::Suspicion,
    own_model: bool,
    learner: Arc<Learner>,
}

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where verdicts and actions change.
    pub thresholds: Thresholds,
    /// The time.
    pub clock: Clock,
    /// Whether the model comes from a file of the operator's.
    pub own_model: bool,
    /// Days after which verdicts go that hold no comment any more and were never corrected.
    pub retention_records: RetentionDays,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::default(),
            clock: Clock::default(),
            own_model: false,
            retention_records: RetentionDays::RECORDS,
        }
    }
}

/// Whether the service can do its work.
#[derive(Debug, Clone)]
pub struct Readiness {
    /// The base model in use.
    pub model: String,
    /// How many corrections are in force.
    pub learned_from: u64,
    /// Events in the log.
    pub events: Sequence,
    /// Why nothing can be written at the moment, if so.
    pub store: Result<(), StoreError>,
    /// How the log stands that is shared with other servers, if it is.
    pub cluster: Option<Standing>,
}

impl Readiness {
    /// Whether the work can be done. While a cluster's log is only away, checks are part of it.
    pub fn is_ready(&self) -> bool {
        self.store.is_ok() && self.alarm().is_none()
    }

    /// Why the log of the cluster can be followed no longer, if so.
    pub fn alarm(&self) -> Option<&str> {
        self.cluster.as_ref()?.alarm.as_deref()
    }
}

impl Service {
    /// The service on an open store, of which it must be the only writer. Teaches the classifier
    /// everything in the store's log.
    pub fn new(
        store: Arc<dyn Store>,
        classifier: Arc<Classifier>,
        settings: Settings,
    ) -> Result<Self, ServiceError> {
        let registry = Registry::open(Arc::clone(&store), settings.clock.clone())?;
        // From here on the uses of keys are noted.
        store.uses_noted_since(settings.clock.today())?;
        let rules = registry.rules.book();
        let models = store.models();
        let classifier = seat::first(classifier, store.base_model()?, &models);
        let seat = Seat::new(Arc::clone(&classifier));
        let learner = Arc::new(Learner::start(
            Box::new(seat::Seated::new(seat.clone(), models)),
            &*store,
            store.events(),
            store.learned_states(),
        )?);
        store.observe(Arc::clone(&learner) as _);
        Ok(Self {
            callbacks: callbacks::Queue::load(&*store)?,
            failing: callbacks::Failing::default(),
            own_model: settings.own_model,
            metrics: Metrics::new(classifier.model(), store.standing().is_some()),
            store,
            filter: Filter::around(seat, settings.thresholds)
                .with_rules(rules)
                .with_reputation(),
            registry,
            clock: settings.clock,
            ids: Mutex::new(ContextV7::new()),
            swept: Mutex::default(),
            retention_records: settings.retention_records,
            suspicion: suspicion::Suspicion::default(),
            learner,
        })
    }

    /// Who showed this secret: a site key (case does not count) or an admin token.
    pub fn authenticate(&self, secret: &str) -> Result<Caller, AuthError> {
        self.registry.authenticate(secret)
    }

    /// Sites, keys and rules, to look at and for the start. Who calls for somebody takes
    /// [`Self::managed`].
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Everything counted, in the OpenMetrics text format.
    pub async fn metrics_text(&self) -> String {
        let now = self.readiness().await;
        self.metrics.text(Snapshot {
            store_writable: now.store.is_ok(),
            learned_from: now.learned_from,
            log_events: now.events,
            callbacks_waiting: self.callbacks.len() as u64,
            cluster: now.cluster,
        })
    }

    /// Whether the model is loaded and the store writable.
    pub async fn readiness(&self) -> Readiness {
        let classifier = self.filter.classifier();
        Readiness {
            model: classifier.model().to_owned(),
            learned_from: classifier.learned_from(),
            events: self.store.events(),
            store: self.store.probe().await,
            cluster: self.store.standing(),
        }
    }

    /// Marks a site as no longer in use, or in use again (protocol section 2.7, `deactivate`);
    /// its key goes on working.
    pub async fn set_site_active(
        &self,
        caller: &Caller,
        site: Site,
        active: bool,
    ) -> Result<(), ServiceError> {
        caller.require(Scope::Check)?;
        caller.require_site(Some(&site))?;
        let at = self.clock.now();
        Ok(self.store.set_site_active(site, active, at).await?)
    }

    /// Finishes what is being written, and keeps what was learned for the next start. To be called
    /// after the last request, before the end.
    pub fn close(&self) {
        self.store.close();
        self.learner.close();
    }

    fn fresh_id(&self) -> VerdictId {
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        VerdictId::at(self.clock.now(), &ids)
    }
}

#[cfg(test)]
mod tests;
