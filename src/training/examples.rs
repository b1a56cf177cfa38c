//! Corpus files read into examples: every comment with its variants, counted as it goes by.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use super::random::Random;
use super::spool::{Example, Spool, Writer};
use super::{Chosen, Settings, TrainingError, corpus, variants};
use crate::comment::Comment;
use crate::text::Analyser;
use crate::verdict::Label;

/// Bytes of an honest comment with which spam may be padded, at least.
const SHORTEST_PADDING: usize = 40;

/// A corpus ready to learn from.
#[derive(Debug)]
pub(super) struct Examples {
    /// Names of the sources.
    pub sources: Names,
    /// Names of the languages; one may be empty, of comments whose language nobody said.
    pub languages: Names,
    /// How many comments there are without the variants.
    pub comments: u64,
    /// How many there are of each sort.
    pub tallies: BTreeMap<Sort, Tally>,
    /// The examples themselves.
    pub blocks: Vec<Spool>,
}

/// What examples have in common that are weighed alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sort {
    pub source: u32,
    pub language: u32,
    /// 0 for ham, 1 for spam.
    pub class: usize,
    /// The part of the corpus, of those that are held apart in turn to calibrate.
    pub part: u64,
    pub original: bool,
}

/// How many examples there are of a sort, and what they weigh together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub count: u64,
    pub weight: f64,
}

impl Examples {
    /// Reads corpus files; `progress` is told after each comment.
    pub(super) fn read(
        files: &[PathBuf],
        settings: &Settings,
        mut progress: impl FnMut(),
    ) -> Result<Self, TrainingError> {
        let mut sources = Names::default();
        let mut languages = Names::default();
        let mut tallies = BTreeMap::<Sort, Tally>::new();
        let mut comments = 0;
        let mut analyser = Analyser::default();
        let mut spool = Writer::new()?;
        // The last honest comment in each language.
        let mut others: HashMap<u32, String> = HashMap::new();
        for file in files {
            for sample in corpus::read(file)? {
                let sample = sample?;
                let source = sources.number(&sample.source);
                let language = languages.number(&sample.comment.language);
                let mut push = |comment: &Comment, weight: f32, original| {
                    analyser.analyse(comment);
                    let sort = Sort {
                        source,
                        language,
                        class: class(sample.label),
                        part: settings.part(comments),
                        original,
                    };
                    let tally = tallies.entry(sort).or_default();
                    tally.count += 1;
                    tally.weight += f64::from(weight);
                    spool.push(&Example {
                        source,
                        language,
                        label: sample.label,
                        comment: comments,
                        weight,
                        original,
                        features: analyser.features(),
                    })
                };
                push(&sample.comment, 1.0, true)?;
                let honest = others.get(&language).map(String::as_str);
                for variant in variants::of(&sample.comment, sample.label, honest) {
                    push(&variant.comment, variant.weight, false)?;
                }
                let content = sample.comment.content;
                if sample.label == Label::Ham && content.len() >= SHORTEST_PADDING {
                    others.insert(language, content);
                }
                comments += 1;
                progress();
            }
        }
        let mut random = Random::new(settings.seed);
        let blocks = spool.finish()?.deal(settings.block, &mut random)?;
        Ok(Self {
            sources,
            languages,
            comments,
            tallies,
            blocks,
        })
    }

    /// Shows every chosen example, block by block.
    pub(super) fn each(
        &self,
        chosen: Chosen,
        mut show: impl FnMut(&Example),
    ) -> Result<(), TrainingError> {
        for block in &self.blocks {
            for example in block.read() {
                let example = example?;
                if chosen.has(example.comment, example.original) {
                    show(&example);
                }
            }
        }
        Ok(())
    }

    /// How many comments there are by what `of` says of their sort, without the variants.
    pub(super) fn count<K: Ord>(&self, of: impl Fn(&Sort) -> K) -> BTreeMap<K, u64> {
        let mut counts = BTreeMap::new();
        for (sort, tally) in self.tallies.iter().filter(|(sort, _)| sort.original) {
            *counts.entry(of(sort)).or_default() += tally.count;
        }
        counts
    }
}

/// Names, each with a number from 0 on.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
}

impl Names {
    /// The number of a name, a new one where it has none.
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        // A corpus of four thousand million sources would not get this far.
        let number = self.names.len() as u32;
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }

    /// The names, by their numbers.
    pub(super) fn all(&self) -> &[String] {
        &self.names
    }
}

/// 0 for ham, 1 for spam.
pub(super) fn class(label: Label) -> usize {
    match label {
        Label::Ham => 0,
        Label::Spam => 1,
    }
}
