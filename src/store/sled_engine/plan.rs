//! What a group of writes changes: worked out in memory first, then written at once.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sled::IVec;

use super::entries::Entries;
use super::exchange::Changes;
use super::halves;
use super::history::Steps;
use super::new_verdict::NewVerdict;
use super::postings::{self, Term};
use super::redo::{Part, Redo};
use super::spool::Source;
use super::stored_verdict::StoredVerdict;
use super::trees::{
    BASE_MODEL, Counted, CounterRow, StoredCorrection, Trees, content_key, exact_key,
};
use super::{runs, spooled};
use crate::key::KeyHash;
use crate::rule::{RuleId, StandingRule};
use crate::site::Site;
use crate::site::settings::RetentionWhat;
use crate::store::codec::encode;
use crate::store::counters::Counters;
use crate::store::error::StoreError;
use crate::store::event::{Change, Event, Grant, Sequence};
use crate::store::fingerprint::Fingerprint;
use crate::store::models::NamedModel;
use crate::store::record::{ConfiguredSite, Correction, Origin, VerdictRecord};
use crate::store::vault::Slot;
use crate::verdict::{Label, Verdict, VerdictId};

/// Changes on top of the trees. Reads see them.
pub(super) struct Plan<'a> {
    trees: &'a Trees,
    /// New ones.
    verdicts: Entries,
    /// What must not come apart of that which is not worked out at the end.
    redo: Redo,
    postings: runs::Changes,
    content: Entries,
    history: Steps,
    /// The names of keys that are made.
    key_names: Vec<(KeyHash, String)>,
    /// Verdicts that are taken out.
    removed: HashSet<VerdictId>,
    /// Keys of the vault that nobody may ever use again.
    shredded: Vec<Slot>,
    corrections: HashMap<VerdictId, Option<StoredCorrection>>,
    counters: HashMap<CounterRow, Counters>,
    keys: HashMap<KeyHash, Option<Grant>>,
    sites: HashMap<Site, Option<bool>>,
    settings: HashMap<Site, Option<ConfiguredSite>>,
    rules: HashMap<RuleId, Option<StandingRule>>,
    base_model: Option<NamedModel>,
    applied: Option<Sequence>,
    /// The group of the spool that this is.
    spooled: Option<u64>,
    /// What is noted for the exchange of verdicts.
    exchange: Changes,
    /// Verdicts that the other stores of a shared log do not have.
    handed_on: Changes,
    /// Verdicts that get a label, or had one for a while.
    labelled: HashSet<VerdictId>,
    /// What remains of the submitted comments that wait for their label, if that changes.
    halves: Option<Vec<VerdictId>>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(trees: &'a Trees) -> Self {
        Self {
            trees,
            verdicts: Entries::default(),
            redo: Redo::default(),
            postings: runs::Changes::default(),
            content: Entries::default(),
            history: Steps::default(),
            key_names: Vec::new(),
            removed: HashSet::new(),
            shredded: Vec::new(),
            corrections: HashMap::new(),
            counters: HashMap::new(),
            keys: HashMap::new(),
            sites: HashMap::new(),
            settings: HashMap::new(),
            rules: HashMap::new(),
            base_model: None,
            applied: None,
            spooled: None,
            exchange: Changes::default(),
            handed_on: Changes::default(),
            labelled: HashSet::new(),
            halves: None,
        }
    }

    /// A new verdict, whose key lies in the vault, its index entries, its site and, if it was
    /// checked, its count.
    pub(super) fn put(&mut self, new: &NewVerdict, slot: Slot) -> Result<(), StoreError> {
        self.put_stored(new, new.stored.value(slot)?.into())
    }

    /// One that is in the spool, and all that follows from where it comes from.
    pub(super) fn put_spooled(
        &mut self,
        new: &NewVerdict,
        from: Source,
        stored: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.put_stored(new, stored.into())?;
        match from {
            Source::Check => self.hand_on(new.id),
            Source::Submission => {}
            Source::Parcel => self.count_received(new)?,
        }
        Ok(())
    }

    fn put_stored(&mut self, new: &NewVerdict, stored: IVec) -> Result<(), StoreError> {
        if let Some((row, verdict)) = &new.counts {
            self.count_check(row.clone(), *verdict)?;
        }
        if let Some(site) = &new.site {
            self.mention(site.clone())?;
        }
        self.put_raw(new.id, stored, &new.terms);
        self.index(new.id, &new.fingerprint)
    }

    /// Counts a check.
    pub(super) fn count_check(
        &mut self,
        row: CounterRow,
        verdict: Verdict,
    ) -> Result<(), StoreError> {
        let counters = self.counter(row)?;
        counters.checked += 1;
        match verdict {
            Verdict::Spam => counters.spam += 1,
            Verdict::Ham => counters.ham += 1,
            Verdict::Unsure => counters.unsure += 1,
        }
        Ok(())
    }

    /// With this, sled has all of the spool up to a group.
    pub(super) fn spooled(&mut self, group: u64) {
        self.spooled = Some(group);
    }

    /// What a correction says of the filter that came before the verdict, which another store gave, is counted now.
    fn count_received(&mut self, new: &NewVerdict) -> Result<(), StoreError> {
        let standing = self.correction(new.id)?;
        let Some(mut stored) = standing.filter(|stored| stored.counted.is_none()) else {
            return Ok(());
        };
        stored.counted = errs(&new.stored.bare_record(new.id), stored.correction.label);
        if let Some(counted) = &stored.counted {
            self.count_error(counted, |n| *n += 1)?;
            self.corrections.insert(new.id, Some(stored));
        }
        Ok(())
    }

    /// Has the other stores of a shared log get a verdict.
    pub(super) fn hand_on(&mut self, id: VerdictId) {
        self.handed_on.waits(id);
    }

    /// A verdict whose comment is gone already, and its index entries.
    pub(super) fn put_bare(&mut self, record: VerdictRecord) -> Result<(), StoreError> {
        let id = record.id;
        let terms = postings::terms(self.trees.vault.secret(), &record);
        let stored = encode("verdict", &StoredVerdict::bare(record))?;
        self.put_raw(id, stored.into(), &terms);
        Ok(())
    }

    /// A verdict as it stands elsewhere, and what it is listed under.
    pub(super) fn put_raw(&mut self, id: VerdictId, stored: IVec, terms: &[Term]) {
        self.verdicts.insert(id.as_bytes(), stored);
        for term in terms {
            self.postings.list(*term, id);
        }
    }

    /// What feedback finds a verdict by.
    pub(super) fn index(
        &mut self,
        id: VerdictId,
        fingerprint: &Fingerprint,
    ) -> Result<(), StoreError> {
        if fingerprint.has_content {
            let fields = encode("fingerprint", &fingerprint.fields)?;
            self.content.insert(content_key(fingerprint, id), fields);
        } else {
            self.content
                .insert(exact_key(fingerprint, id), IVec::default());
        }
        Ok(())
    }

    /// Counts as they were elsewhere.
    pub(super) fn set_counter(&mut self, row: CounterRow, counters: Counters) {
        self.counters.insert(row, counters);
    }

    /// Whether a verdict that the trees still have is taken out.
    pub(super) fn is_removed(&self, id: VerdictId) -> bool {
        self.removed.contains(&id)
    }

    /// Takes out a verdict, or what was written in it, and what that was indexed under. The key is
    /// destroyed with [`Self::commit`].
    pub(super) fn expire(&mut self, id: VerdictId, what: RetentionWhat) -> Result<(), StoreError> {
        if what == RetentionWhat::Record {
            self.history.forget(self.trees, id)?;
        }
        let Some(mut stored) = self.trees.stored_verdict(id)? else {
            return Ok(());
        };
        let personal = stored.personal(id, &self.trees.vault)?;
        let slot = stored.drop_content();
        if let Some(personal) = &personal {
            // Only a key that fits is this verdict's own: a power cut may have lost it, and its
            // slot have been given to another verdict.
            self.shredded.extend(slot);
            let fingerprint = &personal.fingerprint;
            self.content.remove(exact_key(fingerprint, id));
            self.content.remove(content_key(fingerprint, id));
        }
        match what {
            RetentionWhat::Content => {
                let stored = encode("verdict", &stored)?;
                self.redo.insert(Part::Verdicts, *id.as_bytes(), stored);
            }
            RetentionWhat::Record => {
                let secret = self.trees.vault.secret();
                for term in postings::terms(secret, &stored.with(id, None)) {
                    self.postings.unlist(term, id);
                }
                self.redo.remove(Part::Verdicts, *id.as_bytes());
                self.removed.insert(id);
                if self.trees.shared {
                    self.exchange.forget_place(id);
                }
            }
        }
        Ok(())
    }

    /// With this, no submitted comment waits for its label.
    pub(super) fn completes_halves(&mut self) {
        self.halves = Some(Vec::new());
    }

    /// Submitted comments that are labelled wait no more, whatever became of their label since.
    fn complete_labelled(&mut self) -> Result<(), StoreError> {
        if self.labelled.is_empty() || self.halves.is_some() {
            return Ok(());
        }
        let noted = halves::noted(self.trees)?;
        let (whole, left): (Vec<_>, _) =
            noted.into_iter().partition(|id| self.labelled.contains(id));
        if !whole.is_empty() {
            whole.into_iter().for_each(|id| self.hand_on(id));
            self.halves = Some(left);
        }
        Ok(())
    }

    /// The correction in force.
    pub(super) fn correction(&self, id: VerdictId) -> Result<Option<StoredCorrection>, StoreError> {
        match self.corrections.get(&id) {
            Some(planned) => Ok(planned.clone()),
            None => self.trees.correction(id),
        }
    }

    pub(super) fn grant(&self, key: &KeyHash) -> Result<Option<Grant>, StoreError> {
        match self.keys.get(key) {
            Some(planned) => Ok(planned.clone()),
            None => self.trees.grant(key),
        }
    }

    pub(super) fn site(&self, site: &Site) -> Result<Option<bool>, StoreError> {
        match self.sites.get(site) {
            Some(&planned) => Ok(planned),
            None => self.trees.site(site),
        }
    }

    pub(super) fn settings(&self, site: &Site) -> Result<Option<ConfiguredSite>, StoreError> {
        match self.settings.get(site) {
            Some(planned) => Ok(planned.clone()),
            None => self.trees.settings(site),
        }
    }

    pub(super) fn rule(&self, id: RuleId) -> Result<Option<StandingRule>, StoreError> {
        match self.rules.get(&id) {
            Some(planned) => Ok(planned.clone()),
            None => self.trees.rule(id),
        }
    }

    pub(super) fn base_model(&self) -> Result<Option<NamedModel>, StoreError> {
        match &self.base_model {
            Some(planned) => Ok(Some(planned.clone())),
            None => self.trees.base_model(),
        }
    }

    /// A site that nothing was known of is in use.
    pub(super) fn mention(&mut self, site: Site) -> Result<(), StoreError> {
        if self.site(&site)?.is_none() {
            self.sites.insert(site, Some(true));
        }
        Ok(())
    }

    /// Takes over one event of the log, in order. Answers with the correction that stood until
    /// then. The same events on the same verdicts always give the same trees.
    pub(super) fn apply(
        &mut self,
        sequence: Sequence,
        event: &Event,
    ) -> Result<Option<Correction>, StoreError> {
        let mut superseded = None;
        self.history.note(sequence, event)?;
        match &event.change {
            Change::Corrected {
                verdict,
                label,
                learned,
                ..
            } => {
                let counted = self.trees.verdict(*verdict)?.and_then(|r| errs(&r, *label));
                if let Some(counted) = &counted {
                    // Read before anything changes, so that a failure changes nothing.
                    self.counter(counted.row.clone())?;
                }
                superseded = self.take_back(*verdict)?;
                if let Some(counted) = &counted {
                    self.count_error(counted, |n| *n += 1)?;
                }
                let correction = Correction {
                    label: *label,
                    sequence,
                    learned: *learned,
                    at: event.at,
                };
                let stored = StoredCorrection {
                    correction,
                    counted,
                };
                self.corrections.insert(*verdict, Some(stored));
                self.labelled.insert(*verdict);
            }
            Change::Retracted { verdict, .. } => superseded = self.take_back(*verdict)?,
            Change::KeyCreated { key, grant } => {
                self.key_names.push((*key, grant.name.clone()));
                self.keys.insert(*key, Some(grant.clone()));
            }
            Change::KeyRevoked { key } => {
                self.keys.insert(*key, None);
            }
            Change::KeyRotated { from, to, until } => {
                if let Some(mut old) = self.grant(from)? {
                    self.keys.insert(*to, Some(old.handed_on(*from, event.at)));
                    old.until = Some(*until);
                    self.keys.insert(*from, Some(old));
                }
            }
            Change::SiteActive { site, active } => {
                self.sites.insert(site.clone(), Some(*active));
            }
            Change::SiteConfigured { site, settings } => {
                self.mention(site.clone())?;
                let configured = ConfiguredSite {
                    settings: (**settings).clone(),
                    at: event.at,
                };
                self.settings.insert(site.clone(), Some(configured));
            }
            Change::Rule { id, change } => {
                let standing = change.apply(self.rule(*id)?, event.at);
                self.rules.insert(*id, standing);
            }
            Change::SiteRemoved { site } => {
                self.sites.insert(site.clone(), None);
                self.settings.insert(site.clone(), None);
            }
            Change::Lost => {}
            Change::BaseModel(model) => self.base_model = Some(model.clone()),
            Change::Erased { verdicts, .. } => {
                for id in verdicts {
                    self.expire(*id, RetentionWhat::Record)?;
                    if self.trees.shared {
                        self.erase_elsewhere(*id)?;
                    }
                }
            }
        }
        self.applied = Some(sequence);
        Ok(superseded)
    }

    /// No parcel may bring it again, and that which it lies in is to be cleared of it.
    fn erase_elsewhere(&mut self, id: VerdictId) -> Result<(), StoreError> {
        self.exchange.erased(id);
        self.exchange.forget_place(id);
        if let Some(place) = self.trees.exchange.place(id)? {
            self.exchange.must_clear(place);
        }
        Ok(())
    }

    /// Removes a correction and what it counted.
    fn take_back(&mut self, verdict: VerdictId) -> Result<Option<Correction>, StoreError> {
        let Some(stored) = self.correction(verdict)? else {
            return Ok(None);
        };
        if let Some(counted) = &stored.counted {
            self.count_error(counted, |n| *n = n.saturating_sub(1))?;
        }
        self.corrections.insert(verdict, None);
        Ok(Some(stored.correction))
    }

    fn count_error(
        &mut self,
        counted: &Counted,
        change: impl FnOnce(&mut u64),
    ) -> Result<(), StoreError> {
        let counters = self.counter(counted.row.clone())?;
        change(match counted.as_label {
            Label::Spam => &mut counters.missed_spam,
            Label::Ham => &mut counters.false_positives,
        });
        Ok(())
    }

    fn counter(&mut self, row: CounterRow) -> Result<&mut Counters, StoreError> {
        use std::collections::hash_map::Entry;
        Ok(match self.counters.entry(row) {
            Entry::Occupied(planned) => planned.into_mut(),
            Entry::Vacant(free) => {
                let stored = self.trees.counter(free.key())?;
                free.insert(stored)
            }
        })
    }

    /// Destroys the keys of what is taken out, has the indexes follow, and writes everything else: new verdicts
    /// one by one, all that follows from them or from events so that after a crash all of it is there or nothing.
    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        let trees = self.trees;
        if !self.shredded.is_empty() {
            trees.vault.destroy(&self.shredded)?;
        }
        self.list_labels();
        self.complete_labelled()?;
        // The indexes first, each on its own: whoever reads them passes over names that are nowhere
        // else. Of an event that is not yet taken over the next start writes the same again.
        std::mem::take(&mut self.postings).write(&trees.postings)?;
        std::mem::take(&mut self.content).write(&trees.content)?;
        std::mem::take(&mut self.history).write(&trees.history)?;
        for (key, name) in std::mem::take(&mut self.key_names) {
            trees.key_names.insert(key.as_bytes(), name.as_bytes())?;
        }
        if trees.shared {
            trees.exchange.apply(std::mem::take(&mut self.exchange))?;
        }
        let handed_on = std::mem::take(&mut self.handed_on);
        // Of a group of the spool they are put again until its number is written, of which more is told there.
        std::mem::take(&mut self.verdicts).write(&trees.verdicts)?;
        self.redo()?.write(trees)?;
        // Now that it is there: whoever takes it on must find it.
        match trees.shared {
            true => trees.exchange.apply(handed_on),
            false => Ok(()),
        }
    }

    /// What must not come apart.
    fn redo(self) -> Result<Redo, StoreError> {
        let mut redo = self.redo;
        for (id, stored) in &self.corrections {
            match stored {
                Some(stored) => {
                    let stored = encode("correction", stored)?;
                    redo.insert(Part::Corrections, *id.as_bytes(), stored);
                }
                None => redo.remove(Part::Corrections, *id.as_bytes()),
            }
        }
        for (key, grant) in &self.keys {
            match grant {
                Some(grant) => redo.insert(Part::Keys, *key.as_bytes(), encode("key", grant)?),
                None => redo.remove(Part::Keys, *key.as_bytes()),
            }
        }
        for (row, counts) in &self.counters {
            redo.insert(Part::Counters, row.to_bytes(), encode("counter", counts)?);
        }
        for (site, active) in &self.sites {
            match active {
                Some(active) => redo.insert(Part::Sites, site.as_str(), encode("site", active)?),
                None => redo.remove(Part::Sites, site.as_str()),
            }
        }
        for (site, configured) in &self.settings {
            match configured {
                Some(configured) => {
                    let configured = encode("site's settings", configured)?;
                    redo.insert(Part::Settings, site.as_str(), configured);
                }
                None => redo.remove(Part::Settings, site.as_str()),
            }
        }
        for (id, standing) in &self.rules {
            let key = id.0.to_be_bytes();
            match standing {
                Some(standing) => redo.insert(Part::Rules, key, encode("rule", standing)?),
                None => redo.remove(Part::Rules, key),
            }
        }
        match &self.halves {
            Some(none) if none.is_empty() => redo.remove(Part::Meta, halves::ENTRY),
            Some(left) => redo.insert(Part::Meta, halves::ENTRY, halves::entry(left)?),
            None => {}
        }
        if let Some(group) = self.spooled {
            redo.insert(Part::Meta, spooled::MARK, spooled::mark(group)?);
        }
        if let Some(applied) = self.applied {
            redo.insert(Part::Meta, "applied", encode("log position", &applied)?);
        }
        if let Some(model) = &self.base_model {
            redo.insert(Part::Meta, BASE_MODEL, encode("base model", model)?);
        }
        Ok(redo)
    }
}

