#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::shared_tests::{Member, Memory, cluster, submit};
use super::tests::{KEY, comment, now, record};
use std::time::Duration;

use super::*;
use crate::site::settings::SiteSettings;
use crate::verdict::Verdict;

/// The stream of verdicts, in memory.
#[derive(Default)]
struct Stream(Vec<Received>);

impl Stream {
    /// Takes everything that waits at a store. Answers with how many verdicts that were.
    fn take(&mut self, from: &Member) -> usize {
        let mut handed = 0;
        while let Some(parcel) = from.store.parcel().unwrap() {
            handed += parcel.names.len();
            self.put(parcel.body);
            from.store.handed_on(&parcel.names).unwrap();
        }
        handed
    }

    fn put(&mut self, body: Vec<u8>) {
        let place = 1 + self.0.last().map_or(0, |last| last.place);
        if !body.is_empty() {
            self.0.push(Received { place, body });
        }
    }

    /// Has a store receive everything, twice, as after a lost acknowledgement.
    fn give(&self, to: &Member) {
        for _ in 0..2 {
            to.store.receive(self.0.clone()).wait().unwrap();
        }
    }

    /// What a replica does about parcels in which something was erased.
    fn clear(&mut self, by: &Member) {
        while let Some(place) = by.store.to_clear().unwrap() {
            if let Some(at) = self.0.iter().position(|parcel| parcel.place == place) {
                let rest = by.store.clear(&self.0[at].body).unwrap();
                self.put(rest.body);
                self.0.remove(at);
            }
            by.store.cleared(place).unwrap();
        }
    }
}

fn checked(member: &Member, text: &str) -> VerdictId {
    let record = record(Verdict::Spam, Origin::Checked, comment(text));
    let id = record.id;
    let kept = member.store.put(record, AddressPolicy::Hash);
    kept.wait().unwrap();
    id
}

fn called_ham(verdict: VerdictId) -> NewCorrection {
    NewCorrection {
        verdict,
        label: Label::Ham,
        features: Features::from_unordered(vec![1, 2]),
        learn: true,
        by: KEY,
        at: now(),
    }
}

/// Checked, and of these falsely called spam, on all days.
fn counted(member: &Member) -> (u64, u64) {
    let days = Date::MIN..=Date::MAX;
    let counts = member.store.counts(None, days).unwrap();
    let counts = counts.iter().map(|day| day.counters);
    counts.fold((0, 0), |(checked, wrong), counters| {
        (checked + counters.checked, wrong + counters.false_positives)
    })
}

/// Has one member do something that the log records, and all of them hear of it.
fn say<T, const N: usize>(
    log: &Memory,
    members: &mut [Member; N],
    say: impl FnOnce(&dyn Store) -> Ack<T>,
) -> T {
    let said = say(&*members[0].store);
    members[0].settle();
    for member in members {
        member.hear(log, 9);
        member.settle();
    }
    said.wait().unwrap()
}

#[test]
fn a_verdict_given_at_one_is_the_same_at_the_other_and_can_be_corrected_there() {
    let (log, [one, two]) = cluster();
    let id = checked(&one, "seen at one");
    let mut stream = Stream::default();
    assert_eq!(stream.take(&one), 1);
    assert_eq!(stream.take(&one), 0, "it is handed on once");
    stream.give(&one);
    stream.give(&two);
    assert_eq!(stream.take(&two), 0, "what came from elsewhere is not");
    let here = one.store.verdict(id).unwrap().unwrap();
    assert_eq!(two.store.verdict(id).unwrap().unwrap(), here);
    let found = two.store.find(KEY, &comment("seen at one")).unwrap();
    assert_eq!(found, Some(id));
    let mut both = [two, one];
    say(&log, &mut both, |two| two.correct(called_ham(id)));
    let [two, one] = both;
    let correction = one.store.correction(id).unwrap().unwrap();
    assert_eq!(two.store.correction(id).unwrap().unwrap(), correction);
    assert_eq!(counted(&one), (1, 1));
    assert_eq!(counted(&two), (1, 1));
}

