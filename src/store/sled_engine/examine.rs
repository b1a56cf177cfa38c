//! Looking into a data directory that nobody serves from.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use sled::IVec;

use super::rebuild::{self, Rows};
use super::stored_verdict::StoredVerdict;
use super::trees::{Trees, id_at_end};
use super::{catch_up, heal};
use crate::store::StoreSettings;
use crate::store::codec::decode;
use crate::store::data_dir::DataDir;
use crate::store::doctor::{Diagnosis, Finding, Part, Remedy};
use crate::store::error::StoreError;
use crate::store::event::Sequence;
use crate::store::journal::{self, Reader};
use crate::store::learned_states::{damaged_in, kept_in};
use crate::store::vault::Vault;

/// Says what lies where and what is wrong. Writes nothing but what every start writes.
pub(in crate::store) fn examine(
    path: &Path,
    settings: &StoreSettings,
) -> Result<Diagnosis, StoreError> {
    examine_held(&DataDir::take(path)?, path, settings)
}

/// The same of a directory that is held already.
pub(super) fn examine_held(
    directory: &DataDir,
    path: &Path,
    settings: &StoreSettings,
) -> Result<Diagnosis, StoreError> {
    let mut diagnosis = Diagnosis::default();
    if let Err(error) = directory.check() {
        let remedy = match error {
            StoreError::Damaged { .. } => Remedy::Rebuild,
            error => return Err(error),
        };
        diagnosis.note(&directory.join("FORMAT"), &error, remedy);
    }
    rebuild::settle(directory)?;
    let log = directory.join("journal").join("events.log");
    let (last, fault) = match log.exists() {
        true => journal::examine(&log)?,
        false => (0, None),
    };
    // A torn end is no damage, as long as nobody was told of what stood there.
    let sound = fault.as_ref().is_none_or(|fault| fault.torn);
    if let Some(fault) = fault {
        let remedy = match fault.torn {
            true => Remedy::Start,
            false => Remedy::Backup,
        };
        let problem = format!(
            "event {} at byte {}: {}",
            last + 1,
            fault.offset,
            fault.what
        );
        diagnosis.finding(&log, problem, remedy);
    }
    let sled = directory.join("sled");
    let mut holds = "database: nothing readable".to_owned();
    match open(directory, settings) {
        Ok(trees) => {
            // sled panics on some damage.
            let looked = catch_unwind(AssertUnwindSafe(|| {
                look(&trees, &sled, last, sound.then_some(&*log), &mut diagnosis)
            }));
            match looked {
                Ok(Ok(text)) => holds = text,
                Ok(Err(error)) => diagnosis.note(&sled, &error, Remedy::Rebuild),
                Err(_) => {
                    diagnosis.finding(&sled, "it cannot be read".to_owned(), Remedy::Rebuild);
                }
            }
        }
        Err(error) => {
            let (place, remedy) = match &error {
                StoreError::Damaged { path, .. } => (path.clone(), Remedy::Backup),
                _ => (sled.clone(), Remedy::Rebuild),
            };
            diagnosis.note(&place, &error, remedy);
        }
    }
    for state in damaged_in(&directory.join("learned")) {
        diagnosis.finding(&state, "it is damaged".to_owned(), Remedy::Start);
    }
    diagnosis.parts = parts(path, last, &holds)?;
    Ok(diagnosis)
}

impl Diagnosis {
    fn finding(&mut self, path: &Path, problem: String, remedy: Remedy) {
        self.findings.push(Finding {
            path: path.to_path_buf(),
            problem,
            remedy,
        });
    }

    fn note(&mut self, path: &Path, error: &StoreError, remedy: Remedy) {
        self.finding(path, error.to_string(), remedy);
    }
}

/// Opens sled and the vault without healing anything.
pub(super) fn open(directory: &DataDir, settings: &StoreSettings) -> Result<Trees, StoreError> {
    let db = heal::as_it_is(&directory.join("sled"), settings.cache_bytes)?;
    let trees = Trees::open(db, Arc::new(Vault::open(&directory.join("vault"))?))?;
    trees.know_vault()?;
    Ok(trees)
}

