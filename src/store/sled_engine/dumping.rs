//! Everything in a store, line by line, while it is in use.
//!
//! Verdicts are read first and the log last, so that what was erased meanwhile is erased again by a
//! restore, which replays the log over the verdicts.

use std::iter;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::Date;
use sled::IVec;

use super::examine::nameless;
use super::stored_verdict::StoredVerdict;
use super::trees::{Trees, id_at_end};
use crate::store::codec::decode;
use crate::store::counters::DayCount;
use crate::store::dump::{Dump, DumpedEvent, DumpedSite, DumpedVerdict, FORMAT, Head, Line};
use crate::store::error::StoreError;
use crate::store::event::Sequence;
use crate::store::journal::Reader;

const ALL_DAYS: RangeInclusive<Date> = Date::MIN..=Date::MAX;

/// All lines but the end.
pub(super) fn dump(trees: &Trees, log: &Reader) -> Dump {
    let head = Line::Head(Head {
        format: FORMAT,
        chaffinch: env!("CARGO_PKG_VERSION").to_owned(),
        at: Timestamp::now(),
        secret: trees.vault.secret().to_hex(),
    });
    let (for_verdicts, for_rest, log) = (trees.clone(), trees.clone(), log.clone());
    let verdicts = trees.verdicts.iter().map(move |entry| {
        let (id, stored) = entry?;
        verdict(&for_verdicts, &id, &stored)
    });
    let rest = lazily(move || rest(&for_rest).map(|lines| lines.into_iter().map(Ok)));
    let events = lazily(move || {
        let events = log.events(1, Sequence::MAX)?;
        Ok(events.map(|event| {
            event.map(|(sequence, event)| Line::Event(DumpedEvent { sequence, event }))
        }))
    });
    Box::new(
        iter::once(Ok(head))
            .chain(verdicts)
            .chain(rest)
            .chain(events),
    )
}

/// Lines that are looked for only when those before them have been read.
fn lazily<L: Iterator<Item = Result<Line, StoreError>> + Send>(
    open: impl FnOnce() -> Result<L, StoreError> + Send,
) -> impl Iterator<Item = Result<Line, StoreError>> + Send {
    iter::once_with(open).flat_map(|opened| {
        let (lines, error) = match opened {
            Ok(lines) => (Some(lines), None),
            Err(error) => (None, Some(Err(error))),
        };
        lines.into_iter().flatten().chain(error)
    })
}

fn verdict(trees: &Trees, id: &IVec, stored: &IVec) -> Result<Line, StoreError> {
    let id = id_at_end(id).ok_or_else(nameless)?;
    let stored: StoredVerdict = decode("verdict", stored)?;
    let personal = stored.personal(id, &trees.vault)?;
    let fingerprint = personal.as_ref().map(|p| p.fingerprint.clone());
    let record = stored.with(id, personal);
    Ok(Line::Verdict(Box::new(DumpedVerdict {
        record,
        fingerprint,
    })))
}

fn rest(trees: &Trees) -> Result<Vec<Line>, StoreError> {
    let sites = trees.all_sites()?.into_iter();
    let mut lines: Vec<_> = sites
        .map(|(site, active)| Line::Site(DumpedSite { site, active }))
        .collect();
    lines.extend(all_counts(trees)?.into_iter().map(Line::Count));
    lines.extend(trees.notices()?.into_iter().map(Line::Notice));
    Ok(lines)
}

fn all_counts(trees: &Trees) -> Result<Vec<DayCount>, StoreError> {
    let mut counts = Vec::new();
    for key in trees.counting_keys()? {
        counts.extend(trees.counts(&key, &ALL_DAYS)?);
    }
    Ok(counts)
}
