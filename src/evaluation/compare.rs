//! Two models on the same comments.

use serde::Serialize;

use super::Judged;
use super::bootstrap::{Interval, area_difference};
use super::metrics::roc_area;

/// How the first model did on a source beside the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Better, and not by chance.
    Won,
    /// The interval of the difference contains 0.
    Tied,
    /// Worse, and not by chance.
    Lost,
}

/// Two models on one source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The source.
    pub source: String,
    /// ROC area of the first model.
    pub auc: f64,
    /// ROC area of the second.
    pub other_auc: f64,
    /// 95 % interval of the difference, first less second, both on the same draws.
    pub difference: Interval,
    /// What follows.
    pub outcome: Outcome,
}

/// Compares what two models said of the same comments, source by source; sources without both
/// classes are left out.
pub fn compare(first: &[Judged], second: &[Judged]) -> Vec<Comparison> {
    let pairs = first.iter().zip(second).zip(1..);
    pairs
        .filter_map(|((one, other), seed)| {
            let difference = area_difference(&one.scored, &other.scored, seed)?;
            let outcome = if difference.contains(0.0) {
                Outcome::Tied
            } else if difference.low > 0.0 {
                Outcome::Won
            } else {
                Outcome::Lost
            };
            Some(Comparison {
                source: one.name.clone(),
                auc: roc_area(&one.scored)?,
                other_auc: roc_area(&other.scored)?,
                difference,
                outcome,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::metrics::Scored;
    use super::*;

    fn judged(probability: impl Fn(usize, bool) -> f64) -> Judged {
        let scored: Vec<Scored> = (0..60)
            .map(|n| Scored {
                probability: probability(n, n % 3 == 0),
                spam: n % 3 == 0,
            })
            .collect();
        Judged {
            name: "a".to_owned(),
            ids: vec![String::new(); scored.len()],
            scored,
            course: None,
        }
    }

    #[test]
    fn won_tied_and_lost() {
        let perfect = [judged(|_, spam| if spam { 0.9 } else { 0.1 })];
        let fair = [judged(|n, _| (n * 7 % 10) as f64 / 10.0)];
        let alike = [judged(|n, _| (n * 7 % 10) as f64 / 20.0)];
        let outcome = |a, b| compare(a, b)[0].outcome;
        assert_eq!(outcome(&perfect, &fair), Outcome::Won);
        assert_eq!(outcome(&fair, &perfect), Outcome::Lost);
        assert_eq!(outcome(&fair, &alike), Outcome::Tied);
        let mut ham_only = judged(|_, _| 0.5);
        ham_only.scored.retain(|s| !s.spam);
        let ham_only = [ham_only];
        assert_eq!(compare(&ham_only, &ham_only), Vec::new());
    }
}
