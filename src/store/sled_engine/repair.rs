//! Mending a data directory that nobody serves from, and making it smaller.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::examine::{examine_held, open, size};
use super::trees::Trees;
use super::{heal, rebuild};
use crate::store::StoreSettings;
use crate::store::data_dir::DataDir;
use crate::store::doctor::{Losses, Remedy, Repair, RepairError};
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
    let mut repair = Repair::default();
    if !found.is_damaged() {
        return Ok(repair);
    }
    let (secret, events) = match backup {
        Some(lines) => read_backup(lines)?,
        None => (None, BTreeMap::new()),
    };
    directory.write_format()?;
    let is_at_fault = |place: &Path| {
        let mut findings = found.findings.iter();
        findings.any(|finding| finding.path == place && finding.remedy == Remedy::Backup)
    };
    let log = directory.join("journal").join("events.log");
    if is_at_fault(&log) {
        let known = open(&directory, settings)
            .and_then(|trees| trees.applied())
            .unwrap_or(0);
        mend_journal(&directory, &log, known, events, losses, &mut repair)?;
    }
    let vault = directory.join("vault");
    if is_at_fault(&vault) || !vault.exists() {
        mend_vault(&directory, &vault, secret.as_ref(), losses, &mut repair)?;
    }
    mend_database(&directory, path, settings, &mut repair)?;
    Ok(repair)
}

/// Where something damaged is kept for those who want to look into it.
fn aside(directory: &DataDir, name: &str) -> PathBuf {
    let now = Timestamp::now().as_microsecond();
    directory.join(&format!("{name}.damaged-{now}"))
}

/// Writes the journal anew of its sound events and those that a backup has, up to the newest that the
/// journal or the database knows. Where neither has one its place stays, empty.
fn mend_journal(
    directory: &DataDir,
    log: &Path,
    known: Sequence,
    backup: BTreeMap<Sequence, Event>,
    losses: Losses,
    repair: &mut Repair,
) -> Result<(), RepairError> {
    let mut sound = journal::salvage(log)?;
    let newest = sound.last_key_value().map_or(0, |(&last, _)| last);
    let newest = newest.max(known);
    for (sequence, event) in backup {
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
    let kept = aside(directory, "journal");
    fs::copy(log, &kept).map_err(|e| StoreError::io(&kept, &e))?;
    repair.moved_aside.push(kept);
    journal::rewrite(log, (1..=newest).map(|n| sound.get(&n).unwrap_or(&lost)))?;
    Ok(())
}

/// Gives a vault the secret of a backup; its keys stay. Without one it is begun anew.
fn mend_vault(
    directory: &DataDir,
    vault: &Path,
    secret: Option<&Secret>,
    losses: Losses,
    repair: &mut Repair,
) -> Result<(), RepairError> {
    if secret.is_none() && losses == Losses::Refuse {
        let text = "the vault is damaged or missing, and with it what people wrote";
        return Err(RepairError::Loss(text.to_owned()));
    }
    let bytes = fs::read(vault).unwrap_or_default();
    if vault.exists() {
        let kept = aside(directory, "vault");
        fs::rename(vault, &kept).map_err(|e| StoreError::io(vault, &e))?;
        repair.moved_aside.push(kept);
    }
    if let Some(secret) = secret {
        Vault::create(vault, secret, Vault::keys_in(&bytes))?;
    }
    Ok(())
}

/// Makes the database anew of the journal and of the verdicts that can be read.
fn mend_database(
    directory: &DataDir,
    path: &Path,
    settings: &StoreSettings,
    repair: &mut Repair,
) -> Result<(), StoreError> {
    let journal = Journal::open(&directory.join("journal"), 0)?;
    let db = heal::by_its_log(&directory.join("sled"), settings.cache_bytes);
    let vault = Arc::new(Vault::open(&directory.join("vault"))?);
    let old = db.and_then(|db| Trees::open(db, vault));
    repair.lost_verdicts = old.is_err();
    let make = |old| rebuild::make(directory, old, &journal.reader(), settings.cache_bytes);
    // sled panics on some damage, and is then read no further.
    let taken = match catch_unwind(AssertUnwindSafe(|| make(old.as_ref().ok()))) {
        Ok(taken) => taken?,
        Err(_) => {
            repair.lost_verdicts = true;
            rebuild::settle(directory)?;
            make(None)?
        }
    };
    repair.verdicts = taken.verdicts;
    repair.lost_verdicts |= taken.incomplete;
    drop(old);
    let kept = aside(directory, "sled");
    rebuild::exchange(directory, path, Some(&kept))?;
    if kept.exists() {
        repair.moved_aside.push(kept);
    }
    Ok(())
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
