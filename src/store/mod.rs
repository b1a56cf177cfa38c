//! What lasts: the log of corrections and registry changes, and the verdicts.
//!
//! The append-only, checksummed journal is the source of truth for everything an admin
//! did; sled holds verdicts and indexes, and what it holds of the log can be rebuilt from it.
//! One writer thread commits in groups: it decides, appends to the journal, syncs it to the disk
//! and applies to sled; a second thread hands each event to the [`Observer`]s in order and only
//! then acknowledges it, so that slow learning holds up no check.

mod ack;
mod codec;
mod counters;
mod data_dir;
mod doctor;
mod dump;
mod error;
mod event;
mod exchange;
mod fingerprint;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod history;
mod journal;
mod learned_states;
mod lessons;
mod models;
mod query;
mod record;
mod sealed;
mod shared;
mod sled_engine;
mod space;
mod vault;

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::comment::Comment;
use crate::key::KeyHash;
use crate::person::Person;
use crate::rule::{RuleChange, RuleId, StandingRule};
use crate::site::Site;
use crate::site::settings::{RetentionWhat, SiteSettings};
use crate::text::Features;
use crate::verdict::{Label, VerdictId};

pub use ack::Ack;
pub use counters::{Counters, DayCount};
pub use doctor::{Diagnosis, Finding, Losses, Part, Remedy, Repair, RepairError};
pub use dump::{
    Dump, DumpError, DumpReader, DumpWriter, DumpedEvent, DumpedSite, DumpedVerdict, End, Head,
    Line, RestoreError, Restored,
};
pub use error::StoreError;
pub use event::{Change, Event, Grant, Sequence};
pub use exchange::{Arrived, Exchange, Parcel, Received};
pub use history::{CallOutcome, Happening, Step};
pub use learned_states::{LearnedState, LearnedStates};
pub use models::{ModelDigest, Models, NamedModel};
pub use query::{Aged, ErasureReceipt, LabelFilter, VerdictPage, VerdictQuery};
pub use record::{AddressPolicy, ConfiguredSite, Correction, Notice, Origin, VerdictRecord};
pub use shared::{
    Behind, Follow, Link, LogHead, Offer, Replica, SharedLog, Standing, ends, journal_end, leave,
    models_in, prepare, replica,
};
pub use space::Space;

/// How to open a store.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// Memory for sled's page cache, in bytes.
    pub cache_bytes: u64,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            cache_bytes: 64 * 1024 * 1024,
        }
    }
}

/// Opens the data directory, making it if it is not there yet. Heals what a crash left behind.
///
/// Fails with [`StoreError::Held`], [`StoreError::NotWritable`], [`StoreError::NewerFormat`],
/// [`StoreError::Replica`] or [`StoreError::Damaged`], whose texts are for the operator.
pub fn open(directory: &Path, settings: &StoreSettings) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sled_engine::SledStore::open(
        directory, settings, None,
    )?))
}

/// The same of a directory that is a replica, or becomes one: `log` decides which event has which place.
pub fn open_shared(
    directory: &Path,
    settings: &StoreSettings,
    log: Arc<dyn SharedLog>,
) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(sled_engine::SledStore::open(
        directory,
        settings,
        Some(log),
    )?))
}

/// Makes a data directory of the lines of a dump. It must be empty, or not there yet.
pub fn restore(
    directory: &Path,
    settings: &StoreSettings,
    lines: impl Iterator<Item = Result<Line, DumpError>>,
) -> Result<Restored, RestoreError> {
    sled_engine::restore(directory, settings, lines)
}

/// Looks into a data directory that nobody serves from: what lies where, and what is wrong. Writes
/// nothing but what every start writes.
pub fn examine(directory: &Path, settings: &StoreSettings) -> Result<Diagnosis, StoreError> {
    sled_engine::examine(directory, settings)
}

/// Mends a data directory: what follows from the journal is made anew, verdicts that can be read are
/// kept, and events that the journal lost come from a backup. What is damaged is moved aside.
pub fn repair(
    directory: &Path,
    settings: &StoreSettings,
    backup: Option<&mut dyn Iterator<Item = Result<Line, DumpError>>>,
    losses: Losses,
) -> Result<Repair, RepairError> {
    sled_engine::repair(directory, settings, backup, losses)
}

