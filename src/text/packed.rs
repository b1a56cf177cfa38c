//! Features as they stand on the disk: the differences between neighbours, each as an unsigned
//! LEB128 integer of at most 5 bytes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Features;

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
        let mut rest = hash - before;
        before = hash;
        while rest >= 0x80 {
            bytes.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
    bytes
}

/// `None` where the bytes are not what [`pack`] writes: cut off, out of range, not ascending, or
/// in a longer spelling than needed.
fn unpack(bytes: &[u8]) -> Option<Vec<u32>> {
    let mut hashes: Vec<u32> = Vec::new();
    let (mut gap, mut shift) = (0u64, 0);
    for &byte in bytes {
        gap |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 != 0 {
            shift += 7;
            if shift > 28 {
                return None;
            }
            continue;
        }
        if byte == 0 && shift > 0 {
            return None;
        }
        let hash = match hashes.last() {
            Some(_) if gap == 0 => return None,
            Some(&before) => u64::from(before) + gap,
            None => gap,
        };
        hashes.push(u32::try_from(hash).ok()?);
        (gap, shift) = (0, 0);
    }
    (shift == 0).then_some(hashes)
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
