//! The evidence of every feature: the log-ratio of its frequencies in spam and in ham.
//!
//! linfa-bayes' multinomial model fits it. Its statistics are sums, so that one row a class, the
//! weighted counts of all its comments, gives the very numbers that all comments would give.

use std::collections::HashMap;
use std::fs::OpenOptions;

use linfa::prelude::Fit;
use linfa_bayes::MultinomialNb;
use ndarray::{Array1, Array2};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::TrainingError;

/// The fitted parameters of a class, in the order in which linfa-bayes serialises them.
#[derive(Deserialize)]
struct Multinomial {
    _class_count: usize,
    _prior: f64,
    _feature_count: Array1<f64>,
    feature_log_prob: Array1<f64>,
}

#[derive(Deserialize)]
struct Fitted<P> {
    class_info: HashMap<usize, P>,
}

/// The evidence of each column: r = ln P(f | spam) - ln P(f | ham), from the weighted numbers of
/// ham and spam comments that have it, with `alpha` added to each.
pub(super) fn fit(ham: &[f64], spam: &[f64], alpha: f64) -> Result<Vec<f32>, TrainingError> {
    let columns = ham.len();
    let rows = Array2::from_shape_fn((2, columns), |(class, column)| {
        if class == 0 {
            ham[column]
        } else {
            spam[column]
        }
    });
    let labelled = linfa::Dataset::new(rows, Array1::from(vec![0usize, 1]));
    let model = quietly(|| MultinomialNb::params().alpha(alpha).fit(&labelled))?
        .map_err(|cause| TrainingError::Fit(cause.to_string()))?;
    let [ham, spam] = parameters::<Multinomial>(&model)?;
    let both = spam.feature_log_prob.iter().zip(&ham.feature_log_prob);
    Ok(both.map(|(spam, ham)| (spam - ham) as f32).collect())
}

/// What linfa-bayes found of ham and of spam, labelled 0 and 1: a fitted model shows it only where
/// it is serialised.
pub(super) fn parameters<P: DeserializeOwned>(
    model: &impl Serialize,
) -> Result<[P; 2], TrainingError> {
    let failed = |cause: postcard::Error| TrainingError::Fit(cause.to_string());
    let bytes = postcard::to_stdvec(model).map_err(failed)?;
    let mut fitted: Fitted<P> = postcard::from_bytes(&bytes).map_err(failed)?;
    let mut of = |class: usize| {
        let found = fitted.class_info.remove(&class);
        found.ok_or_else(|| TrainingError::Fit("a class is missing from the fit".to_owned()))
    };
    Ok([of(0)?, of(1)?])
}

/// Runs something with standard error discarded: linfa-bayes 0.8.1 has a debugging line in its
/// multinomial fit that prints every number of the model.
fn quietly<T>(run: impl FnOnce() -> T) -> Result<T, TrainingError> {
    let failed = |cause: std::io::Error| TrainingError::Fit(format!("standard error: {cause}"));
    let kept = rustix::io::dup(std::io::stderr()).map_err(|c| failed(c.into()))?;
    let nowhere = OpenOptions::new()
        .write(true)
        .open("/dev/null")
        .map_err(failed)?;
    rustix::stdio::dup2_stderr(&nowhere).map_err(|c| failed(c.into()))?;
    let result = run();
    rustix::stdio::dup2_stderr(&kept).map_err(|c| failed(c.into()))?;
    Ok(result)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_the_smoothed_log_ratio() {
        let (ham, spam) = ([4.0, 0.0, 2.5], [1.0, 3.0, 2.5]);
        let alpha = 0.5;
        let found = fit(&ham, &spam, alpha).unwrap();
        let of = |n: f64, all: &[f64; 3]| (n + alpha) / (all.iter().sum::<f64>() + alpha * 3.0);
        for f in 0..3 {
            let expected = (of(spam[f], &spam) / of(ham[f], &ham)).ln();
            assert!((f64::from(found[f]) - expected).abs() < 1e-6);
        }
    }
}