/// Writes the database of a data directory anew, without what it no longer needs. Answers with its
/// size before and after, in bytes.
pub fn compact(directory: &Path, settings: &StoreSettings) -> Result<(u64, u64), StoreError> {
    sled_engine::compact(directory, settings)
}

/// An engine that keeps verdicts and the log.
///
/// Reads are synchronous and see every acknowledged write. Writes are ordered as they are called
/// and fail with [`StoreError::Busy`] rather than queue without bound.
pub trait Store: Lessons + Follow + Exchange + Send + Sync {
    /// The verdict of that name.
    fn verdict(&self, id: VerdictId) -> Result<Option<VerdictRecord>, StoreError>;

    /// What an admin said of the verdict of that name.
    fn correction(&self, id: VerdictId) -> Result<Option<Correction>, StoreError>;

    /// What happened to the verdict of that name, oldest first: its corrections, also those that were
    /// replaced or taken back, and the calls to its site. At most the newest hundred of both.
    fn history(&self, id: VerdictId) -> Result<Vec<Step>, StoreError>;

    /// The name that a key was given when it was made, also once it is revoked.
    fn key_name(&self, key: KeyHash) -> Result<Option<String>, StoreError>;

    /// Every key whose name begins so, also those that were revoked.
    fn keys_named(&self, beginning: &str) -> Result<Vec<KeyHash>, StoreError>;

    /// Some of the corrections in force, by the names of their verdicts, which sort by time, from after
    /// one of them on.
    fn corrections(
        &self,
        after: Option<VerdictId>,
        limit: usize,
    ) -> Result<Vec<(VerdictId, Correction)>, StoreError>;

    /// The newest verdict that a key's feedback without id means (protocol section 2.3): one on
    /// which all fields agree, else one with the same content and at least one more equal field,
    /// the more the better. Without a site in the feedback, all sites of the key count.
    fn find(&self, key: KeyHash, comment: &Comment) -> Result<Option<VerdictId>, StoreError>;

    /// The newest verdict of a key's on a comment that agrees in all fields with this one.
    fn find_same(&self, key: KeyHash, comment: &Comment) -> Result<Option<VerdictId>, StoreError>;

    /// A page of the verdicts that a query means, newest first. Takes a bounded time, whatever is
    /// asked for and however much is stored.
    fn list(&self, query: &VerdictQuery) -> Result<VerdictPage, StoreError>;

    /// The verdicts of a person, on one site or on all, oldest first. Opens every verdict, which takes
    /// a second or so for each hundred thousand: there is no list of persons.
    fn verdicts_of(
        &self,
        person: &Person,
        site: Option<&Site>,
    ) -> Result<Vec<VerdictId>, StoreError>;

