//! Corpora -> model file; evaluation.

mod calibration;
pub mod corpus;
mod evidence;
mod examples;
mod trust;
mod variants;

use std::path::PathBuf;

pub use corpus::{CorpusError, Sample};
pub use examples::{Example, Examples};

use crate::classifier::{BaseModel, ModelShape};
use crate::text::{FEATURE_SPACE, Family};
use examples::class;
use trust::{Row, Trusted};

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
    /// The corpus is cut into so many parts, of which one is held apart to calibrate.
    pub calibration_parts: usize,
    /// A corpus with fewer comments is calibrated on each of its parts in turn.
    pub small: usize,
    /// Log-odds by which a site that the model never saw is given the benefit of the doubt: a
    /// real person silenced costs more than a spam shown.
    pub caution: f64,
    /// Start of the order in which comments are learned.
    pub seed: u64,
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
            calibration_parts: 8,
            small: 4_000,
            caution: 1.0,
            seed: 88_172_645_463_325_252,
        }
    }
}

impl Settings {
    /// The same with the number of passes that suits so many comments.
    fn for_size(self, comments: usize) -> Self {
        let passes = (self.looks / comments.max(1)).clamp(self.passes, self.most_passes);
        Self { passes, ..self }
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
        ham: usize,
        /// Number of spam comments.
        spam: usize,
    },
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

/// Trains a model from corpus files.
pub fn train(
    files: &[PathBuf],
    settings: &Settings,
    mut progress: impl FnMut(Progress),
) -> Result<BaseModel, TrainingError> {
    let examples = Examples::read(files, || progress(Progress::Read))?;
    let counts = examples.counts();
    let [ham, spam] = counts.iter().fold([0, 0], |[h, s], c| [h + c[0], s + c[1]]);
    if ham == 0 || spam == 0 {
        return Err(TrainingError::OneClass { ham, spam });
    }
    let settings = &settings.for_size(examples.comments);
    let parts = settings.calibration_parts;
    let trials = if examples.comments < settings.small {
        parts
    } else {
        1
    };
    let steps = (trials + 1) * (settings.passes + 1);
    let mut step = 0;
    let mut done = || {
        step += 1;
        progress(Progress::Step(step, steps));
    };
    // What the calibration learns from must not have been seen by the model that it calibrates.
    let mut scores: Vec<(f64, bool)> = Vec::new();
    for part in 0..trials {
        let most = split(&examples, |e| e.comment % parts != part);
        let trial = fit(&examples, &most, settings, &mut done)?;
        let held = split(&examples, |e| e.original && e.comment % parts == part);
        scores.extend(held.iter().map(|e| (trial.score(e), class(e.label) == 1)));
    }
    let (slope, offset) = calibration::fit(&scores)?;
    let all: Vec<&Example> = examples.all.iter().collect();
    let fitted = fit(&examples, &all, settings, &mut done)?;
    // One source says nothing of other ones, many sources say most of it.
    let caution = settings.caution * (1.0 - 1.0 / examples.sources.len() as f64);
    let shape = ModelShape {
        slope,
        offset: offset - caution,
        ..fitted.shape
    };
    let card = card(&examples, &counts, settings, fitted.columns.len());
    let model = BaseModel::new(version(&fitted, &shape), card, fitted.table(), shape);
    Ok(model.with_shares(fitted.shares))
}

fn split(examples: &Examples, wanted: impl Fn(&Example) -> bool) -> Vec<&Example> {
    examples.all.iter().filter(|e| wanted(e)).collect()
}

/// Coefficients with the features that they belong to.
struct Fitted {
    /// Feature number of each column, ascending.
    columns: Vec<u32>,
    /// Column of each feature, plus one; zero where there is none.
    column_of: Vec<u32>,
    /// Share of the comments that have it, in 255ths, of each common feature.
    shares: Vec<(u32, u8)>,
    trusted: Trusted,
    shape: ModelShape,
}

impl Fitted {
    fn score(&self, example: &Example) -> f64 {
        let column = |id: u32| self.column_of[id as usize].checked_sub(1);
        trust::score(&self.trusted, example, column, &self.shape)
    }

