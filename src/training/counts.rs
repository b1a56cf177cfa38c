//! How many examples have each feature, and which features a model keeps.

use super::examples::{Examples, class};
use super::weights::Weights;
use super::{Chosen, TrainingError};
use crate::text::FEATURE_SPACE;

/// Numbers of the chosen examples, by feature number.
pub(super) struct Counts {
    /// How many comments as they stand in the corpus have the feature.
    seen: Vec<u32>,
    /// What the ham and the spam that have it weigh.
    pub weighed: [Vec<f64>; 2],
    /// What all examples weigh.
    pub all: f64,
    /// How many examples there are.
    pub examples: usize,
}

impl Counts {
    pub(super) fn new(
        examples: &Examples,
        chosen: Chosen,
        weights: &Weights,
    ) -> Result<Self, TrainingError> {
        let mut counts = Self {
            seen: vec![0; FEATURE_SPACE],
            weighed: [vec![0.0; FEATURE_SPACE], vec![0.0; FEATURE_SPACE]],
            all: 0.0,
            examples: 0,
        };
        examples.each(chosen, |example| {
            let weight = weights.of(example);
            let weighed = &mut counts.weighed[class(example.label)];
            for &feature in example.features.as_slice() {
                weighed[feature as usize] += weight;
                counts.seen[feature as usize] += u32::from(example.original);
            }
            counts.all += weight;
            counts.examples += 1;
        })?;
        Ok(counts)
    }

    /// The features that at least so many comments have.
    pub(super) fn columns(&self, fewest: u32) -> Columns {
        let mut columns = Columns {
            features: Vec::new(),
            of: vec![0; FEATURE_SPACE],
        };
        for (feature, &count) in self.seen.iter().enumerate() {
            if count >= fewest {
                columns.features.push(feature as u32);
                columns.of[feature] = columns.features.len() as u32;
            }
        }
        columns
    }

    /// What the ham, or spam, that has the feature of each column weighs.
    pub(super) fn of_class(&self, class: usize, columns: &Columns) -> Vec<f64> {
        let features = columns.features.iter();
        features
            .map(|&feature| self.weighed[class][feature as usize])
            .collect()
    }
}

/// The features of a model, numbered without gaps.
pub(super) struct Columns {
    /// Feature number of each column, ascending.
    pub features: Vec<u32>,
    /// Column of each feature, plus one; zero where there is none.
    of: Vec<u32>,
}

impl Columns {
    /// The column of a feature.
    #[inline]
    pub(super) fn of(&self, feature: u32) -> Option<u32> {
        self.of[feature as usize].checked_sub(1)
    }
}
