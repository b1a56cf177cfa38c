//! Features -> evidence -> probability; learning and unlearning. Knows neither HTTP nor storage.
//!
//! Naive Bayes evidence with learned trust: every feature has a coefficient, the log-ratio of its
//! frequencies in spam and ham times the trust that training put in it. A comment's score is the
//! sum of its features' coefficients, divided by the square root of their number; calibrated, it
//! is the log-odds of spam. `docs/classifier.md` has the formulae.

mod base;
mod deltas;
mod explain;
mod file;
mod learned;
mod state;

use std::borrow::Borrow;
use std::cell::RefCell;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

pub use base::{BaseModel, FEWEST, ModelShape};
pub use file::ModelError;
pub use learned::{Learned, Pace, View};

use crate::comment::Comment;
use crate::site::Site;
use crate::text::{Analyser, Features};
use crate::verdict::{Label, Probability, Reason};

/// The model inside the binary; `models/README.md` says what went into it.
static EMBEDDED: &[u8] = include_bytes!("../../models/base.chaffinch");

/// The classifier: a base model that never changes, and what was learned on top of it.
///
/// Shared between threads; checks do not wait for each other.
#[derive(Debug)]
pub struct Classifier {
    base: Arc<BaseModel>,
    pace: Pace,
    learned: RwLock<Learned>,
    /// What [`Learned`] must have been learned with to be of use here.
    origin: OnceLock<state::Origin>,
}

/// What the classifier says of one comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// How probably it is spam.
    pub probability: Probability,
    /// Natural logarithm of the odds of spam; finer than the probability at its ends.
    pub log_odds: f64,
    /// The strongest reasons, strongest first.
    pub reasons: Vec<Reason>,
}

/// The whole evidence about one comment: the baseline, every reason and the rest add up to the
/// log-odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Log-odds of a comment without any evidence.
    pub baseline: f64,
    /// Every reason that has words, strongest first.
    pub reasons: Vec<Reason>,
    /// What has no words of its own.
    pub rest: f64,
    /// Natural logarithm of the odds of spam.
    pub log_odds: f64,
}

/// A corrected comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// The site whose admin said so.
    pub site: Option<Site>,
    /// What it is.
    pub label: Label,
    /// Its features.
    pub features: Features,
}

thread_local! {
    static READER: RefCell<Reader> = RefCell::default();
}

/// What reads and explains comments, with its buffers: one for each thread.
#[derive(Debug, Default)]
struct Reader {
    analyser: Analyser,
    /// What each feature of the comment read last weighs.
    weights: Vec<f64>,
    /// What was learned of each, while it is looked up.
    seen: Vec<deltas::Place>,
    scratch: explain::Scratch,
}

impl Classifier {
    /// The classifier with the model inside the binary and nothing learned.
    pub fn embedded() -> Result<Self, ModelError> {
        Ok(Self::new(Arc::new(BaseModel::from_bytes(EMBEDDED)?)))
    }

    /// The classifier with a base model and nothing learned.
    pub fn new(base: Arc<BaseModel>) -> Self {
        Self {
            base,
            pace: Pace::DEFAULT,
            learned: RwLock::default(),
            origin: OnceLock::new(),
        }
    }

    /// The same with another pace of learning.
    pub fn with_pace(self, pace: Pace) -> Self {
        Self {
            pace,
            origin: OnceLock::new(),
            ..self
        }
    }

    /// Version of the base model, as shown in replies.
    pub fn model(&self) -> &str {
        &self.base.version
    }

    /// The base model.
    pub fn base(&self) -> &Arc<BaseModel> {
        &self.base
    }

    /// How many lessons count at the moment.
    pub fn learned_from(&self) -> u64 {
        self.read().lessons()
    }

    /// How many lessons each site gave; what callers without a site gave stands under `None`.
    pub fn lessons_by_site(&self) -> Vec<(Option<Site>, u64)> {
        self.read().lessons_by_site()
    }

