//! The split protocol: train on `NAME-train` with nothing of the base model, test on `NAME-test`
//! (Alberto, Lochter, Almeida 2015, for comments below five videos).

use std::sync::Arc;

use super::metrics::count;
use super::protocol::judge_all;
use super::{EvaluationError, Judged, Source};
use crate::classifier::Classifier;
use crate::filter::Filter;
use crate::training::{self, Settings};
use crate::verdict::Thresholds;

/// Trains and tests each pair, in the order of their names. `progress` is told of every comment
/// learned from or judged.
///
/// # Errors
/// A source's other half is missing, or one of the two lacks a class.
pub fn split(
    sources: &[Source],
    thresholds: Thresholds,
    mut progress: impl FnMut(),
) -> Result<Vec<Judged>, EvaluationError> {
    pairs(sources)?
        .into_iter()
        .map(|pair| {
            let training = |cause| EvaluationError::Training {
                name: pair.train.name.clone(),
                cause,
            };
            let model = training::train(&pair.train.files, &Settings::default(), |step| {
                if step == training::Progress::Read {
                    progress();
                }
            })
            .map_err(training)?;
            let classifier = Arc::new(Classifier::new(Arc::new(model)));
            let filter = Filter::new(classifier, thresholds);
            let judged = judge_all(&filter, pair.name, &pair.test.samples, &mut progress);
            match count(&judged.scored) {
                (0, ham) => Err(one_class(&pair.test.name, 0, ham)),
                (spam, 0) => Err(one_class(&pair.test.name, spam, 0)),
                _ => Ok(judged),
            }
        })
        .collect()
}

fn one_class(name: &str, spam: usize, ham: usize) -> EvaluationError {
    EvaluationError::OneClass {
        name: name.to_owned(),
        ham,
        spam,
        purpose: "a test",
    }
}

struct Pair<'a> {
    name: &'a str,
    train: &'a Source,
    test: &'a Source,
}

fn pairs(sources: &[Source]) -> Result<Vec<Pair<'_>>, EvaluationError> {
    let find = |name: &str| sources.iter().find(|source| source.name == name);
    let mut pairs = Vec::new();
    for source in sources {
        let no_pair = |missing: String| EvaluationError::NoPair {
            present: source.name.clone(),
            missing,
        };
        if let Some(name) = source.name.strip_suffix("-train") {
            let test = format!("{name}-test");
            let test = find(&test).ok_or_else(|| no_pair(test))?;
            pairs.push(Pair {
                name,
                train: source,
                test,
            });
        } else if let Some(name) = source.name.strip_suffix("-test") {
            let train = format!("{name}-train");
            if find(&train).is_none() {
                return Err(no_pair(train));
            }
        } else {
            return Err(no_pair(format!("{}-test", source.name)));
        }
    }
    pairs.sort_by_key(|pair| pair.name);
    Ok(pairs)
}
