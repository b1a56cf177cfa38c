//! Intervals by the bootstrap (Efron, Tibshirani 1993): the comments are drawn again, with
//! replacement, and the spread of the figures tells how far chance may have moved them.
//!
//! Spam and ham are drawn apart, as many as there are of each (Carpenter, Bithell 2000), so that no
//! class ever goes missing. Draws depend on the seed and the numbers of comments alone: the same
//! comments give the same interval, on every machine.

use serde::Serialize;

use super::metrics::{Outcomes, Scored, tolerated};

/// How often the comments are drawn again.
pub const ROUNDS: usize = 1_000;

/// Start of the random numbers.
const SEED: u64 = 0x2026_1122;

/// Where a figure lies with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// 2.5 % of the draws are lower.
    pub low: f64,
    /// 2.5 % of the draws are higher.
    pub high: f64,
}

impl Interval {
    /// The middle 95 % of values, between which it interpolates; `None` of none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        let at = |share: f64| {
            let place = share * last as f64;
            let below = place as usize;
            let above = (below + 1).min(last);
            values[below] + (values[above] - values[below]) * place.fract()
        };
        Some(Self {
            low: at(0.025),
            high: at(0.975),
        })
    }

    /// Whether a value lies inside, the ends included.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The figures of one draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// Area under the ROC curve.
    pub area: Option<f64>,
    /// Matthews' correlation coefficient.
    pub mcc: f64,
    /// Share of the spam caught where 1 % of the ham is blocked.
    pub caught_at_1: Option<f64>,
}

/// Comments in falling order of their probability, ready to be drawn from.
struct Ranked<'a> {
    scored: &'a [Scored],
    order: Vec<usize>,
    cut: f64,
}

impl<'a> Ranked<'a> {
    fn new(scored: &'a [Scored], cut: f64) -> Self {
        let mut order: Vec<usize> = (0..scored.len()).collect();
        order.sort_by(|&a, &b| scored[b].probability.total_cmp(&scored[a].probability));
        Self { scored, order, cut }
    }

    /// The figures where each comment counts `times` times. `spam` and `ham` are the sums.
    fn draw(&self, times: &[u32], spam: usize, ham: usize) -> Draw {
        let mut outcomes = Outcomes::default();
        let mut caught_at_1 = None;
        let (mut spam_above, mut ham_above, mut won) = (0usize, 0usize, 0.0);
        let most = tolerated(0.01, ham);
        let tied =
            |a: &usize, b: &usize| self.scored[*a].probability == self.scored[*b].probability;
        for group in self.order.chunk_by(tied) {
            let (mut spam_here, mut ham_here) = (0, 0);
            for &at in group {
                if self.scored[at].spam {
                    spam_here += times[at] as usize;
                } else {
                    ham_here += times[at] as usize;
                }
            }
            let ham_below = (ham - ham_above - ham_here) as f64;
            won += spam_here as f64 * (ham_below + ham_here as f64 / 2.0);
            if caught_at_1.is_none() && ham_above + ham_here > most {
                caught_at_1 = Some(spam_above as f64 / spam as f64);
            }
            spam_above += spam_here;
            ham_above += ham_here;
            if self.scored[group[0]].probability >= self.cut {
                outcomes.caught = spam_above;
                outcomes.blocked = ham_above;
            }
        }
        outcomes.missed = spam - outcomes.caught;
        outcomes.passed = ham - outcomes.blocked;
        let both = spam > 0 && ham > 0;
        Draw {
            area: both.then(|| won / (spam as f64 * ham as f64)),
            mcc: outcomes.mcc(),
            caught_at_1: caught_at_1.filter(|_| both),
        }
    }
}

/// How often each comment is drawn, round by round.
struct Lots {
    spam: Vec<usize>,
    ham: Vec<usize>,
    times: Vec<u32>,
    random: u64,
}

impl Lots {
    fn new(scored: &[Scored], seed: u64) -> Self {
        let of = |class| (0..scored.len()).filter(move |&at| scored[at].spam == class);
        Self {
            spam: of(true).collect(),
            ham: of(false).collect(),
            times: vec![0; scored.len()],
            random: SEED ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15),
        }
    }

    fn cast(&mut self) -> &[u32] {
        self.times.fill(0);
        for class in [&self.spam, &self.ham] {
            for _ in 0..class.len() {
                let drawn = below(splitmix(&mut self.random), class.len());
                self.times[class[drawn]] += 1;
            }
        }
        &self.times
    }
}

/// The next random number (SplitMix64: Steele, Lea, Flood 2014).
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A random number below `limit`, by multiplication (Lemire 2019).
fn below(random: u64, limit: usize) -> usize {
    ((u128::from(random) * limit as u128) >> 64) as usize
}

