#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashSet;
use std::fs;
use std::sync::Mutex;
use std::thread;

use jiff::civil::date;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::comment::Author;
use crate::key::Scopes;
use crate::verdict::{Action, Judgement, Probability, Verdict};

pub(super) const KEY: KeyHash = KeyHash::from_bytes([1; 32]);
pub(super) const OTHER_KEY: KeyHash = KeyHash::from_bytes([2; 32]);

pub(super) fn open_in(dir: &TempDir) -> Arc<dyn Store> {
    let settings = StoreSettings {
        cache_bytes: 1024 * 1024,
    };
    open(dir.path(), &settings).unwrap()
}

pub(super) fn fresh() -> (TempDir, Arc<dyn Store>) {
    let dir = tempfile::tempdir().unwrap();
    let store = open_in(&dir);
    (dir, store)
}

pub(super) fn now() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}

pub(super) fn comment(content: &str) -> Comment {
    Comment {
        site: Some(Site::parse("blog.example.com").unwrap()),
        content: content.into(),
        kind: "comment".into(),
        permalink: "https://blog.example.com/post".into(),
        author: Author {
            name: "Ann".into(),
            email: "ann@example.org".into(),
            ip: "203.0.113.9".parse().ok(),
            ..Author::default()
        },
        ..Comment::default()
    }
}

pub(super) fn record(verdict: Verdict, origin: Origin, comment: Comment) -> VerdictRecord {
    let id = VerdictId::fresh();
    VerdictRecord {
        id,
        key: KEY,
        origin,
        site: comment.site.clone(),
        comment: Some(comment),
        ip_hash: None,
        judgement: Judgement {
            verdict,
            action: Action::Hold,
            probability: Probability::from_log_odds(0.5),
            reasons: Vec::new(),
            model: "test".into(),
            learned_from: 0,
        },
        shadow: false,
        callback: None,
    }
}

pub(super) fn put(store: &dyn Store, verdict: Verdict, comment: Comment) -> VerdictId {
    let record = record(verdict, Origin::Checked, comment);
    let id = record.id;
    store.put(record, AddressPolicy::Hash).wait().unwrap();
    id
}

pub(super) fn label(store: &dyn Store, verdict: VerdictId, label: Label) -> CorrectionReceipt {
    let new = NewCorrection {
        verdict,
        label,
        features: Features::from_unordered(vec![7, 9]),
        learn: true,
        by: KEY,
        at: now(),
    };
    store.correct(new).wait().unwrap()
}

pub(super) fn lessons(store: &dyn Store) -> Vec<(VerdictId, Label, Sequence)> {
    let lessons = store.lessons(0, store.events()).unwrap();
    lessons
        .map(Result::unwrap)
        .map(|l| (l.verdict, l.label, l.sequence))
        .collect()
}

pub(super) fn totals(store: &dyn Store) -> Counters {
    let mut sum = Counters::default();
    for count in store
        .counts(None, date(2000, 1, 1)..=date(3000, 1, 1))
        .unwrap()
    {
        sum += count.counters;
    }
    sum
}

#[test]
fn everything_acknowledged_is_there_after_reopening() {
    let (dir, store) = fresh();
    let kept = put(&*store, Verdict::Ham, comment("one"));
    let receipt = label(&*store, kept, Label::Spam);
    let grant = Grant::new("a key", Scopes::SITE, None, now());
    store.create_key(KEY, grant.clone(), now()).wait().unwrap();
    store
        .create_key(OTHER_KEY, grant.clone(), now())
        .wait()
        .unwrap();
    store.revoke_key(OTHER_KEY, now()).wait().unwrap();
    let site = Site::parse("blog.example.com").unwrap();
    store
        .set_site_active(site.clone(), false, now())
        .wait()
        .unwrap();
    let before = store.verdict(kept).unwrap().unwrap();
    drop(store);

    let store = open_in(&dir);
    assert_eq!(store.verdict(kept).unwrap(), Some(before));
    let correction = store.correction(kept).unwrap().unwrap();
    assert_eq!(
        (correction.label, correction.sequence),
        (Label::Spam, receipt.sequence.unwrap())
    );
    assert_eq!(store.grants().unwrap(), [(KEY, grant)]);
    assert_eq!(store.sites().unwrap(), [(site, false)]);
    assert_eq!(store.events(), 5);
    assert_eq!(lessons(&*store), [(kept, Label::Spam, 1)]);
    assert_eq!(store.find(KEY, &comment("one")).unwrap(), Some(kept));
}

