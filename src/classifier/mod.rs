//! Features -> evidence -> probability; learning and unlearning. Knows neither HTTP nor storage.

use crate::comment::Comment;
use crate::site::Site;
use crate::text::Features;
use crate::verdict::{Label, Probability, Reason};

/// The classifier: a base model that never changes, and what was learned on top of it.
///
/// Shared between threads; checks do not wait for each other.
#[derive(Debug)]
pub struct Classifier {
    model: String,
}

/// What the classifier says of one comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// How probably it is spam.
    pub probability: Probability,
    /// The strongest reasons, strongest first.
    pub reasons: Vec<Reason>,
    /// What is learned from if the comment is corrected.
    pub features: Features,
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

impl Classifier {
    /// The classifier with the model inside the binary and nothing learned.
    pub fn embedded() -> Self {
        Self {
            model: "none".to_owned(),
        }
    }

    /// Version of the base model, as shown in replies.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How many lessons count at the moment.
    pub fn learned_from(&self) -> u64 {
        0
    }

    /// Judges a comment.
    pub fn judge(&self, comment: &Comment) -> Opinion {
        Opinion {
            probability: Probability::from_log_odds(if comment.content.contains("casino") {
                3.0
            } else {
                -3.0
            }),
            reasons: Vec::new(),
            features: Features::default(),
        }
    }

    /// Learns one more lesson. Equal sequences of lessons give equal classifiers.
    pub fn learn(&self, _lesson: &Lesson) {}

    /// Forgets every lesson and learns these instead, in order.
    pub fn relearn<'a>(&self, _lessons: impl IntoIterator<Item = &'a Lesson>) {}
}
