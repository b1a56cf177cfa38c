//! Trust in evidence, learned: naive Bayes counts overlapping features again and again, and a
//! discriminative pass over the same comments takes that back.
//!
//! Every coefficient starts at a part of its evidence and moves by stochastic gradient descent on
//! the logistic loss, each with its own falling rate (AdaGrad: Duchi, Hazan, Singer 2011). At each
//! look at a comment some of its features are left out (Srivastava et al. 2014, dropout, on the
//! input; their Bernoulli draw without the rescaling).

use super::Settings;
use super::counts::Columns;
use super::random::Random;
use super::rows::Rows;
use crate::classifier::ModelShape;
use crate::text::{Family, Features};

/// Coefficients by column, and the score of a comment without any feature.
#[derive(Debug, Clone)]
pub(super) struct Trusted {
    pub coefficients: Vec<f32>,
    pub bias: f64,
}

/// What is known so far, while learning.
pub(super) struct Learner<'a> {
    settings: &'a Settings,
    /// Family of each column.
    family: Vec<Family>,
    coefficients: Vec<f32>,
    squares: Vec<f32>,
    bias: f32,
    bias_squares: f32,
    random: Random,
}

impl<'a> Learner<'a> {
    /// Trusts a part of the evidence of each column.
    pub(super) fn new(columns: &Columns, evidence: &[f32], settings: &'a Settings) -> Self {
        Self {
            settings,
            family: columns.features.iter().map(|&f| Family::of(f)).collect(),
            coefficients: evidence.iter().map(|r| r * settings.first_trust).collect(),
            squares: vec![0.0; evidence.len()],
            bias: 0.0,
            bias_squares: 0.0,
            random: Random::new(settings.seed),
        }
    }

    /// The order of so many things in this pass.
    pub(super) fn order(&mut self, number: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..number as u32).collect();
        self.random.shuffle(&mut order);
        order
    }

    /// Looks at every row once.
    pub(super) fn look_at(&mut self, rows: &Rows) {
        let Settings {
            rate,
            damping,
            dropped,
            ..
        } = *self.settings;
        for at in self.order(rows.len()) {
            let (row, columns) = rows.get(at as usize);
            let look = self.random.next();
            let kept = columns.iter().map(|&column| column as usize);
            let kept = kept.filter(|&column| !is_dropped(column, look, dropped));
            let mut score = self.bias;
            for column in kept.clone() {
                score += self.coefficients[column] * row.norms[self.family[column] as usize];
            }
            let probability = 1.0 / (1.0 + (-score).exp());
            let wanted = if row.spam { 1.0 } else { 0.0 };
            let gradient = (probability - wanted) * row.weight;
            if gradient.abs() < 1e-4 {
                continue;
            }
            self.bias_squares += gradient * gradient;
            self.bias -= 0.1 * gradient / (1.0 + self.bias_squares).sqrt();
            for column in kept {
                let slope = gradient * row.norms[self.family[column] as usize];
                let squares = &mut self.squares[column];
                *squares += slope * slope;
                self.coefficients[column] -= rate * slope / (damping + squares.sqrt());
            }
        }
    }

    pub(super) fn finish(self) -> Trusted {
        Trusted {
            coefficients: self.coefficients,
            bias: f64::from(self.bias),
        }
    }
}

/// Whether a feature is left out at this look: as good as chance, but the same when asked again.
#[inline]
fn is_dropped(column: usize, look: u64, share: f64) -> bool {
    let mixed = (column as u64 ^ look).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    // The upper 24 bits as a number from 0 to below 1.
    (mixed >> 40) as f64 / f64::from(1 << 24) < share
}

impl Trusted {
    /// The score of an example: what the serving path computes.
    pub(super) fn score(&self, features: &Features, columns: &Columns, shape: &ModelShape) -> f64 {
        let ids = features.as_slice();
        let norms = shape.norms_of(ids.iter().copied());
        let known = ids.iter().filter_map(|&id| columns.of(id).map(|c| (id, c)));
        let sum: f64 = known
            .map(|(id, column)| {
                f64::from(self.coefficients[column as usize]) * norms[Family::of(id) as usize]
            })
            .sum();
        self.bias + sum
    }
}
