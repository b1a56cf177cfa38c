//! The history of a verdict: what is in it, and that nothing but a call's outcome hangs on sled.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;

use super::tests::{KEY, fresh, label, now, open_in, put};
use super::*;
use crate::key::Scopes;
use crate::verdict::Verdict;

fn corrected(label: Label) -> Happening {
    Happening::Corrected {
        label,
        learned: true,
        by: KEY,
    }
}

fn happened(store: &dyn Store, id: VerdictId) -> Vec<Happening> {
    let steps = store.history(id).unwrap().into_iter();
    steps.map(|step| step.what).collect()
}

#[test]
fn it_tells_every_correction_and_survives_the_loss_of_the_database() {
    let (dir, store) = fresh();
    let grant = Grant::new("Ann", Scopes::SITE, None, now());
    store.create_key(KEY, grant, now()).wait().unwrap();
    let id = put(&*store, Verdict::Ham, super::tests::comment("Hello"));
    let other = put(&*store, Verdict::Ham, super::tests::comment("Hi"));
    label(&*store, id, Label::Spam);
    label(&*store, other, Label::Spam);
    label(&*store, id, Label::Ham);
    store.retract(id, KEY, now()).wait().unwrap();
    store.revoke_key(KEY, now()).wait().unwrap();
    let expected = [
        corrected(Label::Spam),
        corrected(Label::Ham),
        Happening::Retracted { by: KEY },
    ];
    assert_eq!(happened(&*store, id), expected);
    let reason = "é".repeat(1000);
    let later = now() + jiff::Span::new().seconds(1);
    store
        .note_call(id, CallOutcome::Retry, &reason, later)
        .unwrap();
    let steps = store.history(id).unwrap();
    assert!(
        matches!(&steps[3].what, Happening::Called { outcome: CallOutcome::Retry, reason } if reason.len() == 200)
    );
    assert_eq!(store.key_name(KEY).unwrap().as_deref(), Some("Ann"));
    drop(store);

    fs::remove_dir_all(dir.path().join("sled")).unwrap();
    let store = open_in(&dir);
    assert_eq!(happened(&*store, id), expected);
    assert_eq!(store.key_name(KEY).unwrap().as_deref(), Some("Ann"));
}

#[test]
fn an_erased_verdict_has_none() {
    let (dir, store) = fresh();
    let id = put(&*store, Verdict::Ham, super::tests::comment("Hello"));
    let other = put(&*store, Verdict::Ham, super::tests::comment("Hi"));
    label(&*store, id, Label::Spam);
    label(&*store, other, Label::Spam);
    store
        .note_call(id, CallOutcome::Delivered, "", now())
        .unwrap();
    store.erase(vec![id], KEY, now()).wait().unwrap();
    assert_eq!(store.history(id).unwrap(), []);
    assert_eq!(happened(&*store, other), [corrected(Label::Spam)]);
    drop(store);
    fs::remove_dir_all(dir.path().join("sled")).unwrap();
    let store = open_in(&dir);
    assert_eq!(store.history(id).unwrap(), []);
    assert_eq!(happened(&*store, other), [corrected(Label::Spam)]);
}

#[test]
fn the_last_use_of_a_key_is_kept_to_the_day() {
    let (dir, store) = fresh();
    let day = jiff::civil::date(2026, 11, 26);
    assert_eq!(store.uses_noted_since(day).unwrap(), day);
    store.note_use(KEY, day).unwrap();
    drop(store);
    let store = open_in(&dir);
    assert_eq!(store.uses().unwrap(), [(KEY, day)]);
    let later = jiff::civil::date(2026, 12, 24);
    assert_eq!(store.uses_noted_since(later).unwrap(), day);
    assert!(store.space().unwrap().free > 0);
}
