//! Corpora -> model file; evaluation.

mod calibration;
pub mod corpus;
mod counts;
mod evidence;
mod examples;
mod random;
mod rows;
mod sizes;
mod spool;
mod trust;
mod variants;
mod weights;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use corpus::{CorpusError, Sample};

use crate::classifier::{BaseModel, ModelShape};
use crate::text::{FEATURE_SPACE, Features};
use counts::{Columns, Counts};
use examples::{Examples, class};
use rows::Rows;
use trust::{Learner, Trusted};
use weights::Weights;

/// How a base model is trained. The constants' origin: `docs/experiments.md`.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Settings {
    /// Added to every count of a feature in a class.
    pub alpha: f64,
    /// Part of the evidence that is trusted before anything was learned.
    pub first_trust: f32,
    /// First rate of learning.
    pub rate: f32,
    /// Holds back features that were seen in few mistakes.
    pub damping: f32,
    /// Part of a comment's features that is left out, drawn anew at each look: so no feature can
    /// lean on another one being there.
    pub dropped: f64,
    /// Passes over a large corpus, at least.
    pub passes: usize,
    /// Passes over a small corpus, at most.
    pub most_passes: usize,
    /// Comments looked at in all passes together, between those bounds.
    pub looks: usize,
    /// A source with n comments of a class weighs n to this power.
    pub source_power: f64,
    /// Within a language both classes weigh alike too, by at most this factor up or down: that
    /// the spam at hand is in one language and the ham in another must not make a language spam.
    pub language_bound: f64,
    /// Features seen in fewer comments are not kept.
    pub fewest: u32,
    /// Weight of the structure's evidence beside the text's.
    pub structure_weight: f64,
    /// The same for a corpus of one source, whose next comments will be built alike.
    pub lone_structure_weight: f64,
    /// The corpus is cut into so many parts, of which one is held apart to calibrate.
    pub calibration_parts: u64,
    /// A corpus with fewer comments is calibrated on each of its parts in turn.
    pub small: u64,
    /// Comments of a part that are calibrated on, at most.
    pub calibration_comments: u64,
    /// Log-odds by which a site that the model never saw is given the benefit of the doubt: a
    /// real person silenced costs more than a spam shown.
    pub caution: f64,
    /// Start of the order in which comments are learned.
    pub seed: u64,
    /// Features that are held in memory at a time, four bytes each: a larger corpus is learned in
    /// blocks.
    pub block: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            alpha: 10.0,
            first_trust: 0.5,
            rate: 0.3,
            damping: 0.1,
            dropped: 0.3,
            passes: 6,
            most_passes: 30,
            looks: 160_000,
            source_power: 0.5,
            language_bound: 4.0,
            fewest: 2,
            structure_weight: 0.5,
            lone_structure_weight: 1.0,
            calibration_parts: 8,
            small: 4_000,
            calibration_comments: 50_000,
            caution: 1.0,
            seed: 88_172_645_463_325_252,
            block: 64 << 20,
        }
    }
}

impl Settings {
    /// The same as they suit so many comments of so many sources.
    fn for_corpus(self, comments: u64, sources: usize) -> Self {
        let looks = self.looks / comments.max(1) as usize;
        Self {
            passes: looks.clamp(self.passes, self.most_passes),
            structure_weight: match sources {
                1 => self.lone_structure_weight,
                _ => self.structure_weight,
            },
            ..self
        }
    }

    /// The part of the corpus that a comment is in.
    fn part(&self, comment: u64) -> u64 {
        comment % self.calibration_parts
    }
}

/// Which examples a model is fitted to.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    /// The part that is held apart, of so many.
    without: Option<u64>,
    parts: u64,
    /// Whether variants are among them.
    variants: bool,
}

impl Chosen {
    fn has(&self, comment: u64, original: bool) -> bool {
        self.has_part(comment % self.parts, original)
    }

    fn has_part(&self, part: u64, original: bool) -> bool {
        self.without != Some(part) && (original || self.variants)
    }
}

