//! What a group of writes changes: worked out in memory first, then written at once.

use std::collections::HashMap;

use jiff::Timestamp;
use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional};
use sled::{Batch, IVec};

use super::trees::{
    Counted, CounterRow, StoredCorrection, StoredVerdict, Trees, content_key, exact_key,
};
use crate::key::KeyHash;
use crate::site::Site;
use crate::store::codec::encode;
use crate::store::counters::Counters;
use crate::store::error::StoreError;
use crate::store::event::{Change, Event, Grant, Sequence};
use crate::store::fingerprint::Fingerprint;
use crate::store::record::{ConfiguredSite, Correction, Origin, VerdictRecord};
use crate::verdict::{Label, Verdict, VerdictId};

/// Changes on top of the trees. Reads see them.
pub(super) struct Plan<'a> {
    trees: &'a Trees,
    verdicts: Batch,
    content: Batch,
    corrections: HashMap<VerdictId, Option<StoredCorrection>>,
    counters: HashMap<CounterRow, Counters>,
    keys: HashMap<KeyHash, Option<Grant>>,
    sites: HashMap<Site, Option<bool>>,
    settings: HashMap<Site, Option<ConfiguredSite>>,
    applied: Option<Sequence>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(trees: &'a Trees) -> Self {
        Self {
            trees,
            verdicts: Batch::default(),
            content: Batch::default(),
            corrections: HashMap::new(),
            counters: HashMap::new(),
            keys: HashMap::new(),
            sites: HashMap::new(),
            settings: HashMap::new(),
            applied: None,
        }
    }

    /// A new verdict, its index entries, its site and, if it was checked, its count.
    pub(super) fn put(
        &mut self,
        record: VerdictRecord,
        fingerprint: Fingerprint,
    ) -> Result<(), StoreError> {
        let id = record.id;
        let counts = (record.origin == Origin::Checked)
            .then(|| (CounterRow::of(&record), record.judgement.verdict));
        let site = record.comment.site.clone();
        let exact = exact_key(&fingerprint, id);
        let content = content_key(&fingerprint, id);
        let fields = encode("fingerprint", &fingerprint.fields)?;
        let stored = StoredVerdict {
            record,
            fingerprint,
        };
        let stored = encode("verdict", &stored)?;
        if let Some((row, verdict)) = counts {
            let counters = self.counter(row)?;
            counters.checked += 1;
            match verdict {
                Verdict::Spam => counters.spam += 1,
                Verdict::Ham => counters.ham += 1,
                Verdict::Unsure => counters.unsure += 1,
            }
        }
        if let Some(site) = site {
            self.mention(site)?;
        }
        self.verdicts.insert(id.as_bytes(), stored);
        self.content.insert(exact, IVec::default());
        self.content.insert(content, fields);
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

    /// A site that nothing was known of is in use.
    fn mention(&mut self, site: Site) -> Result<(), StoreError> {
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
            }
            Change::Retracted { verdict, .. } => superseded = self.take_back(*verdict)?,
            Change::KeyCreated { key, grant } => {
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
            Change::SiteRemoved { site } => {
                self.sites.insert(site.clone(), None);
                self.settings.insert(site.clone(), None);
            }
        }
        self.applied = Some(sequence);
        Ok(superseded)
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

    /// Writes everything in one transaction: after a crash all of it is there or nothing.
    pub(super) fn commit(self) -> Result<(), StoreError> {
        let trees = self.trees;
        let mut corrections = Batch::default();
        for (id, stored) in &self.corrections {
            match stored {
                Some(stored) => corrections.insert(id.as_bytes(), encode("correction", stored)?),
                None => corrections.remove(id.as_bytes()),
            }
        }
        let mut keys = Batch::default();
        for (key, grant) in &self.keys {
            match grant {
                Some(grant) => keys.insert(key.as_bytes(), encode("key", grant)?),
                None => keys.remove(key.as_bytes()),
            }
        }
        let mut counters = Batch::default();
        for (row, counts) in &self.counters {
            counters.insert(row.to_bytes(), encode("counter", counts)?);
        }
        let mut sites = Batch::default();
        for (site, active) in &self.sites {
            match active {
                Some(active) => sites.insert(site.as_str(), encode("site", active)?),
                None => sites.remove(site.as_str()),
            }
        }
        let mut settings = Batch::default();
        for (site, configured) in &self.settings {
            match configured {
                Some(configured) => {
                    settings.insert(site.as_str(), encode("site's settings", configured)?);
                }
                None => settings.remove(site.as_str()),
            }
        }
        let mut meta = Batch::default();
        if let Some(applied) = self.applied {
            meta.insert("applied", encode("log position", &applied)?);
        }
        let parts = [
            (&trees.verdicts, self.verdicts),
            (&trees.content, self.content),
            (&trees.corrections, corrections),
            (&trees.keys, keys),
            (&trees.counters, counters),
            (&trees.sites, sites),
            (&trees.settings, settings),
            (&trees.meta, meta),
        ];
        let all: Vec<_> = parts.iter().map(|(tree, _)| *tree).collect();
        let written = all.as_slice().transaction(|views| {
            for (view, (_, batch)) in views.iter().zip(&parts) {
                view.apply_batch(batch)?;
            }
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        written.map_err(|error| match error {
            TransactionError::Storage(error) => error.into(),
            TransactionError::Abort(()) => StoreError::Database("a write was aborted".to_owned()),
        })
    }
}

/// Where a label says that the filter erred about a comment. What was never checked here counts
/// as wrongly judged: its site must have judged otherwise, or would not tell us.
fn errs(record: &VerdictRecord, label: Label) -> Option<Counted> {
    let wrong = match (record.origin, label) {
        (Origin::Submitted, _) => true,
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
