//! Stored values: a version byte, then postcard.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;

/// Version of everything encoded here. A new one comes with a way to read the old ones.
const VERSION: u8 = 1;

/// The bytes of a value.
pub(crate) fn encode<T: Serialize>(what: &'static str, value: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(value, vec![VERSION]).map_err(|e| StoreError::Unreadable {
        what,
        reason: e.to_string(),
    })
}

/// The value of some bytes, all of them.
pub(crate) fn decode<T: DeserializeOwned>(
    what: &'static str,
    bytes: &[u8],
) -> Result<T, StoreError> {
    let unreadable = |reason: String| StoreError::Unreadable { what, reason };
    match bytes.split_first() {
        Some((&VERSION, value)) => match postcard::take_from_bytes(value) {
            Ok((value, [])) => Ok(value),
            Ok(_) => Err(unreadable("bytes are left over".to_owned())),
            Err(e) => Err(unreadable(e.to_string())),
        },
        Some((version, _)) => Err(unreadable(format!("its version {version} is unknown"))),
        None => Err(unreadable("it is empty".to_owned())),
    }
}
