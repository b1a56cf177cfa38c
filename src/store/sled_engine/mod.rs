//! The embedded engine: sled for verdicts and indexes, the journal for what admins did.

mod blobs;
mod command;
mod dumping;
mod entries;
mod examine;
mod exchange;
mod gathering;
mod halves;
mod heal;
mod history;
mod listing;
mod loading;
mod new_verdict;
mod notifier;
mod parcels;
mod plan;
mod postings;
mod queue;
mod rebuild;
mod redo;
mod repair;
mod runs;
mod sharing;
mod spool;
mod spooled;
mod stored_verdict;
mod trees;
mod uses;
mod writer;

use std::fs::File;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;

use self::blobs::Blobs;
use self::command::{Answer, Command, Request};
use self::gathering::Gathering;
use self::new_verdict::NewVerdict;
use self::notifier::Observers;
use self::plan::Plan;
use self::sharing::Sharing;
use self::trees::Trees;
use self::writer::Writer;
use super::ack::{Ack, Reply};
use super::data_dir::{DataDir, sync_dir, sync_files};
use super::journal::{Journal, Reader};
use super::shared::{Follow, Link, SharedLog, Standing};
use super::{
    AddressPolicy, Aged, CallOutcome, ConfiguredSite, Correction, CorrectionReceipt, DayCount,
    Dump, ErasureReceipt, Grant, LearnedStates, LessonStream, Lessons, Models, NamedModel,
    NewCorrection, Notice, Observer, Retraction, Sequence, Space, Step, Store, StoreError,
    StoreSettings, VerdictPage, VerdictQuery, VerdictRecord,
};
use crate::comment::Comment;
use crate::key::KeyHash;
use crate::person::Person;
use crate::rule::{RuleChange, RuleId, StandingRule};
use crate::site::Site;
use crate::site::settings::{RetentionWhat, SiteSettings};
use crate::text::Features;
use crate::verdict::{Label, VerdictId};

/// Most writes that wait for the writer: about a second's work. More would only wait longer.
const WAITING: usize = 1024;
/// Events taken over from the journal at once when sled is behind.
const REPLAY: usize = 1000;

pub(super) use self::examine::examine;
pub(super) use self::loading::restore;
pub(super) use self::repair::{compact, repair};

/// The store on one machine. See [`super::open`].
pub(super) struct SledStore {
    trees: Trees,
    log: Reader,
    /// The log that decides, if it is not the journal alone.
    shared: Option<Arc<dyn SharedLog>>,
    observers: Observers,
    /// `None` once closed.
    commands: RwLock<Option<SyncSender<Command>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Last, so that the directory is free only when all else is gone.
    directory: DataDir,
}

