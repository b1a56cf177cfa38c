//! What the fuzz targets call of that which is private here.
#![allow(missing_docs)]

use std::path::Path;

use super::Lessons;
use super::codec;
use super::error::StoreError;
use super::event::{Event, Sequence};
use super::journal::{self, Journal};
use super::learned_states::{LearnedState, parse};

/// Reads the bytes of an event; what is one is written and read as the same.
pub fn event(bytes: &[u8]) -> Option<Event> {
    let event: Event = codec::decode("event", bytes).ok()?;
    let written = codec::encode("event", &event).ok()?;
    let read = codec::decode("event", &written).ok();
    assert_eq!(read.as_ref(), Some(&event));
    Some(event)
}

/// Writes events into a new journal, changes its bytes, and reads it in each way there is. What is
/// read is a beginning of what was written, or nothing.
pub fn journal(
    folder: &Path,
    events: &[Event],
    change: impl Fn(&mut Vec<u8>),
) -> Result<(), StoreError> {
    let mut written = Journal::open(folder, 0)?;
    written.append(events)?;
    drop(written);
    let path = folder.join("events.log");
    let io = |e: std::io::Error| StoreError::io(&path, &e);
    let mut bytes = std::fs::read(&path).map_err(io)?;
    let whole = bytes.clone();
    change(&mut bytes);
    std::fs::write(&path, &bytes).map_err(io)?;
    let (last, fault) = journal::examine(&path)?;
    // Sound events may have been lost with the tail; none may have become another one.
    for (sequence, event) in journal::salvage(&path)? {
        let at = usize::try_from(sequence - 1).ok();
        assert_eq!(at.and_then(|at| events.get(at)), Some(&event));
    }
    let opened = match Journal::open(folder, 0) {
        Ok(opened) => opened,
        Err(_) => {
            assert!(fault.is_some_and(|fault| !fault.torn));
            return Ok(());
        }
    };
    assert!(opened.last() >= last);
    let reader = opened.reader();
    for event in reader.events(1, Sequence::MAX)? {
        let (sequence, event) = event?;
        let at = usize::try_from(sequence - 1).ok();
        assert_eq!(at.and_then(|at| events.get(at)), Some(&event));
    }
    if bytes == whole {
        assert_eq!(opened.last(), events.len() as Sequence);
    }
    reader.lessons(0, Sequence::MAX)?.for_each(drop);
    Ok(())
}

/// Reads the content of a file of a kept state, with the checksum that it should have.
pub fn learned_state(content: &[u8]) -> Option<LearnedState> {
    let checksum = blake3::hash(content);
    parse([content, checksum.as_bytes()].concat()).map(|(_, kept)| kept)
}