/// Why training failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// The corpus cannot be read.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// One class is missing: nothing can be told apart.
    #[error("the corpus has {ham} ham and {spam} spam comments; training needs both")]
    OneClass {
        /// Number of ham comments.
        ham: u64,
        /// Number of spam comments.
        spam: u64,
    },
    /// What was read of the corpus cannot be kept on the disk while it is learned.
    #[error("the folder for temporary files fails (TMPDIR names another one): {0}")]
    Spool(#[from] std::io::Error),
    /// The numeric library refused.
    #[error("the model could not be fitted: {0}")]
    Fit(String),
}

/// What training is doing, for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// One more comment was read.
    Read,
    /// A step of so many began.
    Step(usize, usize),
}

/// Trains a model from corpus files, in memory that does not grow with them: what was read is kept
/// in the folder for temporary files, about three bytes a feature.
pub fn train(
    files: &[PathBuf],
    settings: &Settings,
    mut progress: impl FnMut(Progress),
) -> Result<BaseModel, TrainingError> {
    let examples = Examples::read(files, settings, || progress(Progress::Read))?;
    let by_class = examples.count(|sort| sort.class);
    let [ham, spam] = [0, 1].map(|class| by_class.get(&class).copied().unwrap_or(0));
    if ham == 0 || spam == 0 {
        return Err(TrainingError::OneClass { ham, spam });
    }
    let sources = examples.sources.all().len();
    let settings = &settings.for_corpus(examples.comments, sources);
    let all = Chosen {
        without: None,
        parts: settings.calibration_parts,
        // What a single source has is what its own next comments will have.
        variants: sources > 1,
    };
    let trials = match examples.comments < settings.small {
        true => settings.calibration_parts,
        false => 1,
    };
    let steps = (trials as usize + 1) * (settings.passes + 1);
    let mut step = 0;
    let mut done = || {
        step += 1;
        progress(Progress::Step(step, steps));
    };
    // What the calibration learns from must not have been seen by the model that it calibrates.
    let mut scores: Vec<(f64, bool)> = Vec::new();
    for part in 0..trials {
        let without = Some(part);
        let trial = fit(&examples, Chosen { without, ..all }, settings, &mut done)?;
        held_scores(&examples, part, &trial, settings, &mut scores)?;
    }
    let (slope, offset) = calibration::fit(&scores)?;
    let fitted = fit(&examples, all, settings, &mut done)?;
    // One source says nothing of other ones, many sources say most of it.
    let caution = settings.caution * (1.0 - 1.0 / sources as f64);
    let shape = ModelShape {
        slope,
        offset: offset - caution,
        ..fitted.shape
    };
    let card = card(&examples, settings, fitted.columns.features.len());
    let model = BaseModel::new(version(&fitted, &shape), card, fitted.table(), shape);
    Ok(model.with_shares(fitted.shares))
}

/// Scores of the comments of a part, evenly picked where there are too many.
fn held_scores(
    examples: &Examples,
    part: u64,
    trial: &Fitted,
    settings: &Settings,
    scores: &mut Vec<(f64, bool)>,
) -> Result<(), TrainingError> {
    let parts = settings.calibration_parts;
    let every = (examples.comments / parts).div_ceil(settings.calibration_comments);
    let all = Chosen {
        without: None,
        parts,
        variants: false,
    };
    examples.each(all, |example| {
        let of_part = settings.part(example.comment) == part;
        if of_part && (example.comment / parts).is_multiple_of(every.max(1)) {
            scores.push((trial.score(&example.features), class(example.label) == 1));
        }
    })
}

/// Coefficients with the features that they belong to.
struct Fitted {
    columns: Columns,
    /// Share of the comments that have it, in 255ths, of each common feature.
    shares: Vec<(u32, u8)>,
    trusted: Trusted,
    shape: ModelShape,
}

impl Fitted {
    fn score(&self, features: &Features) -> f64 {
        self.trusted.score(features, &self.columns, &self.shape)
    }

