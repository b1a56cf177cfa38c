//! What lists find, and what erasures and retention leave behind.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;

use tempfile::TempDir;

use super::tests::*;
use super::*;
use crate::site::settings::Erasure as OnErasure;
use crate::verdict::{Reason, Verdict};

fn by(email: &str) -> Person {
    Person::email(email).unwrap()
}

fn ids(page: &VerdictPage) -> Vec<VerdictId> {
    page.verdicts.iter().map(|(record, _)| record.id).collect()
}

/// Every page, and how many there were.
fn all_pages(store: &dyn Store, mut query: VerdictQuery) -> (Vec<VerdictId>, usize) {
    let mut found = Vec::new();
    for pages in 1.. {
        let page = store.list(&query).unwrap();
        found.extend(ids(&page));
        query.before = page.next;
        if page.next.is_none() {
            return (found, pages);
        }
    }
    unreachable!()
}

fn query() -> VerdictQuery {
    VerdictQuery {
        limit: 3,
        ..VerdictQuery::default()
    }
}

/// Everything in the files below a directory, one after the other.
fn bytes_of(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.extend(bytes_of(&path));
        } else {
            bytes.extend(fs::read(path).unwrap());
        }
    }
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[test]
fn every_filter_finds_what_a_plain_search_finds() {
    let (_dir, store) = fresh();
    let mut records = Vec::new();
    for n in 0..60u32 {
        let verdict = [Verdict::Ham, Verdict::Spam, Verdict::Unsure][n as usize % 3];
        let mut comment = comment(&format!(
            "Text {n} of {}",
            if n % 7 == 0 { "Plums" } else { "pears" }
        ));
        comment.site = Site::parse(if n % 5 == 0 { "a.example" } else { "b.example" }).ok();
        let mut record = record(verdict, Origin::Checked, comment);
        record.key = if n % 4 == 0 { OTHER_KEY } else { KEY };
        let signals: &[&str] = if n % 6 == 0 {
            &["rule", "text", "text"]
        } else {
            &["text"]
        };
        record.judgement.reasons = signals
            .iter()
            .map(|signal| Reason {
                signal: (*signal).into(),
                detail: "pears".to_owned(),
                weight: 1.0,
            })
            .collect();
        store
            .put(record.clone(), AddressPolicy::Hash)
            .wait()
            .unwrap();
        if n % 8 == 1 {
            label(
                &*store,
                record.id,
                if n % 16 == 1 { Label::Spam } else { Label::Ham },
            );
        }
        records.push((record, n));
    }
    let a = Site::parse("a.example").ok();
    type Keep = fn(u32) -> bool;
    let cases: [(VerdictQuery, Keep); 10] = [
        (query(), |_| true),
        (
            VerdictQuery {
                key: Some(OTHER_KEY),
                ..query()
            },
            |n| n % 4 == 0,
        ),
        (
            VerdictQuery {
                site: a.clone(),
                ..query()
            },
            |n| n % 5 == 0,
        ),
        (
            VerdictQuery {
                verdict: Some(Verdict::Unsure),
                ..query()
            },
            |n| n % 3 == 2,
        ),
        (
            VerdictQuery {
                signal: Some("text".into()),
                site: a.clone(),
                ..query()
            },
            |n| n % 5 == 0,
        ),
        (
            VerdictQuery {
                signal: Some("rule".into()),
                ..query()
            },
            |n| n % 6 == 0,
        ),
        (
            VerdictQuery {
                label: Some(LabelFilter::Is(Label::Spam)),
                ..query()
            },
            |n| n % 16 == 1,
        ),
        (
            VerdictQuery {
                label: Some(LabelFilter::None),
                ..query()
            },
            |n| n % 8 != 1,
        ),
        (
            VerdictQuery {
                text: Some("plUMS".into()),
                ..query()
            },
            |n| n % 7 == 0,
        ),
        (
            VerdictQuery {
                site: a,
                verdict: Some(Verdict::Ham),
                signal: Some("rule".into()),
                key: Some(KEY),
                ..query()
            },
            |n| n % 30 == 0 && n % 4 != 0,
        ),
    ];
    for (query, keep) in cases {
        let wanted: Vec<_> = records.iter().rev().filter(|(_, n)| keep(*n)).collect();
        let wanted: Vec<_> = wanted.into_iter().map(|(record, _)| record.id).collect();
        let (found, pages) = all_pages(&*store, query.clone());
        assert_eq!(found, wanted, "{query:?}");
        assert_eq!(pages, wanted.len().div_ceil(3).max(1), "{query:?}");
    }
    let page = store.list(&query()).unwrap();
    assert_eq!(page.verdicts[0].0.judgement.reasons[0].detail, "pears");
}

