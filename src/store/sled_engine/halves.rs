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
    let bytes = encode("list of verdicts", &verdicts)?;
    trees.meta.insert(ENTRY, bytes)?;
    Ok(())
}

/// Which comments are noted.
pub(super) fn noted(trees: &Trees) -> Result<Vec<VerdictId>, StoreError> {
    match trees.meta.get(ENTRY)? {
        Some(noted) => decode("list of verdicts", &noted),
        None => Ok(Vec::new()),
    }
}

/// Takes out those that were noted and have no label: nobody was told of them. Those that have one, or
/// whose label waits, may be handed on.
pub(super) fn take_back(trees: &Trees) -> Result<(), StoreError> {
    let noted = noted(trees)?;
    if noted.is_empty() {
        return Ok(());
    }
    let mut plan = Plan::new(trees);
    for id in noted {
        if trees.correction(id)?.is_none() && !queue::holds(trees, id)? {
            plan.expire(id, RetentionWhat::Record)?;
        } else {
            plan.hand_on(id);
        }
    }
    plan.completes_halves();
    plan.commit()?;
    trees.db.flush()?;
    Ok(())
}
