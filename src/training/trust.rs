//! Trust in evidence, learned: naive Bayes counts overlapping features again and again, and a
//! discriminative pass over the same comments takes that back.
//!
//! Every coefficient starts at a part of its evidence and moves by stochastic gradient descent on
//! the logistic loss, each with its own falling rate (AdaGrad: Duchi, Hazan, Singer 2011). At each
//! look at a comment some of its features are left out (Srivastava et al. 2014, dropout, on the
//! input; their Bernoulli draw without the rescaling).

use super::Settings;
use super::examples::Example;
use crate::classifier::ModelShape;
use crate::text::Family;

/// Coefficients by column, and the score of a comment without any feature.
#[derive(Debug, Clone)]
pub(super) struct Trusted {
    pub coefficients: Vec<f32>,
    pub bias: f64,
}

/// Columns of one example, its norms, weight and label, ready for the inner loop.
pub(super) struct Row<'a> {
    pub columns: &'a [u32],
    pub norms: [f32; 2],
    pub weight: f32,
    pub spam: bool,
}

/// Learns the coefficients. `family` tells each column's family; `done` is told after each pass.
pub(super) fn learn(
    rows: &[Row<'_>],
    evidence: &[f32],
    family: &[Family],
    settings: &Settings,
    mut done: impl FnMut(),
) -> Trusted {
    let mut coefficients: Vec<f32> = evidence.iter().map(|r| r * settings.first_trust).collect();
    let mut squares = vec![0f32; evidence.len()];
    let mut bias = 0f32;
    let mut bias_squares = 0f32;
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let mut random = Random(settings.seed | 1);
    for _ in 0..settings.passes {
        random.shuffle(&mut order);
        for &at in &order {
            let row = &rows[at as usize];
            let look = random.next();
            let kept = row.columns.iter().map(|&column| column as usize);
            let kept = kept.filter(|&column| !is_dropped(column, look, settings.dropped));
            let mut score = bias;
            for column in kept.clone() {
                score += coefficients[column] * row.norms[family[column] as usize];
            }
            let probability = 1.0 / (1.0 + (-score).exp());
            let wanted = if row.spam { 1.0 } else { 0.0 };
            let gradient = (probability - wanted) * row.weight;
            if gradient.abs() < 1e-4 {
                continue;
            }
            bias_squares += gradient * gradient;
            bias -= 0.1 * gradient / (1.0 + bias_squares).sqrt();
            for column in kept {
                let slope = gradient * row.norms[family[column] as usize];
                squares[column] += slope * slope;
                coefficients[column] -=
                    settings.rate * slope / (settings.damping + squares[column].sqrt());
            }
        }
        done();
    }
    Trusted {
        coefficients,
        bias: f64::from(bias),
    }
}

/// Whether a feature is left out at this look: as good as chance, but the same when asked again.
#[inline]
fn is_dropped(column: usize, look: u64, share: f64) -> bool {
    let mixed = (column as u64 ^ look).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    // The upper 24 bits as a number from 0 to below 1.
    (mixed >> 40) as f64 / f64::from(1 << 24) < share
}

/// The score of an example: what the serving path computes.
pub(super) fn score(
    trusted: &Trusted,
    example: &Example,
    column_of: impl Fn(u32) -> Option<u32>,
    shape: &ModelShape,
) -> f64 {
    let ids = example.features.as_slice();
    let norms = shape.norms_of(ids.iter().copied());
    let known = ids.iter().filter_map(|&id| column_of(id).map(|c| (id, c)));
    let sum: f64 = known
        .map(|(id, column)| {
            f64::from(trusted.coefficients[column as usize]) * norms[Family::of(id) as usize]
        })
        .sum();
    trusted.bias + sum
}

/// xorshift64 (Marsaglia 2003): the same order for the same seed, on every machine, for ever.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn shuffle(&mut self, order: &mut [u32]) {
        for at in (1..order.len()).rev() {
            let other = (self.next() % (at as u64 + 1)) as usize;
            order.swap(at, other);
        }
    }
}