#[test]
fn a_correction_that_comes_before_its_verdict_counts_when_that_comes() {
    let (log, mut both) = cluster::<2>();
    let id = checked(&both[0], "corrected at once");
    say(&log, &mut both, |one| one.correct(called_ham(id)));
    let [one, two] = &both;
    assert_eq!(counted(two), (0, 0));
    let mut stream = Stream::default();
    stream.take(one);
    stream.give(two);
    assert_eq!(counted(two), (1, 1));
    say(&log, &mut both, |one| one.retract(id, KEY, now()));
    assert_eq!(counted(&both[0]), (1, 0));
    assert_eq!(counted(&both[1]), (1, 0));
}

#[test]
fn what_was_erased_comes_back_from_no_parcel_and_leaves_the_stream() {
    let (log, mut both) = cluster::<2>();
    let [kept, erased, late] = ["kept", "erased", "on its way"].map(|text| checked(&both[0], text));
    let mut stream = Stream::default();
    stream.take(&both[0]);
    both.iter().for_each(|member| stream.give(member));
    let again = stream.0[0].body.clone();
    say(&log, &mut both, |one| one.erase(vec![erased], KEY, now()));
    // The same parcel once more, and one that was packed before the next erasure.
    stream.put(again);
    both.iter().for_each(|member| stream.give(member));
    stream.clear(&both[1]);
    say(&log, &mut both, |one| one.erase(vec![late], KEY, now()));
    both.iter().for_each(|member| stream.give(member));
    for member in &both {
        assert!(member.store.verdict(kept).unwrap().is_some());
        for gone in [erased, late] {
            assert!(member.store.verdict(gone).unwrap().is_none());
        }
        stream.clear(member);
    }
    // One that joins has the log and what is left in the stream, in whichever order.
    for log_first in [true, false] {
        let mut new = Member::new(&log, &super::shared_tests::replica_head(&both[0]));
        if log_first {
            new.hear(&log, 9);
        }
        stream.give(&new);
        new.hear(&log, 9);
        assert!(new.store.verdict(kept).unwrap().is_some());
        assert_eq!(counted(&new).0, 1, "it never saw the others");
        assert_eq!(new.store.to_clear().unwrap(), None);
    }
}

#[test]
fn a_submitted_comment_is_handed_on_with_its_label_and_not_before() {
    let (log, [mut one, two]) = cluster();
    let said = submit(&*one.store, 1, Label::Spam);
    one.settle();
    let mut stream = Stream::default();
    assert_eq!(stream.take(&one), 0, "whether it comes about is open");
    one.hear(&log, 1);
    let id = said.wait().unwrap().id;
    one.settle();
    assert_eq!(stream.take(&one), 1);
    stream.give(&two);
    assert!(two.store.verdict(id).unwrap().is_some());
}

#[test]
fn a_parcel_of_a_newer_version_holds_up_no_other() {
    let (_log, [one, two]) = cluster();
    let id = checked(&one, "seen at one");
    let mut stream = Stream::default();
    stream.put(b"\x02something newer".to_vec());
    stream.take(&one);
    let unreadable = two.store.receive(stream.0.clone()).wait().unwrap();
    assert_eq!(unreadable, 1);
    assert!(two.store.verdict(id).unwrap().is_some());
    assert_eq!(two.store.arrived().unwrap().place, 2);
    two.store.begin(7).unwrap();
    let anew = Arrived {
        stream: 7,
        place: 0,
    };
    assert_eq!(two.store.arrived().unwrap(), anew);
}

#[test]
fn one_that_was_alone_hands_on_all_that_it_has() {
    let (_log, [one, two]) = cluster();
    let id = checked(&one, "from before");
    let mut stream = Stream::default();
    stream.take(&one);
    assert_eq!(stream.take(&one), 0);
    one.store.hand_on_all().unwrap();
    assert_eq!(stream.take(&one), 1);
    stream.give(&two);
    assert!(two.store.verdict(id).unwrap().is_some());
}

