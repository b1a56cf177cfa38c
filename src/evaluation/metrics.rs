//! How good probabilities are, beside labels that are known to be right.
//!
//! Spam is the positive class throughout. A share is a number from 0 to 1; what cannot be said,
//! because a class is missing, is `None`.

use serde::Serialize;

/// Number of equally wide bins of the calibration error (Naeini, Cooper, Hauskrecht 2015; Guo et
/// al. 2017 take fifteen).
pub const BINS: usize = 15;

/// A comment's probability of spam, 0 to 1, and whether it is spam.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// What the filter said.
    pub probability: f64,
    /// What is right.
    pub spam: bool,
}

/// Numbers of spam and of ham among the comments.
pub fn count(scored: &[Scored]) -> (usize, usize) {
    let spam = scored.iter().filter(|s| s.spam).count();
    (spam, scored.len() - spam)
}

/// Area under the ROC curve: the probability that a spam comment scores above a ham one, ties
/// counting half. By ranks, as Mann and Whitney's U (Hanley, McNeil 1982).
pub fn roc_area(scored: &[Scored]) -> Option<f64> {
    let (spam, ham) = count(scored);
    if spam == 0 || ham == 0 {
        return None;
    }
    let mut rising = scored.to_vec();
    rising.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    let mut ranks = 0.0;
    let mut before = 0;
    for tied in rising.chunk_by(|a, b| a.probability == b.probability) {
        // Ranks count from 1; those that are tied share the mean of their ranks.
        let rank = (2 * before + 1 + tied.len()) as f64 / 2.0;
        ranks += rank * count(tied).0 as f64;
        before += tied.len();
    }
    let (spam, ham) = (spam as f64, ham as f64);
    Some((ranks - spam * (spam + 1.0) / 2.0) / (spam * ham))
}

/// Share of the spam that is caught by the lowest threshold at which no more than this share of
/// the ham is blocked.
pub fn caught_at(scored: &[Scored], blocked: f64) -> Option<f64> {
    let (spam, ham) = count(scored);
    if spam == 0 || ham == 0 {
        return None;
    }
    let of = |class: bool| {
        let chosen = scored.iter().filter(move |s| s.spam == class);
        chosen.map(|s| s.probability)
    };
    let mut falling: Vec<f64> = of(false).collect();
    falling.sort_by(|a, b| b.total_cmp(a));
    let cut = falling[tolerated(blocked, ham)];
    Some(of(true).filter(|p| *p > cut).count() as f64 / spam as f64)
}

/// How many of so many ham comments may be blocked; at least one never is.
pub(super) fn tolerated(blocked: f64, ham: usize) -> usize {
    // A share of a count, rounded down: neither negative nor too large.
    ((blocked * ham as f64) as usize).min(ham.saturating_sub(1))
}

/// The four outcomes at a threshold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// Spam called spam.
    pub caught: usize,
    /// Spam that got through.
    pub missed: usize,
    /// Ham called spam.
    pub blocked: usize,
    /// Ham that got through.
    pub passed: usize,
}

impl Outcomes {
    /// The outcomes where comments are spam from probability `cut` on.
    pub fn at(scored: &[Scored], cut: f64) -> Self {
        let mut outcomes = Self::default();
        for s in scored {
            *match (s.spam, s.probability >= cut) {
                (true, true) => &mut outcomes.caught,
                (true, false) => &mut outcomes.missed,
                (false, true) => &mut outcomes.blocked,
                (false, false) => &mut outcomes.passed,
            } += 1;
        }
        outcomes
    }

    /// Share of the spam that is caught.
    pub fn caught_share(&self) -> Option<f64> {
        share(self.caught, self.missed)
    }

    /// Share of the ham that is blocked.
    pub fn blocked_share(&self) -> Option<f64> {
        share(self.blocked, self.passed)
    }

    /// Matthews' correlation coefficient, -1 to 1 (Matthews 1975); 0 where a row or column of the
    /// table is empty.
    pub fn mcc(&self) -> f64 {
        let [tp, fn_, fp, tn] =
            [self.caught, self.missed, self.blocked, self.passed].map(|n| n as f64);
        let product = (tp + fp) * (tp + fn_) * (tn + fp) * (tn + fn_);
        if product == 0.0 {
            return 0.0;
        }
        (tp * tn - fp * fn_) / product.sqrt()
    }

    /// Logistic average misclassification in percent (TREC spam track: Cormack, Lynam 2005): the
    /// mean of the two shares of errors on the scale of log-odds, half an error added to each.
    pub fn lam(&self) -> Option<f64> {
        let odds = |wrong: usize, right: usize| {
            let share = (wrong as f64 + 0.5) / ((wrong + right) as f64 + 1.0);
            (wrong + right > 0).then(|| (share / (1.0 - share)).ln())
        };
        let mean = (odds(self.missed, self.caught)? + odds(self.blocked, self.passed)?) / 2.0;
        Some(100.0 / (1.0 + (-mean).exp()))
    }
}

fn share(part: usize, rest: usize) -> Option<f64> {
    (part + rest > 0).then(|| part as f64 / (part + rest) as f64)
}

/// The comments whose probabilities fall into one bin.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bin {
    /// How many there are.
    pub comments: usize,
    /// Sum of their probabilities: how much spam was foretold.
    pub foretold: f64,
    /// How many are spam.
    pub spam: usize,
}

/// The comments by bins of their probability, empty bins included.
pub fn bins(scored: &[Scored]) -> [Bin; BINS] {
    let mut bins = [Bin::default(); BINS];
    for s in scored {
        let at = (s.probability * BINS as f64) as usize;
        let bin = &mut bins[at.min(BINS - 1)];
        bin.comments += 1;
        bin.foretold += s.probability;
        bin.spam += usize::from(s.spam);
    }
    bins
}

/// Expected calibration error, 0 to 1: how far the foretold and the real share of spam are apart
/// in a bin, on average over the comments.
pub fn calibration_error(scored: &[Scored]) -> Option<f64> {
    let apart = |bin: &Bin| (bin.foretold - bin.spam as f64).abs();
    let sum: f64 = bins(scored).iter().map(apart).sum();
    (!scored.is_empty()).then(|| sum / scored.len() as f64)
}

/// The corners of the ROC curve, from (0, 0) to (1, 1): share of the ham blocked and share of the
/// spam caught as the threshold falls. Empty if a class is missing.
pub fn roc_curve(scored: &[Scored]) -> Vec<(f64, f64)> {
    let (spam, ham) = count(scored);
    if spam == 0 || ham == 0 {
        return Vec::new();
    }
    let mut falling = scored.to_vec();
    falling.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let mut curve = vec![(0.0, 0.0)];
    let (mut caught, mut blocked) = (0, 0);
    for tied in falling.chunk_by(|a, b| a.probability == b.probability) {
        let (more_spam, more_ham) = count(tied);
        caught += more_spam;
        blocked += more_ham;
        curve.push((blocked as f64 / ham as f64, caught as f64 / spam as f64));
    }
    curve
}

#[cfg(test)]
mod tests;
