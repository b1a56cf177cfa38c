#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::tests::{KEY, comment, now, record};
use super::*;
use crate::verdict::Verdict;

/// A shared log in memory: whoever knows the end of it gets the next place.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) messages: Mutex<Vec<Arc<[u8]>>>,
    away: AtomicBool,
}

impl SharedLog for Memory {
    fn offer(&self, offer: Offer) {
        let mut messages = self.messages.lock().unwrap();
        if offer.place == messages.len() as u64 && !self.away.load(Ordering::SeqCst) {
            messages.push(offer.frames);
        }
    }

    fn standing(&self) -> Standing {
        Standing {
            connected: !self.away.load(Ordering::SeqCst),
            ..Standing::default()
        }
    }

    /// Of a log that answers longer than any slow machine takes.
    fn patience(&self) -> Duration {
        match self.away.load(Ordering::SeqCst) {
            true => Duration::from_millis(100),
            false => Duration::from_secs(60),
        }
    }
}

pub(super) struct Member {
    dir: TempDir,
    pub(super) store: Arc<dyn Store>,
    /// Messages that it was handed.
    heard: usize,
}

impl Member {
    pub(super) fn new(log: &Arc<Memory>, head: &LogHead) -> Self {
        let dir = tempfile::tempdir().unwrap();
        prepare(dir.path(), head).unwrap();
        Self::open(dir, log)
    }

    /// Opens one that goes on where its journal ends in the log.
    fn open(dir: TempDir, log: &Arc<Memory>) -> Self {
        let settings = StoreSettings {
            cache_bytes: 1024 * 1024,
        };
        let store = open_shared(dir.path(), &settings, Arc::clone(log) as _).unwrap();
        let messages = log.messages.lock().unwrap().clone();
        let known = |frames: &[u8]| ends(frames).unwrap()[1].0 <= store.events();
        let heard = messages.iter().take_while(|frames| known(frames)).count();
        store.follow(heard as u64, Vec::new()).wait().unwrap();
        Self { dir, store, heard }
    }

    /// Hands over so many messages, in one piece.
    pub(super) fn hear(&mut self, log: &Memory, most: usize) {
        let messages = log.messages.lock().unwrap().clone();
        let until = messages.len().min(self.heard.saturating_add(most));
        let frames = messages[self.heard..until].concat();
        self.store.follow(until as u64, frames).wait().unwrap();
        self.heard = until;
    }

    fn journal(&self) -> Vec<u8> {
        fs::read(self.dir.path().join("journal/events.log")).unwrap()
    }

    /// Waits until the writer has seen to everything before: the first answer may come from the midst of it.
    pub(super) fn settle(&self) {
        for _ in 0..2 {
            self.store.probe().wait().unwrap();
        }
    }
}

pub(super) fn cluster<const N: usize>() -> (Arc<Memory>, [Member; N]) {
    let (log, head) = (Arc::<Memory>::default(), LogHead::fresh().unwrap());
    let members = std::array::from_fn(|_| Member::new(&log, &head));
    (log, members)
}

/// A correction of one of a few verdicts that are nowhere stored would be refused; a submitted comment is
/// stored by whoever is told of it.
pub(super) fn submit(store: &dyn Store, n: u8, label: Label) -> Ack<CorrectionReceipt> {
    let record = record(
        Verdict::Ham,
        Origin::Submitted,
        comment(&format!("comment {n}")),
    );
    let features = Features::from_unordered(vec![n.into(), 7]);
    store.correct_comment(record, AddressPolicy::Hash, label, features, now())
}

pub(super) fn everything() -> VerdictQuery {
    VerdictQuery {
        limit: 1000,
        ..VerdictQuery::default()
    }
}

#[test]
fn what_two_say_at_once_is_decided_one_after_the_other() {
    let (log, [mut one, mut two]) = cluster();
    let rule = |store: &Arc<dyn Store>| {
        let grant = Grant::new("a key", crate::key::Scopes::SITE, None, now());
        store.create_key(KEY, grant, now())
    };
    let (first, second) = (rule(&one.store), rule(&two.store));
    one.settle();
    two.settle();
    assert_eq!(log.messages.lock().unwrap().len(), 1, "one was faster");
    for member in [&mut one, &mut two] {
        member.hear(&log, 9);
        member.settle();
    }
    first.wait().unwrap();
    second.wait().unwrap();
    assert_eq!(one.store.events(), 1, "the second changed nothing");
    assert_eq!(one.journal(), two.journal());
}

#[test]
fn a_lost_offer_leaves_no_half_and_is_made_again() {
    let (log, [mut one, mut two]) = cluster();
    let first = submit(&*one.store, 1, Label::Spam);
    one.settle();
    let second = submit(&*two.store, 2, Label::Ham);
    two.settle();
    two.hear(&log, 9);
    two.settle();
    two.hear(&log, 9);
    let second = second.wait().unwrap();
    assert_eq!(second.sequence, Some(2));
    assert!(two.store.verdict(second.id).unwrap().is_some());
    one.hear(&log, 9);
    assert_eq!(first.wait().unwrap().sequence, Some(1));
    let theirs = one.store.correction(second.id).unwrap().unwrap();
    assert_eq!(theirs.label, Label::Ham, "the verdict itself is elsewhere");
}

