//! What a key taught, taken back: for a key that fell into the wrong hands.

use crate::key::{KeyHash, KeyId};
use crate::store::StoreError;
use crate::verdict::VerdictId;

use super::history::corrector;
use super::{Registry, ServiceError};

/// Corrections looked at, and retractions on their way, at once.
const AT_ONCE: usize = 256;

/// What was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenBack {
    /// Corrections that are not in force any more.
    pub corrections: u64,
}

impl Registry {
    /// Takes back every correction in force that a key taught, also one that was revoked since, and
    /// also what the keys taught whose place it took. Corrections that others gave meanwhile to the same
    /// comments stand.
    pub async fn take_back(&self, id: KeyId) -> Result<TakenBack, ServiceError> {
        let owner = self.owner(id)?;
        let mut taught: Vec<VerdictId> = Vec::new();
        let mut known = owner.is_some();
        for lesson in self.store.lessons(0, self.store.events())? {
            let lesson = lesson?;
            if lesson.by.id() == id || Some(lesson.by) == owner {
                known = true;
                taught.push(lesson.verdict);
            }
        }
        for (verdict, by) in self.unlearned()? {
            if by.id() == id || Some(by) == owner {
                known = true;
                taught.push(verdict);
            }
        }
        if !known {
            return Err(ServiceError::NoSuchKey);
        }
        let mut corrections = 0;
        let by = owner.unwrap_or(KeyHash::from_bytes([0; 32]));
        for some in taught.chunks(AT_ONCE) {
            let at = self.clock.now();
            let retractions: Vec<_> = some
                .iter()
                .map(|&verdict| self.store.retract(verdict, by, at))
                .collect();
            for retraction in retractions {
                match retraction.await {
                    Ok(_) => corrections += 1,
                    // Somebody else was faster.
                    Err(StoreError::NoSuchCorrection) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(TakenBack { corrections })
    }

    /// The corrections in force that nothing was learned from, and who gave them.
    fn unlearned(&self) -> Result<Vec<(VerdictId, KeyHash)>, ServiceError> {
        let mut unlearned = Vec::new();
        let mut after = None;
        loop {
            let some = self.store.corrections(after, AT_ONCE)?;
            let Some((last, _)) = some.last() else {
                return Ok(unlearned);
            };
            after = Some(*last);
            for (id, _) in some.iter().filter(|(_, standing)| !standing.learned) {
                let by = corrector(&*self.store, *id)?;
                unlearned.extend(by.map(|by| (*id, by)));
            }
        }
    }

    /// Under which hash everything is filed that a key in use does.
    fn owner(&self, id: KeyId) -> Result<Option<KeyHash>, ServiceError> {
        let grants = self.store.grants()?.into_iter();
        let mut named = grants.filter(|(key, _)| key.id() == id);
        Ok(named
            .next()
            .map(|(key, grant)| grant.heir_of.unwrap_or(key)))
    }
}
