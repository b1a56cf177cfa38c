#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;

use jiff::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::key::{Scopes, SiteKey};
use crate::site::Site;
use crate::store::{Change, Grant};
use crate::text::Features;
use crate::verdict::{Label, VerdictId};

fn any_event() -> impl Strategy<Value = Event> {
    let key = || SiteKey::generate().unwrap().hash();
    let site = prop::option::of(Just(Site::parse("blog.example.com").unwrap()));
    let verdict = any::<[u8; 16]>().prop_map(VerdictId::from_bytes);
    let change = prop_oneof![
        (
            verdict.clone(),
            site.clone(),
            any::<bool>(),
            any::<bool>(),
            prop::collection::vec(any::<u32>(), 0..40)
        )
            .prop_map(
                move |(verdict, site, spam, learned, hashes)| Change::Corrected {
                    verdict,
                    site,
                    label: if spam { Label::Spam } else { Label::Ham },
                    by: key(),
                    features: Features::from_unordered(hashes),
                    learned,
                }
            ),
        verdict.prop_map(move |verdict| Change::Retracted { verdict, by: key() }),
        (".{0,20}", site).prop_map(move |(name, site)| Change::KeyCreated {
            key: key(),
            grant: Grant::new(name, Scopes::SITE, site, Timestamp::UNIX_EPOCH),
        }),
    ];
    (0i64..2_000_000_000_000_000, change).prop_map(|(micros, change)| Event {
        at: Timestamp::from_microsecond(micros).unwrap(),
        change,
    })
}

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(any_event(), 1..8)
}

/// A journal with these events, each appended on its own: its directory, and where each ends.
fn written(events: &[Event]) -> (TempDir, Vec<u64>) {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(dir.path(), 0).unwrap();
    let ends = events
        .iter()
        .map(|event| {
            journal.append([event]).unwrap();
            journal.reader.committed().length
        })
        .collect();
    (dir, ends)
}

fn file(dir: &TempDir) -> PathBuf {
    dir.path().join("events.log")
}

