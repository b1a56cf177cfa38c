//! The comments of a corpus as features.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{CorpusError, corpus};
use crate::text::{Analyser, Features};
use crate::verdict::Label;

/// One comment to learn from.
#[derive(Debug, Clone)]
pub struct Example {
    /// Number of its source.
    pub source: usize,
    /// What it is.
    pub label: Label,
    /// Its features.
    pub features: Features,
}

/// A corpus in memory.
#[derive(Debug, Default)]
pub struct Examples {
    /// Names of the sources.
    pub sources: Vec<String>,
    /// The comments, in the order of the files.
    pub all: Vec<Example>,
    /// Comments by language, as far as the corpus says.
    pub languages: BTreeMap<String, usize>,
}

impl Examples {
    /// Reads corpus files; `progress` is told after each comment.
    pub fn read(files: &[PathBuf], mut progress: impl FnMut()) -> Result<Self, CorpusError> {
        let mut examples = Self::default();
        let mut analyser = Analyser::default();
        for file in files {
            for sample in corpus::read(file)? {
                let sample = sample?;
                let known = examples.sources.iter().position(|s| *s == sample.source);
                let source = known.unwrap_or_else(|| {
                    examples.sources.push(sample.source.clone());
                    examples.sources.len() - 1
                });
                if !sample.comment.language.is_empty() {
                    let language = sample.comment.language.clone();
                    *examples.languages.entry(language).or_default() += 1;
                }
                analyser.analyse(&sample.comment);
                examples.all.push(Example {
                    source,
                    label: sample.label,
                    features: analyser.features(),
                });
                progress();
            }
        }
        Ok(examples)
    }

    /// Numbers of ham and spam comments of each source.
    pub fn counts(&self) -> Vec<[usize; 2]> {
        let mut counts = vec![[0; 2]; self.sources.len()];
        for example in &self.all {
            counts[example.source][class(example.label)] += 1;
        }
        counts
    }
}

/// 0 for ham, 1 for spam.
pub(super) fn class(label: Label) -> usize {
    match label {
        Label::Ham => 0,
        Label::Spam => 1,
    }
}
