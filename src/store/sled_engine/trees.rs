//! The trees: what stands under which key.

use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use sled::{Db, Tree};

use super::exchange::Notes;
use super::redo::Redo;
use super::stored_verdict::StoredVerdict;
use crate::key::KeyHash;
use crate::rule::{RuleId, StandingRule};
use crate::site::Site;
use crate::store::codec::{decode, encode};
use crate::store::counters::{Counters, DayCount};
use crate::store::error::StoreError;
use crate::store::event::{Grant, Sequence};
use crate::store::fingerprint::{Fields, Fingerprint};
use crate::store::models::NamedModel;
use crate::store::record::{ConfiguredSite, Correction, Notice, VerdictRecord};
use crate::store::vault::Vault;
use crate::verdict::{Label, VerdictId};

/// Most candidates looked at for one piece of feedback: a text repeated more often than this is
/// the same spam whichever of its copies is corrected.
const CANDIDATES: usize = 500;
/// Most copies of a text among which the one is looked for on which all else agrees.
const COPIES: usize = 10 * CANDIDATES;

/// Under which name the base model stands in [`Trees::meta`] that the log names.
pub(super) const BASE_MODEL: &str = "base model";

/// Handles to all trees. Cheap to clone.
#[derive(Clone)]
pub(super) struct Trees {
    pub(super) db: Db,
    /// The keys of what is sealed in the verdicts.
    pub(super) vault: Arc<Vault>,
    /// Verdict id -> [`StoredVerdict`].
    pub(super) verdicts: Tree,
    /// [`Term`](super::postings::Term), verdict id -> other verdicts' ids; see [`super::runs`].
    pub(super) postings: Tree,
    /// `c`, content hash, verdict id -> [`Fields`]; of verdicts without content `e`, exact hash, verdict id ->
    /// nothing.
    pub(super) content: Tree,
    /// Verdict id -> [`StoredCorrection`].
    pub(super) corrections: Tree,
    /// Site -> whether it is active.
    pub(super) sites: Tree,
    /// Site -> [`ConfiguredSite`].
    pub(super) settings: Tree,
    /// Rule's number -> [`StandingRule`].
    pub(super) rules: Tree,
    /// Key hash -> [`Grant`].
    pub(super) keys: Tree,
    /// Key hash, day, site -> [`Counters`].
    pub(super) counters: Tree,
    /// Verdict id -> [`Notice`].
    pub(super) notices: Tree,
    /// Verdict id, kind, number -> [`Step`](crate::store::history::Step); see [`super::history`].
    pub(super) history: Tree,
    /// Key hash -> the name it was made with; revoked keys stay.
    pub(super) key_names: Tree,
    /// Key hash -> days since 1970-01-01 of its last use.
    pub(super) key_uses: Tree,
    /// What is noted of verdicts that other stores have or should have.
    pub(super) exchange: Notes,
    /// Names -> whatever belongs to the whole.
    pub(super) meta: Tree,
    /// Nothing -> [`Redo`].
    pub(super) redo: Tree,
    /// Whether other stores share the log.
    pub(super) shared: bool,
}

/// A correction with what it counted, so that this can be taken back even when the verdict is
/// no longer stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredCorrection {
    pub(super) correction: Correction,
    pub(super) counted: Option<Counted>,
}

/// Where a correction counted as an error of the filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) row: CounterRow,
    /// Spam: missed spam; ham: a false positive.
    pub(super) as_label: Label,
}

/// Which counters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct CounterRow {
    pub(super) key: KeyHash,
    /// Days since 1970-01-01, UTC.
    pub(super) day: i32,
    pub(super) site: Option<Site>,
}

impl CounterRow {
    pub(super) fn of(record: &VerdictRecord) -> Self {
        Self {
            key: record.key,
            day: i32::try_from(record.id.unix_millis() / 86_400_000).unwrap_or(i32::MAX),
            site: record.site.clone(),
        }
    }

