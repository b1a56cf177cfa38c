//! What can be read of a journal, whatever is wrong with it.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use super::frame::{self, Chain};
use super::{HEAD, fresh_chain, head};
use crate::store::codec;
use crate::store::data_dir::write_new;
use crate::store::error::StoreError;
use crate::store::event::{Event, Sequence};

/// Every sound event of a journal, in its place.
pub(crate) type Salvage = BTreeMap<Sequence, Event>;

/// Sequences that an event may have: far beyond any log, and few enough to keep chance hits out.
const ANY: Range<Sequence> = 1..1 << 40;

/// What is wrong with a journal, if anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where, in bytes from the start.
    pub(crate) offset: u64,
    /// What.
    pub(crate) what: String,
    /// Whether it may be no more than what a crash leaves behind, which a start cuts off.
    pub(crate) torn: bool,
}

/// Reads a journal from end to end. Answers with the number of its last event and what is wrong.
pub(crate) fn examine(path: &Path) -> Result<(Sequence, Option<Fault>), StoreError> {
    let size = fs::metadata(path).map_err(|e| StoreError::io(path, &e))?;
    let size = size.len();
    let mut frames = match super::frames(path, size) {
        Ok(frames) => frames,
        Err(StoreError::Damaged { offset, what, .. }) => {
            let torn = false;
            return Ok((0, Some(Fault { offset, what, torn })));
        }
        Err(error) => return Err(error),
    };
    loop {
        let offset = size - frames.left();
        let fault = match frames.next() {
            Ok(None) => return Ok((frames.last, None)),
            Ok(Some(payload)) => match codec::decode::<Event>("event", &payload) {
                Ok(_) => continue,
                Err(error) => (error.to_string(), false),
            },
            Err(frame::Fault::Io(error)) => return Err(StoreError::io(path, &error)),
            Err(frame::Fault::Foreign(what)) => (what.to_owned(), false),
            Err(frame::Fault::Broken(what)) => {
                let bytes = fs::read(path).map_err(|e| StoreError::io(path, &e))?;
                let rest = usize::try_from(offset + 1)
                    .ok()
                    .and_then(|at| bytes.get(at..));
                let torn = !frame::any_in(rest.unwrap_or_default(), frames.last);
                (what.to_owned(), torn)
            }
        };
        let (what, torn) = fault;
        return Ok((frames.last, Some(Fault { offset, what, torn })));
    }
}

/// Looks for sound events at every byte.
pub(crate) fn salvage(path: &Path) -> Result<Salvage, StoreError> {
    let bytes = fs::read(path).map_err(|e| StoreError::io(path, &e))?;
    let mut events = Salvage::new();
    let mut at = HEAD as usize;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let sound = frame::sound_at(rest, &ANY).and_then(|(sequence, payload)| {
            let event: Event = codec::decode("event", payload).ok()?;
            Some((sequence, event, frame::HEAD + payload.len()))
        });
        at += match sound {
            Some((sequence, event, length)) => {
                events.entry(sequence).or_insert(event);
                length
            }
            None => 1,
        };
    }
    Ok(events)
}

/// Writes a new journal of these events over an old one, all of it or nothing.
pub(crate) fn rewrite<'a>(
    path: &Path,
    events: impl Iterator<Item = &'a Event>,
) -> Result<(), StoreError> {
    let mut bytes = head(&fresh_chain(path)?);
    let mut chain = Chain::default();
    chain.copy_from_slice(&bytes[super::CHAIN_AT]);
    for (sequence, event) in (1..).zip(events) {
        let payload = codec::encode("event", event)?;
        chain = frame::link(&chain, &payload);
        // Every event was short enough for a frame before.
        frame::write(sequence, &chain, &payload, &mut bytes);
    }
    write_new(path, &bytes)
}