    /// Some of the verdicts before a time, oldest first, from after one of them on.
    fn aged(
        &self,
        after: Option<VerdictId>,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Aged>, StoreError>;

    /// What a key opens, if it may be used.
    fn grant(&self, key: KeyHash) -> Result<Option<Grant>, StoreError>;

    /// Every key that may be used.
    fn grants(&self) -> Result<Vec<(KeyHash, Grant)>, StoreError>;

    /// Every site that was ever checked for or switched on or off, and whether it is active.
    fn sites(&self) -> Result<Vec<(Site, bool)>, StoreError>;

    /// Whether a site is active; `None` if nothing is known of it.
    fn site_active(&self, site: &Site) -> Result<Option<bool>, StoreError>;

    /// Every site that somebody has set something for.
    fn configured_sites(&self) -> Result<Vec<(Site, ConfiguredSite)>, StoreError>;

    /// Every rule, in the order in which they were made.
    fn rules(&self) -> Result<Vec<(RuleId, StandingRule)>, StoreError>;

    /// The counts of some days (UTC), of one key or of all, ordered by key and day.
    fn counts(
        &self,
        key: Option<KeyHash>,
        days: RangeInclusive<Date>,
    ) -> Result<Vec<DayCount>, StoreError>;

    /// Sequence of the newest event in the log, which is how many there are.
    fn events(&self) -> Sequence;

    /// Keeps a verdict. Acknowledged when it survives the end of the process.
    ///
    /// Overlong texts are cut, and what was written is sealed under a key of its own, before
    /// anything reaches the disk.
    fn put(&self, record: VerdictRecord, address: AddressPolicy) -> Ack<()>;

    /// Labels a stored verdict, to be learned if that is asked for and the site has not switched
    /// learning off. The same label again changes nothing and answers with where it was first given,
    /// unless it is to be learned only now or, by request, no longer; the opposite replaces it.
    fn correct(&self, change: NewCorrection) -> Ack<CorrectionReceipt>;

    /// Labels the verdict that the record's comment means as in [`Self::find`], or keeps the
    /// record and labels it, in one step.
    fn correct_comment(
        &self,
        record: VerdictRecord,
        address: AddressPolicy,
        label: Label,
        features: Features,
        at: Timestamp,
    ) -> Ack<CorrectionReceipt>;

    /// Takes a correction back. Fails with [`StoreError::NoSuchCorrection`] where there is none.
    fn retract(&self, verdict: VerdictId, by: KeyHash, at: Timestamp) -> Ack<Retraction>;

    /// Erases verdicts: their records, their index entries and the only keys to what was written.
    /// Corrections of them stay learned or are taken back, as their sites choose. Those that are not
    /// there are passed over.
    fn erase(&self, verdicts: Vec<VerdictId>, by: KeyHash, at: Timestamp) -> Ack<ErasureReceipt>;

    /// Lets go of verdicts whose time is over, or of what was written in them. Those that are not
    /// there any more are passed over.
    fn expire(&self, verdicts: Vec<(VerdictId, RetentionWhat)>) -> Ack<()>;

    /// Lets a key be used. Doing so twice changes nothing.
    fn create_key(&self, key: KeyHash, grant: Grant, at: Timestamp) -> Ack<()>;

    /// Lets a key be used no longer. Fails with [`StoreError::NoSuchKey`] where it was not.
    fn revoke_key(&self, key: KeyHash, at: Timestamp) -> Ack<()>;

    /// Has a key take the place of another, which is accepted until then. Fails with
    /// [`StoreError::NoSuchKey`] where there is no such key.
    fn rotate_key(&self, from: KeyHash, to: KeyHash, until: Timestamp, at: Timestamp) -> Ack<()>;

    /// Marks a site as active or not. Doing so twice changes nothing.
    fn set_site_active(&self, site: Site, active: bool, at: Timestamp) -> Ack<()>;

    /// Gives a site these settings. Doing so twice changes nothing.
    fn configure_site(&self, site: Site, settings: SiteSettings, at: Timestamp) -> Ack<()>;

    /// Forgets a site and its settings; its verdicts stay. Fails with
    /// [`StoreError::NoSuchSite`] where nothing is known of it.
    fn remove_site(&self, site: Site, at: Timestamp) -> Ack<()>;

    /// The base model that the log names; `None` while each server goes by its own.
    fn base_model(&self) -> Result<Option<NamedModel>, StoreError>;

    /// Has everything judged and learned on top of a base model, whose bytes are among [`Self::models`].
    fn use_model(&self, model: NamedModel, at: Timestamp) -> Ack<()>;

    /// The bytes of the base models that the log names.
    fn models(&self) -> Models;

    /// Every callback that is still to be made.
    fn notices(&self) -> Result<Vec<Notice>, StoreError>;

    /// Keeps a callback, in place of an earlier one about the same verdict. It survives the end of
    /// the process, and a power cut half a second later.
    fn put_notice(&self, notice: Notice) -> Result<(), StoreError>;

    /// Forgets the callback about a verdict.
    fn remove_notice(&self, verdict: VerdictId) -> Result<(), StoreError>;

    /// Notes in a verdict's history what became of a call to its site. Survives as [`Self::put_notice`].
    fn note_call(
        &self,
        verdict: VerdictId,
        outcome: CallOutcome,
        reason: &str,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Notes the day on which a key was used last. Survives as [`Self::put_notice`].
    fn note_use(&self, key: KeyHash, day: Date) -> Result<(), StoreError>;

    /// The day on which each key was used last, as far as [`Self::note_use`] was told.
    fn uses(&self) -> Result<Vec<(KeyHash, Date)>, StoreError>;

    /// The day since which uses are noted in this database: the first that this was called with.
    fn uses_noted_since(&self, today: Date) -> Result<Date, StoreError>;

    /// How much room there is on the disk that everything lies on.
    fn space(&self) -> Result<Space, StoreError>;

    /// Makes a rule, where none is named, or changes one; answers with its name. What changes
    /// nothing is not logged. Fails with [`StoreError::NoSuchRule`] where there is none of that
    /// name.
    fn change_rule(&self, id: Option<RuleId>, change: RuleChange, at: Timestamp) -> Ack<RuleId>;

    /// How the log stands that is shared with other stores, if it is.
    fn standing(&self) -> Option<Standing>;

    /// Whether a write would reach the disk now.
    fn probe(&self) -> Ack<()>;

    /// Everything in the store, line by line, as it stands when each is read: verdicts first, the log
    /// last. Everything acknowledged before is in it. Writes go on meanwhile.
    fn dump(&self) -> Dump;

    /// Where states of what was learned are kept.
    fn learned_states(&self) -> LearnedStates;

    /// Has an observer told of every event from now on.
    fn observe(&self, observer: Arc<dyn Observer>);

    /// Finishes every write that was accepted, then refuses further ones.
    fn close(&self);
}

/// What has been taught, in the order of the log.
pub trait Lessons {
    /// The lessons given after the event `after` that are in force after the event `up_to`, ordered by
    /// when their label was given: superseded and retracted ones are left out. Nothing follows an error.
    fn lessons(&self, after: Sequence, up_to: Sequence) -> Result<LessonStream, StoreError>;
}

/// Lessons one by one, as they are read from the disk.
pub type LessonStream = Box<dyn Iterator<Item = Result<StoredLesson, StoreError>>>;

/// A correction in force, as the log holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredLesson {
    /// Where in the log it was taught.
    pub sequence: Sequence,
    /// The verdict that was corrected.
    pub verdict: VerdictId,
    /// The comment's site.
    pub site: Option<Site>,
    /// What the admin says it is.
    pub label: Label,
    /// The key that said so.
    pub by: KeyHash,
    /// What is learned from.
    pub features: Features,
}

/// A label for a stored verdict.
#[derive(Debug, Clone)]
pub struct NewCorrection {
    /// The verdict.
    pub verdict: VerdictId,
    /// What it is.
    pub label: Label,
    /// What is learned from it.
    pub features: Features,
    /// Whether it is to be learned, as far as the site's settings allow that.
    pub learn: bool,
    /// The key that says so.
    pub by: KeyHash,
    /// When it was said.
    pub at: Timestamp,
}

/// What became of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorrectionReceipt {
    /// The corrected verdict.
    pub id: VerdictId,
    /// Its label now.
    pub label: Label,
    /// Its label just before: `None` if it had none, the same label if nothing changed.
    pub previous: Option<Label>,
    /// Where in the log the label was given; `None` while that is away and the correction waits for it here.
    pub sequence: Option<Sequence>,
}

/// What became of a retraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retraction {
    /// The verdict that is no longer corrected.
    pub id: VerdictId,
    /// The label that was taken back.
    pub previous: Label,
    /// Where in the log that was said.
    pub sequence: Sequence,
}

/// An event that has become durable.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// Its place in the log.
    pub sequence: Sequence,
    /// What happened.
    pub event: Event,
    /// For a correction or retraction: the correction that stood until then.
    pub superseded: Option<Correction>,
}

/// Told of every event after it has become durable, in the order of the log and from one thread,
/// before the event is acknowledged.
pub trait Observer: Send + Sync {
    /// Takes over some events, all of which come right after those of the call before. `log` may
    /// already hold later ones.
    fn apply(&self, events: &[Applied], log: &dyn Lessons);
}

#[cfg(test)]
mod exchange_tests;
#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod privacy_tests;
#[cfg(test)]
mod shared_tests;
#[cfg(test)]
mod tests;
