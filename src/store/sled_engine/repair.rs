//! Mending a data directory that nobody serves from, and making it smaller.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::examine::{examine_held, open, size};
use super::trees::Trees;
use super::{heal, rebuild};
use crate::store::StoreSettings;
use crate::store::data_dir::DataDir;
use crate::store::doctor::{Finding, Losses, Remedy, Repair, RepairError};
use crate::store::dump::{DumpError, Line};
use crate::store::error::StoreError;
use crate::store::event::{Change, Event, Sequence};
use crate::store::fingerprint::Secret;
use crate::store::journal::{self, Journal};
use crate::store::vault::Vault;

/// Mends what [`examine_held`] finds.
pub(in crate::store) fn repair(
    path: &Path,
    settings: &StoreSettings,
    backup: Option<&mut dyn Iterator<Item = Result<Line, DumpError>>>,
    losses: Losses,
) -> Result<Repair, RepairError> {
    let directory = DataDir::take(path)?;
    let found = examine_held(&directory, path, settings)?;
    let damage = |finding: &Finding| matches!(finding.remedy, Remedy::Rebuild | Remedy::Backup);
    if !found.findings.iter().any(damage) {
        return Ok(Repair::default());
    }
    let mut repair = Repair::default();
    let (secret, events) = match backup {
        Some(lines) => read_backup(lines)?,
        None => (None, BTreeMap::new()),
    };
    directory.write_format()?;
    let aside = |name: &str| {
        directory.join(&format!(
            "{name}.damaged-{}",
            Timestamp::now().as_microsecond()
        ))
    };
    let log = directory.join("journal").join("events.log");
    let at_fault = |place: &Path| {
        let mut of_place = found
            .findings
            .iter()
            .filter(|finding| finding.path == place);
        of_place.any(|finding| finding.remedy == Remedy::Backup)
    };
    if at_fault(&log) {
        let mut sound = journal::salvage(&log)?;
        let known = open(&directory, settings)
            .and_then(|trees| trees.applied())
            .unwrap_or(0);
        let newest = sound.last_key_value().map_or(0, |(&last, _)| last);
        let newest = newest.max(known);
        for (sequence, event) in events {
            if sequence <= newest && !sound.contains_key(&sequence) {
                repair.from_backup += 1;
                sound.insert(sequence, event);
            }
        }
        let lost = Event {
            at: Timestamp::UNIX_EPOCH,
            change: Change::Lost,
        };
        repair.lost_events = (1..=newest).filter(|n| !sound.contains_key(n)).collect();
        if !repair.lost_events.is_empty() && losses == Losses::Refuse {
            let text = format!(
                "events {:?} of the journal cannot be read",
                repair.lost_events
            );
            return Err(RepairError::Loss(text));
        }
        let kept = aside("journal");
        fs::copy(&log, &kept).map_err(|e| StoreError::io(&kept, &e))?;
        repair.moved_aside.push(kept);
        journal::rewrite(&log, (1..=newest).map(|n| sound.get(&n).unwrap_or(&lost)))?;
    }
    let vault = directory.join("vault");
    if at_fault(&vault) || !vault.exists() {
        match (&secret, losses) {
            (None, Losses::Refuse) => {
                let text = "the vault is damaged or missing, and with it what people wrote";
                return Err(RepairError::Loss(text.to_owned()));
            }
            (Some(secret), _) => mend_vault(&vault, secret, &aside("vault"), &mut repair)?,
            (None, Losses::Accept) => {
                let kept = aside("vault");
                if vault.exists() {
                    fs::rename(&vault, &kept).map_err(|e| StoreError::io(&vault, &e))?;
                    repair.moved_aside.push(kept);
                }
            }
        }
    }
    let journal = Journal::open(&directory.join("journal"), 0)?;
    let db = heal::as_it_is(&directory.join("sled"), settings.cache_bytes);
    let vault = Arc::new(Vault::open(&vault)?);
    let old = db.and_then(|db| Ok(Trees::open(db, vault)?));
    repair.lost_verdicts = old.is_err();
    let taken = catch_unwind(AssertUnwindSafe(|| {
        rebuild::make(
            &directory,
            old.as_ref().ok(),
            &journal.reader(),
            settings.cache_bytes,
        )
    }));
    // sled panics on some damage, and is then read no further.
    let taken = match taken {
        Ok(taken) => taken?,
        Err(_) => {
            repair.lost_verdicts = true;
            rebuild::settle(&directory)?;
            rebuild::make(&directory, None, &journal.reader(), settings.cache_bytes)?
        }
    };
    repair.verdicts = taken.verdicts;
    repair.lost_verdicts |= taken.incomplete;
    drop(old);
    let kept = aside("sled");
    rebuild::exchange(&directory, path, Some(&kept))?;
    if kept.exists() {
        repair.moved_aside.push(kept);
    }
    Ok(repair)
}

/// Gives a vault its secret back; its keys stay.
fn mend_vault(
    vault: &Path,
    secret: &Secret,
    aside: &Path,
    repair: &mut Repair,
) -> Result<(), StoreError> {
    let bytes = fs::read(vault).unwrap_or_default();
    if vault.exists() {
        fs::rename(vault, aside).map_err(|e| StoreError::io(vault, &e))?;
        repair.moved_aside.push(aside.to_path_buf());
    }
    Vault::create(vault, secret, bytes.get(64..).unwrap_or_default())
}

type Backup = (Option<Secret>, BTreeMap<Sequence, Event>);

/// The secret and the events of a backup.
fn read_backup(
    lines: &mut dyn Iterator<Item = Result<Line, DumpError>>,
) -> Result<Backup, DumpError> {
    let (mut secret, mut events) = (None, BTreeMap::new());
    for line in lines {
        match line? {
            Line::Head(head) => secret = Secret::from_hex(&head.secret),
            Line::Event(dumped) => {
                events.insert(dumped.sequence, dumped.event);
            }
            _ => {}
        }
    }
    Ok((secret, events))
}

/// Writes the database anew without what it no longer needs. Answers with its size before and after,
/// in bytes.
pub(in crate::store) fn compact(
    path: &Path,
    settings: &StoreSettings,
) -> Result<(u64, u64), StoreError> {
    let directory = DataDir::open(path)?;
    let sled = directory.join("sled");
    let before = size(&sled);
    let trees = heal::open(&sled, &directory.join("vault"), settings.cache_bytes)?;
    let journal = Journal::open(&directory.join("journal"), trees.applied()?)?;
    rebuild::copy(&directory, &trees, settings.cache_bytes)?;
    drop((trees, journal));
    rebuild::exchange(&directory, path, None)?;
    Ok((before, size(&sled)))
}
