//! How far sled has what is in the spool, and what a crash left there put into sled.

use std::path::Path;

use super::halves;
use super::new_verdict::{NewVerdict, counts};
use super::plan::Plan;
use super::spool::{Source, Spool, Spooled};
use super::stored_verdict::StoredVerdict;
use super::trees::Trees;
use crate::store::codec::{decode, encode};
use crate::store::error::StoreError;

/// Where the number of the last group that sled has stands, among what belongs to the whole.
pub(super) const MARK: &str = "spooled";

/// What stands there.
pub(super) fn mark(group: u64) -> Result<Vec<u8>, StoreError> {
    encode("place in the spool", &group)
}

fn last(trees: &Trees) -> Result<u64, StoreError> {
    let mark = trees.meta.get(MARK)?;
    mark.map_or(Ok(0), |mark| decode("place in the spool", &mark))
}

/// Opens the spool, and puts what sled does not have into it: in memory, as the spool stays until it is
/// synced.
pub(super) fn take_over(trees: &Trees, path: &Path) -> Result<Spool, StoreError> {
    let (mut spool, groups) = Spool::open(path)?;
    let last = last(trees)?;
    for (number, group) in groups {
        if number <= last {
            continue;
        }
        let halves = group
            .iter()
            .filter(|verdict| verdict.from == Source::Submission);
        let mut noted: Vec<_> = halves.map(|verdict| verdict.id).collect();
        if !noted.is_empty() {
            noted.extend(halves::noted(trees)?);
            halves::note(trees, &noted)?;
        }
        let mut plan = Plan::new(trees);
        for verdict in group {
            put(trees, &mut plan, verdict)?;
        }
        plan.spooled(number);
        plan.commit()?;
    }
    spool.number_from(last);
    Ok(spool)
}

fn put(trees: &Trees, plan: &mut Plan<'_>, spooled: Spooled) -> Result<(), StoreError> {
    let Spooled { id, from, stored } = spooled;
    let verdict: StoredVerdict = decode("verdict", &stored)?;
    let new = match verdict.key(&trees.vault)? {
        Some(key) => NewVerdict::received(id, verdict.clone(), key, trees.vault.secret())?,
        None => None,
    };
    match new {
        Some(new) => plan.put_spooled(&new, from, stored),
        // It was taken back since.
        None if from == Source::Submission => Ok(()),
        // It was erased since.
        None => {
            let record = verdict.with(id, None);
            if let Some((row, verdict)) = counts(&record) {
                plan.count_check(row, verdict)?;
            }
            plan.put_bare(record)
        }
    }
}
