//! Verdicts on their way between the stores of one log: still sealed, each with its key.
//!
//! What arrives is stored under the same key as where it was given, and counted likewise.

use std::collections::HashSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::SledStore;
use super::command::Command;
use super::examine::nameless;
use super::exchange::Changes;
use super::new_verdict::NewVerdict;
use super::spool::Source;
use super::stored_verdict::StoredVerdict;
use super::trees::{Trees, id_at_end};
use super::writer::Writer;
use crate::site::settings::RetentionDays;
use crate::store::ack::Ack;
use crate::store::codec::{decode, encode};
use crate::store::error::StoreError;
use crate::store::exchange::{Arrived, Exchange, Parcel, Received};
use crate::store::vault::Key;
use crate::verdict::VerdictId;

/// Most verdicts in a parcel, and bytes from which it is full.
const MOST: usize = 256;
const FULL: usize = 256 * 1024;
/// Verdicts noted at once as not handed on.
const GROUP: usize = 1000;

/// What a parcel holds. Its bytes travel between replicas of two releases: `fixtures/cluster` has some.
type Contents = Vec<Travelling>;

/// A verdict on its way.
#[derive(Serialize, Deserialize)]
struct Travelling {
    id: VerdictId,
    stored: StoredVerdict,
    key: Key,
}

/// A parcel that was opened: who is in it, and what of that is not here.
pub(super) struct Opened {
    place: u64,
    readable: bool,
    names: Vec<VerdictId>,
    new: Vec<NewVerdict>,
}

/// The next verdicts that wait; such as have no comment any more are not sent.
fn pack(trees: &Trees) -> Result<Option<Parcel>, StoreError> {
    let (mut contents, mut names, mut size) = (Contents::new(), Vec::new(), 0);
    for id in trees.exchange.waiting(MOST)? {
        names.push(id);
        let Some(stored) = trees.stored_verdict(id)? else {
            continue;
        };
        if let Some(key) = stored.key(&trees.vault)? {
            size += stored.size();
            contents.push(Travelling { id, stored, key });
        }
        if size >= FULL {
            break;
        }
    }
    match names.is_empty() {
        true => Ok(None),
        false => seal(names, &contents).map(Some),
    }
}

/// A parcel without what was erased.
fn clear(trees: &Trees, body: &[u8]) -> Result<Parcel, StoreError> {
    let (mut left, mut names) = (Contents::new(), Vec::new());
    for travelling in open(body)? {
        if !trees.exchange.is_erased(travelling.id)? {
            names.push(travelling.id);
            left.push(travelling);
        }
    }
    seal(names, &left)
}

fn seal(names: Vec<VerdictId>, contents: &Contents) -> Result<Parcel, StoreError> {
    let body = match contents.is_empty() {
        true => Vec::new(),
        false => encode("parcel of verdicts", contents)?,
    };
    Ok(Parcel { names, body })
}

fn open(body: &[u8]) -> Result<Contents, StoreError> {
    decode("parcel of verdicts", body)
}

/// Opens a parcel. One of a newer version is as good as empty.
fn unpack(trees: &Trees, Received { place, body }: Received) -> Result<Opened, StoreError> {
    let mut opened = Opened {
        place,
        readable: true,
        names: Vec::new(),
        new: Vec::new(),
    };
    let contents = open(&body).unwrap_or_else(|error| {
        tracing::warn!(%error, place, "verdicts of another server are passed over");
        opened.readable = false;
        Contents::new()
    });
    for Travelling { id, stored, key } in contents {
        opened.names.push(id);
        if is_news(trees, id)? {
            let new = NewVerdict::received(id, stored, key, trees.vault.secret())?;
            opened.new.extend(new);
        }
    }
    Ok(opened)
}

/// Not what is here, nor what was erased before it came.
fn is_news(trees: &Trees, id: VerdictId) -> Result<bool, StoreError> {
    let known = trees.verdicts.contains_key(id.as_bytes())?;
    Ok(!known && !trees.exchange.is_erased(id)?)
}

