//! Corrections that wait on this machine's disk while the log is away that it shares.
//!
//! Each lies under its verdict and its time, among what is noted of the exchange. An event of the log with the same
//! label, time and giver is that correction: so none is given twice, whenever the machine was stopped.

use jiff::Timestamp;
use sled::IVec;

use super::command::{Answer, Request};
use super::trees::{Trees, to_micros};
use super::writer::Writer;
use crate::key::KeyHash;
use crate::store::ack::Ack;
use crate::store::codec::{decode, encode};
use crate::store::error::StoreError;
use crate::store::history::Happening;
use crate::store::{CorrectionReceipt, NewCorrection};
use crate::text::Features;
use crate::verdict::{Label, VerdictId};

/// Most that are sent at once.
const GROUP: usize = 256;
/// What the keys begin with; see [`super::exchange`].
const KIND: &[u8] = b"q";

/// What is kept of one beside its verdict.
type Kept = (Label, Features, bool, KeyHash, i64);

/// A correction on its way into the log, and the key that it waits under.
pub(super) struct Sent {
    key: IVec,
    ack: Ack<CorrectionReceipt>,
}

/// How many wait.
pub(super) fn count(trees: &Trees) -> usize {
    trees.exchange.0.scan_prefix(KIND).count()
}

/// Whether one of a verdict waits.
pub(super) fn holds(trees: &Trees, id: VerdictId) -> Result<bool, StoreError> {
    let prefix = [KIND, &id.as_bytes()[..]].concat();
    let mut found = trees.exchange.0.scan_prefix(prefix);
    Ok(found.next().transpose()?.is_some())
}

/// Whether the log has it already.
pub(super) fn is_in_log(trees: &Trees, new: &NewCorrection) -> Result<bool, StoreError> {
    let at = to_micros(new.at);
    let same = |what: &Happening| match what {
        Happening::Corrected { label, by, .. } => (*label, *by) == (new.label, new.by),
        _ => false,
    };
    let steps = trees.history(new.verdict)?;
    Ok(steps.iter().any(|step| step.at == at && same(&step.what)))
}

fn keep(trees: &Trees, new: &NewCorrection) -> Result<(), StoreError> {
    let at = new.at.as_microsecond();
    let key = [KIND, &new.verdict.as_bytes()[..], &at.to_be_bytes()].concat();
    let kept: Kept = (new.label, new.features.clone(), new.learn, new.by, at);
    let kept = encode("queued correction", &kept)?;
    trees.exchange.0.insert(key, kept)?;
    Ok(())
}

/// The oldest ones.
fn oldest(trees: &Trees) -> Result<Vec<(IVec, NewCorrection)>, StoreError> {
    let mut all = Vec::new();
    for entry in trees.exchange.0.scan_prefix(KIND) {
        let (key, kept) = entry?;
        let (label, features, learn, by, at): Kept = decode("queued correction", &kept)?;
        let id = key.get(KIND.len()..).and_then(|id| id.first_chunk());
        let (Some(id), Ok(at)) = (id, Timestamp::from_microsecond(at)) else {
            continue;
        };
        let verdict = VerdictId::from_bytes(*id);
        let new = NewCorrection {
            verdict,
            label,
            features,
            learn,
            by,
            at,
        };
        all.push((key, new));
    }
    all.sort_by_key(|(_, new)| new.at);
    all.truncate(GROUP);
    Ok(all)
}

/// Those of them that are to be sent, and who waits for what becomes of them.
fn requests(trees: &Trees) -> Result<(Vec<Request>, Vec<Sent>), StoreError> {
    let oldest = oldest(trees)?.into_iter();
    Ok(oldest
        .map(|(key, new)| {
            let (reply, ack) = Ack::open();
            (Request::Queued(new, Answer::to(reply)), Sent { key, ack })
        })
        .unzip())
}

impl Sent {
    /// Whether it is known what became of it.
    fn settled(&mut self, trees: &Trees) -> bool {
        let Some(became) = self.ack.now() else {
            return false;
        };
        forget(trees, &self.key, &became);
        true
    }
}

/// Lets go of one, unless nothing became of it.
fn forget(trees: &Trees, key: &IVec, became: &Result<CorrectionReceipt, StoreError>) {
    match became {
        Ok(receipt) if receipt.sequence.is_some() => {}
        Err(StoreError::NoSuchVerdict) => {
            tracing::warn!("a correction that waited is of a verdict that is gone; dropped");
        }
        _ => return,
    }
    if let Err(error) = trees.exchange.0.remove(key) {
        // The log says that it has it.
        tracing::warn!(%error, "a correction goes on waiting although it was given");
    }
}

impl Writer {
    /// Keeps corrections here that the log is not there for, up to so many, and says so to their callers. Answers
    /// with all other requests.
    pub(super) fn keep_for_later(&mut self, requests: Vec<Request>, most: usize) -> Vec<Request> {
        if most == 0 || requests.is_empty() || self.writable().is_err() {
            return requests;
        }
        let mut room = most.saturating_sub(count(&self.trees));
        let (corrections, mut others): (Vec<_>, Vec<_>) = requests.into_iter().partition(|r| {
            let taken = room > 0 && r.corrects();
            room -= usize::from(taken);
            taken
        });
        let mut kept = Vec::new();
        let stored = self.put_submitted(&corrections);
        for request in corrections {
            let done = stored.clone().and_then(|()| {
                let new = request.correction(&self.trees)?;
                if let Some(new) = &new {
                    keep(&self.trees, new)?;
                }
                Ok(new)
            });
            self.note_failure(&done.as_ref().map(|_| ()).map_err(Clone::clone));
            match done {
                Ok(Some(new)) => kept.push((request, new)),
                Ok(None) | Err(_) => others.push(request),
            }
        }
        // Before anybody is told.
        self.sync();
        let durable = self.writable();
        for (request, new) in kept {
            request.answer_later(&new, durable.clone());
        }
        if let Some(sharing) = &mut self.sharing {
            sharing.queued = count(&self.trees);
        }
        others
    }

    /// Sends what waits, once the log is there, in the order in which it was given.
    pub(super) fn send_queued(&mut self) {
        let Some(sharing) = &mut self.sharing else {
            return;
        };
        if sharing.queued == 0 || self.failed.is_some() {
            return;
        }
        let trees = &self.trees;
        sharing.sent.retain_mut(|sent| !sent.settled(trees));
        sharing.queued = count(trees);
        if !sharing.sent.is_empty() || !sharing.is_idle() {
            return;
        }
        match requests(trees) {
            Ok((requests, sent)) => {
                sharing.sent = sent;
                self.share(requests);
            }
            Err(error) => tracing::error!(%error, "corrections that wait cannot be read"),
        }
    }

    /// Enters what waited for a log that is shared no more.
    pub(super) fn enter_queued(&mut self) {
        while self.failed.is_none() && count(&self.trees) > 0 {
            let Ok((requests, sent)) = requests(&self.trees) else {
                return;
            };
            let before = count(&self.trees);
            self.commit_events(requests, Ok(()));
            for Sent { key, ack } in sent {
                forget(&self.trees, &key, &ack.wait());
            }
            if count(&self.trees) == before {
                return;
            }
        }
    }
}
