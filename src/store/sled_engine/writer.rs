//! The one thread that writes. It takes all that waits and commits it as one group:
//!
//! 1. verdicts into sled, flushed: then they survive the end of the process and are acknowledged;
//! 2. events into the journal, synced to the disk: then they are durable;
//! 3. events into sled's memory: a crash before they are in its file is healed at the next start from
//!    the journal;
//! 4. events to the [notifier](super::notifier), which acknowledges them;
//! 5. sled's file and the vault are written and synced.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};

use super::blobs::Blobs;
use super::command::{Command, Request};
use super::halves;
use super::new_verdict::NewVerdict;
use super::notifier::Group;
use super::plan::Plan;
use super::sharing::Sharing;
use super::trees::Trees;
use crate::site::settings::RetentionWhat;
use crate::store::ack::Reply;
use crate::store::error::StoreError;
use crate::store::journal::Journal;
use crate::store::{Applied, Sequence};
use crate::verdict::VerdictId;

/// Most writes in one group. Larger groups are no faster (measured) and hold more in memory.
const GROUP: usize = 256;

pub(super) struct Writer {
    pub(super) trees: Trees,
    pub(super) journal: Journal,
    /// sled's file, to sync it: sled's own flush does not reach the disk.
    pub(super) file: File,
    /// Its files of large entries, likewise.
    pub(super) blobs: Blobs,
    pub(super) notifier: Sender<Group>,
    /// Why nothing is written any more, if so.
    pub(super) failed: Option<StoreError>,
    /// The log that decides, if it is not the journal alone.
    pub(super) sharing: Option<Sharing>,
}

