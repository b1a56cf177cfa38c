//! How well comments are told apart: the protocols, their figures with 95 % intervals, the
//! comparison of two models, and plots.
//!
//! ```text
//! files -> Source -> cold | online | split -> Judged -> Report | compare | plots
//! ```

pub mod bootstrap;
mod compare;
mod figures;
pub mod metrics;
pub mod plots;
mod protocol;
mod report;
mod source;
mod split;

use std::path::PathBuf;

pub use compare::{Comparison, Outcome, compare};
pub use figures::{Figures, Intervals};
pub use protocol::{Course, Feedback, Judge, Judged, MILESTONES, Milestone, Teaching};
pub use report::{Mean, Report, SourceReport};
pub use source::{Source, is_blog, load};
pub use split::split;

use crate::training::{CorpusError, TrainingError};

/// Why an evaluation failed.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// A file cannot be read.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// There is nothing to measure in a file.
    #[error("there is no comment in {0}")]
    NoComments(PathBuf),
    /// One half of a pair of files is missing.
    #[error(
        "{present} has no {missing} beside it: the split protocol takes pairs of NAME-train and NAME-test"
    )]
    NoPair {
        /// The source that is there.
        present: String,
        /// The source that is not.
        missing: String,
    },
    /// What is asked for needs both classes.
    #[error("{name} has {ham} ham and {spam} spam comments; {purpose} needs both")]
    OneClass {
        /// The source, or a word for all of them.
        name: String,
        /// Number of ham comments.
        ham: usize,
        /// Number of spam comments.
        spam: usize,
        /// What was asked for.
        purpose: &'static str,
    },
    /// A model could not be trained on a source.
    #[error("training on {name}: {cause}")]
    Training {
        /// The source.
        name: String,
        /// Why.
        cause: TrainingError,
    },
    /// A plot could not be drawn.
    #[error("the plot could not be drawn: {0}")]
    Plot(String),
}