#[test]
fn times_bound_a_list_and_pages_do_not_move_when_more_arrives() {
    let (_dir, store) = fresh();
    let context = uuid::ContextV7::new();
    let at = |second: i64| Timestamp::from_second(1_795_000_000 + second).unwrap();
    let put_at = |second: i64| {
        let mut record = record(Verdict::Ham, Origin::Checked, comment(&second.to_string()));
        record.id = VerdictId::at(at(second), &context);
        let id = record.id;
        store.put(record, AddressPolicy::Hash).wait().unwrap();
        id
    };
    let first: Vec<_> = (0..8).map(put_at).collect();
    let between = VerdictQuery {
        from: Some(at(2)),
        to: Some(at(6)),
        ..query()
    };
    let (found, _) = all_pages(&*store, between);
    assert_eq!(found, [first[5], first[4], first[3], first[2]]);

    let page = store.list(&query()).unwrap();
    assert_eq!(ids(&page), [first[7], first[6], first[5]]);
    for second in 8..20 {
        put_at(second);
    }
    let next = VerdictQuery {
        before: page.next,
        ..query()
    };
    assert_eq!(
        ids(&store.list(&next).unwrap()),
        [first[4], first[3], first[2]]
    );
    let nothing = VerdictQuery {
        from: Some(at(100)),
        before: Some(first[0]),
        ..query()
    };
    assert_eq!(store.list(&nothing).unwrap(), VerdictPage::default());
}

#[test]
fn a_search_that_finds_nothing_stops_and_can_be_resumed() {
    let (_dir, store) = fresh();
    let hit = put(&*store, Verdict::Ham, comment("needle"));
    let long = "hay ".repeat(16_000);
    for n in 0..150 {
        put(&*store, Verdict::Ham, comment(&format!("{n} {long}")));
    }
    let search = VerdictQuery {
        text: Some("needle".into()),
        ..query()
    };
    let page = store.list(&search).unwrap();
    assert!(page.verdicts.is_empty() && page.next.is_some());
    let (found, pages) = all_pages(&*store, search);
    assert_eq!(found, [hit]);
    assert!(pages > 2, "{pages}");
}

#[test]
fn an_erasure_leaves_nothing_of_the_person_and_everything_of_others() {
    let (dir, store) = fresh();
    let mut hers = comment("I am allergic to hazelnuts.");
    hers.author.email = "Zenobia.Quill@Example.org".into();
    hers.author.name = "Zenobia Quill".into();
    hers.author.ip = "198.51.100.77".parse().ok();
    let mut spam = record(Verdict::Spam, Origin::Checked, hers.clone());
    spam.judgement.reasons = vec![Reason {
        signal: "text".into(),
        detail: "hazelnuts".into(),
        weight: 1.0,
    }];
    let erased = spam.id;
    store.put(spam, AddressPolicy::Keep).wait().unwrap();
    let kept_ip = store.verdict(erased).unwrap().unwrap().comment.unwrap();
    assert_eq!(kept_ip.author.ip, hers.author.ip);
    label(&*store, erased, Label::Ham);
    let other = put(&*store, Verdict::Ham, comment("Something else"));
    // The whole folder, as a backup or sled's old pages have it.
    let before = tempfile::tempdir().unwrap();
    copy(dir.path(), before.path());
    let traces = ["Zenobia", "zenobia", "Quill", "hazelnuts", "198.51.100.77"];
    for trace in traces {
        assert!(
            !holds(&bytes_of(before.path()), trace),
            "{trace} in the clear"
        );
    }

    let who = by(" zenobia.quill@example.ORG ");
    assert_eq!(store.verdicts_of(&who, None).unwrap(), [erased]);
    let elsewhere = Site::parse("elsewhere.example").ok();
    assert_eq!(store.verdicts_of(&who, elsewhere.as_ref()).unwrap(), []);
    let receipt = store.erase(vec![erased], KEY, now()).wait().unwrap();
    assert_eq!(
        receipt,
        ErasureReceipt {
            erased: 1,
            kept_learned: 1,
            sequence: Some(2),
            ..ErasureReceipt::default()
        }
    );
    assert_eq!(store.verdict(erased).unwrap(), None);
    assert!(store.verdicts_of(&who, None).unwrap().is_empty());
    assert_eq!(store.find(KEY, &hers).unwrap(), None);
    assert_eq!(all_pages(&*store, query()).0, [other]);
    let labelled = VerdictQuery {
        label: Some(LabelFilter::Is(Label::Ham)),
        ..query()
    };
    assert!(all_pages(&*store, labelled).0.is_empty());
    assert_eq!(lessons(&*store).len(), 1, "what was learned stays");
    let gone = NewCorrection {
        verdict: erased,
        label: Label::Spam,
        features: Features::default(),
        learn: true,
        by: KEY,
        at: now(),
    };
    let gone = store.correct(gone).wait().unwrap_err();
    assert!(matches!(gone, StoreError::NoSuchVerdict), "{gone}");
    let again = store.erase(vec![erased], KEY, now()).wait().unwrap();
    assert_eq!(again, ErasureReceipt::default());
    drop(store);

    // Whoever still has the old sled and journal, but only the vault of now, has nothing.
    let vault = dir.path().join("vault");
    fs::copy(vault, before.path().join("vault")).unwrap();
    let restored = open_in(&before);
    let hers = restored.verdict(erased).unwrap().unwrap();
    assert_eq!((hers.comment, hers.ip_hash), (None, None));
    assert_eq!(hers.judgement.reasons[0].detail, "");
    let others = restored.verdict(other).unwrap().unwrap();
    assert_eq!(others.comment.unwrap().content, "Something else");
}