fn all(journal: &Journal) -> Vec<Event> {
    let events = journal.reader().events(0, Sequence::MAX).unwrap();
    (1..)
        .zip(events)
        .map(|(expected, event)| {
            let (sequence, event) = event.unwrap();
            assert_eq!(sequence, expected);
            event
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn what_is_appended_is_read_after_reopening(events in any_events()) {
        let (dir, _) = written(&events);
        let mut journal = Journal::open(dir.path(), events.len() as u64).unwrap();
        prop_assert_eq!(all(&journal), events.clone());
        // Groups are read like single events, and go on where the file ended.
        journal.append(&events).unwrap();
        let journal = Journal::open(dir.path(), 0).unwrap();
        prop_assert_eq!(all(&journal), [events.clone(), events].concat());
    }

    #[test]
    fn a_file_cut_anywhere_keeps_every_whole_event(events in any_events()) {
        let (dir, ends) = written(&events);
        let bytes = fs::read(file(&dir)).unwrap();
        let start = if ends.len() > 1 { ends[ends.len() - 2] } else { HEAD };
        for length in start..bytes.len() as u64 {
            fs::write(file(&dir), &bytes[..length as usize]).unwrap();
            let mut journal = Journal::open(dir.path(), 0).unwrap();
            prop_assert_eq!(all(&journal), &events[..events.len() - 1]);
            // The rest of the cut event must not come back to life behind a new one.
            journal.append(events.last()).unwrap();
            drop(journal);
            prop_assert_eq!(&fs::read(file(&dir)).unwrap(), &bytes);
        }
    }

    #[test]
    fn a_flipped_bit_before_the_last_event_is_refused(
        events in prop::collection::vec(any_event(), 2..8),
        place in any::<prop::sample::Index>(),
        bit in 0u32..8,
    ) {
        let (dir, ends) = written(&events);
        let mut bytes = fs::read(file(&dir)).unwrap();
        let place = place.index(ends[ends.len() - 2] as usize);
        bytes[place] ^= 1u8 << bit;
        fs::write(file(&dir), &bytes).unwrap();
        let error = Journal::open(dir.path(), 0).unwrap_err();
        let StoreError::Damaged { path, offset, .. } = &error else {
            return Err(TestCaseError::fail(error.to_string()));
        };
        prop_assert_eq!(path, &file(&dir));
        prop_assert!(*offset <= place as u64);
        prop_assert_eq!(fs::read(file(&dir)).unwrap(), bytes, "left as it is");
    }
}

#[test]
fn a_lost_event_that_was_acknowledged_is_damage() {
    let events = [one_event(1), one_event(2)];
    let (dir, ends) = written(&events);
    let bytes = fs::read(file(&dir)).unwrap();
    fs::write(file(&dir), &bytes[..ends[1] as usize - 1]).unwrap();
    let error = Journal::open(dir.path(), 2).unwrap_err();
    assert!(
        error.to_string().contains("event 2 was acknowledged"),
        "{error}"
    );
    assert_eq!(Journal::open(dir.path(), 1).unwrap().last(), 1);
}

#[test]
fn a_sound_frame_of_another_log_is_refused() {
    let (dir, ends) = written(&[one_event(1)]);
    let (other, _) = written(&[one_event(1), one_event(2)]);
    let mut bytes = fs::read(file(&dir)).unwrap();
    bytes.extend_from_slice(&fs::read(file(&other)).unwrap()[ends[0] as usize..]);
    fs::write(file(&dir), bytes).unwrap();
    let error = Journal::open(dir.path(), 0).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}

#[test]
fn after_a_failed_write_that_cannot_be_undone_nothing_more_is_written() {
    let (dir, _) = written(&[one_event(1)]);
    let mut journal = Journal::open(dir.path(), 0).unwrap();
    journal.file = File::open(file(&dir)).unwrap();
    let error = journal.append([&one_event(2)]).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
    assert!(journal.broken().is_some());
    assert_eq!(journal.last(), 1);
    assert_eq!(all(&journal), [one_event(1)]);
}

/// The bytes of release 0.1: they must stay readable.
#[test]
fn the_payload_of_an_event_is_as_recorded() {
    let event = one_event(7);
    let bytes = codec::encode("event", &event).unwrap();
    let recorded: Vec<u8> = [
        &[1, 14, 0][..],
        &[7; 16],
        &[1, 16],
        b"blog.example.com",
        &[1],
        &[9; 32],
        &[4, 5, 0x80, 0x80, 1],
        &[1],
    ]
    .concat();
    assert_eq!(bytes, recorded);
    assert_eq!(codec::decode::<Event>("event", &recorded).unwrap(), event);
}

#[test]
fn the_payload_of_an_erasure_is_as_recorded() {
    let event = Event {
        at: Timestamp::from_microsecond(7).unwrap(),
        change: Change::Erased {
            verdicts: vec![
                VerdictId::from_bytes([7; 16]),
                VerdictId::from_bytes([8; 16]),
            ],
            by: crate::key::KeyHash::from_bytes([9; 32]),
        },
    };
    let bytes = codec::encode("event", &event).unwrap();
    let recorded = [&[1, 14, 8, 2][..], &[7; 16], &[8; 16], &[9; 32]].concat();
    assert_eq!(bytes, recorded);
    assert_eq!(codec::decode::<Event>("event", &recorded).unwrap(), event);
}

fn one_event(n: u8) -> Event {
    Event {
        at: Timestamp::from_microsecond(i64::from(n)).unwrap(),
        change: Change::Corrected {
            verdict: VerdictId::from_bytes([n; 16]),
            site: Some(Site::parse("blog.example.com").unwrap()),
            label: Label::Spam,
            by: crate::key::KeyHash::from_bytes([9; 32]),
            features: Features::from_unordered(vec![5, 5 + (1 << 14)]),
            learned: true,
        },
    }
}