impl Plan<'_> {
    /// Has the index follow the corrections and removals.
    fn list_labels(&mut self) {
        let secret = self.trees.vault.secret();
        let terms = [Label::Ham, Label::Spam].map(|label| (label, Term::label(secret, label)));
        let corrected = self.corrections.keys();
        for &id in corrected.chain(&self.removed) {
            let stands = match self.corrections.get(&id) {
                Some(Some(stored)) if !self.removed.contains(&id) => Some(stored.correction.label),
                _ => None,
            };
            for (label, term) in terms {
                if stands == Some(label) {
                    self.postings.list(term, id);
                } else {
                    self.postings.unlist(term, id);
                }
            }
        }
    }
}

/// Where a label says that the filter erred about a comment. What was never checked here counts
/// as wrongly judged: its site must have judged otherwise, or would not tell us.
fn errs(record: &VerdictRecord, label: Label) -> Option<Counted> {
    let wrong = match (record.origin, label) {
        (Origin::Submitted, _) => true,
        (Origin::Imported, _) => false,
        (Origin::Checked, Label::Spam) => record.judgement.verdict != Verdict::Spam,
        (Origin::Checked, Label::Ham) => record.judgement.verdict == Verdict::Spam,
    };
    wrong.then(|| Counted {
        row: CounterRow::of(record),
        as_label: label,
    })
}

/// An event of now.
pub(super) fn event(at: Timestamp, change: Change) -> Event {
    Event {
        at: super::trees::to_micros(at),
        change,
    }
}
