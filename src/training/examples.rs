//! The comments of a corpus as features.

use std::collections::HashMap;
use std::path::PathBuf;

use super::{CorpusError, corpus, variants};
use crate::comment::Comment;
use crate::text::{Analyser, Features};
use crate::verdict::Label;

/// Bytes of an honest comment with which spam may be padded, at least.
const SHORTEST_PADDING: usize = 40;

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
    /// Number of the comment in the corpus; variants have that of their original.
    pub comment: usize,
    /// How much it counts: 1, and less for some variants.
    pub weight: f64,
    /// Whether it stands like this in the corpus, and is no variant.
    pub original: bool,
}

/// A corpus in memory.
#[derive(Debug, Default)]
pub struct Examples {
    /// Names of the sources.
    pub sources: Vec<String>,
    /// The comments, in the order of the files, each followed by its variants.
    pub all: Vec<Example>,
    /// How many comments there are without the variants.
    pub comments: usize,
    /// Names of the languages; one may be empty, of comments whose language nobody said.
    pub languages: Vec<String>,
}

impl Examples {
    /// Reads corpus files; `progress` is told after each comment. Variants are made where there is
    /// more than one source: what a single one has is what its own next comments will have.
    pub fn read(files: &[PathBuf], mut progress: impl FnMut()) -> Result<Self, CorpusError> {
        let mut examples = Self::default();
        let mut analyser = Analyser::default();
        // The last honest comment in each language.
        let mut others: HashMap<usize, String> = HashMap::new();
        for file in files {
            for sample in corpus::read(file)? {
                let sample = sample?;
                let source = number(&mut examples.sources, &sample.source);
                let language = number(&mut examples.languages, &sample.comment.language);
                let mut push = |comment: &Comment, weight, original| {
                    analyser.analyse(comment);
                    examples.all.push(Example {
                        source,
                        language,
                        label: sample.label,
                        features: analyser.features(),
                        comment: examples.comments,
                        weight,
                        original,
                    });
                };
                push(&sample.comment, 1.0, true);
                let honest = others.get(&language).map(String::as_str);
                for variant in variants::of(&sample.comment, sample.label, honest) {
                    push(&variant.comment, variant.weight, false);
                }
                let content = sample.comment.content;
                if sample.label == Label::Ham && content.len() >= SHORTEST_PADDING {
                    others.insert(language, content);
                }
                examples.comments += 1;
                progress();
            }
        }
        if examples.sources.len() == 1 {
            examples.all.retain(|example| example.original);
        }
        Ok(examples)
    }

    /// Numbers of ham and spam comments of each source.
    pub fn counts(&self) -> Vec<[usize; 2]> {
        let mut counts = vec![[0; 2]; self.sources.len()];
        for example in self.all.iter().filter(|e| e.original) {
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
