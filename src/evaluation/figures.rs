//! All figures of one set of comments.

use serde::Serialize;

use super::bootstrap::{Draw, Interval};
use super::metrics::{self, Outcomes, Scored};

/// The figures of a set of comments; shares are from 0 to 1. What needs a class that is missing is
/// `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Number of spam comments.
    pub spam: usize,
    /// Number of ham comments.
    pub ham: usize,
    /// Area under the ROC curve.
    pub auc: Option<f64>,
    /// Matthews' correlation coefficient at the threshold.
    pub mcc: f64,
    /// Share of the spam caught at the threshold.
    pub caught: Option<f64>,
    /// Share of the ham blocked at the threshold.
    pub blocked: Option<f64>,
    /// Calibration error.
    pub ece: Option<f64>,
    /// Share of the spam caught where 0.1 % of the ham is blocked.
    #[serde(rename = "caught@0.1%")]
    pub caught_at_01: Option<f64>,
    /// The same at 0.5 %.
    #[serde(rename = "caught@0.5%")]
    pub caught_at_05: Option<f64>,
    /// The same at 1 %.
    #[serde(rename = "caught@1%")]
    pub caught_at_1: Option<f64>,
    /// The same at 2 %.
    #[serde(rename = "caught@2%")]
    pub caught_at_2: Option<f64>,
    /// Logistic average misclassification at the threshold, in percent.
    #[serde(rename = "lam%")]
    pub lam: Option<f64>,
    /// Where chance may have moved some of them from.
    pub intervals: Intervals,
}

/// The 95 % intervals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Intervals {
    /// Of the ROC area.
    pub auc: Option<Interval>,
    /// Of Matthews' correlation coefficient; `None` if a class is missing.
    pub mcc: Option<Interval>,
    /// Of the share of spam caught where 1 % of the ham is blocked.
    #[serde(rename = "caught@1%")]
    pub caught_at_1: Option<Interval>,
}

impl Figures {
    /// The figures of comments that are spam from probability `cut` on, and of draws of them.
    pub fn new(scored: &[Scored], cut: f64, draws: &[Draw]) -> Self {
        let (spam, ham) = metrics::count(scored);
        let outcomes = Outcomes::at(scored, cut);
        let both = spam > 0 && ham > 0;
        let interval = |of: fn(&Draw) -> Option<f64>| {
            Interval::of(draws.iter().filter_map(of)).filter(|_| both)
        };
        Self {
            spam,
            ham,
            auc: metrics::roc_area(scored),
            mcc: outcomes.mcc(),
            caught: outcomes.caught_share(),
            blocked: outcomes.blocked_share(),
            ece: metrics::calibration_error(scored),
            caught_at_01: metrics::caught_at(scored, 0.001),
            caught_at_05: metrics::caught_at(scored, 0.005),
            caught_at_1: metrics::caught_at(scored, 0.01),
            caught_at_2: metrics::caught_at(scored, 0.02),
            lam: outcomes.lam(),
            intervals: Intervals {
                auc: interval(|draw| draw.area),
                mcc: interval(|draw| Some(draw.mcc)),
                caught_at_1: interval(|draw| draw.caught_at_1),
            },
        }
    }
}
