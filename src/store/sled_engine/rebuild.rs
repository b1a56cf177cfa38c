//! A new database beside an old one, and in its place once it is complete.
//!
//! The verdicts are taken over as they are, still sealed under the same keys; indexes are made of them,
//! and all that follows from the log is made of the log.

use std::fs;
use std::path::Path;

use sled::{Db, IVec, Tree};

use super::examine::nameless;
use super::plan::Plan;
use super::stored_verdict::StoredVerdict;
use super::trees::{Trees, id_at_end};
use super::{catch_up, heal, history, postings, spooled};
use crate::store::codec::decode;
use crate::store::counters::Counters;
use crate::store::data_dir::{DataDir, sync_dir, sync_files};
use crate::store::error::StoreError;
use crate::store::journal::Reader;

/// Where the new one is made.
const NEW: &str = "sled.new";
/// Where the old one goes just before the new one takes its place.
const OLD: &str = "sled.old";

/// Verdicts written at once.
const GROUP: usize = 1000;

/// What was taken over.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TakenOver {
    pub(super) verdicts: u64,
    /// Whether some entries could not be read.
    pub(super) incomplete: bool,
}

/// Puts right what an exchange of databases left behind that was broken off. To be called before sled
/// is opened.
pub(super) fn settle(directory: &DataDir) -> Result<(), StoreError> {
    let (sled, old, new) = (
        directory.join("sled"),
        directory.join(OLD),
        directory.join(NEW),
    );
    if old.exists() && !sled.exists() {
        fs::rename(&old, &sled).map_err(|e| StoreError::io(&old, &e))?;
    }
    for left_over in [old, new] {
        if left_over.exists() {
            fs::remove_dir_all(&left_over).map_err(|e| StoreError::io(&left_over, &e))?;
        }
    }
    Ok(())
}

/// Makes the new database of what can be read of an old one, and of the log.
pub(super) fn make(
    directory: &DataDir,
    old: Option<&Trees>,
    log: &Reader,
    cache_bytes: u64,
) -> Result<TakenOver, StoreError> {
    let path = directory.join(NEW);
    let mut trees = heal::open(&path, &directory.join("vault"), cache_bytes)?;
    trees.shared = directory.is_shared();
    let mut taken = TakenOver::default();
    if let Some(old) = old {
        let mut rows = Rows::of(&old.verdicts);
        loop {
            let mut plan = Plan::new(&trees);
            let group: Vec<_> = rows.by_ref().take(GROUP).collect();
            for (id, bytes) in &group {
                match take_over(&mut plan, &trees, id, bytes) {
                    Ok(()) => taken.verdicts += 1,
                    Err(_) => taken.incomplete = true,
                }
            }
            plan.commit()?;
            if group.len() < GROUP {
                break;
            }
        }
        taken.incomplete |= rows.broken;
    }
    catch_up(&trees, log)?;
    if let Some(old) = old {
        taken.incomplete |= count_as_before(&trees, old)?;
    }
    let db = trees.db.clone();
    drop(trees);
    finish(db, &path)?;
    Ok(taken)
}

/// Makes the new database of exactly what an old one holds.
pub(super) fn copy(directory: &DataDir, old: &Trees, cache_bytes: u64) -> Result<(), StoreError> {
    let path = directory.join(NEW);
    let db = heal::as_it_is(&path, cache_bytes)?;
    db.import(old.db.export());
    finish(db, &path)
}

fn finish(db: Db, path: &Path) -> Result<(), StoreError> {
    db.flush()?;
    drop(db);
    sync(path)
}

/// Syncs the files of a database that was flushed, and their names: sled's flush does neither.
pub(super) fn sync(path: &Path) -> Result<(), StoreError> {
    let blobs = path.join("blobs");
    if blobs.exists() {
        sync_files(&blobs)?;
    }
    sync_files(path)
}