#[test]
fn no_address_reaches_the_disk_and_overlong_text_is_cut() {
    let (_dir, store) = fresh();
    let long = comment(&"é".repeat(100_000));
    let id = put(&*store, Verdict::Ham, long.clone());
    let stored = store.verdict(id).unwrap().unwrap();
    assert!(stored.ip_hash.is_some());
    let kept = stored.comment.unwrap();
    assert_eq!(kept.author.ip, None);
    assert_eq!(kept.content.len(), 64 * 1024);
    assert_eq!(
        store.find(KEY, &long).unwrap(),
        Some(id),
        "found by all of the text"
    );
}

#[test]
fn one_label_counts_once_and_the_opposite_replaces_it() {
    let (_dir, store) = fresh();
    let id = put(&*store, Verdict::Spam, comment("one"));
    let first = label(&*store, id, Label::Ham);
    assert_eq!((first.previous, first.sequence), (None, Some(1)));
    let again = label(&*store, id, Label::Ham);
    assert_eq!(
        (again.previous, again.sequence),
        (Some(Label::Ham), Some(1))
    );
    assert_eq!(store.events(), 1);
    let flipped = label(&*store, id, Label::Spam);
    assert_eq!(
        (flipped.previous, flipped.sequence),
        (Some(Label::Ham), Some(2))
    );
    assert_eq!(lessons(&*store), [(id, Label::Spam, 2)]);

    let retracted = store.retract(id, KEY, now()).wait().unwrap();
    assert_eq!((retracted.previous, retracted.sequence), (Label::Spam, 3));
    assert_eq!(store.correction(id).unwrap(), None);
    assert_eq!(lessons(&*store), []);
    let nothing = store.retract(id, KEY, now()).wait().unwrap_err();
    assert!(matches!(nothing, StoreError::NoSuchCorrection), "{nothing}");
    let unknown = NewCorrection {
        verdict: VerdictId::fresh(),
        label: Label::Spam,
        features: Features::default(),
        learn: true,
        by: KEY,
        at: now(),
    };
    let unknown = store.correct(unknown).wait().unwrap_err();
    assert!(matches!(unknown, StoreError::NoSuchVerdict), "{unknown}");
}

#[test]
fn errors_are_counted_where_the_check_was_and_taken_back() {
    let (_dir, store) = fresh();
    let errors = |store: &dyn Store| {
        let sum = totals(store);
        (sum.missed_spam, sum.false_positives)
    };
    for (verdict, as_spam, as_ham) in [
        (Verdict::Ham, (1, 0), (0, 0)),
        (Verdict::Unsure, (1, 0), (0, 0)),
        (Verdict::Spam, (0, 0), (0, 1)),
    ] {
        let id = put(&*store, verdict, comment("text"));
        label(&*store, id, Label::Spam);
        assert_eq!(errors(&*store), as_spam, "{verdict} to spam");
        label(&*store, id, Label::Ham);
        assert_eq!(errors(&*store), as_ham, "{verdict} to ham");
        store.retract(id, KEY, now()).wait().unwrap();
        assert_eq!(errors(&*store), (0, 0), "{verdict} retracted");
    }
    let submitted = record(Verdict::Spam, Origin::Submitted, comment("never checked"));
    store
        .correct_comment(
            submitted,
            AddressPolicy::Hash,
            Label::Spam,
            Features::default(),
            now(),
        )
        .wait()
        .unwrap();
    let sum = totals(&*store);
    assert_eq!((sum.missed_spam, sum.checked), (1, 3));
    assert_eq!((sum.spam, sum.ham, sum.unsure), (1, 1, 1));
}

