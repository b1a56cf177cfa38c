//! The inverted index of verdicts: under each term the names of the verdicts that have it, so
//! that the verdicts with several terms are where their lists meet.
//!
//! A key is a term (a keyed hash of 8 bytes) and a verdict's name, which sorts by time.

use sled::Tree;

use super::trees::{Trees, id_at_end};
use crate::key::KeyHash;
use crate::site::Site;
use crate::store::error::StoreError;
use crate::store::fingerprint::Secret;
use crate::store::record::VerdictRecord;
use crate::verdict::{Label, Verdict, VerdictId};

/// A list of verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Term([u8; 8]);

impl Term {
    fn new(secret: &Secret, kind: &str, value: &[u8]) -> Self {
        let hash = secret.hash("term", &[kind.as_bytes(), value]);
        let mut term = [0; 8];
        term.copy_from_slice(&hash[..8]);
        Self(term)
    }

    pub(super) fn key(secret: &Secret, key: &KeyHash) -> Self {
        Self::new(secret, "key", key.as_bytes())
    }

    pub(super) fn site(secret: &Secret, site: &Site) -> Self {
        Self::new(secret, "site", site.as_str().as_bytes())
    }

    pub(super) fn verdict(secret: &Secret, verdict: Verdict) -> Self {
        Self::new(secret, "verdict", verdict.to_string().as_bytes())
    }

    pub(super) fn signal(secret: &Secret, signal: &str) -> Self {
        Self::new(secret, "signal", signal.as_bytes())
    }

    pub(super) fn label(secret: &Secret, label: Label) -> Self {
        Self::new(secret, "label", label.to_string().as_bytes())
    }

    /// The key of an entry.
    pub(super) fn entry(self, id: VerdictId) -> [u8; 24] {
        let mut entry = [0; 24];
        entry[..8].copy_from_slice(&self.0);
        entry[8..].copy_from_slice(id.as_bytes());
        entry
    }
}

/// Signals of nearly every comment: an index of them would be written for every check, and find
/// nothing that looking at one verdict after the other does not find as soon.
const COMMON: [&str; 5] = ["text", "shape", "link", "author", "markup"];

/// Whether there is a list of the verdicts with a signal.
pub(super) fn is_listed(signal: &str) -> bool {
    !COMMON.contains(&signal)
}

/// What a verdict is listed under, its label apart.
pub(super) fn terms(secret: &Secret, record: &VerdictRecord) -> Vec<Term> {
    let mut terms = vec![
        Term::key(secret, &record.key),
        Term::verdict(secret, record.judgement.verdict),
    ];
    terms.extend(record.site.as_ref().map(|site| Term::site(secret, site)));
    let signals = record.judgement.reasons.iter().map(|reason| &reason.signal);
    for signal in signals.filter(|signal| is_listed(signal)) {
        let term = Term::signal(secret, signal);
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

/// The names in several lists at once, newest first; with no list, all names.
pub(super) struct Meeting<'a> {
    verdicts: &'a Tree,
    postings: &'a Tree,
    terms: Vec<Term>,
    oldest: VerdictId,
    /// Where to look next, inclusive; `None` at the end.
    at: Option<u128>,
}

impl<'a> Meeting<'a> {
    /// From before `before` (`None` for the newest) down to `oldest`, inclusive.
    pub(super) fn new(
        trees: &'a Trees,
        terms: Vec<Term>,
        before: Option<VerdictId>,
        oldest: VerdictId,
    ) -> Self {
        Self {
            verdicts: &trees.verdicts,
            postings: &trees.postings,
            terms,
            oldest,
            at: before.map_or(Some(u128::MAX), |before| number(before).checked_sub(1)),
        }
    }

    /// The next name, looking into the lists at most as often as `budget` says, which is reduced.
    pub(super) fn next(&mut self, budget: &mut usize) -> Result<Next, StoreError> {
        let mut agreeing = 0;
        // Each list in turn is asked for the newest name that is no newer than what the lists
        // before it had; where all have agreed on one, they meet.
        for turn in 0.. {
            let Some(at) = self.at.filter(|&at| at >= number(self.oldest)) else {
                break;
            };
            if *budget == 0 {
                return Ok(Next::Tired(name(at.saturating_add(1))));
            }
            *budget -= 1;
            let newest = match self.terms.get(turn % self.terms.len().max(1)) {
                Some(term) => {
                    let range = term.entry(self.oldest)..=term.entry(name(at));
                    self.postings.range(range).next_back()
                }
                None => {
                    let range = *self.oldest.as_bytes()..=at.to_be_bytes();
                    self.verdicts.range(range).next_back()
                }
            };
            let Some(found) = newest.transpose()?.and_then(|(key, _)| id_at_end(&key)) else {
                break;
            };
            let found = number(found);
            agreeing = if found == at { agreeing + 1 } else { 1 };
            self.at = Some(found);
            if agreeing >= self.terms.len() {
                self.at = found.checked_sub(1);
                return Ok(Next::Found(name(found)));
            }
        }
        self.at = None;
        Ok(Next::End)
    }
}

/// What a step of a search finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Found(VerdictId),
    /// The budget is used up; everything from this name on was looked at.
    Tired(VerdictId),
    End,
}

fn number(id: VerdictId) -> u128 {
    u128::from_be_bytes(*id.as_bytes())
}

fn name(number: u128) -> VerdictId {
    VerdictId::from_bytes(number.to_be_bytes())
}
