//! Features as they stand on the disk: the differences between neighbours, each as an unsigned
//! LEB128 integer of at most 5 bytes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Features;
use crate::varint;

impl Serialize for Features {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&pack(self.as_slice()))
    }
}

impl<'de> Deserialize<'de> for Features {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(Packed)
    }
}

struct Packed;

impl<'de> Visitor<'de> for Packed {
    type Value = Features;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("packed features")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Features, E> {
        unpack(bytes)
            .map(Features::from_unordered)
            .ok_or_else(|| E::custom("malformed packed features"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Features, A::Error> {
        // Formats without a byte string, such as JSON, write a list of numbers.
        let mut bytes = Vec::new();
        while let Some(byte) = seq.next_element()? {
            bytes.push(byte);
        }
        self.visit_bytes(&bytes)
    }
}

fn pack(hashes: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(hashes.len() * 3);
    let mut before = 0;
    for &hash in hashes {
        varint::write(&mut bytes, hash - before);
        before = hash;
    }
    bytes
}

/// `None` where the bytes are not what [`pack`] writes: cut off, out of range, not ascending, or
/// in a longer spelling than needed.
fn unpack(mut bytes: &[u8]) -> Option<Vec<u32>> {
    let mut hashes: Vec<u32> = Vec::new();
    while !bytes.is_empty() {
        let (gap, rest) = varint::read(bytes)?;
        hashes.push(match hashes.last() {
            Some(_) if gap == 0 => return None,
            Some(before) => before.checked_add(gap)?,
            None => gap,
        });
        bytes = rest;
    }
    Some(hashes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(hashes in prop::collection::vec(any::<u32>(), 0..50)) {
            let features = Features::from_unordered(hashes);
            prop_assert_eq!(unpack(&pack(features.as_slice())), Some(features.as_slice().to_vec()));
            let bytes = postcard::to_stdvec(&features).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(postcard::from_bytes(&bytes), Ok(features));
        }

        #[test]
        fn what_unpacks_is_packed_alike(bytes in prop::collection::vec(any::<u8>(), 0..30)) {
            if let Some(hashes) = unpack(&bytes) {
                prop_assert!(hashes.is_sorted_by(|a, b| a < b));
                prop_assert_eq!(pack(&hashes), bytes);
            }
        }
    }
}
