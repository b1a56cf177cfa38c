//! The inverted index of verdicts: under each term the names of the verdicts that have it, so
//! that the verdicts with several terms are where their lists meet.
//!
//! An entry is a [`run`](super::runs): what one group of writes listed under a term.

use super::runs::{self, List};
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

    /// What the keys of its list begin with.
    pub(super) fn as_bytes(&self) -> &[u8; 8] {
        &self.0
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
    trees: &'a Trees,
    lists: Vec<List>,
    oldest: VerdictId,
    /// Where to look next, inclusive; `None` at the end.
    at: Option<VerdictId>,
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
            trees,
            lists: terms.into_iter().map(List::new).collect(),
            oldest,
            at: before.map_or(Some(runs::NEWEST), runs::before),
        }
    }

    /// The next name, looking into the lists at most as often as `budget` says, which is reduced.
    pub(super) fn next(&mut self, budget: &mut usize) -> Result<Next, StoreError> {
        let mut agreeing = 0;
        // Each list in turn is asked for the newest name that is no newer than what the lists
        // before it had; where all have agreed on one, they meet.
        for turn in 0.. {
            let Some(at) = self.at.filter(|&at| at >= self.oldest) else {
                break;
            };
            if *budget == 0 {
                return Ok(Next::Tired(runs::after(at)));
            }
            *budget -= 1;
            let turn = turn % self.lists.len().max(1);
            let newest = match self.lists.get_mut(turn) {
                Some(list) => list.newest_to(&self.trees.postings, at, budget)?,
                None => {
                    let range = ..=*at.as_bytes();
                    let newest = self.trees.verdicts.range(range).next_back();
                    newest.transpose()?.and_then(|(key, _)| id_at_end(&key))
                }
            };
            let Some(found) = newest.filter(|&found| found >= self.oldest) else {
                break;
            };
            agreeing = if found == at { agreeing + 1 } else { 1 };
            self.at = Some(found);
            if agreeing >= self.lists.len() {
                self.at = runs::before(found);
                return Ok(Next::Found(found));
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