    fn table(&self) -> Vec<f32> {
        let mut table = vec![0.0; FEATURE_SPACE];
        for (column, &feature) in self.columns.iter().enumerate() {
            table[feature as usize] = self.trusted.coefficients[column];
        }
        table
    }
}

/// Weight of each comment: sources weigh by a power of their size, both classes alike; on the
/// whole a comment weighs one.
fn weights(examples: &Examples, chosen: &[&Example], settings: &Settings) -> Vec<f64> {
    let power = settings.source_power;
    let mut counts = vec![[0f64; 2]; examples.sources.len()];
    for example in chosen {
        counts[example.source][class(example.label)] += example.weight;
    }
    let mass = |k: usize| -> f64 {
        let of_class = counts.iter().map(|c| c[k]).filter(|n| *n > 0.0);
        of_class.map(|n| n.powf(power)).sum()
    };
    let masses = [mass(0), mass(1)];
    let mut weights: Vec<f64> = chosen
        .iter()
        .map(|example| {
            let k = class(example.label);
            let n = counts[example.source][k];
            example.weight * n.powf(power) / n / masses[k] * chosen.len() as f64 / 2.0
        })
        .collect();
    balance_languages(examples, chosen, settings.language_bound, &mut weights);
    weights
}

/// Fewer comments of a class say nothing about a language.
const FEWEST_OF_LANGUAGE: usize = 10;

fn balance_languages(examples: &Examples, chosen: &[&Example], bound: f64, weights: &mut [f64]) {
    let mut masses = vec![[(0.0, 0); 2]; examples.languages.len()];
    for (example, weight) in chosen.iter().zip(&*weights) {
        let (mass, count) = &mut masses[example.language][class(example.label)];
        *mass += weight;
        *count += 1;
    }
    for (example, weight) in chosen.iter().zip(weights) {
        let of_language = &masses[example.language];
        if of_language.iter().all(|(_, n)| *n >= FEWEST_OF_LANGUAGE) {
            let even = (of_language[0].0 + of_language[1].0) / 2.0;
            let own = of_language[class(example.label)].0;
            *weight *= (even / own).clamp(1.0 / bound, bound);
        }
    }
}

fn fit(
    examples: &Examples,
    chosen: &[&Example],
    settings: &Settings,
    mut done: impl FnMut(),
) -> Result<Fitted, TrainingError> {
    let weights = weights(examples, chosen, settings);
    let mut seen = vec![0u32; FEATURE_SPACE];
    for example in chosen.iter().filter(|e| e.original) {
        for &feature in example.features.as_slice() {
            seen[feature as usize] += 1;
        }
    }
    let mut columns = Vec::new();
    let mut column_of = vec![0u32; FEATURE_SPACE];
    for (feature, &count) in seen.iter().enumerate() {
        if count >= settings.fewest {
            columns.push(feature as u32);
            column_of[feature] = columns.len() as u32;
        }
    }
    drop(seen);
    let mut counts = [vec![0f64; columns.len()], vec![0f64; columns.len()]];
    let mut indexed: Vec<Vec<u32>> = Vec::with_capacity(chosen.len());
    for (example, weight) in chosen.iter().zip(&weights) {
        let ids = example.features.as_slice().iter();
        let known: Vec<u32> = ids
            .filter_map(|&id| column_of[id as usize].checked_sub(1))
            .collect();
        for &column in &known {
            counts[class(example.label)][column as usize] += weight;
        }
        indexed.push(known);
    }
    let all: f64 = weights.iter().sum();
    let [ham, spam] = &counts;
    let shares = common(&columns, ham, spam, all);
    let evidence = evidence::fit(ham, spam, settings.alpha)?;
    done();
    let shape = ModelShape {
        structure_weight: settings.structure_weight,
        ..ModelShape::EMPTY
    };
    let family: Vec<Family> = columns.iter().map(|&f| Family::of(f)).collect();
    let rows: Vec<Row<'_>> = chosen
        .iter()
        .zip(&indexed)
        .zip(&weights)
        .map(|((example, columns), weight)| {
            let ids = example.features.as_slice().iter().copied();
            Row {
                columns,
                norms: shape.norms_of(ids).map(|n| n as f32),
                weight: *weight as f32,
                spam: class(example.label) == 1,
            }
        })
        .collect();
    let trusted = trust::learn(&rows, &evidence, &family, settings, done);
    Ok(Fitted {
        shape: ModelShape {
            bias: trusted.bias,
            ..shape
        },
        columns,
        column_of,
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

fn card(
    examples: &Examples,
    counts: &[[usize; 2]],
    settings: &Settings,
    features: usize,
) -> serde_json::Value {
    let sources: Vec<_> = examples
        .sources
        .iter()
        .zip(counts)
        .map(|(name, [ham, spam])| serde_json::json!({"name": name, "ham": ham, "spam": spam}))
        .collect();
    let mut languages = std::collections::BTreeMap::<&str, usize>::new();
    for example in examples.all.iter().filter(|e| e.original) {
        *languages
            .entry(&examples.languages[example.language])
            .or_default() += 1;
    }
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
    for (feature, coefficient) in fitted.columns.iter().zip(&fitted.trusted.coefficients) {
        hasher.update(&feature.to_le_bytes());
        hasher.update(&coefficient.to_le_bytes());
    }
    for number in [shape.bias, shape.slope, shape.offset] {
        hasher.update(&number.to_le_bytes());
    }
    format!("base-{}", &hasher.finalize().to_hex()[..10])
}
