//! The operations: what Chaffinch does, without any protocol.
//!
//! Both HTTP surfaces, the dashboard and the command line call these.

mod caller;
mod error;
mod stats;

use std::sync::Arc;

use crate::classifier::Classifier;
use crate::clock::Clock;
use crate::comment::Comment;
use crate::key::{AdminToken, KeyHash, SiteKey};
use crate::site::Site;
use crate::store::{Grant, Sequence, Store, StoreError};
use crate::verdict::{Judgement, Label, Thresholds, VerdictId};

pub use crate::store::{
    Correction, CorrectionReceipt, Counters, KeyRole, Origin, Retraction, VerdictRecord,
};
pub use caller::Caller;
pub use error::{AuthError, ServiceError};
pub use stats::{Month, MonthError, Period, SiteMonth, Stats, StatsRange, StatsScope};

/// Everything that a surface calls. Share it in an `Arc`.
pub struct Service {
    store: Arc<dyn Store>,
    classifier: Arc<Classifier>,
    clock: Clock,
}

/// What an operator may set.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where verdicts and actions change.
    pub thresholds: Thresholds,
    /// The time.
    pub clock: Clock,
}

/// What a surface asks of a check besides the comment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// A spam verdict by a test hook comes with [`crate::verdict::Action::Discard`] (protocol
    /// section 2.10).
    pub test_discard: bool,
}

/// A checked comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The verdict's name. Tests get one too, though nothing is stored under it.
    pub id: VerdictId,
    /// What the filter found.
    pub judgement: Judgement,
    /// Whether the verdict was kept: not for tests, nor when the store fails, since a blog engine
    /// must get its answer all the same.
    pub stored: bool,
}

/// A stored verdict and what an admin said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictView {
    /// The comment and its verdict.
    pub record: VerdictRecord,
    /// The correction in force, if any.
    pub correction: Option<Correction>,
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
}

impl Readiness {
    /// Whether all is well.
    pub fn is_ready(&self) -> bool {
        self.store.is_ok()
    }
}

/// Secrets given by configuration, which are then the ones that work.
#[derive(Debug, Clone, Default)]
pub struct ConfiguredKeys {
    /// `CHAFFINCH_SITE_KEY`.
    pub site_key: Option<SiteKey>,
    /// `CHAFFINCH_ADMIN_TOKEN`.
    pub admin_token: Option<AdminToken>,
}

/// Secrets made at the first start: to be shown once, they are stored nowhere.
#[derive(Debug, Clone, Default)]
pub struct FirstKeys {
    /// The site key, if one was made.
    pub site_key: Option<SiteKey>,
    /// The admin token, if one was made.
    pub admin_token: Option<AdminToken>,
}

impl Service {
    /// The service on an open store. Teaches the classifier everything in the store's log.
    pub fn new(
        store: Arc<dyn Store>,
        classifier: Arc<Classifier>,
        settings: Settings,
    ) -> Result<Self, ServiceError> {
        Ok(Self {
            store,
            classifier,
            clock: settings.clock,
        })
    }

    /// Who showed this secret: a site key (case does not count) or an admin token.
    pub fn authenticate(&self, _secret: &str) -> Result<Caller, AuthError> {
        Err(AuthError::Unknown)
    }

    /// Judges a comment and keeps the verdict. Errors only with
    /// [`ServiceError::SiteNotAllowed`].
    pub async fn check(
        &self,
        _caller: &Caller,
        _comment: Comment,
        _options: CheckOptions,
    ) -> Result<Checked, ServiceError> {
        Err(ServiceError::Busy)
    }

    /// Labels a verdict. The same label twice counts once; the opposite replaces it.
    pub async fn correct_by_id(
        &self,
        _caller: &Caller,
        _id: VerdictId,
        _label: Label,
    ) -> Result<CorrectionReceipt, ServiceError> {
        Err(ServiceError::NoSuchVerdict)
    }

    /// Labels a comment: the verdict that it means (protocol section 2.3), or if none is found a
    /// new record of it. `None` for a test, which is accepted and leaves no trace.
    pub async fn correct_comment(
        &self,
        _caller: &Caller,
        _comment: Comment,
        _label: Label,
    ) -> Result<Option<CorrectionReceipt>, ServiceError> {
        Ok(None)
    }

    /// Takes a correction back, exactly.
    pub async fn retract(
        &self,
        _caller: &Caller,
        _id: VerdictId,
    ) -> Result<Retraction, ServiceError> {
        Err(ServiceError::NoSuchVerdict)
    }

    /// A stored verdict.
    pub fn verdict(&self, _caller: &Caller, _id: VerdictId) -> Result<VerdictView, ServiceError> {
        Err(ServiceError::NoSuchVerdict)
    }

    /// Whether the model is loaded and the store writable.
    pub async fn readiness(&self) -> Readiness {
        Readiness {
            model: self.classifier.model().to_owned(),
            learned_from: self.classifier.learned_from(),
            events: self.store.events(),
            store: self.store.probe().await,
        }
    }

    /// How many checks the caller's key made this calendar month (UTC), tests not included.
    pub fn usage_this_month(&self, _caller: &Caller) -> Result<u64, ServiceError> {
        Ok(0)
    }

    /// The month that it is now (UTC).
    pub fn this_month(&self) -> Month {
        Month::of(self.clock.today())
    }

    /// Counts of the caller's key or of one site.
    pub fn stats(
        &self,
        _caller: &Caller,
        _scope: &StatsScope,
        _range: StatsRange,
    ) -> Result<Stats, ServiceError> {
        Err(ServiceError::Busy)
    }

    /// The sites that the caller's key (an admin: any key) counted something on in a month,
    /// ordered by name.
    pub fn sites_in_month(
        &self,
        _caller: &Caller,
        _month: Month,
    ) -> Result<Vec<SiteMonth>, ServiceError> {
        Ok(Vec::new())
    }

    /// Marks a site as no longer in use, or in use again; its key goes on working.
    pub async fn set_site_active(
        &self,
        caller: &Caller,
        site: Site,
        active: bool,
    ) -> Result<(), ServiceError> {
        caller.require_site(Some(&site))?;
        let at = self.clock.now();
        Ok(self.store.set_site_active(site, active, at).await?)
    }

    /// Makes a site key, for one site or for all. The surface has made sure that an admin asks.
    pub async fn create_site_key(
        &self,
        _name: &str,
        _site: Option<Site>,
    ) -> Result<SiteKey, ServiceError> {
        Err(ServiceError::Busy)
    }

    /// Makes an admin token. The surface has made sure that an admin asks.
    pub async fn create_admin_token(&self, _name: &str) -> Result<AdminToken, ServiceError> {
        Err(ServiceError::Busy)
    }

    /// Lets a key be used no longer. The surface has made sure that an admin asks.
    pub async fn revoke_key(&self, _key: KeyHash) -> Result<(), ServiceError> {
        Err(ServiceError::NoSuchKey)
    }

    /// Every key that may be used, ordered by name. The surface has made sure that an admin asks.
    pub fn keys(&self) -> Result<Vec<(KeyHash, Grant)>, ServiceError> {
        Ok(Vec::new())
    }

    /// To be called once at each start: makes the configured secrets work (and those that were
    /// configured or made by an earlier start, of the same kind, no longer); of a kind that is
    /// neither configured nor in the store, makes one.
    pub async fn first_keys(&self, _configured: ConfiguredKeys) -> Result<FirstKeys, ServiceError> {
        Ok(FirstKeys::default())
    }

    /// Finishes what is being written. To be called after the last request, before the end.
    pub fn close(&self) {
        self.store.close();
    }
}