impl SledStore {
    pub(super) fn open(
        path: &Path,
        settings: &StoreSettings,
        shared: Option<Arc<dyn SharedLog>>,
    ) -> Result<Self, StoreError> {
        let directory = DataDir::open(path)?;
        if shared.is_none() && directory.is_shared() {
            return Err(StoreError::Replica(path.to_path_buf()));
        }
        rebuild::settle(&directory)?;
        let sled_path = directory.join("sled");
        let mut trees = heal::open(&sled_path, &directory.join("vault"), settings.cache_bytes)?;
        trees.shared = shared.is_some();
        // sled syncs none of the names that it made, nor the file of its settings.
        sync_files(&sled_path)?;
        sync_dir(path)?;
        let spool = spooled::take_over(&trees, &directory.join("spool"))?;
        let journal = Journal::open(&directory.join("journal"), trees.applied()?)?;
        catch_up(&trees, &journal.reader())?;
        trees.complete_history(&journal.reader())?;
        if shared.is_none() {
            // Of a shared log the labels may yet come.
            halves::take_back(&trees)?;
        }
        let log = journal.reader();
        let observers = Observers::default();
        let (commands, waiting) = sync_channel(WAITING);
        let (groups, committed) = channel();
        let db_file = sled_path.join("db");
        let mut writer = Writer {
            trees: trees.clone(),
            journal,
            spool,
            gathering: Gathering::default(),
            synced: Instant::now(),
            urgent: true,
            dirty: true,
            file: File::open(&db_file).map_err(|e| StoreError::io(&db_file, &e))?,
            blobs: Blobs::new(sled_path.join("blobs")),
            notifier: groups,
            failed: None,
            sharing: shared
                .clone()
                .map(|log| Sharing::new(log, queue::count(&trees))),
        };
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            thread::Builder::new()
                .name(name.to_owned())
                .spawn(work)
                .map_err(|e| StoreError::io(path, &e))
        };
        let (told, reader) = (Arc::clone(&observers), log.clone());
        let notifier = spawn(
            "store-notifier",
            Box::new(move || notifier::run(&committed, &told, &reader)),
        )?;
        if writer.sharing.is_none() {
            writer.enter_queued();
        }
        let writer = spawn("store-writer", Box::new(move || writer.run(&waiting)))?;
        let threads = vec![writer, notifier];
        Ok(Self {
            trees,
            log,
            shared,
            observers,
            commands: RwLock::new(Some(commands)),
            threads: Mutex::new(threads),
            directory,
        })
    }

    /// What goes to the disk of a record.
    fn new_verdict(
        &self,
        mut record: VerdictRecord,
        address: AddressPolicy,
    ) -> Result<Box<NewVerdict>, StoreError> {
        let comment = record.comment.take().unwrap_or_default();
        NewVerdict::new(record, comment, address, self.trees.vault.secret()).map(Box::new)
    }

    fn send<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Ack<T> {
        let (reply, ack) = Ack::open();
        let commands = self.commands.read().unwrap_or_else(PoisonError::into_inner);
        let Some(commands) = commands.as_ref() else {
            return Ack::failed(StoreError::Closed);
        };
        match commands.try_send(command(reply)) {
            Ok(()) => ack,
            Err(TrySendError::Full(_)) => Ack::failed(StoreError::Busy),
            Err(TrySendError::Disconnected(_)) => Ack::failed(StoreError::Closed),
        }
    }

    fn log<T>(&self, request: impl FnOnce(Answer<T>) -> Request) -> Ack<T> {
        self.send(|reply| Command::Log(Box::new(request(Answer::to(reply)))))
    }
}

/// Takes over what the journal holds beyond sled: after a crash between the two, or everything
/// after sled had to be begun anew.
fn catch_up(trees: &Trees, log: &Reader) -> Result<(), StoreError> {
    let applied = trees.applied()?;
    if applied >= log.last() {
        return Ok(());
    }
    tracing::info!(
        from = applied,
        to = log.last(),
        "taking over events from the journal"
    );
    let mut plan = Plan::new(trees);
    for (planned, event) in (1..).zip(log.events(applied + 1, Sequence::MAX)?) {
        let (sequence, event) = event?;
        plan.apply(sequence, &event)?;
        if planned % REPLAY == 0 {
            std::mem::replace(&mut plan, Plan::new(trees)).commit()?;
        }
    }
    plan.commit()?;
    trees.db.flush()?;
    Ok(())
}

impl Store for SledStore {
    fn verdict(&self, id: VerdictId) -> Result<Option<VerdictRecord>, StoreError> {
        self.trees.verdict(id)
    }

    fn correction(&self, id: VerdictId) -> Result<Option<Correction>, StoreError> {
        Ok(self.trees.correction(id)?.map(|stored| stored.correction))
    }

    fn history(&self, id: VerdictId) -> Result<Vec<Step>, StoreError> {
        self.trees.history(id)
    }

    fn key_name(&self, key: KeyHash) -> Result<Option<String>, StoreError> {
        self.trees.key_name(&key)
    }

    fn keys_named(&self, beginning: &str) -> Result<Vec<KeyHash>, StoreError> {
        self.trees.keys_named(beginning)
    }

    fn corrections(
        &self,
        after: Option<VerdictId>,
        limit: usize,
    ) -> Result<Vec<(VerdictId, Correction)>, StoreError> {
        self.trees.some_corrections(after, limit)
    }

