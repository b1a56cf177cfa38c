//! When each key was used last, to the day. Not of the log: who loses it loses a hint.

use jiff::civil::Date;

use super::trees::{Trees, date_of, day_number};
use crate::key::KeyHash;
use crate::store::codec::{decode, encode};
use crate::store::error::StoreError;

/// Where in [`Trees::meta`] the first day stands.
const SINCE: &str = "key_uses";

impl Trees {
    pub(super) fn note_use(&self, key: &KeyHash, day: Date) -> Result<(), StoreError> {
        let day = encode("day", &day_number(day))?;
        self.key_uses.insert(key.as_bytes(), day)?;
        Ok(())
    }

    pub(super) fn uses(&self) -> Result<Vec<(KeyHash, Date)>, StoreError> {
        let mut uses = Vec::new();
        for entry in self.key_uses.iter() {
            let (key, day) = entry?;
            let key = <[u8; 32]>::try_from(&key[..]).map_err(|_| StoreError::Unreadable {
                what: "key",
                reason: "its hash has another length".to_owned(),
            })?;
            uses.push((KeyHash::from_bytes(key), date_of(decode("day", &day)?)));
        }
        Ok(uses)
    }

    pub(super) fn uses_noted_since(&self, today: Date) -> Result<Date, StoreError> {
        match self.meta.get(SINCE)? {
            Some(day) => Ok(date_of(decode("day", &day)?)),
            None => {
                self.meta
                    .insert(SINCE, encode("day", &day_number(today))?)?;
                Ok(today)
            }
        }
    }
}
