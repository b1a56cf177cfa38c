//! Which keys have opened something from which address.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use super::address::Network;
use crate::key::KeyHash;

/// Most pairs remembered. A server has few clients; who changes addresses all the time is let in
/// anew each time.
const MOST: usize = 10_000;

/// Pairs of address and key that were let in since the start.
#[derive(Default)]
pub(super) struct KnownKeys(RwLock<HashSet<(Network, KeyHash)>>);

impl KnownKeys {
    pub(super) fn contains(&self, network: Network, key: KeyHash) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.contains(&(network, key))
    }

    pub(super) fn insert(&self, network: Network, key: KeyHash) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert((network, key));
    }
}
