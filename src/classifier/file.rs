//! The model file.
//!
//! ```text
//! "CHAFFMOD" | format u32 | header length u32 | header (JSON) | entries | shares | BLAKE3 of all before
//! entry: difference to the last feature number (variable-length), coefficient (bfloat16)
//! share: difference to the last feature number (variable-length), share of comments in 255ths
//! ```
//!
//! Numbers are little-endian.

use serde::{Deserialize, Serialize};

use super::base::{BaseModel, ModelShape, to_half};
use crate::text::FEATURE_SPACE;
use crate::varint;

const MAGIC: &[u8; 8] = b"CHAFFMOD";
/// The format that this program writes, and the only one that it reads.
const FORMAT: u32 = 2;
const CHECKSUM: usize = 32;

/// Why a model file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It does not begin like one.
    #[error("this is not a Chaffinch model file")]
    NotAModel,
    /// It is of a format that this program does not know.
    #[error(
        "the model file has format {0}, but this program reads format {FORMAT}; train it anew or use the program that wrote it"
    )]
    Format(u32),
    /// Its checksum does not fit: it was damaged.
    #[error("the model file is damaged: its checksum does not fit; fetch or train it again")]
    Checksum,
    /// The checksum fits, but the content makes no sense.
    #[error("the model file is malformed: {0}")]
    Malformed(&'static str),
}

#[derive(Serialize, Deserialize)]
struct Header {
    version: String,
    shape: ModelShape,
    entries: usize,
    shares: usize,
    card: serde_json::Value,
}

impl BaseModel {
    /// The model as the bytes of a model file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let mut entries = Vec::new();
        let mut count = 0;
        let mut last = 0;
        for (feature, coefficient) in self.coefficients() {
            varint::write(&mut entries, feature - last);
            entries.extend(to_half(coefficient).to_le_bytes());
            last = feature;
            count += 1;
        }
        let mut last = 0;
        for &(feature, share) in self.shares() {
            varint::write(&mut entries, feature - last);
            entries.push(share);
            last = feature;
        }
        let header = Header {
            version: self.version.clone(),
            shape: self.shape,
            entries: count,
            shares: self.shares().len(),
            card: self.card.clone(),
        };
        let header = serde_json::to_vec(&header)
            .map_err(|_| ModelError::Malformed("the card cannot be written as JSON"))?;
        let length = u32::try_from(header.len())
            .map_err(|_| ModelError::Malformed("the card is too large"))?;
        let mut bytes = Vec::with_capacity(header.len() + entries.len() + 64);
        bytes.extend(MAGIC);
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes.extend(header);
        bytes.extend(entries);
        let checksum = blake3::hash(&bytes);
        bytes.extend(checksum.as_bytes());
        Ok(bytes)
    }

    /// Reads the bytes of a model file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::NotAModel)?;
        let (format, _) = take_u32(rest).ok_or(ModelError::Checksum)?;
        if format != FORMAT {
            return Err(ModelError::Format(format));
        }
        let (content, checksum) = bytes
            .split_last_chunk::<CHECKSUM>()
            .ok_or(ModelError::Checksum)?;
        if blake3::hash(content) != blake3::Hash::from_bytes(*checksum) {
            return Err(ModelError::Checksum);
        }
        let short = ModelError::Malformed("it ends too early");
        let Some((length, rest)) = content.get(12..).and_then(take_u32) else {
            return Err(short);
        };
        let Some((header, mut rest)) = rest.split_at_checked(length as usize) else {
            return Err(short);
        };
        let header: Header = serde_json::from_slice(header)
            .map_err(|_| ModelError::Malformed("its header cannot be read"))?;
        let mut coefficients = vec![0; FEATURE_SPACE];
        let mut feature = 0;
        for _ in 0..header.entries {
            let half;
            (feature, half, rest) = entry(feature, rest)?;
            coefficients[feature] = u16::from_le_bytes(half);
        }
        let mut shares = Vec::new();
        let mut feature = 0;
        for _ in 0..header.shares {
            let share;
            (feature, share, rest) = entry(feature, rest)?;
            let [share] = share;
            // Below the space of features, which is far below 2^32.
            shares.push((feature as u32, share));
        }
        let model = Self::from_halves(header.version, header.card, coefficients, header.shape);
        Ok(model.with_shares(shares))
    }
}

/// Reads the next entry after that of feature `last`: its feature, its `N` bytes, and the rest.
fn entry<const N: usize>(last: usize, bytes: &[u8]) -> Result<(usize, [u8; N], &[u8]), ModelError> {
    let short = ModelError::Malformed("it ends too early");
    let Some((step, bytes)) = varint::read(bytes) else {
        return Err(short);
    };
    let Some((value, rest)) = bytes.split_first_chunk::<N>() else {
        return Err(short);
    };
    let feature = last.saturating_add(step as usize);
    if feature >= FEATURE_SPACE {
        return Err(ModelError::Malformed("it has a feature that cannot be"));
    }
    Ok((feature, *value, rest))
}

fn take_u32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*head), rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn model(entries: &[(u32, f32)]) -> BaseModel {
        let mut coefficients = vec![0.0; FEATURE_SPACE];
        for &(feature, value) in entries {
            coefficients[feature as usize] = value;
        }
        let card = serde_json::json!({"sources": ["a"]});
        BaseModel::new("test".into(), card, coefficients, ModelShape::EMPTY)
    }

    #[test]
    fn a_model_is_read_as_it_was_written() {
        let entries = [(0, 1.5), (7, -0.25), (4_000_000, 3.0), (4_400_000, -8.0)];
        let shares = [(3, 200), (7, 255), (4_400_000, 6)];
        let written = model(&entries).with_shares(shares.to_vec());
        let read = BaseModel::from_bytes(&written.to_bytes().unwrap()).unwrap();
        assert_eq!(read.coefficients().collect::<Vec<_>>(), entries);
        assert_eq!(read.shares(), shares);
        assert_eq!((read.share(7), read.share(8)), (1.0, 0.0));
        assert_eq!(
            (read.version.as_str(), read.shape),
            ("test", ModelShape::EMPTY)
        );
    }

    #[test]
    fn damage_is_refused_with_its_name() {
        let good = model(&[(5, 1.0)]).to_bytes().unwrap();
        for at in 12..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            assert!(
                matches!(BaseModel::from_bytes(&bad), Err(ModelError::Checksum)),
                "{at}"
            );
        }
        let newer = [&MAGIC[..], &9u32.to_le_bytes()].concat();
        assert!(matches!(
            BaseModel::from_bytes(&newer),
            Err(ModelError::Format(9))
        ));
        assert!(matches!(
            BaseModel::from_bytes(b"hello"),
            Err(ModelError::NotAModel)
        ));
        assert!(matches!(
            BaseModel::from_bytes(&good[..40]),
            Err(ModelError::Checksum)
        ));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = BaseModel::from_bytes(&bytes);
            // The same behind a good beginning and a good checksum.
            let mut sealed = [&MAGIC[..], &FORMAT.to_le_bytes()].concat();
            sealed.extend(bytes);
            let checksum = blake3::hash(&sealed);
            sealed.extend(checksum.as_bytes());
            let _ = BaseModel::from_bytes(&sealed);
        }
    }
}
