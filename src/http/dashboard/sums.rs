//! How a score comes about: a sum of weights, as a table.

use super::queue::row::Lean;
use super::words::Words;
use crate::classifier::Evidence;

/// Most reasons in the table; the others are summed up in one line.
const MOST: usize = 40;
/// Most characters of a reason.
const LONGEST: usize = 120;
/// Half the width of the bars.
const HALF: f64 = 50.0;

/// Everything that adds up to the log-odds of spam.
pub(super) struct Sum {
    pub(super) lines: Vec<Line>,
    pub(super) baseline: String,
    pub(super) rest: String,
    pub(super) total: String,
}

/// One reason.
pub(super) struct Line {
    pub(super) lean: Lean,
    /// Where its bar begins, and how wide it is, of 100.
    pub(super) x: String,
    pub(super) width: String,
}

impl Sum {
    pub(super) fn of(evidence: &Evidence, w: &Words) -> Self {
        let shown = &evidence.reasons[..evidence.reasons.len().min(MOST)];
        let strongest = shown
            .iter()
            .map(|r| r.weight.abs())
            .fold(f64::MIN_POSITIVE, f64::max);
        let lines = shown.iter().map(|reason| {
            let width = reason.weight.abs() / strongest * HALF;
            let x = if reason.weight > 0.0 {
                HALF
            } else {
                HALF - width
            };
            Line {
                lean: Lean::cut(reason, LONGEST, w),
                x: format!("{x:.1}"),
                width: format!("{width:.1}"),
            }
        });
        let others: f64 = evidence.reasons[shown.len()..]
            .iter()
            .map(|r| r.weight)
            .sum();
        Self {
            lines: lines.collect(),
            baseline: format!("{:+.2}", evidence.baseline),
            rest: format!("{:+.2}", evidence.rest + others),
            total: format!("{:+.2}", evidence.log_odds),
        }
    }
}
