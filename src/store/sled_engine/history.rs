//! The history of each verdict: under its name the steps of the log that are about it, and the calls to
//! its site. The journal is in the order of time; without this, one verdict's part of it could only be
//! found by reading all.
//!
//! A key is the verdict's name, the step's kind and a number: of a step of the log its place, so that a
//! replay writes the same again; of a call its time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sled::Tree;

use super::trees::Trees;
use crate::key::KeyHash;
use crate::store::codec::{decode, encode};
use crate::store::error::StoreError;
use crate::store::event::{Change, Event, Sequence};
use crate::store::history::{CallOutcome, Happening, Step};
use crate::store::journal::Reader;
use crate::verdict::VerdictId;

/// Most steps of each kind that are read: the newest ones.
const MOST: usize = 100;
/// Entries written at once.
const GROUP: usize = 1000;
/// Longest reason kept of a call that failed, in bytes.
const LONGEST_REASON: usize = 200;
/// Set in [`Trees::meta`] once all of the log is in the history.
const COMPLETE: &str = "history";

const OF_LOG: u8 = b'e';
pub(super) const OF_CALL: u8 = b'c';

/// What a group of writes changes in the history.
#[derive(Default)]
pub(super) struct Steps(BTreeMap<Vec<u8>, Option<Vec<u8>>>);

impl Steps {
    /// Notes an event of the log, if it is about a verdict.
    pub(super) fn note(&mut self, sequence: Sequence, event: &Event) -> Result<(), StoreError> {
        let (id, what) = match &event.change {
            Change::Corrected {
                verdict,
                label,
                learned,
                by,
                ..
            } => {
                let (label, learned, by) = (*label, *learned, *by);
                (verdict, Happening::Corrected { label, learned, by })
            }
            Change::Retracted { verdict, by } => (verdict, Happening::Retracted { by: *by }),
            _ => return Ok(()),
        };
        let step = Step { at: event.at, what };
        self.0
            .insert(key(*id, OF_LOG, sequence), Some(encode("step", &step)?));
        Ok(())
    }

    /// Leaves nothing of a verdict.
    pub(super) fn forget(&mut self, trees: &Trees, id: VerdictId) -> Result<(), StoreError> {
        let planned = self.0.range_mut(id.as_bytes().to_vec()..);
        for (_, step) in planned.take_while(|(key, _)| key.starts_with(id.as_bytes())) {
            *step = None;
        }
        for entry in trees.history.scan_prefix(id.as_bytes()) {
            self.0.insert(entry?.0.to_vec(), None);
        }
        Ok(())
    }

    pub(super) fn write(self, history: &Tree) -> sled::Result<()> {
        for (key, step) in self.0 {
            match step {
                Some(step) => history.insert(key, step)?,
                None => history.remove(key)?,
            };
        }
        Ok(())
    }
}

fn key(id: VerdictId, kind: u8, number: u64) -> Vec<u8> {
    [&id.as_bytes()[..], &[kind], &number.to_be_bytes()].concat()
}

/// Whether an entry is of a call, which follows from nothing else.
pub(super) fn is_call(key: &[u8]) -> bool {
    key.get(16) == Some(&OF_CALL)
}

impl Trees {
    /// See [`crate::store::Store::history`].
    pub(super) fn history(&self, id: VerdictId) -> Result<Vec<Step>, StoreError> {
        let mut steps = Vec::new();
        for kind in [OF_CALL, OF_LOG] {
            let prefix = [&id.as_bytes()[..], &[kind]].concat();
            for entry in self.history.scan_prefix(prefix).rev().take(MOST) {
                steps.push(decode::<Step>("step", &entry?.1)?);
            }
        }
        steps.reverse();
        steps.sort_by_key(|step| step.at);
        Ok(steps)
    }

    /// See [`crate::store::Store::note_call`].
    pub(super) fn note_call(
        &self,
        id: VerdictId,
        outcome: CallOutcome,
        reason: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let what = Happening::Called {
            outcome,
            reason: reason[..reason.floor_char_boundary(LONGEST_REASON)].to_owned(),
        };
        let number = u64::try_from(at.as_microsecond()).unwrap_or(0);
        let step = encode("step", &Step { at, what })?;
        self.history.insert(key(id, OF_CALL, number), step)?;
        Ok(())
    }

    /// The name that a key was given when it was made, also once it is revoked.
    pub(super) fn key_name(&self, hash: &KeyHash) -> Result<Option<String>, StoreError> {
        let name = self.key_names.get(hash.as_bytes())?;
        Ok(name.map(|name| String::from_utf8_lossy(&name).into_owned()))
    }

    /// Every key whose name begins so, also those that were revoked.
    pub(super) fn keys_named(&self, beginning: &str) -> Result<Vec<KeyHash>, StoreError> {
        let mut keys = Vec::new();
        for entry in &self.key_names {
            let (key, name) = entry?;
            if let (true, Ok(hash)) = (name.starts_with(beginning.as_bytes()), (*key).try_into()) {
                keys.push(KeyHash::from_bytes(hash));
            }
        }
        Ok(keys)
    }

    /// Makes the history of a database that an earlier version wrote without one.
    pub(super) fn complete_history(&self, log: &Reader) -> Result<(), StoreError> {
        if self.meta.contains_key(COMPLETE)? {
            return Ok(());
        }
        let mut steps = Steps::default();
        for event in log.events(0, Sequence::MAX)? {
            let (sequence, event) = event?;
            match &event.change {
                Change::KeyCreated { key, grant } => {
                    self.key_names
                        .insert(key.as_bytes(), grant.name.as_bytes())?;
                }
                Change::Erased { verdicts, .. } => {
                    for id in verdicts {
                        steps.forget(self, *id)?;
                    }
                }
                _ => steps.note(sequence, &event)?,
            }
            if steps.0.len() >= GROUP {
                std::mem::take(&mut steps).write(&self.history)?;
            }
        }
        steps.write(&self.history)?;
        self.meta.insert(COMPLETE, &[][..])?;
        self.db.flush()?;
        Ok(())
    }
}