#[test]
fn what_sled_lost_is_rebuilt_from_the_journal() {
    fn garbage(path: &Path) {
        fs::write(path, b"this is not sled").unwrap();
    }
    fn cut(path: &Path) {
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    }
    type Spoil = fn(&Path);
    let spoils: [(&str, Spoil); 3] = [
        ("sled/db", garbage),
        ("sled/db", cut),
        ("sled/conf", garbage),
    ];
    for (name, spoil) in spoils {
        let (dir, store) = fresh();
        let id = put(&*store, Verdict::Ham, comment("one"));
        label(&*store, id, Label::Spam);
        let grant = Grant::new("a key", Scopes::ADMIN, None, now());
        store.create_key(KEY, grant, now()).wait().unwrap();
        drop(store);
        spoil(&dir.path().join(name));

        let store = open_in(&dir);
        assert_eq!(store.correction(id).unwrap().unwrap().label, Label::Spam);
        assert_eq!(store.grants().unwrap().len(), 1);
        assert_eq!(lessons(&*store).len(), 1);
        // The settings are made anew, and nothing is lost with them.
        assert_eq!(store.verdict(id).unwrap().is_some(), name == "sled/conf");
        // And the store goes on as usual.
        let id = put(&*store, Verdict::Ham, comment("two"));
        assert_eq!(label(&*store, id, Label::Spam).sequence, Some(3));
    }
}

/// Copies a directory as it is: what a process that was killed at this moment leaves behind. What is empty as soon
/// as the rest has it is copied before the rest.
pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let mut entries: Vec<_> = fs::read_dir(from).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(|entry| entry.file_name() != "spool");
    for entry in entries {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let (dir, store) = fresh();
    let mut ids = Vec::new();
    for round in 0..5 {
        let corrected = put(&*store, Verdict::Ham, comment(&round.to_string()));
        label(&*store, corrected, Label::Spam);
        ids.extend([
            corrected,
            put(&*store, Verdict::Ham, comment("not corrected")),
        ]);
        let submitted = comment(&format!("submitted {round}"));
        let submitted = record(Verdict::Ham, Origin::Submitted, submitted);
        let features = Features::default();
        let ack =
            store.correct_comment(submitted, AddressPolicy::Hash, Label::Spam, features, now());
        ids.push(ack.wait().unwrap().id);
        if round % 2 == 0 {
            store
                .retract(ids[ids.len() - 1], KEY, now())
                .wait()
                .unwrap();
        }
        let left_behind = tempfile::tempdir().unwrap();
        copy(dir.path(), left_behind.path());
        let healed = open_in(&left_behind);
        for id in &ids {
            assert!(healed.verdict(*id).unwrap().is_some());
            assert_eq!(
                healed.correction(*id).unwrap(),
                store.correction(*id).unwrap()
            );
        }
        assert_eq!(totals(&*healed), totals(&*store));
        assert_eq!(lessons(&*healed), lessons(&*store));
    }
}

#[test]
fn events_that_sled_missed_are_taken_over_once() {
    let (dir, store) = fresh();
    let id = put(&*store, Verdict::Ham, comment("one"));
    // A kill between journal and sled leaves an older sled beside a newer journal.
    let older = tempfile::tempdir().unwrap();
    copy(dir.path(), older.path());
    label(&*store, id, Label::Spam);
    label(&*store, id, Label::Ham);
    label(&*store, id, Label::Spam);
    let newer = dir.path().join("journal/events.log");
    fs::copy(newer, older.path().join("journal/events.log")).unwrap();
    for _ in 0..2 {
        let healed = open_in(&older);
        assert_eq!(
            healed.correction(id).unwrap(),
            store.correction(id).unwrap()
        );
        assert_eq!(totals(&*healed), totals(&*store));
        assert_eq!(totals(&*healed).missed_spam, 1);
    }
}

#[test]
fn a_journal_older_than_sled_is_refused() {
    let (dir, store) = fresh();
    let journal = dir.path().join("journal/events.log");
    let older = fs::read(&journal).unwrap();
    let id = put(&*store, Verdict::Ham, comment("one"));
    label(&*store, id, Label::Spam);
    drop(store);
    fs::write(&journal, older).unwrap();
    let refused = open(dir.path(), &StoreSettings::default()).err().unwrap();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
}

#[test]
fn a_half_written_snapshot_does_not_stop_the_start() {
    let (dir, store) = fresh();
    let id = put(&*store, Verdict::Ham, comment("one"));
    drop(store);
    fs::write(
        dir.path().join("sled/snap.0000000000000fff.generating"),
        b"half",
    )
    .unwrap();
    assert!(open_in(&dir).verdict(id).unwrap().is_some());
}

