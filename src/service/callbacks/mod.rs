//! Telling sites of verdicts that were put off or corrected (protocol section 2.8): which sites,
//! when, and what. How they are called is the surface's.

mod failing;
mod queue;

use jiff::{SignedDuration, Timestamp};

use crate::callback::CallbackUrl;
use crate::comment::Comment;
use crate::key::SiteKey;
use crate::site::settings::{CallbackSecret, SiteSettings};
use crate::store::{CallOutcome, Notice, StoreError};
use crate::telemetry::events::CalledBack;
use crate::verdict::{Label, Verdict, VerdictId};

use super::{Service, ServiceError};

pub(super) use self::failing::Failing;
pub use self::failing::FailingSite;
pub(super) use self::queue::Queue;

/// Attempts before a callback is given up.
const ATTEMPTS: u8 = 6;
/// Wait after the first attempt that failed; each further one is four times as long, so that the
/// last comes after about three hours.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// Wait for a key that nobody has shown since the start: only its hash is stored, and a site must be
/// told its key. A blog shows it with its next call.
const KEY_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// A call to a site that is to be made.
#[derive(Debug, Clone)]
pub struct Callback {
    /// The verdict's name, by which the site knows it.
    pub id: VerdictId,
    /// Where to.
    pub url: CallbackUrl,
    /// The site's own key, by which it knows that the call is honest.
    pub key: SiteKey,
    /// Whether the comment is spam, as far as is known now.
    pub spam: bool,
    /// What the call is signed with, if the site wants that.
    pub secret: Option<CallbackSecret>,
}

/// What became of a call to a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The site has taken it.
    Done,
    /// It may work later.
    Failed(String),
    /// It will not work later either.
    Refused(String),
}

impl Service {
    /// The address to remember with a verdict: the one that the check named, if the site is its
    /// own and wants to be called.
    pub(super) fn callback_for(
        comment: &Comment,
        settings: &SiteSettings,
        url: Option<CallbackUrl>,
    ) -> Option<CallbackUrl> {
        let site = comment.site.as_ref()?;
        url.filter(|url| settings.callback.allowed && !comment.test && url.is_of(site))
    }

    /// Has a site called about a verdict, after some time. What it is told is what is known then.
    pub(super) fn call_back(&self, id: VerdictId, after: SignedDuration) {
        let due = self.clock.now().saturating_add(after);
        let notice = Notice {
            verdict: id,
            due: due.unwrap_or(Timestamp::MAX),
            attempts: 0,
        };
        if let Err(reason) = self.callbacks.put(&*self.store, notice) {
            self.called(id, CallOutcome::Dropped, reason);
        }
    }

    /// Waits until callbacks are due and takes some of them; `None` once [`Self::end_callbacks`] was
    /// called. Each must be given back by [`Self::callback_done`]. Blocks.
    pub fn due_callbacks(&self, most: usize) -> Option<Vec<Notice>> {
        self.callbacks.due(&self.clock, most)
    }

    /// Lets nobody wait for callbacks any more.
    pub fn end_callbacks(&self) {
        self.callbacks.end();
    }

    /// The call that a due callback makes; `None` if there is nothing to tell any more.
    pub fn callback(&self, notice: Notice) -> Option<Callback> {
        match self.prepared(notice.verdict) {
            Ok(Some(Some(callback))) => Some(callback),
            Ok(Some(None)) => {
                let later = self.clock.now().saturating_add(KEY_WAIT);
                let due = later.unwrap_or(Timestamp::MAX);
                self.callbacks
                    .postpone(&*self.store, Notice { due, ..notice });
                None
            }
            Ok(None) => {
                self.callbacks.finish(&*self.store, notice);
                None
            }
            Err(error) => {
                self.callback_done(notice, Delivery::Failed(error.to_string()));
                None
            }
        }
    }

    /// Says what became of a callback: it is over, or tried again later.
    pub fn callback_done(&self, notice: Notice, delivery: Delivery) {
        let attempts = notice.attempts.saturating_add(1);
        let (outcome, reason) = match delivery {
            Delivery::Done => (CallOutcome::Delivered, String::new()),
            Delivery::Refused(reason) => (CallOutcome::Refused, reason),
            Delivery::Failed(reason) if attempts >= ATTEMPTS => (CallOutcome::GivenUp, reason),
            Delivery::Failed(reason) => (CallOutcome::Retry, reason),
        };
        if outcome == CallOutcome::Retry {
            let wait = FIRST_WAIT.saturating_mul(4_i32.pow(u32::from(notice.attempts)));
            let due = self.clock.now().saturating_add(wait);
            let due = due.unwrap_or(Timestamp::MAX);
            let again = Notice {
                due,
                attempts,
                ..notice
            };
            self.callbacks.postpone(&*self.store, again);
        } else {
            self.callbacks.finish(&*self.store, notice);
        }
        self.called(notice.verdict, outcome, reason);
    }

    /// Notes what became of a call: in the history of its verdict, of its site, and in the log.
    fn called(&self, id: VerdictId, outcome: CallOutcome, reason: String) {
        if let Err(error) = self.remember_call(id, outcome, &reason) {
            tracing::warn!(%error, "a call to a site is not in the history");
        }
        let outcome = outcome.as_str();
        self.metrics.report(&CalledBack {
            id,
            outcome,
            reason,
        });
    }

    fn remember_call(
        &self,
        id: VerdictId,
        outcome: CallOutcome,
        reason: &str,
    ) -> Result<(), StoreError> {
        // Of what was erased meanwhile nothing is to come back.
        let Some(record) = self.store.verdict(id)? else {
            return Ok(());
        };
        let now = self.clock.now();
        match record.site {
            Some(site) if outcome == CallOutcome::Delivered => self.failing.arrived(&site),
            Some(site) => self.failing.failed(site, reason, now),
            None => {}
        }
        self.store.note_call(id, outcome, reason, now)
    }

    /// The call about a verdict: `None` if there is none to make, `Some(None)` while the key is not
    /// known.
    fn prepared(&self, id: VerdictId) -> Result<Option<Option<Callback>>, ServiceError> {
        let Some(record) = self.store.verdict(id)? else {
            return Ok(None);
        };
        // A comment that is over its time is none of anybody's business any more.
        let Some(comment) = &record.comment else {
            return Ok(None);
        };
        let settings = self.registry.settings(record.site.as_ref());
        let url = Self::callback_for(comment, &settings, record.callback.clone());
        let Some(url) = url else {
            return Ok(None);
        };
        let spam = match self.store.correction(id)? {
            Some(correction) => correction.label == Label::Spam,
            None => {
                let policy = super::judging::policy(&settings, false, self.clock.now());
                let judgement = self.filter.check(comment, &policy);
                judgement.verdict == Verdict::Spam && !settings.shadow
            }
        };
        let key = self.registry.keyring.shown(record.key, self.clock.now());
        Ok(Some(key.map(|key| Callback {
            id,
            url,
            key,
            spam,
            secret: settings.callback.secret.clone(),
        })))
    }
}
