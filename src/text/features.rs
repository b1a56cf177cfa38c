//! The features of a comment as they are learned and kept.

/// The features of one comment: hashed, each once, in ascending order.
///
/// On the disk the differences between neighbours stand as variable-length integers, about two
/// bytes a feature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features(Vec<u32>);

impl Features {
    /// Takes hashes in any order, with or without repeats.
    pub fn from_unordered(mut hashes: Vec<u32>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// The hashes, each once, in ascending order.
    pub fn as_slice(&self) -> &[u32] {
        &self.0
    }
}
