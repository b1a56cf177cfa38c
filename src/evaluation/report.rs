//! The figures of an evaluation: of every source, of all together, and their means.

use serde::Serialize;

use super::bootstrap::{Draw, Interval, ROUNDS, draws};
use super::metrics::Scored;
use super::{Course, Figures, Judged, is_blog};

/// A source counts in the mean ROC area if it has at least so many comments of each class.
const FEWEST: usize = 3;

/// The figures of an evaluation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Those of each source.
    pub sources: Vec<SourceReport>,
    /// Those of all comments as one set.
    pub pooled: Figures,
    /// Those of all blogs' comments as one set, if there are any.
    pub blogs: Option<Figures>,
    /// Mean ROC area of the sources that have at least three comments of both classes.
    pub macro_auc: Option<Mean>,
    /// Mean of Matthews' correlation coefficient over the sources that have both classes.
    pub mean_mcc: Option<Mean>,
}

/// The figures of one source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceReport {
    /// Its name.
    pub source: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// How learning on it went, where there was any.
    #[serde(flatten)]
    pub course: Option<Course>,
}

/// A mean over sources, all of which weigh the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// How many sources it is of.
    pub sources: usize,
    /// Its 95 % interval; the sources are taken as given, their comments are drawn again.
    pub interval: Interval,
}

impl Report {
    /// The figures of judged comments that are spam from probability `cut` on.
    pub fn new(judged: &[Judged], cut: f64) -> Self {
        let mut drawn = Vec::with_capacity(judged.len());
        let mut sources = Vec::with_capacity(judged.len());
        for (source, seed) in judged.iter().zip(1..) {
            let draws = draws(&source.scored, cut, seed);
            sources.push(SourceReport {
                source: source.name.clone(),
                figures: Figures::new(&source.scored, cut, &draws),
                course: source.course.clone(),
            });
            drawn.push(draws);
        }
        let pool = |wanted: fn(&str) -> bool| {
            let chosen = judged.iter().filter(|source| wanted(&source.name));
            let scored: Vec<Scored> = chosen.flat_map(|s| s.scored.iter().copied()).collect();
            Figures::new(&scored, cut, &draws(&scored, cut, 0))
        };
        let mean =
            |fewest: usize, of: fn(&Figures) -> Option<f64>, again: fn(&Draw) -> Option<f64>| {
                let chosen: Vec<(f64, &Vec<Draw>)> = sources
                    .iter()
                    .zip(&drawn)
                    .filter(|(source, _)| source.figures.spam.min(source.figures.ham) >= fewest)
                    .filter_map(|(source, draws)| Some((of(&source.figures)?, draws)))
                    .collect();
                let number = chosen.len();
                let value = chosen.iter().map(|(value, _)| value).sum::<f64>() / number as f64;
                let rounds = (0..ROUNDS).filter_map(|round| {
                    let sum: Option<f64> = chosen.iter().map(|(_, d)| again(&d[round])).sum();
                    Some(sum? / number as f64)
                });
                (number > 0).then_some(Mean {
                    value,
                    sources: number,
                    interval: Interval::of(rounds)?,
                })
            };
        Self {
            macro_auc: mean(FEWEST, |figures| figures.auc, |draw| draw.area),
            mean_mcc: mean(1, |figures| Some(figures.mcc), |draw| Some(draw.mcc)),
            pooled: pool(|_| true),
            blogs: judged
                .iter()
                .any(|source| is_blog(&source.name))
                .then(|| pool(is_blog)),
            sources,
        }
    }
}