#[test]
fn a_closed_store_refuses_writes_and_a_second_process_is_refused() {
    let (dir, store) = fresh();
    let second = open(dir.path(), &StoreSettings::default()).err().unwrap();
    assert!(matches!(second, StoreError::Held(_)), "{second}");
    store.close();
    let refused = store.probe().wait().unwrap_err();
    assert!(matches!(refused, StoreError::Closed), "{refused}");
}

/// Remembers what it is told.
#[derive(Default)]
struct Recorder(Mutex<Vec<Applied>>);

impl Observer for Recorder {
    fn apply(&self, events: &[Applied], _log: &dyn Lessons) {
        self.0.lock().unwrap().extend_from_slice(events);
    }
}

#[test]
fn many_writers_at_once_get_distinct_places_in_one_log() {
    let (_dir, store) = fresh();
    let recorder = Arc::new(Recorder::default());
    store.observe(Arc::clone(&recorder) as _);
    let sequences: Vec<Sequence> = thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|worker| {
                let store = &*store;
                let recorder = &recorder;
                scope.spawn(move || {
                    (0..20)
                        .map(|n| {
                            let id = put(store, Verdict::Ham, comment(&format!("{worker} {n}")));
                            let receipt = label(store, id, Label::Spam);
                            let told = recorder.0.lock().unwrap().len() as u64;
                            let sequence = receipt.sequence.unwrap();
                            assert!(told >= sequence, "acknowledged before it was told");
                            sequence
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().unwrap())
            .collect()
    });
    assert_eq!(sequences.iter().collect::<HashSet<_>>().len(), 160);
    assert_eq!(store.events(), 160);
    let told: Vec<_> = recorder
        .0
        .lock()
        .unwrap()
        .iter()
        .map(|a| a.sequence)
        .collect();
    assert_eq!(told, (1..=160).collect::<Vec<_>>());
    assert_eq!(totals(&*store).missed_spam, 160);
}

#[test]
fn the_same_feedback_from_many_sides_is_one_correction() {
    let (_dir, store) = fresh();
    let receipts: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let record = record(Verdict::Ham, Origin::Submitted, comment("new"));
                    store
                        .correct_comment(
                            record,
                            AddressPolicy::Hash,
                            Label::Spam,
                            Features::default(),
                            now(),
                        )
                        .wait()
                        .unwrap()
                })
            })
            .collect();
        workers.into_iter().map(|w| w.join().unwrap()).collect()
    });
    assert!(
        receipts
            .iter()
            .all(|r| (r.id, r.sequence) == (receipts[0].id, Some(1)))
    );
    assert_eq!(store.events(), 1);
    assert_eq!(totals(&*store).missed_spam, 1);
}

#[test]
fn feedback_finds_the_check_that_it_means() {
    let (_dir, store) = fresh();
    let base = comment("Line one\r\nline two");
    let old = put(&*store, Verdict::Ham, base.clone());
    let mut by_bob = base.clone();
    by_bob.author.name = "Bob".into();
    by_bob.author.email = "bob@example.org".into();
    let bob = put(&*store, Verdict::Ham, by_bob.clone());
    let newest = put(&*store, Verdict::Ham, base.clone());
    let empty = put(&*store, Verdict::Ham, comment(""));

    let with = |change: &dyn Fn(&mut Comment)| {
        let mut feedback = base.clone();
        change(&mut feedback);
        feedback
    };
    let stranger = |c: &mut Comment| {
        c.author = Author {
            name: "Zoe".into(),
            ..Author::default()
        };
        c.permalink = String::new();
    };
    for (what, feedback, found) in [
        ("all equal: the newest", base.clone(), Some(newest)),
        ("all equal, another author", by_bob.clone(), Some(bob)),
        (
            "line ends and space",
            with(&|c| c.content = " Line one\nline two\n".into()),
            Some(newest),
        ),
        ("no address", with(&|c| c.author.ip = None), Some(newest)),
        (
            "Bob without address",
            {
                let mut c = by_bob.clone();
                c.author.ip = None;
                c
            },
            Some(bob),
        ),
        ("no site", with(&|c| c.site = None), Some(newest)),
        (
            "another site",
            with(&|c| c.site = Site::parse("other.example").ok()),
            None,
        ),
        (
            "another text",
            with(&|c| c.content = "Line one".into()),
            None,
        ),
        ("only text and kind", with(&stranger), None),
        (
            "only text and page",
            with(&|c| {
                stranger(c);
                c.permalink.clone_from(&base.permalink);
            }),
            Some(newest),
        ),
        ("no text, all equal", comment(""), Some(empty)),
        (
            "no text, nearly equal",
            {
                let mut c = comment("");
                c.author.ip = None;
                c
            },
            None,
        ),
    ] {
        assert_eq!(store.find(KEY, &feedback).unwrap(), found, "{what}");
    }
    assert_eq!(store.find(OTHER_KEY, &base).unwrap(), None, "another key");
    assert!(old < newest);
}

