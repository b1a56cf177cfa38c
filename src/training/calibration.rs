//! From scores to probabilities: Platt scaling (Platt 1999) on comments held apart, by linfa.

use linfa::composing::platt_scaling::{PlattParams, platt_newton_method};
use linfa::prelude::ParamGuard;
use ndarray::Array1;

use super::TrainingError;

/// Slope and offset that turn a score into the log-odds of spam.
///
/// With fewer than ten comments of a class the scores are taken as they are.
pub(super) fn fit(scores: &[(f64, bool)]) -> Result<(f64, f64), TrainingError> {
    let spam = scores.iter().filter(|(_, spam)| *spam).count();
    if spam < 10 || scores.len() - spam < 10 {
        return Ok((1.0, 0.0));
    }
    let failed = |cause: String| TrainingError::Fit(format!("calibration: {cause}"));
    let x: Array1<f64> = scores.iter().map(|(score, _)| *score).collect();
    let y: Array1<bool> = scores.iter().map(|(_, spam)| *spam).collect();
    let params = PlattParams::<f64, ()>::default()
        .check()
        .map_err(|c| failed(c.to_string()))?;
    // linfa's p = 1 / (1 + exp(a x + b)).
    let (a, b) =
        platt_newton_method(x.view(), y.view(), &params).map_err(|c| failed(c.to_string()))?;
    if !(a.is_finite() && b.is_finite() && a < 0.0) {
        return Ok((1.0, 0.0));
    }
    Ok((-a, -b))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn calibrated_scores_match_the_shares_of_spam() {
        // At score s exactly sigmoid(0.5 s + 0.2) of a thousand are spam.
        let mut scores = Vec::new();
        for step in -8..=8 {
            let score = f64::from(step);
            let share = 1.0 / (1.0 + (-(0.5 * score + 0.2)).exp());
            for n in 0..1_000 {
                scores.push((score, f64::from(n) < share * 1_000.0));
            }
        }
        let (slope, offset) = fit(&scores).unwrap();
        assert!(
            (slope - 0.5).abs() < 0.02 && (offset - 0.2).abs() < 0.03,
            "{slope} {offset}"
        );
    }

    #[test]
    fn too_few_scores_are_taken_as_they_are() {
        assert_eq!(fit(&[(1.0, true), (-1.0, false)]).unwrap(), (1.0, 0.0));
    }
}
