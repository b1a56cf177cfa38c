//! Lists of verdicts as they lie in sled: in runs.
//!
//! A run is what one group of writes put on one list, of verdicts that were given within the same
//! 256 ms, its *span*: one entry for all of them, since each entry of its own would cost as much as the
//! verdict. Its key is the list's term (8 bytes) and the name of its first verdict (16, of which the
//! first 5 are the span); its value are the other names, each without its span, in order.
//!
//! Runs of one span may lie one in the other, as threads overtake each other. So a span is always
//! read whole.

use std::collections::BTreeMap;

use sled::{IVec, Tree};

use super::examine::nameless;
use super::postings::Term;
use super::trees::id_at_end;
use crate::store::error::StoreError;
use crate::verdict::VerdictId;

/// Bytes of a term.
const TERM: usize = 8;
/// Bytes of a name that verdicts of one span have in common: its milliseconds without the last eight bits.
const SPAN: usize = 5;
/// Bytes of a name in a run.
const REST: usize = 16 - SPAN;
/// Most names in a run: a value should not fill a page of sled.
const LONGEST: usize = 256;
/// Entries read that cost as much as a look into the index.
const ENTRIES_A_LOOK: usize = 8;

/// The greatest name.
pub(super) const NEWEST: VerdictId = VerdictId::from_bytes([0xff; 16]);

type Span = [u8; SPAN];

/// What the keys of one span of a list begin with.
type Prefix = [u8; TERM + SPAN];

/// The next smaller name.
pub(super) fn before(id: VerdictId) -> Option<VerdictId> {
    let number = u128::from_be_bytes(*id.as_bytes()).checked_sub(1)?;
    Some(VerdictId::from_bytes(number.to_be_bytes()))
}

/// The next greater name.
pub(super) fn after(id: VerdictId) -> VerdictId {
    let number = u128::from_be_bytes(*id.as_bytes()).saturating_add(1);
    VerdictId::from_bytes(number.to_be_bytes())
}

fn span(id: VerdictId) -> Span {
    let mut span = Span::default();
    span.copy_from_slice(&id.as_bytes()[..SPAN]);
    span
}

fn prefix(term: Term, span: Span) -> Prefix {
    let mut prefix = [0; TERM + SPAN];
    prefix[..TERM].copy_from_slice(term.as_bytes());
    prefix[TERM..].copy_from_slice(&span);
    prefix
}

/// The names in a run.
fn names<'v>(
    key: &[u8],
    value: &'v [u8],
) -> Result<impl Iterator<Item = VerdictId> + use<'v>, StoreError> {
    let first = id_at_end(key).ok_or_else(nameless)?;
    let (rests, torn) = value.as_chunks::<REST>();
    if !torn.is_empty() {
        return Err(nameless());
    }
    let others = rests.iter().map(move |rest| {
        let mut id = *first.as_bytes();
        id[SPAN..].copy_from_slice(rest);
        VerdictId::from_bytes(id)
    });
    Ok(std::iter::once(first).chain(others))
}

/// All names of a list in one span, in order, and how many entries they are.
fn read(postings: &Tree, prefix: Prefix) -> Result<(Vec<VerdictId>, usize), StoreError> {
    let (mut ids, mut entries) = (Vec::new(), 0);
    for run in postings.scan_prefix(prefix) {
        let (key, value) = run?;
        ids.extend(names(&key, &value)?);
        entries += 1;
    }
    ids.sort_unstable();
    ids.dedup();
    Ok((ids, entries))
}

/// Changes to lists. Of several to the same name on the same list the last one holds.
#[derive(Default)]
pub(super) struct Changes(BTreeMap<(Prefix, VerdictId), bool>);

impl Changes {
    pub(super) fn list(&mut self, term: Term, id: VerdictId) {
        self.0.insert((prefix(term, span(id)), id), true);
    }

    pub(super) fn unlist(&mut self, term: Term, id: VerdictId) {
        self.0.insert((prefix(term, span(id)), id), false);
    }

    pub(super) fn write(self, postings: &Tree) -> Result<(), StoreError> {
        let changes: Vec<_> = self.0.into_iter().collect();
        for of_span in changes.chunk_by(|((a, _), _), ((b, _), _)| a == b) {
            let Some(((prefix, first), _)) = of_span.first() else {
                continue;
            };
            let listed = of_span.iter().filter(|(_, listed)| *listed);
            let mut ids: Vec<_> = listed.map(|((_, id), _)| *id).collect();
            let mut old: Vec<IVec> = Vec::new();
            if ids.len() < of_span.len() || postings.contains_key(key(prefix, *first))? {
                let keys = postings.scan_prefix(prefix).keys();
                old = keys.collect::<Result<_, _>>()?;
                let (mut there, _) = read(postings, *prefix)?;
                let changed = |id: &VerdictId| of_span.binary_search_by_key(id, |((_, id), _)| *id);
                there.retain(|id| changed(id).is_err());
                ids.extend(there);
                ids.sort_unstable();
            }
            let mut new = Vec::new();
            // What replaces the old runs comes before they go: a crash in between leaves names twice.
            for run in ids.chunks(LONGEST) {
                if let Some((first, others)) = run.split_first() {
                    let key = key(prefix, *first);
                    let others = others.iter().flat_map(|id| &id.as_bytes()[SPAN..]);
                    postings.insert(key, others.copied().collect::<Vec<u8>>())?;
                    new.push(key);
                }
            }
            old.retain(|old| new.iter().all(|new| *old != new));
            for key in old {
                postings.remove(key)?;
            }
        }
        Ok(())
    }
}