/// Reads every entry, and compares with the log what follows from it.
fn look(
    trees: &Trees,
    sled: &Path,
    last: Sequence,
    log: Option<&Path>,
    diagnosis: &mut Diagnosis,
) -> Result<String, StoreError> {
    let (mut verdicts, mut lost_keys) = (0u64, 0u64);
    let mut rows = Rows::of(&trees.verdicts);
    for (id, stored) in rows.by_ref() {
        verdicts += 1;
        match is_locked(trees, &id, &stored) {
            Ok(locked) => lost_keys += u64::from(locked),
            Err(error) => diagnosis.note(sled, &error, Remedy::Rebuild),
        }
    }
    let mut broken = rows.broken;
    for tree in trees.all() {
        let mut rows = Rows::of(tree);
        rows.by_ref().for_each(drop);
        broken |= rows.broken;
    }
    if broken {
        let problem = "some of its pages cannot be read".to_owned();
        diagnosis.finding(sled, problem, Remedy::Rebuild);
    }
    if lost_keys > 0 {
        let problem = format!(
            "{lost_keys} of {verdicts} comments cannot be opened: their keys are not in the vault"
        );
        diagnosis.finding(sled, problem, Remedy::None);
    }
    let applied = trees.applied()?;
    match log {
        Some(log) if applied > last => {
            let problem = format!("it ends with event {last}, but the database knows {applied}");
            diagnosis.finding(log, problem, Remedy::Backup);
        }
        Some(log) if applied == last && !broken => {
            for what in differences(trees, &journal::reader(log)?)? {
                let problem = format!("{what} are not those of the journal");
                diagnosis.finding(sled, problem, Remedy::Rebuild);
            }
        }
        // What is behind is taken over by the next start.
        _ => {}
    }
    let (keys, rules) = (trees.grants()?.len(), trees.all_rules()?.len());
    let (sites, corrections) = (trees.all_sites()?.len(), trees.corrections.len());
    Ok(format!(
        "database: {verdicts} verdicts, {corrections} corrections, {sites} sites, {keys} keys, {rules} rules"
    ))
}

/// Whether what was written is there and cannot be opened.
fn is_locked(trees: &Trees, id: &IVec, stored: &IVec) -> Result<bool, StoreError> {
    let id = id_at_end(id).ok_or_else(nameless)?;
    let stored: StoredVerdict = decode("verdict", stored)?;
    Ok(stored.has_content() && stored.personal(id, &trees.vault)?.is_none())
}

pub(super) fn nameless() -> StoreError {
    StoreError::Unreadable {
        what: "verdict",
        reason: "its name has another length".to_owned(),
    }
}

/// What in the database is not what the log makes.
fn differences(trees: &Trees, log: &Reader) -> Result<Vec<&'static str>, StoreError> {
    let fresh = sled::Config::new().temporary(true).open()?;
    let replayed = Trees::open(fresh, Arc::clone(&trees.vault))?;
    catch_up(&replayed, log)?;
    let labels = |trees: &Trees| -> Result<BTreeMap<_, _>, StoreError> {
        let all = trees.corrections.iter().keys();
        all.map(|id| {
            let id = id_at_end(&id?).ok_or_else(nameless)?;
            let correction = trees.correction(id)?.map(|stored| stored.correction);
            Ok((id, correction))
        })
        .collect()
    };
    let mut differ = Vec::new();
    if labels(trees)? != labels(&replayed)? {
        differ.push("corrections");
    }
    if trees.grants()? != replayed.grants()? {
        differ.push("keys");
    }
    if trees.all_settings()? != replayed.all_settings()? {
        differ.push("sites' settings");
    }
    if trees.all_rules()? != replayed.all_rules()? {
        differ.push("rules");
    }
    Ok(differ)
}

/// What lies in the directory, file by file.
fn parts(path: &Path, last: Sequence, database: &str) -> Result<Vec<Part>, StoreError> {
    let entries = fs::read_dir(path).map_err(|e| StoreError::io(path, &e))?;
    let mut parts = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = size(&entry.path());
        let holds = match name.as_str() {
            "FORMAT" => "version of the directory".to_owned(),
            "lock" => "held by the process that serves".to_owned(),
            "journal" => format!("log of corrections, keys, rules and sites: {last} events"),
            "vault" => format!(
                "keys of what people wrote: {} places",
                Vault::slots_of(bytes)
            ),
            "sled" => database.to_owned(),
            "spool" => "verdicts that the database did not have on the disk yet".to_owned(),
            "learned" => format!(
                "what was learned, so that a start is quick: as of events {:?}",
                kept_in(&entry.path())
            ),
            name if name.contains(".damaged-") => {
                "moved aside: delete it when nobody wants to look into it".to_owned()
            }
            _ => "not of Chaffinch".to_owned(),
        };
        parts.push(Part { name, bytes, holds });
    }
    parts.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    Ok(parts)
}

/// Bytes of a file or of everything in a folder. What cannot be read counts nothing.
pub(super) fn size(path: &Path) -> u64 {
    let Ok(of) = fs::symlink_metadata(path) else {
        return 0;
    };
    if !of.is_dir() {
        return of.len();
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}