#[test]
fn verdicts_stay_in_the_stream_for_as_long_as_every_site_lets_them() {
    let (log, mut both) = cluster::<2>();
    let days = |n: u64| Duration::from_hours(24 * n);
    assert_eq!(both[1].store.shortest_stay().unwrap(), days(90));
    let settings: SiteSettings = serde_json::from_str(r#"{"retention_days": 30}"#).unwrap();
    let site = crate::site::Site::parse("https://blog.example/").unwrap();
    say(&log, &mut both, |one| {
        one.configure_site(site, settings, now())
    });
    assert_eq!(both[1].store.shortest_stay().unwrap(), days(30));
}

/// What replicas of a release sent to each other, in `fixtures/cluster/RELEASE`: `head` and `log` from the log,
/// `parcel` with verdicts. `RECORD=RELEASE cargo test --lib recorded` writes those of this one.
#[test]
fn recorded_messages_of_each_release_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cluster");
    if let Some(release) = std::env::var_os("RECORD") {
        record_messages(&folder.join(release));
    }
    let releases: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert!(!releases.is_empty());
    for release in releases {
        let release = release.unwrap().path();
        let read = |name: &str| std::fs::read(release.join(name)).unwrap();
        let dir = tempfile::tempdir().unwrap();
        prepare(dir.path(), &LogHead::from_bytes(&read("head")).unwrap()).unwrap();
        let settings = StoreSettings::default();
        let log = Arc::<Memory>::default();
        let store = open_shared(dir.path(), &settings, log as _).unwrap();
        let last = store.follow(2, read("log")).wait().unwrap();
        let parcel = Received {
            place: 1,
            body: read("parcel"),
        };
        let unreadable = store.receive(vec![parcel]).wait().unwrap();
        assert_eq!((last, unreadable), (10, 0), "{}", release.display());
        let all = store
            .list(&super::shared_tests::everything())
            .unwrap()
            .verdicts;
        let [(only, _)] = &all[..] else {
            panic!("{all:?}");
        };
        let text = only.comment.as_ref().unwrap().content.as_str();
        assert_eq!(text, "kept and corrected", "the other one was erased");
        let correction = store.correction(only.id).unwrap().unwrap();
        assert_eq!((correction.label, correction.sequence), (Label::Ham, 6));
        assert_eq!(
            store.shortest_stay().unwrap(),
            Duration::from_hours(24 * 30)
        );
        assert!(store.grant(KEY).unwrap().is_some());
        assert_eq!(store.base_model().unwrap(), Some(a_model()));
    }
}

fn a_model() -> NamedModel {
    NamedModel {
        digest: ModelDigest::of(b"a model"),
        version: "2026.1".to_owned(),
    }
}

/// One event of each kind that a cluster's log had then.
fn record_messages(folder: &Path) {
    let (log, mut members) = cluster::<1>();
    let [kept, erased] = ["kept and corrected", "erased"].map(|text| checked(&members[0], text));
    let settings: SiteSettings = serde_json::from_str(r#"{"retention_days": 30}"#).unwrap();
    let site = || crate::site::Site::parse("https://blog.example/").unwrap();
    let grant = || Grant::new("a key", crate::key::Scopes::SITE, None, now());
    let other = KeyHash::from_bytes([9; 32]);
    let parcel = members[0].store.parcel().unwrap().unwrap();
    let one = &mut members;
    say(&log, one, |one| one.create_key(KEY, grant(), now()));
    say(&log, one, |one| one.rotate_key(KEY, other, now(), now()));
    say(&log, one, |one| one.revoke_key(other, now()));
    say(&log, one, |one| one.set_site_active(site(), false, now()));
    say(&log, one, |one| one.configure_site(site(), settings, now()));
    say(&log, one, |one| one.correct(called_ham(kept)));
    say(&log, one, |one| one.correct(called_ham(erased)));
    say(&log, one, |one| one.retract(erased, KEY, now()));
    say(&log, one, |one| one.erase(vec![erased], KEY, now()));
    say(&log, one, |one| one.use_model(a_model(), now()));
    let head = super::shared_tests::replica_head(&one[0]);
    std::fs::create_dir_all(folder).unwrap();
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes).unwrap();
    write("head", head.to_bytes());
    write("log", log.messages.lock().unwrap().concat());
    write("parcel", parcel.body);
}
