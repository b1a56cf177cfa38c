//! Entries of several trees that must not come apart in a crash.
//!
//! sled has transactions for that, and batches for one tree. Each of them seals the buffer that writes are gathered
//! in, twice, has it written by sled's threads and wakes them all, which takes longer than everything else that is
//! done for a verdict. So all entries of a group are written as one entry first, the last word of its tree, and then
//! each in its place. What sled has after a crash are all entries up to some moment: a start that finds the one entry
//! writes what is in it again, which changes nothing where it had been written.

use serde::{Deserialize, Serialize};
use sled::Tree;

use super::trees::Trees;
use crate::store::codec::{decode, encode};
use crate::store::error::StoreError;

/// A tree.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Part {
    Verdicts,
    Corrections,
    Keys,
    Counters,
    Sites,
    Settings,
    Rules,
    Meta,
}

impl Part {
    fn tree(self, trees: &Trees) -> &Tree {
        match self {
            Self::Verdicts => &trees.verdicts,
            Self::Corrections => &trees.corrections,
            Self::Keys => &trees.keys,
            Self::Counters => &trees.counters,
            Self::Sites => &trees.sites,
            Self::Settings => &trees.settings,
            Self::Rules => &trees.rules,
            Self::Meta => &trees.meta,
        }
    }
}

/// Entries that are put, and keys whose entries are taken out, in order.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Redo(Vec<(Part, Vec<u8>, Option<Vec<u8>>)>);

impl Redo {
    pub(super) fn insert(&mut self, part: Part, key: impl Into<Vec<u8>>, value: Vec<u8>) {
        self.0.push((part, key.into(), Some(value)));
    }

    pub(super) fn remove(&mut self, part: Part, key: impl Into<Vec<u8>>) {
        self.0.push((part, key.into(), None));
    }

    /// Writes all of them, or in a crash none.
    pub(super) fn write(self, trees: &Trees) -> Result<(), StoreError> {
        if !self.0.is_empty() {
            trees.redo.insert([], encode("group of writes", &self)?)?;
        }
        self.put(trees)
    }

    /// Writes again what was written last, of which a crash may have taken a part.
    pub(super) fn again(trees: &Trees) -> Result<(), StoreError> {
        match trees.redo.get([])? {
            Some(last) => decode::<Self>("group of writes", &last)?.put(trees),
            None => Ok(()),
        }
    }

    fn put(self, trees: &Trees) -> Result<(), StoreError> {
        for (part, key, value) in self.0 {
            let tree = part.tree(trees);
            match value {
                Some(value) => tree.insert(key, value)?,
                None => tree.remove(key)?,
            };
        }
        Ok(())
    }
}
