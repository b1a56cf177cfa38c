//! From a comment to features: markup, addresses, normalising, words, grams, shape.
//!
//! Each step is one file and knows nothing of those after it:
//!
//! ```text
//! content -> markup -> addresses -> stream (normalised) -> words, grams
//!                                                       -> shape, author, topic
//! ```

mod address;
mod analysis;
mod author;
mod clue;
mod features;
mod find;
mod glance;
mod grams;
mod kind;
mod letters;
mod markup;
mod packed;
mod plain;
mod quoted;
mod shape;
mod sink;
mod stream;
mod tags;
mod topic;
mod words;

pub use analysis::Analyser;
pub use clue::{Clue, Feature};
pub use features::Features;
pub use glance::{Glance, domain_of, folded, host_of, is_spaced_letter};
pub use kind::{FEATURE_SPACE, Family, Kind, feature};
pub(crate) use shape::{links, measures};