    /// The row of a count.
    pub(super) fn counting(count: &DayCount) -> Self {
        Self {
            key: count.key,
            day: day_number(count.day),
            site: count.site.clone(),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.key.as_bytes().to_vec();
        bytes.extend_from_slice(&sortable(self.day));
        bytes.extend_from_slice(self.site.as_ref().map_or("", |s| s.as_str()).as_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let unreadable = |reason: &str| StoreError::Unreadable {
            what: "counter",
            reason: reason.to_owned(),
        };
        let parts = bytes
            .split_first_chunk::<32>()
            .and_then(|(key, rest)| Some((key, rest.split_first_chunk::<4>()?)));
        let Some((key, (day, site))) = parts else {
            return Err(unreadable("its key is too short"));
        };
        let site = match std::str::from_utf8(site) {
            Ok("") => None,
            Ok(site) => Some(Site::parse(site).map_err(|e| unreadable(&e.to_string()))?),
            Err(e) => return Err(unreadable(&e.to_string())),
        };
        Ok(Self {
            key: KeyHash::from_bytes(*key),
            day: (u32::from_be_bytes(*day) ^ 0x8000_0000).cast_signed(),
            site,
        })
    }
}

/// A number whose bytes sort as it does.
fn sortable(day: i32) -> [u8; 4] {
    (day.cast_unsigned() ^ 0x8000_0000).to_be_bytes()
}

const EPOCH: Date = Date::constant(1970, 1, 1);

pub(super) fn day_number(day: Date) -> i32 {
    EPOCH.until(day).map_or(0, |span| span.get_days())
}

pub(super) fn date_of(day: i32) -> Date {
    EPOCH.saturating_add(day.days())
}

pub(super) fn exact_key(fingerprint: &Fingerprint, id: VerdictId) -> Vec<u8> {
    [b"e", &fingerprint.exact[..], id.as_bytes()].concat()
}

pub(super) fn content_key(fingerprint: &Fingerprint, id: VerdictId) -> Vec<u8> {
    [b"c", &fingerprint.content[..], id.as_bytes()].concat()
}

/// The verdict id at the end of an index key.
pub(super) fn id_at_end(key: &[u8]) -> Option<VerdictId> {
    key.last_chunk::<16>().map(|id| VerdictId::from_bytes(*id))
}

impl Trees {
    /// Opens all of them, as they were after the last group of writes.
    pub(super) fn open(db: Db, vault: Arc<Vault>) -> Result<Self, StoreError> {
        let trees = Self {
            vault,
            verdicts: db.open_tree("verdicts")?,
            postings: db.open_tree("postings")?,
            content: db.open_tree("content")?,
            corrections: db.open_tree("corrections")?,
            sites: db.open_tree("sites")?,
            settings: db.open_tree("settings")?,
            rules: db.open_tree("rules")?,
            keys: db.open_tree("keys")?,
            counters: db.open_tree("counters")?,
            notices: db.open_tree("notices")?,
            history: db.open_tree("history")?,
            key_names: db.open_tree("key_names")?,
            key_uses: db.open_tree("key_uses")?,
            exchange: Notes(db.open_tree("exchange")?),
            meta: db.open_tree("meta")?,
            redo: db.open_tree("redo")?,
            shared: false,
            db,
        };
        Redo::again(&trees)?;
        Ok(trees)
    }

    /// All but the verdicts.
    pub(super) fn all(&self) -> [&Tree; 15] {
        [
            &self.postings,
            &self.content,
            &self.corrections,
            &self.sites,
            &self.settings,
            &self.rules,
            &self.keys,
            &self.counters,
            &self.notices,
            &self.history,
            &self.key_names,
            &self.key_uses,
            &self.exchange.0,
            &self.meta,
            &self.redo,
        ]
    }

    pub(super) fn verdict(&self, id: VerdictId) -> Result<Option<VerdictRecord>, StoreError> {
        match self.stored_verdict(id)? {
            Some(stored) => stored.open(id, &self.vault).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn stored_verdict(
        &self,
        id: VerdictId,
    ) -> Result<Option<StoredVerdict>, StoreError> {
        self.verdicts
            .get(id.as_bytes())?
            .map(|bytes| decode("verdict", &bytes))
            .transpose()
    }

    pub(super) fn correction(&self, id: VerdictId) -> Result<Option<StoredCorrection>, StoreError> {
        self.corrections
            .get(id.as_bytes())?
            .map(|bytes| decode("correction", &bytes))
            .transpose()
    }

    pub(super) fn grant(&self, key: &KeyHash) -> Result<Option<Grant>, StoreError> {
        self.keys
            .get(key.as_bytes())?
            .map(|bytes| decode("key", &bytes))
            .transpose()
    }

    pub(super) fn grants(&self) -> Result<Vec<(KeyHash, Grant)>, StoreError> {
        let mut grants = Vec::new();
        for entry in self.keys.iter() {
            let (key, grant) = entry?;
            let key = <[u8; 32]>::try_from(&key[..]).map_err(|_| StoreError::Unreadable {
                what: "key",
                reason: "its hash has another length".to_owned(),
            })?;
            grants.push((KeyHash::from_bytes(key), decode("key", &grant)?));
        }
        Ok(grants)
    }

    pub(super) fn site(&self, site: &Site) -> Result<Option<bool>, StoreError> {
        self.sites
            .get(site.as_str())?
            .map(|bytes| decode("site", &bytes))
            .transpose()
    }

    pub(super) fn all_sites(&self) -> Result<Vec<(Site, bool)>, StoreError> {
        let mut sites = Vec::new();
        for entry in self.sites.iter() {
            let (site, active) = entry?;
            sites.push((site_named(&site)?, decode("site", &active)?));
        }
        Ok(sites)
    }

    pub(super) fn settings(&self, site: &Site) -> Result<Option<ConfiguredSite>, StoreError> {
        self.settings
            .get(site.as_str())?
            .map(|bytes| decode("site's settings", &bytes))
            .transpose()
    }

    pub(super) fn all_settings(&self) -> Result<Vec<(Site, ConfiguredSite)>, StoreError> {
        let mut sites = Vec::new();
        for entry in self.settings.iter() {
            let (site, configured) = entry?;
            sites.push((site_named(&site)?, decode("site's settings", &configured)?));
        }
        Ok(sites)
    }

    pub(super) fn rule(&self, id: RuleId) -> Result<Option<StandingRule>, StoreError> {
        self.rules
            .get(id.0.to_be_bytes())?
            .map(|bytes| decode("rule", &bytes))
            .transpose()
    }

    pub(super) fn all_rules(&self) -> Result<Vec<(RuleId, StandingRule)>, StoreError> {
        let mut rules = Vec::new();
        for entry in self.rules.iter() {
            let (id, standing) = entry?;
            let id = <[u8; 8]>::try_from(&id[..]).map_err(|_| StoreError::Unreadable {
                what: "rule",
                reason: "its number has another length".to_owned(),
            })?;
            rules.push((RuleId(u64::from_be_bytes(id)), decode("rule", &standing)?));
        }
        Ok(rules)
    }

    pub(super) fn counter(&self, row: &CounterRow) -> Result<Counters, StoreError> {
        self.counters
            .get(row.to_bytes())?
            .map_or(Ok(Counters::default()), |bytes| decode("counter", &bytes))
    }

    pub(super) fn counts(
        &self,
        key: &KeyHash,
        days: &RangeInclusive<Date>,
    ) -> Result<Vec<DayCount>, StoreError> {
        let bound = |day: i32| [&key.as_bytes()[..], &sortable(day)].concat();
        let first = bound(day_number(*days.start()));
        // Up to the day after, whose rows are not included.
        let end = bound(day_number(*days.end()).saturating_add(1));
        if first >= end {
            return Ok(Vec::new());
        }
        let mut counts = Vec::new();
        for entry in self.counters.range(first..end) {
            let (row, counters) = entry?;
            let row = CounterRow::from_bytes(&row)?;
            counts.push(DayCount {
                key: row.key,
                site: row.site,
                day: date_of(row.day),
                counters: decode("counter", &counters)?,
            });
        }
        Ok(counts)
    }

    /// The keys that have counted anything, including those revoked since.
    pub(super) fn counting_keys(&self) -> Result<Vec<KeyHash>, StoreError> {
        let mut keys = Vec::new();
        let mut next = Vec::new();
        // Hops from key to key instead of reading every row.
        while let Some((row, _)) = self.counters.get_gt(&next)? {
            let key = CounterRow::from_bytes(&row)?.key;
            keys.push(key);
            next = [&key.as_bytes()[..], &[0xff; 5]].concat();
        }
        Ok(keys)
    }

    /// The newest verdict on which all fields agree.
    pub(super) fn find_same(&self, wanted: &Fingerprint) -> Result<Option<VerdictId>, StoreError> {
        let list = match wanted.has_content {
            true => [b"c", &wanted.content[..]].concat(),
            false => [b"e", &wanted.exact[..]].concat(),
        };
        for entry in self.content.scan_prefix(list).rev().take(COPIES) {
            let (key, fields) = entry?;
            // The exact hash is one of the content and these fields.
            let same =
                !wanted.has_content || decode::<Fields>("fingerprint", &fields)? == wanted.fields;
            if same && let Some(id) = self.existing(&key)? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The newest verdict that fits best; see [`crate::store::Store::find`].
    pub(super) fn find(&self, wanted: &Fingerprint) -> Result<Option<VerdictId>, StoreError> {
        if let Some(same) = self.find_same(wanted)? {
            return Ok(Some(same));
        }
        if !wanted.has_content {
            return Ok(None);
        }
        let mut best: Option<(usize, VerdictId)> = None;
        let content = [b"c", &wanted.content[..]].concat();
        for entry in self.content.scan_prefix(content).rev().take(CANDIDATES) {
            let (key, fields) = entry?;
            let fields: Fields = decode("fingerprint", &fields)?;
            let Some(likeness) = wanted.fields.likeness(&fields) else {
                continue;
            };
            if best.is_none_or(|(so_far, _)| likeness > so_far)
                && let Some(id) = self.existing(&key)?
            {
                best = Some((likeness, id));
            }
        }
        Ok(best.map(|(_, id)| id))
    }

    /// The verdict that an index key names, if it is still there.
    fn existing(&self, index_key: &[u8]) -> Result<Option<VerdictId>, StoreError> {
        match id_at_end(index_key) {
            Some(id) if self.verdicts.contains_key(id.as_bytes())? => Ok(Some(id)),
            _ => Ok(None),
        }
    }

    pub(super) fn notices(&self) -> Result<Vec<Notice>, StoreError> {
        let entries = self.notices.iter();
        entries.map(|entry| decode("callback", &entry?.1)).collect()
    }

    pub(super) fn put_notice(&self, notice: &Notice) -> Result<(), StoreError> {
        let bytes = encode("callback", notice)?;
        self.notices.insert(notice.verdict.as_bytes(), bytes)?;
        Ok(())
    }

    /// Makes sure that the vault is the one that these trees were written with: with another secret,
    /// or a damaged one, what is stored would look as if it were not there.
    pub(super) fn know_vault(&self) -> Result<(), StoreError> {
        let mark = self.vault.secret().hash("vault", &[]);
        match self.meta.get("vault")? {
            Some(known) if known == mark => Ok(()),
            Some(_) => Err(self.vault.foreign()),
            None => {
                self.meta.insert("vault", &mark)?;
                Ok(())
            }
        }
    }

    /// Newest event of the log that these trees contain.
    /// The base model that the log names, if it names one.
    pub(super) fn base_model(&self) -> Result<Option<NamedModel>, StoreError> {
        let named = self.meta.get(BASE_MODEL)?;
        named.map(|bytes| decode("base model", &bytes)).transpose()
    }

    pub(super) fn applied(&self) -> Result<Sequence, StoreError> {
        decode_applied(&self.meta)?
    }
}

/// Newest event of the log that a database contains.
pub(super) fn applied(db: &Db) -> Result<Result<Sequence, StoreError>, sled::Error> {
    decode_applied(&db.open_tree("meta")?)
}

fn decode_applied(meta: &Tree) -> Result<Result<Sequence, StoreError>, sled::Error> {
    let applied = meta.get("applied")?;
    Ok(applied.map_or(Ok(0), |bytes| decode("log position", &bytes)))
}

/// The site whose identity is the key of an entry.
fn site_named(key: &[u8]) -> Result<Site, StoreError> {
    std::str::from_utf8(key)
        .ok()
        .and_then(|site| Site::parse(site).ok())
        .ok_or_else(|| StoreError::Unreadable {
            what: "site",
            reason: "its name is none of a site".to_owned(),
        })
}

/// A point in time to the microsecond, as it is stored.
pub(super) fn to_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}