#[test]
fn while_the_log_is_away_callers_are_told_and_checks_are_kept() {
    let (log, [mut one]) = cluster();
    log.away.store(true, Ordering::SeqCst);
    let refused = submit(&*one.store, 1, Label::Spam).wait().unwrap_err();
    assert!(matches!(refused, StoreError::LogAway), "{refused}");
    let checked = record(Verdict::Ham, Origin::Checked, comment("seen"));
    let id = checked.id;
    one.store.put(checked, AddressPolicy::Hash).wait().unwrap();
    assert!(one.store.verdict(id).unwrap().is_some());
    // Somebody else goes on; what was not answered is not there as a half.
    log.away.store(false, Ordering::SeqCst);
    let mut two = Member::new(&log, &replica_head(&one));
    let second = submit(&*two.store, 2, Label::Ham);
    two.settle();
    two.hear(&log, 1);
    second.wait().unwrap();
    one.hear(&log, 1);
    one.settle();
    let all = one.store.list(&everything()).unwrap().verdicts;
    assert_eq!(all.len(), 1, "the checked one: {all:?}");
    let again = submit(&*one.store, 1, Label::Spam);
    one.settle();
    one.hear(&log, 1);
    assert_eq!(again.wait().unwrap().sequence, Some(2));
}

pub(super) fn replica_head(member: &Member) -> LogHead {
    let copy = tempfile::tempdir().unwrap();
    for name in ["journal", "journal/events.log", "vault", "FORMAT"] {
        let (from, to) = (member.dir.path().join(name), copy.path().join(name));
        match from.is_dir() {
            true => fs::create_dir(to).unwrap(),
            false => drop(fs::copy(from, to).unwrap()),
        }
    }
    replica(copy.path()).unwrap().head.unwrap()
}

#[test]
fn a_gap_and_another_past_are_refused_and_nothing_is_changed() {
    let (log, [one, mut two]) = cluster();
    for n in 0..3 {
        let said = submit(&*one.store, n, Label::Spam);
        one.settle();
        one.store.follow(n.into(), Vec::new()).wait().unwrap();
        let messages = log.messages.lock().unwrap().clone();
        let frames = messages.last().unwrap().to_vec();
        one.store.follow(u64::from(n) + 1, frames).wait().unwrap();
        said.wait().unwrap();
    }
    let messages = log.messages.lock().unwrap().clone();
    two.hear(&log, 1);
    let gap = two
        .store
        .follow(3, messages[2].to_vec())
        .wait()
        .unwrap_err();
    assert!(matches!(gap, StoreError::Parted(_)), "{gap}");
    assert_eq!(two.store.events(), 1);
    let told = submit(&*two.store, 9, Label::Ham).wait().unwrap_err();
    assert!(matches!(told, StoreError::Parted(_)), "{told}");

    let (_, [other]) = cluster();
    let foreign = other.store.follow(1, messages[0].to_vec()).wait();
    assert!(matches!(foreign, Err(StoreError::Parted(_))), "{foreign:?}");
}

#[test]
fn a_replica_is_opened_as_one_or_not_at_all() {
    let (log, [one]) = cluster();
    let Member { dir, store, .. } = one;
    store.close();
    drop(store);
    let alone = open(dir.path(), &StoreSettings::default()).err().unwrap();
    assert!(matches!(alone, StoreError::Replica(_)), "{alone}");
    let other = LogHead::fresh().unwrap();
    let foreign = prepare(dir.path(), &other).unwrap_err();
    assert!(matches!(foreign, StoreError::OtherLog(_)), "{foreign}");
    let Member { dir, store, .. } = Member::open(dir, &log);
    drop(store);
    assert!(leave(dir.path()).unwrap());
    assert!(!leave(dir.path()).unwrap());
    drop(open(dir.path(), &StoreSettings::default()).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn all_journals_become_equal_and_every_answer_is_true(
        steps in prop::collection::vec((0..3usize, 0..5u8, any::<bool>(), 0..4u8), 1..60)
    ) {
        let (log, mut members): (_, [Member; 3]) = cluster();
        let mut said = Vec::new();
        for (who, n, spam, what) in steps {
            let label = if spam { Label::Spam } else { Label::Ham };
            match what {
                0 => members[who].hear(&log, usize::from(n)),
                1 => {
                    // As a crash leaves it: what was not answered may be there or not.
                    let elsewhere = Member::new(&Arc::default(), &LogHead::fresh().unwrap());
                    let Member { dir, store, .. } = std::mem::replace(&mut members[who], elsewhere);
                    store.close();
                    drop(store);
                    members[who] = Member::open(dir, &log);
                }
                _ => {
                    said.push((label, submit(&*members[who].store, n, label)));
                    members[who].settle();
                }
            }
        }
        // Each round every open offer is decided, for one of those who wait.
        for _ in 0..said.len() + 1 {
            for member in &mut members {
                member.hear(&log, usize::MAX);
                member.settle();
            }
        }
        for member in &mut members {
            member.hear(&log, usize::MAX);
        }
        let events = members[0].store.events();
        for (label, answer) in said {
            match answer.wait() {
                Ok(receipt) => {
                    prop_assert!(receipt.sequence <= Some(events));
                    prop_assert_eq!(receipt.label, label);
                }
                Err(error) => prop_assert!(matches!(error, StoreError::Closed), "{}", error),
            }
        }
        for member in &members[1..] {
            prop_assert!(member.journal() == members[0].journal());
            let own = member.store.corrections(None, 99).unwrap();
            prop_assert_eq!(own, members[0].store.corrections(None, 99).unwrap());
        }
        for member in &members {
            for (record, label) in member.store.list(&everything()).unwrap().verdicts {
                prop_assert!(label.is_some(), "half of {}", record.id);
            }
        }
    }
}