#[test]
fn counts_are_by_key_day_and_site() {
    let (_dir, store) = fresh();
    let context = uuid::ContextV7::new();
    for (key, day, site) in [
        (KEY, "2026-10-31T23:59:59Z", "a.example"),
        (KEY, "2026-11-01T00:00:00Z", "a.example"),
        (KEY, "2026-11-30T12:00:00Z", "b.example"),
        (OTHER_KEY, "2026-11-30T12:00:00Z", "b.example"),
    ] {
        let mut record = record(Verdict::Ham, Origin::Checked, comment("text"));
        record.id = VerdictId::at(day.parse().unwrap(), &context);
        record.key = key;
        record.site = Site::parse(site).ok();
        store.put(record, AddressPolicy::Hash).wait().unwrap();
    }
    let november = date(2026, 11, 1)..=date(2026, 11, 30);
    let of_key: Vec<_> = store
        .counts(Some(KEY), november.clone())
        .unwrap()
        .into_iter()
        .map(|c| (c.day, c.site.unwrap().to_string(), c.counters.ham))
        .collect();
    assert_eq!(
        of_key,
        [
            (date(2026, 11, 1), "a.example".to_owned(), 1),
            (date(2026, 11, 30), "b.example".to_owned(), 1)
        ]
    );
    assert_eq!(store.counts(None, november).unwrap().len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// Whatever is corrected, flipped and retracted, with restarts and losses of sled in
    /// between: corrections, lessons and counters are those of a plain model.
    #[test]
    fn the_store_equals_a_model(steps in prop::collection::vec((0usize..4, 0u8..8), 1..40)) {
        let (dir, mut store) = fresh();
        let verdicts = [Verdict::Ham, Verdict::Spam, Verdict::Unsure, Verdict::Ham];
        let ids = verdicts.map(|v| put(&*store, v, comment(&format!("{v}"))));
        let mut model: Vec<(usize, Label)> = Vec::new();
        for (which, what) in steps {
            let new = match what {
                0..3 => Some(Label::Spam),
                3..6 => Some(Label::Ham),
                6 => None,
                _ => {
                    drop(store);
                    store = open_in(&dir);
                    continue;
                }
            };
            let standing = model.iter().position(|(w, _)| *w == which);
            if standing.is_some_and(|at| Some(model[at].1) == new) {
                label(&*store, ids[which], model[standing.unwrap()].1);
                continue;
            }
            if let Some(at) = standing {
                model.remove(at);
            }
            match new {
                Some(new) => {
                    label(&*store, ids[which], new);
                    model.push((which, new));
                }
                None => prop_assert_eq!(
                    store.retract(ids[which], KEY, now()).wait().is_ok(),
                    standing.is_some()
                ),
            }
        }
        let taught: Vec<_> = lessons(&*store).into_iter().map(|(id, l, _)| (id, l)).collect();
        let expected: Vec<_> = model.iter().map(|&(which, l)| (ids[which], l)).collect();
        prop_assert_eq!(taught, expected);
        let missed = model.iter().filter(|&&(w, l)| l == Label::Spam && verdicts[w] != Verdict::Spam);
        let wrong = model.iter().filter(|&&(w, l)| l == Label::Ham && verdicts[w] == Verdict::Spam);
        let sum = totals(&*store);
        prop_assert_eq!(sum.missed_spam, missed.count() as u64);
        prop_assert_eq!(sum.false_positives, wrong.count() as u64);
        prop_assert_eq!(sum.checked, 4);
    }
}

/// What a dump holds when nothing is written meanwhile, but for its time.
fn lines(store: &dyn Store) -> Vec<Line> {
    let lines = store.dump().map(Result::unwrap);
    lines
        .filter(|line| !matches!(line, Line::Head(_)))
        .collect()
}

fn written(store: &dyn Store) -> Vec<u8> {
    let mut writer = DumpWriter::default();
    let mut bytes = Vec::new();
    for line in store.dump() {
        writer.line(&line.unwrap(), &mut bytes).unwrap();
    }
    writer.end(&mut bytes).unwrap();
    bytes
}

fn restore_in(dir: &Path, bytes: &[u8]) -> Result<Restored, RestoreError> {
    restore(dir, &StoreSettings::default(), DumpReader::new(bytes))
}

/// A store with something of everything in it.
fn of_everything() -> (TempDir, Arc<dyn Store>) {
    let (dir, store) = fresh();
    let with_ip = record(Verdict::Spam, Origin::Checked, comment("with an address"));
    store.put(with_ip, AddressPolicy::Keep).wait().unwrap();
    let spam = put(&*store, Verdict::Ham, comment("one"));
    let retracted = put(&*store, Verdict::Spam, comment("two"));
    let aged = put(&*store, Verdict::Unsure, comment("three"));
    let erased = put(&*store, Verdict::Unsure, comment("four"));
    label(&*store, spam, Label::Spam);
    label(&*store, retracted, Label::Ham);
    store.retract(retracted, KEY, now()).wait().unwrap();
    store
        .expire(vec![(aged, RetentionWhat::Content)])
        .wait()
        .unwrap();
    store.erase(vec![erased], KEY, now()).wait().unwrap();
    let grant = Grant::new("a key", Scopes::SITE, None, now());
    store.create_key(KEY, grant, now()).wait().unwrap();
    store
        .rotate_key(KEY, OTHER_KEY, now(), now())
        .wait()
        .unwrap();
    let site = Site::parse("set.example.com").unwrap();
    let settings = SiteSettings {
        retention_days: 7.try_into().unwrap(),
        ..SiteSettings::default()
    };
    store.configure_site(site, settings, now()).wait().unwrap();
    store
        .put_notice(Notice {
            verdict: spam,
            due: now(),
            attempts: 2,
        })
        .unwrap();
    (dir, store)
}

#[test]
fn a_restored_store_is_the_one_that_was_backed_up() {
    let (_dir, store) = of_everything();
    let bytes = written(&*store);
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("new");
    let restored = restore_in(&dir, &bytes).unwrap();
    assert_eq!((restored.verdicts, restored.events), (4, store.events()));
    let copy = open(&dir, &StoreSettings::default()).unwrap();
    assert_eq!(lines(&*copy), lines(&*store));
    assert_eq!(lessons(&*copy), lessons(&*store));
    assert_eq!(copy.rules().unwrap(), store.rules().unwrap());
    // Feedback without an id finds its check, although the address is only a hash there.
    let meant = comment("one");
    assert!(store.find(KEY, &meant).unwrap().is_some());
    assert_eq!(
        copy.find(KEY, &meant).unwrap(),
        store.find(KEY, &meant).unwrap()
    );
    let page = |store: &dyn Store| {
        let query = VerdictQuery {
            limit: 100,
            ..VerdictQuery::default()
        };
        store.list(&query).unwrap().verdicts
    };
    assert_eq!(page(&*copy), page(&*store));
}

#[test]
fn a_damaged_or_cut_off_backup_is_refused_and_leaves_nothing_to_open() {
    let (_dir, store) = of_everything();
    let bytes = written(&*store);
    let parent = tempfile::tempdir().unwrap();
    let cut = parent.path().join("cut");
    let end = bytes[..bytes.len() - 1]
        .iter()
        .rposition(|&b| b == b'\n')
        .unwrap();
    let error = restore_in(&cut, &bytes[..=end]).unwrap_err();
    assert!(error.to_string().contains("cut off"), "{error}");
    let error = open(&cut, &StoreSettings::default()).err().unwrap();
    assert!(error.to_string().contains("restore again"), "{error}");
    let mut flipped = bytes.clone();
    let at = flipped.windows(3).position(|w| w == b"two").unwrap();
    flipped[at] ^= 1;
    let error = restore_in(&parent.path().join("flipped"), &flipped).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    let error = restore_in(parent.path(), &bytes).unwrap_err();
    assert!(matches!(error, RestoreError::NotEmpty(_)), "{error}");
    let error = restore_in(&parent.path().join("text"), b"hello\n").unwrap_err();
    assert!(error.to_string().contains("line 1"), "{error}");
    assert!(!parent.path().join("text").exists());
}
