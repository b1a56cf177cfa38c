//! Notices keys that contradict what everybody else has taught.
//!
//! A moderator corrects what is wrong, and sometimes the filter was sure of it. A key nearly all of
//! whose corrections contradict what the filter was sure of is more likely in the wrong hands.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::key::KeyHash;
use crate::verdict::{Label, Probability};

/// Corrections of a key that are looked at: its last ones.
const WINDOW: u32 = 20;
/// So many of them must contradict.
const MANY: u32 = 15;
/// From this probability on, and down from its opposite, the filter is sure.
const SURE: f64 = 0.95;

/// The last corrections of each key.
#[derive(Debug, Default)]
pub(super) struct Suspicion(Mutex<HashMap<KeyHash, Recent>>);

#[derive(Debug, Default)]
struct Recent {
    /// One bit each, set if it contradicts.
    bits: u32,
    noticed: bool,
}

impl Suspicion {
    /// Takes note of a correction. Whether the key has just become suspicious; it is said once, until
    /// the key has behaved for a while.
    pub(super) fn note(&self, key: KeyHash, said: Probability, label: Label) -> bool {
        let contradicts = match label {
            Label::Ham => said.get() >= SURE,
            Label::Spam => said.get() <= 1.0 - SURE,
        };
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = keys.entry(key).or_default();
        recent.bits = (recent.bits << 1 | u32::from(contradicts)) & ((1 << WINDOW) - 1);
        let many = recent.bits.count_ones() >= MANY;
        let news = many && !recent.noticed;
        recent.noticed = many;
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_contradicts_nearly_always_is_noticed_once() {
        let suspicion = Suspicion::default();
        let (honest, poisoner) = (KeyHash::from_bytes([1; 32]), KeyHash::from_bytes([2; 32]));
        let (spam, unsure) = (
            Probability::from_log_odds(5.0),
            Probability::from_log_odds(0.5),
        );
        let mut noticed = 0;
        for _ in 0..100 {
            assert!(!suspicion.note(honest, spam, Label::Spam));
            assert!(!suspicion.note(honest, unsure, Label::Ham));
            noticed += u32::from(suspicion.note(poisoner, spam, Label::Ham));
        }
        assert_eq!(noticed, 1);
    }
}