    fn table(&self) -> Vec<f32> {
        let mut table = vec![0.0; FEATURE_SPACE];
        for (column, &feature) in self.columns.features.iter().enumerate() {
            table[feature as usize] = self.trusted.coefficients[column];
        }
        table
    }
}

fn fit(
    examples: &Examples,
    chosen: Chosen,
    settings: &Settings,
    mut done: impl FnMut(),
) -> Result<Fitted, TrainingError> {
    let weights = Weights::new(examples, chosen, settings);
    let counts = Counts::new(examples, chosen, &weights)?;
    let columns = counts.columns(settings.fewest);
    let [ham, spam] = [0, 1].map(|class| counts.of_class(class, &columns));
    let shares = common(&columns.features, &ham, &spam, counts.all);
    let mut evidence = evidence::fit(&ham, &spam, settings.alpha)?;
    sizes::replace(&counts, &columns, &mut evidence)?;
    drop(counts);
    done();
    let shape = ModelShape {
        structure_weight: settings.structure_weight,
        ..ModelShape::EMPTY
    };
    let mut learner = Learner::new(&columns, &evidence, settings);
    let load = |block| Rows::load(block, chosen, &columns, &weights, &shape);
    // A single block need not be read again for every pass.
    let only = match &examples.blocks[..] {
        [block] => Some(load(block)?),
        _ => None,
    };
    for _ in 0..settings.passes {
        match &only {
            Some(rows) => learner.look_at(rows),
            None => {
                for block in learner.order(examples.blocks.len()) {
                    learner.look_at(&load(&examples.blocks[block as usize])?);
                }
            }
        }
        done();
    }
    let trusted = learner.finish();
    Ok(Fitted {
        shape: ModelShape {
            bias: trusted.bias,
            ..shape
        },
        columns,
        shares,
        trusted,
    })
}

/// The least share, in 255ths, that is noted of a feature: about one comment in fifty.
const COMMON: f64 = 5.0;

/// The features that many comments have, with their shares in 255ths, from the weighted numbers
/// of ham and spam comments that have them and of all comments.
fn common(columns: &[u32], ham: &[f64], spam: &[f64], all: f64) -> Vec<(u32, u8)> {
    let shares = ham.iter().zip(spam).map(|(h, s)| (h + s) / all * 255.0);
    let numbered = columns.iter().zip(shares);
    numbered
        .filter(|(_, share)| *share >= COMMON)
        .map(|(&feature, share)| (feature, share.round() as u8))
        .collect()
}

fn card(examples: &Examples, settings: &Settings, features: usize) -> serde_json::Value {
    let counts = examples.count(|sort| (sort.source, sort.class));
    let count = |source, class| counts.get(&(source, class)).copied().unwrap_or(0);
    let sources: Vec<_> = (0..)
        .zip(examples.sources.all())
        .map(|(source, name)| {
            serde_json::json!({"name": name, "ham": count(source, 0), "spam": count(source, 1)})
        })
        .collect();
    let languages: BTreeMap<&str, u64> = examples
        .count(|sort| sort.language)
        .into_iter()
        .map(|(language, count)| (&*examples.languages.all()[language as usize], count))
        .collect();
    serde_json::json!({
        "sources": sources,
        "comments": examples.comments,
        "languages": languages,
        "features": features,
        "settings": settings,
        "program": env!("CARGO_PKG_VERSION"),
    })
}

/// A name that tells models apart: the beginning of a hash of what it computes.
fn version(fitted: &Fitted, shape: &ModelShape) -> String {
    let mut hasher = blake3::Hasher::new();
    for (feature, coefficient) in fitted
        .columns
        .features
        .iter()
        .zip(&fitted.trusted.coefficients)
    {
        hasher.update(&feature.to_le_bytes());
        hasher.update(&coefficient.to_le_bytes());
    }
    for number in [shape.bias, shape.slope, shape.offset] {
        hasher.update(&number.to_le_bytes());
    }
    format!("base-{}", &hasher.finalize().to_hex()[..10])
}