impl Exchange for SledStore {
    fn parcel(&self) -> Result<Option<Parcel>, StoreError> {
        pack(&self.trees)
    }

    fn handed_on(&self, names: &[VerdictId]) -> Result<(), StoreError> {
        let mut changes = Changes::default();
        names.iter().for_each(|id| changes.waits_no_more(*id));
        self.trees.exchange.apply(changes)
    }

    fn hand_on_all(&self) -> Result<(), StoreError> {
        let mut ids = self.trees.verdicts.iter().keys().peekable();
        while ids.peek().is_some() {
            let mut changes = Changes::default();
            for id in ids.by_ref().take(GROUP) {
                changes.waits(id_at_end(&id?).ok_or_else(nameless)?);
            }
            self.trees.exchange.apply(changes)?;
        }
        self.trees.db.flush()?;
        Ok(())
    }

    fn arrived(&self) -> Result<Arrived, StoreError> {
        self.trees.exchange.where_arrived()
    }

    fn begin(&self, stream: i64) -> Result<(), StoreError> {
        self.trees.exchange.begin(stream)
    }

    fn receive(&self, parcels: Vec<Received>) -> Ack<u64> {
        let parcels = parcels.into_iter();
        match parcels.map(|parcel| unpack(&self.trees, parcel)).collect() {
            Ok(opened) => self.send(|reply| Command::Receive(opened, reply)),
            Err(error) => Ack::failed(error),
        }
    }

    fn to_clear(&self) -> Result<Option<u64>, StoreError> {
        self.trees.exchange.next_to_clear()
    }

    fn clear(&self, body: &[u8]) -> Result<Parcel, StoreError> {
        clear(&self.trees, body)
    }

    fn cleared(&self, place: u64) -> Result<(), StoreError> {
        let mut changes = Changes::default();
        changes.cleared(place);
        self.trees.exchange.apply(changes)
    }

    fn shortest_stay(&self) -> Result<Duration, StoreError> {
        let configured = self.trees.all_settings()?.into_iter();
        let days = configured.map(|(_, site)| site.settings.retention_days);
        let shortest = days.fold(RetentionDays::default(), Ord::min);
        Ok(Duration::from_hours(24 * u64::from(shortest.get())))
    }
}

impl Writer {
    /// Keeps verdicts of other stores. Answers with how many parcels could not be read.
    pub(super) fn receive(&mut self, parcels: Vec<Opened>) -> Result<u64, StoreError> {
        self.writable()?;
        let unreadable = parcels.iter().filter(|parcel| !parcel.readable).count();
        let received = self.keep(parcels);
        self.note_failure(&received);
        received.map(|()| unreadable as u64)
    }

    fn keep(&mut self, parcels: Vec<Opened>) -> Result<(), StoreError> {
        let trees = self.trees.clone();
        let (mut new, mut seen, mut notes) = (Vec::new(), HashSet::new(), Changes::default());
        let mut arrived = trees.exchange.where_arrived()?;
        for parcel in parcels {
            for id in parcel.names {
                match trees.exchange.is_erased(id)? {
                    true => notes.must_clear(parcel.place),
                    false => notes.lies_at(id, parcel.place),
                }
            }
            for verdict in parcel.new {
                // Meanwhile it may have been erased, or have come another way.
                if seen.insert(verdict.id) && is_news(&trees, verdict.id)? {
                    new.push(verdict);
                }
            }
            arrived = Arrived {
                place: parcel.place.max(arrived.place),
                ..arrived
            };
        }
        self.put_all(&new, Source::Parcel)?;
        // After them: what is noted as arrived is not asked for again. A crash before both are on the disk has
        // them asked for again.
        notes.arrived(arrived)?;
        trees.exchange.apply(notes)
    }
}