    fn find(&self, key: KeyHash, comment: &Comment) -> Result<Option<VerdictId>, StoreError> {
        let secret = self.trees.vault.secret();
        self.trees.find(&secret.fingerprint(&key, comment))
    }

    fn find_same(&self, key: KeyHash, comment: &Comment) -> Result<Option<VerdictId>, StoreError> {
        let secret = self.trees.vault.secret();
        self.trees.find_same(&secret.fingerprint(&key, comment))
    }

    fn list(&self, query: &VerdictQuery) -> Result<VerdictPage, StoreError> {
        self.trees.list(query)
    }

    fn verdicts_of(
        &self,
        person: &Person,
        site: Option<&Site>,
    ) -> Result<Vec<VerdictId>, StoreError> {
        self.trees.verdicts_of(person, site)
    }

    fn aged(
        &self,
        after: Option<VerdictId>,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Aged>, StoreError> {
        self.trees.aged(after, before, limit)
    }

    fn grant(&self, key: KeyHash) -> Result<Option<Grant>, StoreError> {
        self.trees.grant(&key)
    }

    fn grants(&self) -> Result<Vec<(KeyHash, Grant)>, StoreError> {
        self.trees.grants()
    }

    fn sites(&self) -> Result<Vec<(Site, bool)>, StoreError> {
        self.trees.all_sites()
    }

    fn site_active(&self, site: &Site) -> Result<Option<bool>, StoreError> {
        self.trees.site(site)
    }

    fn configured_sites(&self) -> Result<Vec<(Site, ConfiguredSite)>, StoreError> {
        self.trees.all_settings()
    }

    fn rules(&self) -> Result<Vec<(RuleId, StandingRule)>, StoreError> {
        self.trees.all_rules()
    }

    fn counts(
        &self,
        key: Option<KeyHash>,
        days: RangeInclusive<Date>,
    ) -> Result<Vec<DayCount>, StoreError> {
        let keys = match key {
            Some(key) => vec![key],
            None => self.trees.counting_keys()?,
        };
        let mut counts = Vec::new();
        for key in keys {
            counts.extend(self.trees.counts(&key, &days)?);
        }
        Ok(counts)
    }

    fn events(&self) -> Sequence {
        self.log.last()
    }

    fn put(&self, record: VerdictRecord, address: AddressPolicy) -> Ack<()> {
        match self.new_verdict(record, address) {
            Ok(verdict) => self.send(|reply| Command::Put(verdict, reply)),
            Err(error) => Ack::failed(error),
        }
    }

    fn correct(&self, correction: NewCorrection) -> Ack<CorrectionReceipt> {
        self.log(|answer| Request::Correct(correction, answer))
    }

    fn correct_comment(
        &self,
        record: VerdictRecord,
        address: AddressPolicy,
        label: Label,
        features: Features,
        at: Timestamp,
    ) -> Ack<CorrectionReceipt> {
        let verdict = match self.new_verdict(record, address) {
            Ok(verdict) => verdict,
            Err(error) => return Ack::failed(error),
        };
        self.log(|answer| Request::Submit {
            verdict,
            label,
            features,
            at,
            answer,
        })
    }

    fn retract(&self, verdict: VerdictId, by: KeyHash, at: Timestamp) -> Ack<Retraction> {
        self.log(|answer| Request::Retract {
            verdict,
            by,
            at,
            answer,
        })
    }

    fn erase(&self, verdicts: Vec<VerdictId>, by: KeyHash, at: Timestamp) -> Ack<ErasureReceipt> {
        self.log(|answer| Request::Erase(verdicts, by, at, answer))
    }

    fn expire(&self, verdicts: Vec<(VerdictId, RetentionWhat)>) -> Ack<()> {
        self.send(|reply| Command::Expire(verdicts, reply))
    }

    fn create_key(&self, key: KeyHash, grant: Grant, at: Timestamp) -> Ack<()> {
        self.log(|answer| Request::CreateKey(key, grant, at, answer))
    }

    fn revoke_key(&self, key: KeyHash, at: Timestamp) -> Ack<()> {
        self.log(|answer| Request::RevokeKey(key, at, answer))
    }

    fn rotate_key(&self, from: KeyHash, to: KeyHash, until: Timestamp, at: Timestamp) -> Ack<()> {
        self.log(|answer| Request::RotateKey {
            from,
            to,
            until,
            at,
            answer,
        })
    }

    fn set_site_active(&self, site: Site, active: bool, at: Timestamp) -> Ack<()> {
        self.log(|answer| Request::SiteActive(site, active, at, answer))
    }

    fn configure_site(&self, site: Site, settings: SiteSettings, at: Timestamp) -> Ack<()> {
        self.log(|answer| Request::ConfigureSite(site, Box::new(settings), at, answer))
    }

    fn remove_site(&self, site: Site, at: Timestamp) -> Ack<()> {
        self.log(|answer| Request::RemoveSite(site, at, answer))
    }

    fn base_model(&self) -> Result<Option<NamedModel>, StoreError> {
        self.trees.base_model()
    }

    fn use_model(&self, model: NamedModel, at: Timestamp) -> Ack<()> {
        self.log(|answer| Request::BaseModel(model, at, answer))
    }

    fn models(&self) -> Models {
        Models::new(self.directory.join("models"))
    }

    fn notices(&self) -> Result<Vec<Notice>, StoreError> {
        self.trees.notices()
    }

    fn put_notice(&self, notice: Notice) -> Result<(), StoreError> {
        self.trees.put_notice(&notice)
    }

    fn remove_notice(&self, verdict: VerdictId) -> Result<(), StoreError> {
        self.trees.notices.remove(verdict.as_bytes())?;
        Ok(())
    }

    fn note_call(
        &self,
        verdict: VerdictId,
        outcome: CallOutcome,
        reason: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.trees.note_call(verdict, outcome, reason, at)
    }

    fn note_use(&self, key: KeyHash, day: Date) -> Result<(), StoreError> {
        self.trees.note_use(&key, day)
    }

    fn uses(&self) -> Result<Vec<(KeyHash, Date)>, StoreError> {
        self.trees.uses()
    }

    fn uses_noted_since(&self, today: Date) -> Result<Date, StoreError> {
        self.trees.uses_noted_since(today)
    }

    fn space(&self) -> Result<Space, StoreError> {
        Space::of(&self.directory.join(""))
    }

    fn change_rule(&self, id: Option<RuleId>, change: RuleChange, at: Timestamp) -> Ack<RuleId> {
        self.log(|answer| Request::Rule(id, change, at, answer))
    }

    fn standing(&self) -> Option<Standing> {
        let standing = self.shared.as_ref()?.standing();
        Some(Standing {
            queued: queue::count(&self.trees) as u64,
            ..standing
        })
    }

    fn probe(&self) -> Ack<()> {
        self.send(Command::Probe)
    }

    fn dump(&self) -> Dump {
        dumping::dump(&self.trees, &self.log)
    }

    fn learned_states(&self) -> LearnedStates {
        LearnedStates::new(self.directory.join("learned"), self.log.clone())
    }

    fn observe(&self, observer: Arc<dyn Observer>) {
        self.observers
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(observer);
    }

    fn close(&self) {
        // The writer ends when the last sender is gone, the notifier when the writer is.
        *self
            .commands
            .write()
            .unwrap_or_else(PoisonError::into_inner) = None;
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended by a fault");
            }
        }
    }
}

impl Follow for SledStore {
    fn follow(&self, place: u64, frames: Vec<u8>) -> Ack<Sequence> {
        self.send(|reply| Command::Follow(place, frames, reply))
    }

    fn link(&self, at: Sequence) -> Result<Option<Link>, StoreError> {
        self.log.link(at)
    }

    fn frames_after(&self, after: Sequence, most: usize) -> Result<Vec<u8>, StoreError> {
        self.log.frames_after(after, most)
    }

    fn mark_shared(&self) -> Result<(), StoreError> {
        self.directory.mark_shared()
    }
}

impl Lessons for SledStore {
    fn lessons(&self, after: Sequence, up_to: Sequence) -> Result<LessonStream, StoreError> {
        self.log.lessons(after, up_to)
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        self.close();
    }
}