fn key(prefix: &Prefix, first: VerdictId) -> [u8; TERM + 16] {
    let mut key = [0; TERM + 16];
    key[..TERM].copy_from_slice(&prefix[..TERM]);
    key[TERM..].copy_from_slice(first.as_bytes());
    key
}

/// A list that is read from its newest name on.
pub(super) struct List {
    term: Term,
    /// The span that was read last, and its names in order.
    read: Option<(Span, Vec<VerdictId>)>,
}

impl List {
    pub(super) fn new(term: Term) -> Self {
        Self { term, read: None }
    }

    /// The newest name up to `at`, inclusive.
    pub(super) fn newest_to(
        &mut self,
        postings: &Tree,
        mut at: VerdictId,
        budget: &mut usize,
    ) -> Result<Option<VerdictId>, StoreError> {
        loop {
            if let Some((known, ids)) = &self.read
                && *known == span(at)
            {
                let older = ids.partition_point(|id| *id <= at);
                if let Some(newest) = older.checked_sub(1) {
                    return Ok(ids.get(newest).copied());
                }
                let Some(earlier) = before(first_of(*known)) else {
                    return Ok(None);
                };
                at = earlier;
            }
            let start = prefix(self.term, Span::default());
            let end = key(&prefix(self.term, span(at)), last_of(span(at)));
            let Some(run) = postings.range(&start[..]..=&end[..]).next_back() else {
                return Ok(None);
            };
            let found = span(id_at_end(&run?.0).ok_or_else(nameless)?);
            let (ids, entries) = read(postings, prefix(self.term, found))?;
            *budget = budget.saturating_sub(entries / ENTRIES_A_LOOK);
            at = at.min(last_of(found));
            self.read = Some((found, ids));
        }
    }
}

/// The least name that a span may have.
fn first_of(span: Span) -> VerdictId {
    let mut id = [0; 16];
    id[..SPAN].copy_from_slice(&span);
    VerdictId::from_bytes(id)
}

/// The greatest.
fn last_of(span: Span) -> VerdictId {
    let mut id = [0xff; 16];
    id[..SPAN].copy_from_slice(&span);
    VerdictId::from_bytes(id)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::store::fingerprint::Secret;
    use crate::verdict::Label;

    fn id(number: u64) -> VerdictId {
        // Some 20 spans, so that runs share them.
        VerdictId::from_bytes((u128::from(number) << 84).to_be_bytes())
    }

    fn all(list: &mut List, postings: &Tree) -> Vec<VerdictId> {
        let (mut found, mut at) = (Vec::new(), Some(NEWEST));
        while let Some(from) = at {
            let newest = list
                .newest_to(postings, from, &mut usize::MAX.clone())
                .unwrap();
            found.extend(newest);
            at = newest.and_then(before);
        }
        found
    }

    proptest! {
        /// Whatever groups put on two lists and take off again, each list has what a set would have.
        #[test]
        fn lists_are_sets_read_from_their_end(
            groups in prop::collection::vec(prop::collection::vec((any::<bool>(), any::<bool>(), 0u64..300), 0..40), 0..12),
            from in 0u64..300,
        ) {
            let db = sled::Config::new().temporary(true).open().unwrap();
            let postings = db.open_tree("postings").unwrap();
            let secret = Secret::from_bytes([7; 32]);
            let terms = [Label::Ham, Label::Spam].map(|label| Term::label(&secret, label));
            let mut sets = [BTreeSet::new(), BTreeSet::new()];
            for group in groups {
                let mut changes = Changes::default();
                for (second, listed, number) in group {
                    let which = usize::from(second);
                    if listed {
                        changes.list(terms[which], id(number));
                        sets[which].insert(id(number));
                    } else {
                        changes.unlist(terms[which], id(number));
                        sets[which].remove(&id(number));
                    }
                }
                changes.write(&postings).unwrap();
            }
            for (term, set) in terms.into_iter().zip(&sets) {
                let newest_first: Vec<_> = set.iter().rev().copied().collect();
                prop_assert_eq!(all(&mut List::new(term), &postings), newest_first);
                let newest = List::new(term).newest_to(&postings, id(from), &mut 9).unwrap();
                prop_assert_eq!(newest, set.range(..=id(from)).next_back().copied());
            }
        }
    }

    #[test]
    fn a_group_of_one_moment_is_one_entry_and_one_of_another_format_is_read() {
        let db = sled::Config::new().temporary(true).open().unwrap();
        let postings = db.open_tree("postings").unwrap();
        let term = Term::label(&Secret::from_bytes([7; 32]), Label::Ham);
        let mut changes = Changes::default();
        (0..9).for_each(|number| changes.list(term, id(number)));
        changes.write(&postings).unwrap();
        assert_eq!(postings.len(), 1);
        // As they were written before there were runs.
        let old = key(&prefix(term, span(id(10))), id(10));
        postings.insert(old, &[][..]).unwrap();
        assert_eq!(all(&mut List::new(term), &postings).len(), 10);
    }
}