/// [`ROUNDS`] draws of the comments; `cut` is the probability from which a comment is spam.
/// Different `seed`s give draws that are independent of each other.
pub fn draws(scored: &[Scored], cut: f64, seed: u64) -> Vec<Draw> {
    let ranked = Ranked::new(scored, cut);
    let mut lots = Lots::new(scored, seed);
    let (spam, ham) = (lots.spam.len(), lots.ham.len());
    (0..ROUNDS)
        .map(|_| ranked.draw(lots.cast(), spam, ham))
        .collect()
}

/// Interval of the difference of two ROC areas on the same comments, `one` less `other`: both
/// are measured on the same draws. `None` if a class is missing.
///
/// # Panics
/// Never, as long as both judge the same comments in the same order.
pub fn area_difference(one: &[Scored], other: &[Scored], seed: u64) -> Option<Interval> {
    assert_eq!(one.len(), other.len(), "the same comments");
    let (first, second) = (Ranked::new(one, 0.5), Ranked::new(other, 0.5));
    let mut lots = Lots::new(one, seed);
    let (spam, ham) = (lots.spam.len(), lots.ham.len());
    let differences: Option<Vec<f64>> = (0..ROUNDS)
        .map(|_| {
            let times = lots.cast();
            let area = |ranked: &Ranked<'_>| ranked.draw(times, spam, ham).area;
            Some(area(&first)? - area(&second)?)
        })
        .collect();
    Interval::of(differences?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::metrics::{caught_at, roc_area};
    use super::*;

    fn any_scored() -> impl Strategy<Value = Vec<Scored>> {
        let one = (0u8..=20, any::<bool>()).prop_map(|(p, spam)| Scored {
            probability: f64::from(p) / 20.0,
            spam,
        });
        proptest::collection::vec(one, 1..80)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_draw_measures_what_the_drawn_comments_would(all in any_scored(), seed in any::<u64>()) {
            let ranked = Ranked::new(&all, 0.5);
            let mut lots = Lots::new(&all, seed);
            let (spam, ham) = (lots.spam.len(), lots.ham.len());
            for _ in 0..5 {
                let times = lots.cast();
                let drawn: Vec<Scored> = all
                    .iter()
                    .zip(times)
                    .flat_map(|(s, n)| std::iter::repeat_n(*s, *n as usize))
                    .collect();
                prop_assert_eq!(drawn.len(), all.len());
                let draw = ranked.draw(times, spam, ham);
                let area = roc_area(&drawn);
                prop_assert_eq!(draw.area.is_some(), area.is_some());
                if let (Some(a), Some(b)) = (draw.area, area) {
                    prop_assert!((a - b).abs() < 1e-12);
                }
                prop_assert_eq!(draw.caught_at_1, caught_at(&drawn, 0.01));
                prop_assert_eq!(draw.mcc, Outcomes::at(&drawn, 0.5).mcc());
            }
        }
    }

    #[test]
    fn the_interval_is_the_middle_of_the_values() {
        let interval = Interval::of((0..=1_000).rev().map(f64::from)).unwrap();
        assert_eq!((interval.low, interval.high), (25.0, 975.0));
        assert!(interval.contains(25.0) && !interval.contains(24.9));
        assert_eq!(Interval::of([]), None);
    }

    /// The width of the interval beside the one by Hanley and McNeil's formula.
    #[test]
    fn the_spread_is_that_of_theory() {
        let mut random = 7;
        // Uniform, the spam's half a unit higher: the area is 1 - (1 - 0.5)^2 / 2 = 0.875.
        let all: Vec<Scored> = (0..600)
            .map(|n| {
                let uniform = below(splitmix(&mut random), 1 << 20) as f64 / f64::from(1 << 20);
                let spam = n % 3 == 0;
                let higher = if spam { 0.5 } else { 0.0 };
                Scored {
                    probability: (uniform + higher) / 1.5,
                    spam,
                }
            })
            .collect();
        let area = roc_area(&all).unwrap();
        let (spam, ham) = (200.0, 400.0);
        let (q1, q2) = (area / (2.0 - area), 2.0 * area * area / (1.0 + area));
        let variance = (area * (1.0 - area)
            + (spam - 1.0) * (q1 - area * area)
            + (ham - 1.0) * (q2 - area * area))
            / (spam * ham);
        let expected = 2.0 * 1.96 * variance.sqrt();
        let found = Interval::of(draws(&all, 0.5, 0).iter().filter_map(|d| d.area)).unwrap();
        assert!(found.contains(area));
        let width = found.high - found.low;
        assert!((width / expected - 1.0).abs() < 0.25, "{width} {expected}");
    }

    #[test]
    fn a_model_differs_from_itself_by_nothing() {
        let all: Vec<Scored> = (0..50)
            .map(|n| Scored {
                probability: f64::from(n % 10) / 10.0,
                spam: n % 3 == 0,
            })
            .collect();
        let same = area_difference(&all, &all, 3).unwrap();
        assert_eq!((same.low, same.high), (0.0, 0.0));
        assert_eq!(draws(&all, 0.5, 3), draws(&all, 0.5, 3));
        assert_ne!(draws(&all, 0.5, 3), draws(&all, 0.5, 4));
    }
}
