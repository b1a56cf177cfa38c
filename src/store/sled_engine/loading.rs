//! A new data directory from the lines of a dump.

use std::path::Path;

use super::plan::Plan;
use super::trees::{CounterRow, Trees};
use super::{catch_up, heal, rebuild};
use crate::store::StoreSettings;
use crate::store::counters::DayCount;
use crate::store::data_dir::DataDir;
use crate::store::dump::{DumpError, DumpedSite, DumpedVerdict, Line, RestoreError, Restored};
use crate::store::error::StoreError;
use crate::store::event::{Event, Sequence};
use crate::store::fingerprint::Secret;
use crate::store::journal::Journal;
use crate::store::record::Notice;
use crate::store::vault::Vault;

use super::new_verdict::NewVerdict;

/// Verdicts, or events, written at once.
const GROUP: usize = 1000;

/// Restores into a directory that is empty or not there. If that breaks off, the directory cannot be
/// opened.
pub(in crate::store) fn restore(
    path: &Path,
    settings: &StoreSettings,
    mut lines: impl Iterator<Item = Result<Line, DumpError>>,
) -> Result<Restored, RestoreError> {
    let not_empty = || RestoreError::NotEmpty(path.to_path_buf());
    // Read before anything is made: a wrong file leaves nothing behind.
    let secret = match lines.next().transpose()? {
        Some(Line::Head(head)) => Secret::from_hex(&head.secret),
        _ => None,
    };
    let secret = secret.ok_or_else(|| RestoreError::Order("it has no head".to_owned()))?;
    let directory = DataDir::for_restore(path)?.ok_or_else(not_empty)?;
    let vault = directory.join("vault");
    Vault::create(&vault, &secret, &[])?;
    let sled = directory.join("sled");
    let trees = heal::open(&sled, &vault, settings.cache_bytes)?;
    let journal = Journal::open(&directory.join("journal"), 0)?;
    let mut loader = Loader::new(&trees, journal);
    for line in lines {
        loader.take(line?)?;
    }
    let restored = loader.finish()?;
    rebuild::sync(&sled)?;
    trees.vault.sync().map_err(|e| StoreError::io(&vault, &e))?;
    directory.restored()?;
    Ok(restored)
}

struct Loader<'a> {
    trees: &'a Trees,
    journal: Journal,
    verdicts: Vec<NewVerdict>,
    events: Vec<Event>,
    sites: Vec<DumpedSite>,
    counts: Vec<DayCount>,
    notices: Vec<Notice>,
    restored: Restored,
}

impl<'a> Loader<'a> {
    fn new(trees: &'a Trees, journal: Journal) -> Self {
        Self {
            trees,
            journal,
            verdicts: Vec::new(),
            events: Vec::new(),
            sites: Vec::new(),
            counts: Vec::new(),
            notices: Vec::new(),
            restored: Restored::default(),
        }
    }

    fn take(&mut self, line: Line) -> Result<(), RestoreError> {
        match line {
            Line::Head(_) | Line::End(_) => {
                return Err(RestoreError::Order("it has two heads".to_owned()));
            }
            Line::Verdict(verdict) => self.verdict(*verdict)?,
            Line::Site(site) => self.sites.push(site),
            Line::Count(count) => self.counts.push(count),
            Line::Notice(notice) => self.notices.push(notice),
            Line::Event(dumped) => {
                self.restored.events += 1;
                let expected: Sequence = self.restored.events;
                if dumped.sequence != expected {
                    let found = dumped.sequence;
                    let text = format!("event {found} stands where {expected} should");
                    return Err(RestoreError::Order(text));
                }
                self.events.push(dumped.event);
                if self.events.len() == GROUP {
                    self.write_events()?;
                }
            }
        }
        Ok(())
    }

    fn verdict(&mut self, dumped: DumpedVerdict) -> Result<(), StoreError> {
        self.restored.verdicts += 1;
        let mut record = dumped.record;
        let secret = self.trees.vault.secret();
        match (record.comment.take(), dumped.fingerprint) {
            (Some(comment), Some(fingerprint)) => {
                let new = NewVerdict::restored(record, comment, fingerprint, secret)?;
                self.verdicts.push(new);
                if self.verdicts.len() == GROUP {
                    self.write_verdicts()?;
                }
            }
            _ => {
                let mut plan = Plan::new(self.trees);
                plan.put_bare(record)?;
                plan.commit()?;
            }
        }
        Ok(())
    }

    fn write_verdicts(&mut self) -> Result<(), StoreError> {
        let keys: Vec<_> = self.verdicts.iter().map(|new| new.stored.key).collect();
        let slots = self.trees.vault.keep(&keys)?;
        let mut plan = Plan::new(self.trees);
        for (new, slot) in self.verdicts.iter().zip(slots) {
            plan.put(new, slot)?;
        }
        self.verdicts.clear();
        plan.commit()
    }

    fn write_events(&mut self) -> Result<(), StoreError> {
        self.journal.append(&self.events)?;
        self.events.clear();
        Ok(())
    }

    /// Replays the log over the verdicts; what it does not know of, and the counts, are as they were.
    fn finish(mut self) -> Result<Restored, StoreError> {
        self.write_verdicts()?;
        self.write_events()?;
        catch_up(self.trees, &self.journal.reader())?;
        let mut plan = Plan::new(self.trees);
        for known in self.sites {
            plan.mention(known.site)?;
        }
        for count in &self.counts {
            plan.set_counter(CounterRow::counting(count), count.counters);
        }
        plan.commit()?;
        for notice in &self.notices {
            self.trees.put_notice(notice)?;
        }
        self.trees.db.flush()?;
        Ok(self.restored)
    }
}
