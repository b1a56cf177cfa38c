//! A block of examples, ready for the inner loop of learning.

use std::io;
use std::ops::Range;

use super::Chosen;
use super::counts::Columns;
use super::examples::class;
use super::spool::Spool;
use super::weights::Weights;
use crate::classifier::ModelShape;

/// The chosen examples of a block.
#[derive(Default)]
pub(super) struct Rows {
    columns: Vec<u32>,
    rows: Vec<Row>,
}

/// One example: its norms, weight and label.
pub(super) struct Row {
    columns: Range<usize>,
    pub norms: [f32; 2],
    pub weight: f32,
    pub spam: bool,
}

impl Rows {
    pub(super) fn load(
        block: &Spool,
        chosen: Chosen,
        columns: &Columns,
        weights: &Weights,
        shape: &ModelShape,
    ) -> io::Result<Self> {
        let mut rows = Self::default();
        for example in block.read() {
            let example = example?;
            if !chosen.has(example.comment, example.original) {
                continue;
            }
            let features = example.features.as_slice();
            let start = rows.columns.len();
            let known = features.iter().filter_map(|&feature| columns.of(feature));
            rows.columns.extend(known);
            rows.rows.push(Row {
                columns: start..rows.columns.len(),
                norms: shape.norms_of(features.iter().copied()).map(|n| n as f32),
                weight: weights.of(&example) as f32,
                spam: class(example.label) == 1,
            });
        }
        Ok(rows)
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A row with its columns.
    #[inline]
    pub(super) fn get(&self, at: usize) -> (&Row, &[u32]) {
        let row = &self.rows[at];
        (row, &self.columns[row.columns.clone()])
    }
}
