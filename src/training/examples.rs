//! The comments of a corpus as features.

use std::path::PathBuf;

use super::{CorpusError, corpus};
use crate::text::{Analyser, Features};
use crate::verdict::Label;

/// One comment to learn from.
#[derive(Debug, Clone)]
pub struct Example {
    /// Number of its source.
    pub source: usize,
    /// Number of its language, among those that the corpus names.
    pub language: usize,
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
    /// Names of the languages; one may be empty, of comments whose language nobody said.
    pub languages: Vec<String>,
}

impl Examples {
    /// Reads corpus files; `progress` is told after each comment.
    pub fn read(files: &[PathBuf], mut progress: impl FnMut()) -> Result<Self, CorpusError> {
        let mut examples = Self::default();
        let mut analyser = Analyser::default();
        for file in files {
            for sample in corpus::read(file)? {
                let sample = sample?;
                let source = number(&mut examples.sources, &sample.source);
                let language = number(&mut examples.languages, &sample.comment.language);
                analyser.analyse(&sample.comment);
                examples.all.push(Example {
                    source,
                    language,
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

/// Place of a name in a list, where it is put if it is not there.
fn number(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|n| n == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}

/// 0 for ham, 1 for spam.
pub(super) fn class(label: Label) -> usize {
    match label {
        Label::Ham => 0,
        Label::Spam => 1,
    }
}