impl Writer {
    /// Works until every sender is gone and everything that they sent is written.
    pub(super) fn run(mut self, commands: &Receiver<Command>) {
        loop {
            let first = match self.next(commands) {
                Ok(command) => command,
                Err(RecvTimeoutError::Timeout) => {
                    self.lose_patience();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let more = commands.try_iter().take(GROUP - 1);
            let group: Vec<_> = std::iter::once(first).chain(more).collect();
            // A panic below is a fault of ours or of sled; the promises made so far hold.
            if catch_unwind(AssertUnwindSafe(|| self.commit(group))).is_err() {
                let reason = "an internal fault while writing".to_owned();
                self.failed = Some(StoreError::ReadOnly(reason));
            }
            // Everybody is answered. What follows on the disk must not come before what was written now.
            self.sync();
        }
        self.sync();
    }

    fn next(&self, commands: &Receiver<Command>) -> Result<Command, RecvTimeoutError> {
        match self.sharing.as_ref().and_then(Sharing::look_again) {
            Some(after) => commands.recv_timeout(after),
            None => commands.recv().map_err(RecvTimeoutError::from),
        }
    }

    /// Nothing more is written after a failure: the operating system has then let go of what it
    /// could not write, and the next sync would succeed without it.
    pub(super) fn sync(&mut self) {
        if self.failed.is_none() {
            let flushed = self.trees.db.flush();
            self.note_failure(&flushed.map(drop).map_err(StoreError::from));
        }
        // The keys first: a verdict without its key would be of no use.
        let synced = self.trees.vault.sync().and_then(|()| self.blobs.sync());
        let synced = synced.and_then(|()| self.file.sync_data());
        if let Err(error) = synced {
            let reason = format!("verdicts could not be synced to the disk: {error}");
            tracing::error!(reason, "the store is read-only until a restart");
            self.failed.get_or_insert(StoreError::ReadOnly(reason));
        }
    }

    fn commit(&mut self, group: Vec<Command>) {
        let mut puts = Vec::new();
        let mut requests = Vec::new();
        let mut probes = Vec::new();
        let mut expiries = Vec::new();
        let (mut arrived, mut received) = (Vec::new(), Vec::new());
        for command in group {
            match command {
                Command::Put(verdict, reply) => puts.push((*verdict, reply)),
                Command::Log(request) => requests.push(*request),
                Command::Probe(reply) => probes.push(reply),
                Command::Expire(verdicts, reply) => expiries.push((verdicts, reply)),
                Command::Follow(place, frames, reply) => arrived.push((place, frames, reply)),
                Command::Receive(parcels, reply) => received.push((parcels, reply)),
            }
        }
        if self.sharing.is_some() {
            let _ = self.commit_verdicts(puts, &[], probes);
            for (parcels, reply) in received {
                let _ = reply.send(self.receive(parcels));
            }
            for (place, frames, reply) in arrived {
                let _ = reply.send(self.follow(place, &frames));
            }
            self.share(requests);
        } else {
            let written = self.commit_verdicts(puts, &requests, probes);
            if !requests.is_empty() {
                self.commit_events(requests, written);
            }
        }
        for (verdicts, reply) in expiries {
            let _ = reply.send(self.commit_expiry(&verdicts));
        }
    }

    fn commit_expiry(&mut self, verdicts: &[(VerdictId, RetentionWhat)]) -> Result<(), StoreError> {
        self.writable()?;
        let mut plan = Plan::new(&self.trees);
        for &(id, what) in verdicts {
            plan.expire(id, what)?;
        }
        let written = plan
            .commit()
            .and_then(|()| Ok(self.trees.db.flush().map(drop)?));
        self.note_failure(&written);
        written
    }

    /// Writes verdicts, also those of submitted comments that no verdict is found for.
    fn commit_verdicts(
        &mut self,
        puts: Vec<(NewVerdict, Reply<()>)>,
        requests: &[Request],
        probes: Vec<Reply<()>>,
    ) -> Result<(), StoreError> {
        let (verdicts, replies): (Vec<_>, Vec<_>) = puts.into_iter().unzip();
        let probing = !probes.is_empty();
        let written = self.writable().and_then(|()| {
            self.put_all(&verdicts, true)?;
            self.put_submitted(requests)?;
            if probing {
                self.trees.meta.insert("probe", &[][..])?;
            }
            self.trees.db.flush()?;
            Ok(())
        });
        self.note_failure(&written);
        for reply in replies {
            let _ = reply.send(written.clone());
        }
        if probing {
            let probed = written.clone().and_then(|()| self.journal.probe());
            for reply in probes {
                let _ = reply.send(probed.clone());
            }
        }
        written
    }

    /// Those that may be handed on at once are not waiting for a label.
    fn put_all<'v>(
        &self,
        verdicts: impl IntoIterator<Item = &'v NewVerdict>,
        hand_on: bool,
    ) -> Result<(), StoreError> {
        let verdicts: Vec<_> = verdicts.into_iter().collect();
        if verdicts.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = verdicts.iter().map(|new| new.stored.key).collect();
        let slots = self.trees.vault.keep(&keys)?;
        let mut plan = Plan::new(&self.trees);
        for (new, slot) in verdicts.into_iter().zip(slots) {
            plan.put(new, slot)?;
            if hand_on {
                plan.hand_on(new.id);
            }
        }
        plan.commit()
    }

    /// Noted as halves of something, so that they can be taken back if the other half, the label, does not
    /// come about. All at once, but for those that may mean one of the same group.
    pub(super) fn put_submitted(&self, requests: &[Request]) -> Result<(), StoreError> {
        // Of a shared log the fate of earlier ones may not be known yet.
        let mut noted = match self.sharing {
            Some(_) => halves::noted(&self.trees)?,
            None => Vec::new(),
        };
        let mut put = |new: &mut Vec<&NewVerdict>| {
            if new.is_empty() {
                return Ok(());
            }
            noted.extend(new.iter().map(|verdict| verdict.id));
            halves::note(&self.trees, &noted)?;
            self.put_all(new.drain(..), false)
        };
        let mut new: Vec<&NewVerdict> = Vec::new();
        for request in requests {
            if let Request::Submit { verdict, .. } = request {
                let content = verdict.fingerprint.content;
                if new.iter().any(|n| n.fingerprint.content == content) {
                    put(&mut new)?;
                }
                if self.trees.find(&verdict.fingerprint)?.is_none() {
                    new.push(verdict);
                }
            }
        }
        put(&mut new)
    }

    pub(super) fn note_failure(&mut self, written: &Result<(), StoreError>) {
        if let Err(StoreError::Database(reason)) = written {
            // sled takes no write after the first that failed, until it is opened anew.
            tracing::error!(reason, "the store is read-only until a restart");
            self.failed = Some(StoreError::ReadOnly(reason.clone()));
        }
    }

    pub(super) fn commit_events(
        &mut self,
        mut requests: Vec<Request>,
        written: Result<(), StoreError>,
    ) {
        let trees = self.trees.clone();
        let mut plan = Plan::new(&trees);
        let decided = decide(&trees, &mut plan, self.journal.last() + 1, &mut requests);
        let written = written.and(decided).and_then(|applied| {
            if !applied.is_empty() {
                self.journal.append(applied.iter().map(|a| &a.event))?;
            }
            Ok(applied)
        });
        match written {
            Ok(applied) => {
                plan.completes_halves();
                self.enter(plan, applied, requests);
            }
            Err(error) => {
                tracing::error!(%error, "events could not be written");
                drop(plan);
                // What cannot be cut off the journal may yet turn out to be there: the next start sees.
                if self.journal.broken().is_none() {
                    self.take_back_halves();
                }
                for request in requests {
                    request.answer(Err(error.clone()));
                }
            }
        }
    }

    /// Takes over events that are in the journal; sled writes them with the sync. They are durable, and their
    /// requests are acknowledged whatever happens to sled: all but erasures, which are done only when the keys are gone. The next start
    /// makes that good.
    pub(super) fn enter(&mut self, plan: Plan<'_>, applied: Vec<Applied>, done: Vec<Request>) {
        let mut behind = None;
        if !applied.is_empty()
            && let Err(error) = plan.commit()
        {
            tracing::error!(%error, "the embedded database no longer follows the journal");
            let reason = format!("the embedded database no longer follows the journal: {error}");
            behind = Some(StoreError::ReadOnly(reason));
            self.failed.clone_from(&behind);
        }
        let (undone, done): (Vec<_>, Vec<_>) = done
            .into_iter()
            .partition(|request| request.erases() && behind.is_some());
        if let Some(error) = behind {
            for request in undone {
                request.answer(Err(error.clone()));
            }
        }
        if self.notifier.send(Group { applied, done }).is_err() {
            // Dropped requests tell their callers that the store is closed.
            tracing::error!("events can no longer be told to the observers");
        }
    }

    /// Takes out submitted comments whose label did not come about.
    pub(super) fn take_back_halves(&self) {
        if let Err(error) = halves::take_back(&self.trees) {
            tracing::warn!(%error, "submitted comments stay without their label");
        }
    }

    pub(super) fn writable(&self) -> Result<(), StoreError> {
        match self.failed.as_ref().or_else(|| self.journal.broken()) {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }
}

/// Decides on requests, each on the state that those before it leave. Answers with what is to be logged;
/// the plan has it then.
pub(super) fn decide(
    trees: &Trees,
    plan: &mut Plan<'_>,
    mut next: Sequence,
    requests: &mut [Request],
) -> Result<Vec<Applied>, StoreError> {
    let mut applied = Vec::new();
    let mut decided = Ok(());
    for request in requests {
        for event in request.decide(trees, plan, next) {
            match plan.apply(next, &event) {
                Ok(superseded) => applied.push(Applied {
                    sequence: next,
                    event,
                    superseded,
                }),
                Err(error) => decided = decided.and(Err(error)),
            }
            next += 1;
        }
    }
    decided.map(|()| applied)
}
