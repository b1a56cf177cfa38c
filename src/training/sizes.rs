//! The evidence of how long a comment is, how many links it has, and so on: sizes that every
//! comment has, where a rare size is judged by its neighbours.
//!
//! linfa-bayes' Gaussian model fits them. It takes no weights; but what it learns of a size is its
//! mean and variance within a class, so that any rows with the same weighted distribution give the
//! same: each class is drawn as so many rows, evenly along the distribution of every measure.

use linfa::prelude::Fit;
use linfa_bayes::GaussianNb;
use ndarray::{Array1, Array2};
use serde::Deserialize;

use super::TrainingError;
use super::counts::{Columns, Counts};
use super::evidence::parameters;
use crate::text::measures;

/// Rows of a class.
const ROWS: usize = 1_024;
/// No single size says more than this, in log-odds: a bell curve knows nothing of its far ends.
const MOST: f64 = 2.0;
/// Variance that is added to every one: half a size is not known.
const BLUR: f64 = 0.05;

/// The fitted parameters of a class, in the order in which linfa-bayes serialises them.
#[derive(Deserialize)]
struct Gaussian {
    _class_count: usize,
    _prior: f64,
    theta: Array1<f64>,
    sigma: Array1<f64>,
}

/// Puts the evidence of the sizes in the place of what counting found of them.
pub(super) fn replace(
    counts: &Counts,
    columns: &Columns,
    evidence: &mut [f32],
) -> Result<(), TrainingError> {
    let measures: Vec<Vec<u32>> = measures().collect();
    let histograms: Vec<[Vec<f64>; 2]> = measures
        .iter()
        .map(|sizes| {
            [0, 1].map(|class| {
                let weighed = &counts.weighed[class];
                sizes
                    .iter()
                    .map(|&number| weighed[number as usize])
                    .collect()
            })
        })
        .collect();
    for (sizes, found) in measures.iter().zip(fit(&histograms)?) {
        for (&number, found) in sizes.iter().zip(found) {
            if let Some(column) = columns.of(number) {
                evidence[column as usize] = found as f32;
            }
        }
    }
    Ok(())
}

/// The log-ratio of the densities of spam and ham at each size of each measure, from how often
/// the sizes are in ham and in spam.
fn fit(histograms: &[[Vec<f64>; 2]]) -> Result<Vec<Vec<f64>>, TrainingError> {
    let rows = Array2::from_shape_fn((2 * ROWS, histograms.len()), |(row, measure)| {
        let share = ((row % ROWS) as f64 + 0.5) / ROWS as f64;
        quantile(&histograms[measure][row / ROWS], share) as f64
    });
    let labels = Array1::from_shape_fn(2 * ROWS, |row| row / ROWS);
    let model = GaussianNb::params()
        .fit(&linfa::Dataset::new(rows, labels))
        .map_err(|cause| TrainingError::Fit(cause.to_string()))?;
    let classes = parameters::<Gaussian>(&model)?;
    let density = |class: usize, measure: usize, size: f64| {
        let (mean, variance) = (classes[class].theta[measure], classes[class].sigma[measure]);
        let variance = variance + BLUR;
        -0.5 * variance.ln() - (size - mean).powi(2) / (2.0 * variance)
    };
    let ratio = |measure: usize, size: usize| {
        let [ham, spam] = [0, 1].map(|class| density(class, measure, size as f64));
        (spam - ham).clamp(-MOST, MOST)
    };
    let of = |(measure, histogram): (usize, &[Vec<f64>; 2])| {
        (0..histogram[0].len())
            .map(|size| ratio(measure, size))
            .collect()
    };
    Ok(histograms.iter().enumerate().map(of).collect())
}

/// The size up to which this share of the distribution lies.
fn quantile(histogram: &[f64], share: f64) -> usize {
    let wanted = histogram.iter().sum::<f64>() * share;
    let mut sum = 0.0;
    for (size, weight) in histogram.iter().enumerate() {
        sum += weight;
        if sum >= wanted {
            return size;
        }
    }
    histogram.len().saturating_sub(1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn bell(mean: f64, variance: f64) -> Vec<f64> {
        let density = |size: f64| (-(size - mean).powi(2) / (2.0 * variance)).exp();
        (0..20).map(|size| 7.0 * density(f64::from(size))).collect()
    }

    #[test]
    fn the_evidence_of_a_size_is_the_ratio_of_two_bell_curves() {
        let found = fit(&[[bell(6.0, 4.0), bell(8.0, 4.0)]]).unwrap();
        for (size, found) in found[0].iter().enumerate() {
            // Equal variances: the log-ratio is a line through the middle.
            let expected = (size as f64 - 7.0) * 2.0 / (4.0 + BLUR);
            let expected = expected.clamp(-MOST, MOST);
            assert!(
                (found - expected).abs() < 0.05,
                "{size}: {found} {expected}"
            );
        }
    }

    #[test]
    fn a_size_that_never_varies_is_survived() {
        let mut always = vec![0.0; 20];
        always[3] = 5.0;
        let found = fit(&[[always.clone(), always]]).unwrap();
        assert!(found[0].iter().all(|found| found.abs() < 1e-9));
    }
}