    /// After how many of its lessons a site itself, more than the base model, tells what is
    /// common there and what is news.
    pub fn settles_at(&self) -> u64 {
        self.pace.prior as u64
    }

    /// Judges a comment, with the strongest reasons.
    pub fn judge(&self, comment: &Comment) -> Opinion {
        self.weigh(comment, |analyser, weights, scratch, log_odds| Opinion {
            probability: Probability::from_log_odds(log_odds),
            log_odds,
            reasons: explain::strongest(analyser, comment, weights, self.base.shape.slope, scratch),
        })
    }

    /// The whole evidence about a comment, as it stands now.
    pub fn evidence(&self, comment: &Comment) -> Evidence {
        self.weigh(comment, |analyser, weights, scratch, log_odds| {
            let shape = &self.base.shape;
            let reasons = explain::reasons(analyser, comment, weights, shape.slope, scratch);
            let baseline = shape.log_odds(shape.bias);
            let named: f64 = reasons.iter().map(|reason| reason.weight).sum();
            Evidence {
                baseline,
                reasons,
                rest: log_odds - baseline - named,
                log_odds,
            }
        })
    }

    /// Has the weights of a comment's features looked at, and the log-odds that they make.
    fn weigh<T>(
        &self,
        comment: &Comment,
        look: impl FnOnce(&Analyser, &[f64], &mut explain::Scratch, f64) -> T,
    ) -> T {
        READER.with_borrow_mut(|reader| {
            let Reader {
                analyser,
                weights,
                seen,
                scratch,
            } = reader;
            // Read first: nobody who learns or judges waits for the reading of a long comment.
            let features = analyser.analyse(comment);
            let learned = self.read();
            let view = learned.view(&self.base, &self.pace, &comment.site);
            let norms = self.base.shape.norms_of(features.iter().map(|f| f.id));
            view.weigh(features, norms, weights, seen);
            drop(learned);
            let score = self.base.shape.bias + weights.iter().sum::<f64>();
            look(analyser, weights, scratch, self.base.shape.log_odds(score))
        })
    }

    /// The features of a comment, as they are learned from.
    pub fn features(&self, comment: &Comment) -> Features {
        READER.with_borrow_mut(|reader| {
            reader.analyser.analyse(comment);
            reader.analyser.features()
        })
    }

    /// The log-odds of features that were taken before.
    pub fn log_odds(&self, site: &Option<Site>, features: &Features) -> f64 {
        let features = features.as_slice();
        let norms = self.base.shape.norms_of(features.iter().copied());
        let learned = self.read();
        let view = learned.view(&self.base, &self.pace, site);
        view.log_odds(features, norms)
    }

    /// Learns one more lesson. Equal sequences of lessons give equal classifiers.
    pub fn learn(&self, lesson: &Lesson) {
        let mut learned = self.learned.write().unwrap_or_else(PoisonError::into_inner);
        learned.learn(&self.base, &self.pace, lesson);
    }

    /// Forgets every lesson and learns these instead, in order. Checks go on meanwhile with what
    /// was learned before.
    ///
    /// If the lessons break off with an error, what was learned before stays.
    pub fn relearn<L: Borrow<Lesson>, E>(
        &self,
        lessons: impl IntoIterator<Item = Result<L, E>>,
    ) -> Result<(), E> {
        self.relearn_from(Learned::default(), lessons)
    }

    /// [`Self::relearn`], on top of what was learned at another time.
    pub fn relearn_from<L: Borrow<Lesson>, E>(
        &self,
        mut fresh: Learned,
        lessons: impl IntoIterator<Item = Result<L, E>>,
    ) -> Result<(), E> {
        for lesson in lessons {
            fresh.learn(&self.base, &self.pace, lesson?.borrow());
        }
        *self.learned.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// What was learned up to now.
    pub fn learned(&self) -> Learned {
        self.read().clone()
    }

    // A panic while learning could at worst leave a step half taken: still numbers.
    fn read(&self) -> std::sync::RwLockReadGuard<'_, Learned> {
        self.learned.read().unwrap_or_else(PoisonError::into_inner)
    }
}