#[test]
fn an_erasure_takes_corrections_back_where_the_site_says_so() {
    let (dir, store) = fresh();
    let site = Site::parse("blog.example.com").unwrap();
    let settings = SiteSettings {
        erasure: OnErasure::Retract,
        ..SiteSettings::default()
    };
    store
        .configure_site(site.clone(), settings, now())
        .wait()
        .unwrap();
    let id = put(&*store, Verdict::Ham, comment("one"));
    label(&*store, id, Label::Spam);
    let person = Person::ip("::ffff:203.0.113.9").unwrap();
    assert_eq!(store.verdicts_of(&person, Some(&site)).unwrap(), [id]);
    let receipt = store.erase(vec![id], KEY, now()).wait().unwrap();
    assert_eq!(
        (receipt.erased, receipt.retracted, receipt.sequence),
        (1, 1, Some(4))
    );
    assert!(lessons(&*store).is_empty());
    assert_eq!(totals(&*store).missed_spam, 0);
    drop(store);
    let store = open_in(&dir);
    assert!(lessons(&*store).is_empty());
    assert_eq!(store.verdict(id).unwrap(), None);
}

#[test]
fn an_erasure_that_a_crash_cut_short_is_finished_at_the_next_start() {
    let (dir, store) = fresh();
    let id = put(&*store, Verdict::Ham, comment("one"));
    let other = put(&*store, Verdict::Ham, comment("two"));
    let crashed = tempfile::tempdir().unwrap();
    copy(dir.path(), crashed.path());
    store.erase(vec![id], KEY, now()).wait().unwrap();
    // The journal got the event, sled and the vault did not.
    let journal = "journal/events.log";
    fs::copy(dir.path().join(journal), crashed.path().join(journal)).unwrap();
    let vault = |dir: &TempDir| fs::read(dir.path().join("vault")).unwrap();
    let key: Vec<_> = vault(&crashed)[64..96].to_vec();
    let healed = open_in(&crashed);
    assert_eq!(healed.verdict(id).unwrap(), None);
    assert!(healed.verdict(other).unwrap().unwrap().comment.is_some());
    assert!(!vault(&crashed).windows(32).any(|slot| slot == key));
}

#[test]
fn what_is_over_its_time_goes_and_the_rest_of_the_record_stays_if_wanted() {
    let (dir, store) = fresh();
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        let id = put(&*store, Verdict::Spam, comment(text));
        label(&*store, id, Label::Ham);
        ids.push(id);
    }
    let later = Timestamp::now() + jiff::SignedDuration::from_secs(5);
    let aged = store.aged(None, later, 2).unwrap();
    assert_eq!(
        aged.iter().map(|aged| aged.id).collect::<Vec<_>>(),
        ids[..2]
    );
    assert!(store.aged(None, now(), 9).unwrap().is_empty());
    let over = vec![
        (ids[0], RetentionWhat::Content),
        (ids[1], RetentionWhat::Record),
    ];
    store.expire(over.clone()).wait().unwrap();
    store.expire(over).wait().unwrap();
    drop(store);
    let store = open_in(&dir);
    let head = store.verdict(ids[0]).unwrap().unwrap();
    assert_eq!(head.comment, None);
    assert_eq!(head.judgement.verdict, Verdict::Spam);
    assert_eq!(store.verdict(ids[1]).unwrap(), None);
    assert_eq!(all_pages(&*store, query()).0, [ids[2], ids[0]]);
    let ham = VerdictQuery {
        label: Some(LabelFilter::Is(Label::Ham)),
        ..query()
    };
    assert_eq!(all_pages(&*store, ham).0, [ids[2], ids[0]]);
    assert_eq!(
        store.verdicts_of(&by("ann@example.org"), None).unwrap(),
        [ids[2]]
    );
    assert_eq!(lessons(&*store).len(), 3);
    let aged = store.aged(Some(ids[0]), later, 9).unwrap();
    assert_eq!(aged.len(), 1);
    assert!(aged[0].has_content);
}
