//! Comments that are submitted with a label: stored first, labelled by an event of the log after.
//!
//! They are noted before the first half, so that it can be taken out again where a crash or a full
//! disk kept the other half from coming about.

use super::plan::Plan;
use super::queue;
use super::trees::Trees;
use crate::site::settings::RetentionWhat;
use crate::store::codec::{decode, encode};
use crate::store::error::StoreError;
use crate::verdict::VerdictId;

/// Where they are noted, among what belongs to the whole.
pub(super) const ENTRY: &str = "halves";

/// Notes which comments are about to be stored and then labelled.
pub(super) fn note(trees: &Trees, verdicts: &[VerdictId]) -> Result<(), StoreError> {
    trees.meta.insert(ENTRY, entry(verdicts)?)?;
    Ok(())
}

/// What stands there of some.
pub(super) fn entry(verdicts: &[VerdictId]) -> Result<Vec<u8>, StoreError> {
    encode("list of verdicts", &verdicts)
}

/// Which comments are noted.
pub(super) fn noted(trees: &Trees) -> Result<Vec<VerdictId>, StoreError> {
    match trees.meta.get(ENTRY)? {
        Some(noted) => decode("list of verdicts", &noted),
        None => Ok(Vec::new()),
    }
}

/// Takes out those that are noted still, as they never had a label, and none waits for them: nobody was told of
/// them.
pub(super) fn take_back(trees: &Trees) -> Result<(), StoreError> {
    let noted = noted(trees)?;
    if noted.is_empty() {
        return Ok(());
    }
    let mut plan = Plan::new(trees);
    for id in noted {
        if queue::holds(trees, id)? {
            plan.hand_on(id);
        } else {
            plan.expire(id, RetentionWhat::Record)?;
        }
    }
    plan.completes_halves();
    plan.commit()
}
