//! Entries on their way into a tree, one after the other: [`super::redo`] tells why they are no batch.

use sled::{IVec, Tree};

/// Entries that are put, and keys whose entries are taken out, in order.
#[derive(Default)]
pub(super) struct Entries(Vec<(IVec, Option<IVec>)>);

impl Entries {
    pub(super) fn insert(&mut self, key: impl Into<IVec>, value: impl Into<IVec>) {
        self.0.push((key.into(), Some(value.into())));
    }

    pub(super) fn remove(&mut self, key: impl Into<IVec>) {
        self.0.push((key.into(), None));
    }

    /// Writes them. After a crash the first of them may be there, and the others not.
    pub(super) fn write(self, tree: &Tree) -> sled::Result<()> {
        for (key, value) in self.0 {
            match value {
                Some(value) => tree.insert(key, value)?,
                None => tree.remove(key)?,
            };
        }
        Ok(())
    }
}
