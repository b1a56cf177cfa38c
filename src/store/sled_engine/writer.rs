//! The one thread that writes. It takes all that waits and commits it as one group:
//!
//! 1. verdicts into the [spool](super::spool): then they survive the end of the process;
//! 2. verdicts into sled's memory, and they are acknowledged;
//! 3. events into the journal, synced to the disk: then they are durable;
//! 4. events into sled's memory: a crash before they are in its file is healed at the next start from
//!    the journal;
//! 5. events to the [notifier](super::notifier), which acknowledges them.
//!
//! Every so often sled's file and the vault are written and synced, and the spool begins anew.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::blobs::Blobs;
use super::command::{Command, Request};
use super::gathering::Gathering;
use super::halves;
use super::new_verdict::NewVerdict;
use super::notifier::Group;
use super::plan::Plan;
use super::sharing::Sharing;
use super::spool::{Source, Spool, Spooled};
use super::trees::Trees;
use crate::site::settings::RetentionWhat;
use crate::store::ack::Reply;
use crate::store::error::StoreError;
use crate::store::event::Change;
use crate::store::journal::Journal;
use crate::store::{Applied, Sequence};
use crate::verdict::VerdictId;

/// Most writes in one group. Larger groups are no faster (measured) and hold more in memory.
const GROUP: usize = 256;
/// How long sled may be behind on the disk. Verdicts of so long may go with the power.
const BEHIND: Duration = Duration::from_millis(300);
/// How much of the spool, in bytes, sled may be behind. What it writes of its own accord before it is told to is not
/// synced in order, so that a loss of power could leave its log with a hole: it does so when half a mebibyte is full,
/// which these come to at the earliest.
const SPOOLED: u64 = 192 * 1024;

pub(super) struct Writer {
    pub(super) trees: Trees,
    pub(super) journal: Journal,
    pub(super) spool: Spool,
    pub(super) gathering: Gathering,
    /// Since when sled may be behind on the disk.
    pub(super) synced: Instant,
    /// Whether it must not be behind after this group.
    pub(super) urgent: bool,
    /// Whether anything was written since.
    pub(super) dirty: bool,
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
            match self.next(commands) {
                Ok(first) => {
                    self.dirty = true;
                    thread::sleep(self.gathering.wait(Instant::now()));
                    let more = commands.try_iter().take(GROUP - 1);
                    let group: Vec<_> = std::iter::once(first).chain(more).collect();
                    self.gathering.begins(Instant::now(), group.len());
                    // A panic below is a fault of ours or of sled; the promises made so far hold.
                    if catch_unwind(AssertUnwindSafe(|| self.commit(group))).is_err() {
                        let reason = "an internal fault while writing".to_owned();
                        self.failed = Some(StoreError::ReadOnly(reason));
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.lose_patience(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            // Everybody is answered.
            let full = self.spool.length() >= SPOOLED;
            if self.urgent || full || self.synced.elapsed() >= BEHIND {
                self.catch_up();
            }
        }
        self.sync();
    }

    /// Syncs, unless nothing was written: other threads do so now and then.
    fn catch_up(&mut self) {
        if !self.dirty
            && self.failed.is_none()
            && self.trees.db.flush().is_ok_and(|bytes| bytes == 0)
        {
            self.synced = Instant::now();
            return;
        }
        self.sync();
    }

    fn next(&self, commands: &Receiver<Command>) -> Result<Command, RecvTimeoutError> {
        let wait = BEHIND.saturating_sub(self.synced.elapsed());
        let look = self.sharing.as_ref().and_then(Sharing::look_again);
        commands.recv_timeout(look.map_or(wait, |look| look.min(wait)))
    }

    /// Nothing more is written after a failure: the operating system has then let go of what it
    /// could not write, and the next sync would succeed without it.
    pub(super) fn sync(&mut self) {
        (self.synced, self.urgent, self.dirty) = (Instant::now(), false, false);
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
        // After a failure the next start needs it.
        if self.failed.is_none()
            && let Err(error) = self.spool.clear()
        {
            tracing::error!(%error, "the spool grows");
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
        self.urgent = true;
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
            self.put_all(&verdicts, Source::Check)?;
            self.put_submitted(requests)?;
            if probing {
                self.trees.meta.insert("probe", &[][..])?;
                self.trees.db.flush()?;
            }
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

    /// Keeps new verdicts, all from one side.
    pub(super) fn put_all<'v>(
        &mut self,
        verdicts: impl IntoIterator<Item = &'v NewVerdict>,
        from: Source,
    ) -> Result<(), StoreError> {
        let verdicts: Vec<_> = verdicts.into_iter().collect();
        if verdicts.is_empty() {
            return Ok(());
        }
        let keys: Vec<_> = verdicts.iter().map(|new| new.stored.key).collect();
        let slots = self.trees.vault.keep(&keys)?;
        let spooled = verdicts.iter().zip(slots).map(|(new, slot)| {
            Ok(Spooled {
                id: new.id,
                from,
                stored: new.stored.value(slot)?,
            })
        });
        let spooled = spooled.collect::<Result<Vec<_>, StoreError>>()?;
        let group = self.spool.append(&spooled)?;
        let mut plan = Plan::new(&self.trees);
        for (new, spooled) in verdicts.into_iter().zip(spooled) {
            plan.put_spooled(new, from, spooled.stored)?;
        }
        plan.spooled(group);
        plan.commit()
    }

    /// Noted as halves of something, so that they can be taken back if the other half, the label, does not
    /// come about. All at once, but for those that may mean one of the same group.
    pub(super) fn put_submitted(&mut self, requests: &[Request]) -> Result<(), StoreError> {
        // Of a shared log the fate of earlier ones may not be known yet.
        let mut noted = match self.sharing {
            Some(_) => halves::noted(&self.trees)?,
            None => Vec::new(),
        };
        let mut new: Vec<&NewVerdict> = Vec::new();
        for request in requests {
            if let Request::Submit { verdict, .. } = request {
                let content = verdict.fingerprint.content;
                if new.iter().any(|n| n.fingerprint.content == content) {
                    self.put_halves(&mut noted, &mut new)?;
                }
                if self.trees.find(&verdict.fingerprint)?.is_none() {
                    new.push(verdict);
                }
            }
        }
        self.put_halves(&mut noted, &mut new)
    }

    fn put_halves(
        &mut self,
        noted: &mut Vec<VerdictId>,
        new: &mut Vec<&NewVerdict>,
    ) -> Result<(), StoreError> {
        if new.is_empty() {
            return Ok(());
        }
        noted.extend(new.iter().map(|verdict| verdict.id));
        halves::note(&self.trees, noted)?;
        self.put_all(new.drain(..), Source::Submission)
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
        // What is erased should not wait in the spool for the next start.
        let erased = |applied: &Applied| matches!(applied.event.change, Change::Erased { .. });
        self.urgent |= applied.iter().any(erased);
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