/// Puts the new database in the place of the old one, which goes to `aside`, or away.
pub(super) fn exchange(
    directory: &DataDir,
    root: &Path,
    aside: Option<&Path>,
) -> Result<(), StoreError> {
    let (sled, old, new) = (
        directory.join("sled"),
        directory.join(OLD),
        directory.join(NEW),
    );
    let rename =
        |from: &Path, to: &Path| fs::rename(from, to).map_err(|e| StoreError::io(from, &e));
    if sled.exists() {
        rename(&sled, &old)?;
    }
    rename(&new, &sled)?;
    sync_dir(root)?;
    match aside {
        Some(aside) if old.exists() => rename(&old, aside)?,
        _ => settle(directory)?,
    }
    sync_dir(root)
}

fn take_over(
    plan: &mut Plan<'_>,
    trees: &Trees,
    id: &IVec,
    bytes: &IVec,
) -> Result<(), StoreError> {
    let id = id_at_end(id).ok_or_else(nameless)?;
    let stored: StoredVerdict = decode("verdict", bytes)?;
    let personal = stored.personal(id, &trees.vault)?;
    let fingerprint = personal
        .as_ref()
        .map(|personal| personal.fingerprint.clone());
    let record = stored.with(id, personal);
    let terms = postings::terms(trees.vault.secret(), &record);
    plan.put_raw(id, bytes.clone(), &terms);
    if let Some(site) = record.site {
        plan.mention(site)?;
    }
    if let Some(fingerprint) = &fingerprint {
        plan.index(id, fingerprint)?;
    }
    Ok(())
}

/// Counts, callbacks, the days on which keys were used and what is noted of the exchange of verdicts follow from
/// nothing else, and sites not from the log alone. Answers with whether some are lost.
fn count_as_before(trees: &Trees, old: &Trees) -> Result<bool, StoreError> {
    let mut lost = false;
    let is_count = |value: &IVec| decode::<Counters>("counter", value).is_ok();
    let mut counts = Rows::of(&old.counters);
    for (key, value) in counts.by_ref() {
        if is_count(&value) {
            trees.counters.insert(key, value)?;
        } else {
            lost = true;
        }
    }
    let mut notices = Rows::of(&old.notices);
    for (key, value) in notices.by_ref() {
        trees.notices.insert(key, value)?;
    }
    for (key, value) in Rows::of(&old.history).filter(|(key, _)| history::is_call(key)) {
        trees.history.insert(key, value)?;
    }
    if let Ok(Some(mark)) = old.meta.get(spooled::MARK) {
        trees.meta.insert(spooled::MARK, mark)?;
    }
    for (new, old) in [
        (&trees.key_uses, &old.key_uses),
        (&trees.exchange.0, &old.exchange.0),
    ] {
        for (key, value) in Rows::of(old) {
            new.insert(key, value)?;
        }
    }
    let mut sites = Rows::of(&old.sites);
    for (key, value) in sites.by_ref() {
        // What the log says of a site is newer than what was known before.
        if !trees.sites.contains_key(&key)? {
            trees.sites.insert(key, value)?;
        }
    }
    Ok(lost || counts.broken || notices.broken || sites.broken)
}

/// The entries of a tree that can be read: from the front up to the first that cannot, and from the
/// back likewise.
pub(super) struct Rows {
    front: Option<sled::Iter>,
    back: std::iter::Rev<sled::Iter>,
    last: Option<IVec>,
    pub(super) broken: bool,
}

impl Rows {
    pub(super) fn of(tree: &Tree) -> Self {
        Self {
            front: Some(tree.iter()),
            back: tree.iter().rev(),
            last: None,
            broken: false,
        }
    }
}

impl Iterator for Rows {
    type Item = (IVec, IVec);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(front) = &mut self.front {
            match front.next()? {
                Ok((key, value)) => {
                    self.last = Some(key.clone());
                    return Some((key, value));
                }
                Err(_) => {
                    self.front = None;
                    self.broken = true;
                }
            }
        }
        let (key, value) = self.back.next()?.ok()?;
        self.last
            .as_ref()
            .is_none_or(|last| key > *last)
            .then_some((key, value))
    }
}
