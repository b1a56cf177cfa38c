#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use tempfile::TempDir;

use super::learner::{LogLessons, Pupil, Writing};
use super::*;
use crate::classifier::Lesson;
use crate::comment::{Author, Comment};
use crate::key::{KeyHash, SiteKey};
use crate::store::{self, Lessons, StoreSettings};
use crate::text::Features;
use crate::verdict::{Action, Label, Verdict};

/// A service in a directory of its own, on a day that the test sets.
struct Bench {
    dir: TempDir,
    time: Arc<AtomicI64>,
    store: Arc<dyn Store>,
    service: Service,
}

impl Bench {
    fn new() -> Self {
        let start: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let dir = tempfile::tempdir().unwrap();
        Self::open(dir, Arc::new(AtomicI64::new(start.as_second())))
    }

    fn open(dir: TempDir, time: Arc<AtomicI64>) -> Self {
        let settings = StoreSettings {
            cache_bytes: 1024 * 1024,
        };
        let store = store::open(dir.path(), &settings).unwrap();
        let shown = Arc::clone(&time);
        let settings = Settings {
            clock: Clock::from_fn(move || {
                Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap()
            }),
            ..Settings::default()
        };
        let classifier = Arc::new(Classifier::embedded().unwrap());
        let service = Service::new(Arc::clone(&store), classifier, settings).unwrap();
        Self {
            dir,
            time,
            store,
            service,
        }
    }

    fn reopened(self) -> Self {
        let Self {
            dir,
            time,
            store,
            service,
        } = self;
        drop((store, service));
        Self::open(dir, time)
    }

    fn set_time(&self, time: &str) {
        let time: Timestamp = time.parse().unwrap();
        self.time.store(time.as_second(), Ordering::SeqCst);
    }

    async fn caller(&self, site: Option<&str>) -> Caller {
        let site = site.map(|site| Site::parse(site).unwrap());
        let key = self
            .service
            .registry()
            .create_site_key("a key", site)
            .await
            .unwrap();
        self.service.authenticate(key.reveal()).unwrap()
    }

    async fn admin(&self) -> Caller {
        let token = self
            .service
            .registry()
            .create_admin_token("an admin")
            .await
            .unwrap();
        self.service.authenticate(token.reveal()).unwrap()
    }

    async fn check(&self, caller: &Caller, comment: Comment) -> Checked {
        self.service
            .check(caller, comment, CheckOptions::default())
            .await
            .unwrap()
    }
}

const SITE: &str = "blog.example.com";

/// A comment whose verdict a rule decides, whatever the classifier thinks.
fn ruled(verdict: Verdict, content: &str) -> Comment {
    let mut author = Author {
        email: "ann@example.org".into(),
        ..Author::default()
    };
    match verdict {
        Verdict::Spam => author.name = "viagra-test-123".into(),
        _ => author.role = "administrator".into(),
    }
    Comment {
        site: Site::parse(SITE).ok(),
        content: content.into(),
        author,
        ..Comment::default()
    }
}

#[actix_web::test]
async fn a_check_is_kept_with_its_verdict_and_counted() {
    let bench = Bench::new();
    let caller = bench.caller(None).await;
    let checked = bench.check(&caller, ruled(Verdict::Spam, "one")).await;
    assert!(checked.stored);
    assert_eq!(checked.judgement.verdict, Verdict::Spam);
    let view = bench.service.verdict(&caller, checked.id).unwrap();
    assert_eq!(view.record.judgement, checked.judgement);
    assert_eq!(view.record.origin, Origin::Checked);
    assert_eq!(view.correction, None);
    assert_eq!(bench.service.usage_this_month(&caller).unwrap(), 1);
}

#[actix_web::test]
async fn a_test_leaves_no_trace() {
    let bench = Bench::new();
    let caller = bench.caller(None).await;
    let events = bench.store.events();
    let test = Comment {
        test: true,
        ..ruled(Verdict::Spam, "one")
    };
    let options = CheckOptions {
        test_discard: true,
        ..CheckOptions::default()
    };
    let checked = bench
        .service
        .check(&caller, test.clone(), options)
        .await
        .unwrap();
    assert_eq!(checked.judgement.action, Action::Discard);
    assert!(!checked.stored);
    let corrected = bench.service.correct_comment(&caller, test, Label::Ham);
    assert_eq!(corrected.await.unwrap(), None);
    assert!(bench.service.verdict(&caller, checked.id).is_err());
    assert_eq!(bench.service.usage_this_month(&caller).unwrap(), 0);
    assert_eq!(bench.store.events(), events);
    assert_eq!(bench.store.sites().unwrap(), []);
}

#[actix_web::test]
async fn corrections_by_id_and_by_comment_are_one() {
    let bench = Bench::new();
    let caller = bench.caller(None).await;
    let comment = ruled(Verdict::Ham, "one");
    let id = bench.check(&caller, comment.clone()).await.id;
    let by_id = bench
        .service
        .correct_by_id(&caller, id, Label::Spam, Teaching::Learn);
    let by_id = by_id.await.unwrap();
    assert_eq!((by_id.id, by_id.previous), (id, None));
    let again = bench
        .service
        .correct_comment(&caller, comment.clone(), Label::Spam);
    let again = again.await.unwrap().unwrap();
    assert_eq!((again.id, again.sequence), (id, by_id.sequence));
    let flipped = bench.service.correct_comment(&caller, comment, Label::Ham);
    let flipped = flipped.await.unwrap().unwrap();
    assert_eq!(flipped.previous, Some(Label::Spam));

    let bench = bench.reopened();
    let view = bench.service.verdict(&caller, id).unwrap();
    assert_eq!(view.correction.unwrap().label, Label::Ham);
    bench.service.retract(&caller, id).await.unwrap();
    let view = bench.service.verdict(&caller, id).unwrap();
    assert_eq!(view.correction, None);
    let nothing = bench.service.retract(&caller, id).await;
    assert!(matches!(nothing, Err(ServiceError::NoSuchCorrection)));
}

#[actix_web::test]
async fn a_comment_never_checked_is_kept_as_submitted() {
    let bench = Bench::new();
    let caller = bench.caller(None).await;
    let comment = ruled(Verdict::Ham, "never seen");
    let submit = |label| {
        bench
            .service
            .correct_comment(&caller, comment.clone(), label)
    };
    let first = submit(Label::Spam).await.unwrap().unwrap();
    let again = submit(Label::Spam).await.unwrap().unwrap();
    assert_eq!((first.id, first.sequence), (again.id, again.sequence));
    let view = bench.service.verdict(&caller, first.id).unwrap();
    assert_eq!(view.record.origin, Origin::Submitted);
    assert_eq!(bench.service.usage_this_month(&caller).unwrap(), 0);
    let stats = bench
        .service
        .stats(&caller, &StatsScope::Key, StatsRange::All)
        .unwrap();
    assert_eq!((stats.total.missed_spam, stats.total.checked), (1, 0));
}

#[actix_web::test]
async fn an_admin_takes_back_a_correction_whose_verdict_was_lost() {
    let bench = Bench::new();
    let (caller, admin) = (bench.caller(None).await, bench.admin().await);
    let id = bench.check(&caller, ruled(Verdict::Spam, "one")).await.id;
    let corrected = bench
        .service
        .correct_by_id(&caller, id, Label::Ham, Teaching::Learn)
        .await;
    corrected.unwrap();
    let learned = |bench: &Bench| bench.service.filter.classifier().learned_from();
    let Bench {
        dir,
        time,
        store,
        service,
    } = bench;
    drop((store, service));
    std::fs::remove_dir_all(dir.path().join("sled")).unwrap();
    let bench = Bench::open(dir, time);
    assert_eq!(learned(&bench), 1);
    assert!(bench.service.verdict(&admin, id).is_err());
    assert!(bench.service.retract(&caller, id).await.is_err());
    let retraction = bench.service.retract(&admin, id).await.unwrap();
    assert_eq!(retraction.previous, Label::Ham);
    assert_eq!(learned(&bench), 0);
    let nothing = bench.service.retract(&admin, VerdictId::fresh()).await;
    assert!(matches!(nothing, Err(ServiceError::NoSuchVerdict)));
}

#[actix_web::test]
async fn keys_see_and_speak_for_what_is_theirs() {
    let bench = Bench::new();
    let (bound, free, other) = (
        bench.caller(Some(SITE)).await,
        bench.caller(None).await,
        bench.caller(Some("other.example")).await,
    );
    let admin = bench.admin().await;
    let comment = ruled(Verdict::Ham, "one");
    let refused = bench
        .service
        .check(&other, comment.clone(), CheckOptions::default());
    let refused = refused.await;
    assert!(matches!(refused, Err(ServiceError::SiteNotAllowed { .. })));

    let id = bench.check(&free, comment).await.id;
    assert!(bench.service.verdict(&free, id).is_ok());
    assert!(bench.service.verdict(&bound, id).is_ok());
    assert!(bench.service.verdict(&admin, id).is_ok());
    assert!(bench.service.verdict(&other, id).is_err());
    assert!(
        bench
            .service
            .verdict(&bench.caller(None).await, id)
            .is_err()
    );
    let refused = bench
        .service
        .correct_by_id(&other, id, Label::Spam, Teaching::Learn)
        .await;
    assert!(matches!(refused, Err(ServiceError::NoSuchVerdict)));

    // A bound key that names no site speaks for its own.
    let unplaced = Comment {
        site: None,
        ..ruled(Verdict::Ham, "two")
    };
    let id = bench.check(&bound, unplaced).await.id;
    let record = bench.service.verdict(&bound, id).unwrap().record;
    assert_eq!(record.site, bound.grant.site);
}

#[actix_web::test]
async fn statistics_go_by_period_and_site() {
    let bench = Bench::new();
    let caller = bench.caller(None).await;
    bench.set_time("2025-03-01T12:00:00Z");
    bench.check(&caller, ruled(Verdict::Spam, "old")).await;
    bench.set_time("2026-10-31T23:59:59Z");
    let wrong = bench.check(&caller, ruled(Verdict::Spam, "wrong")).await.id;
    bench.set_time("2026-11-22T10:00:00Z");
    bench.check(&caller, ruled(Verdict::Ham, "new")).await;
    let elsewhere = Comment {
        site: Site::parse("b.example").ok(),
        ..ruled(Verdict::Ham, "new")
    };
    bench.check(&caller, elsewhere).await;
    let correction = bench
        .service
        .correct_by_id(&caller, wrong, Label::Ham, Teaching::Learn);
    correction.await.unwrap();

    let stats = |scope: &StatsScope, range| bench.service.stats(&caller, scope, range).unwrap();
    let all = stats(&StatsScope::Key, StatsRange::All);
    let names: Vec<_> = all.periods.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["2025", "2026"]);
    assert_eq!((all.total.checked, all.total.spam), (4, 2));
    assert_eq!(all.periods[1].sites, 2);

    let site = StatsScope::Site(Site::parse(SITE).unwrap());
    let months = stats(&site, StatsRange::Months6);
    assert_eq!(months.periods.len(), 6);
    assert_eq!(months.periods[0].name, "2026-06");
    let october = &months.periods[4];
    assert_eq!(
        (october.name.as_str(), october.counters.spam),
        ("2026-10", 1)
    );
    assert_eq!(
        october.counters.false_positives, 1,
        "on the day of the check"
    );
    assert_eq!(months.periods[5].counters.ham, 1);
    assert_eq!(stats(&site, StatsRange::Year).periods.len(), 12);
    let days = stats(&site, StatsRange::Days60);
    assert_eq!(days.periods.len(), 60);
    assert_eq!(days.periods[59].first_day, date(2026, 11, 22));

    assert_eq!(bench.service.usage_this_month(&caller).unwrap(), 2);
    let site = Site::parse(SITE).unwrap();
    bench
        .service
        .set_site_active(&caller, site.clone(), false)
        .await
        .unwrap();
    let sites = bench
        .service
        .sites_in_month(&caller, bench.service.this_month())
        .unwrap();
    let named: Vec<_> = sites
        .iter()
        .map(|s| (s.site.as_ref().unwrap().as_str(), s.active))
        .collect();
    assert_eq!(named, [("b.example", true), (SITE, false)]);
    let empty = bench
        .service
        .sites_in_month(&caller, "1999-01".parse().unwrap())
        .unwrap();
    assert_eq!(empty, []);
}

#[test]
fn months_are_read_as_they_are_written() {
    assert_eq!("2026-11".parse::<Month>().unwrap().to_string(), "2026-11");
    for text in [
        "",
        "2026",
        "2026-13",
        "2026-1",
        "26-11",
        "2026-11-01",
        "+026-11",
    ] {
        assert_eq!(text.parse::<Month>(), Err(MonthError), "{text}");
    }
}

#[actix_web::test]
async fn the_first_start_makes_keys_and_later_ones_do_not() {
    let bench = Bench::new();
    let first = bench
        .service
        .registry()
        .first_keys(ConfiguredKeys::default());
    let first = first.await.unwrap();
    let (key, token) = (first.site_key.unwrap(), first.admin_token.unwrap());
    let bench = bench.reopened();
    let second = bench
        .service
        .registry()
        .first_keys(ConfiguredKeys::default());
    let second = second.await.unwrap();
    assert!(second.site_key.is_none() && second.admin_token.is_none());
    let service = &bench.service;
    assert!(!service.authenticate(key.reveal()).unwrap().is_admin());
    let shouted = key.reveal().to_uppercase();
    assert!(service.authenticate(&shouted).is_ok());
    assert!(service.authenticate(token.reveal()).unwrap().is_admin());
    assert_eq!(service.authenticate(" "), Err(AuthError::Empty));
    assert_eq!(
        service.authenticate("badbadbadbad"),
        Err(AuthError::Unknown)
    );
}

#[actix_web::test]
async fn configured_keys_replace_those_of_earlier_starts() {
    let bench = Bench::new();
    let service = &bench.service;
    let made = service
        .registry()
        .first_keys(ConfiguredKeys::default())
        .await
        .unwrap();
    let own = service
        .registry()
        .create_site_key("mine", None)
        .await
        .unwrap();
    let configured = |key: &str| ConfiguredKeys {
        site_key: Some(key.parse::<SiteKey>().unwrap()),
        admin_token: None,
    };
    for key in ["123456789abc", "abcabcabcabc", "abcabcabcabc"] {
        service
            .registry()
            .first_keys(configured(key))
            .await
            .unwrap();
        assert!(service.authenticate(key).is_ok(), "{key}");
    }
    assert!(service.authenticate("123456789abc").is_err());
    assert!(
        service
            .authenticate(made.site_key.unwrap().reveal())
            .is_err()
    );
    assert!(
        service
            .authenticate(made.admin_token.unwrap().reveal())
            .is_ok()
    );
    assert!(service.authenticate(own.reveal()).is_ok());
    service
        .registry()
        .revoke_key(own.hash().id())
        .await
        .unwrap();
    assert!(service.authenticate(own.reveal()).is_err());
    let unknown = service.registry().revoke_key(own.hash().id()).await;
    assert!(matches!(unknown, Err(ServiceError::NoSuchKey)));
}

#[actix_web::test]
async fn a_failing_store_costs_no_check_its_answer() {
    let bench = Bench::new();
    let caller = bench.caller(None).await;
    assert!(bench.service.readiness().await.is_ready());
    bench.service.close();
    let checked = bench.check(&caller, ruled(Verdict::Spam, "one")).await;
    assert_eq!(checked.judgement.verdict, Verdict::Spam);
    assert!(!checked.stored);
    assert!(!bench.service.readiness().await.is_ready());
}

/// Remembers what it was taught, in place of a classifier.
#[derive(Default)]
struct Recorder(Mutex<Vec<Lesson>>);

impl Pupil for Arc<Recorder> {
    fn learn(&self, lesson: &Lesson) {
        self.0.lock().unwrap().push(lesson.clone());
    }

    fn relearn(
        &self,
        from: Option<&[u8]>,
        lessons: &mut LogLessons<'_>,
    ) -> Result<bool, store::StoreError> {
        assert!(from.is_none(), "it keeps no states");
        let lessons = lessons.collect::<Result<_, _>>()?;
        *self.0.lock().unwrap() = lessons;
        Ok(true)
    }

    fn state(&self) -> Writing {
        unreachable!("it is asked for none")
    }
}

fn replayed(log: &dyn Lessons, last: Sequence) -> Vec<Lesson> {
    let lessons = log.lessons(0, last).unwrap();
    lessons
        .map(Result::unwrap)
        .map(|l| Lesson {
            site: l.site,
            label: l.label,
            features: l.features,
        })
        .collect()
}

/// A log that cannot be read to its end, the first times.
struct Faulty(std::cell::Cell<usize>);

impl Lessons for Faulty {
    fn lessons(&self, after: Sequence, up_to: Sequence) -> Result<store::LessonStream, StoreError> {
        let faults = self.0.get();
        self.0.set(faults.saturating_sub(1));
        let lesson = move |n| match n {
            2 if faults > 0 => Err(StoreError::Closed),
            n => Ok(store::StoredLesson {
                sequence: n,
                verdict: VerdictId::fresh(),
                site: None,
                label: Label::Spam,
                by: KeyHash::from_bytes([0; 32]),
                features: Features::default(),
            }),
        };
        Ok(Box::new((after + 1..=up_to).map(lesson)))
    }
}

#[test]
fn a_replay_that_failed_is_tried_again_with_the_next_event() {
    let recorder = Arc::new(Recorder::default());
    let log = Faulty(std::cell::Cell::new(0));
    let bench = Bench::new();
    let states = bench.store.learned_states();
    let pupil = Box::new(Arc::clone(&recorder));
    let learner = Learner::start(pupil, &log, 3, states).unwrap();
    let event = |sequence, superseded| store::Applied {
        sequence,
        event: store::Event {
            at: Timestamp::UNIX_EPOCH,
            change: store::Change::Retracted {
                verdict: VerdictId::fresh(),
                by: KeyHash::from_bytes([0; 32]),
            },
        },
        superseded,
    };
    let correction = store::Correction {
        label: Label::Ham,
        sequence: 1,
        learned: true,
        at: Timestamp::UNIX_EPOCH,
    };
    log.0.set(1);
    store::Observer::apply(&learner, &[event(4, Some(correction))], &log);
    assert_eq!(recorder.0.lock().unwrap().len(), 3);
    store::Observer::apply(&learner, &[event(5, None)], &log);
    assert_eq!(recorder.0.lock().unwrap().len(), 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn what_was_learned_equals_a_replay_of_the_log(
        steps in prop::collection::vec((0usize..5, 0u8..7), 1..40),
    ) {
        actix_web::rt::System::new().block_on(async {
            let bench = Bench::new();
            let caller = bench.caller(None).await;
            let recorder = Arc::new(Recorder::default());
            let learner = Learner::start(
                Box::new(Arc::clone(&recorder)),
                &*bench.store,
                bench.store.events(),
                bench.store.learned_states(),
            );
            bench.store.observe(Arc::new(learner.unwrap()));
            let mut ids = Vec::new();
            for n in 0..5 {
                let site = Site::parse(&format!("site{n}.example")).ok();
                let comment = Comment { site, ..ruled(Verdict::Ham, &n.to_string()) };
                ids.push(bench.check(&caller, comment).await.id);
            }
            // Without waiting in between, so that events come in groups.
            let mut acks = Vec::new();
            for (which, what) in steps {
                let (verdict, by, at) = (ids[which], caller.hash, Timestamp::UNIX_EPOCH);
                let label = if what < 3 { Label::Spam } else { Label::Ham };
                if what < 6 {
                    let new = store::NewCorrection { verdict, label, features: Features::from_unordered(vec![u32::try_from(which).unwrap()]), by, at, learn: true };
                    acks.push(bench.store.correct(new));
                } else if bench.store.retract(verdict, by, at).await.is_ok() {
                    let learned = recorder.0.lock().unwrap().len();
                    assert!(learned < 5);
                }
            }
            for ack in acks {
                ack.await.unwrap();
            }
            let learned = recorder.0.lock().unwrap().clone();
            assert_eq!(learned, replayed(&*bench.store, bench.store.events()));
            // A later start learns the same.
            let later = Arc::new(Recorder::default());
            let pupil = Box::new(Arc::clone(&later));
            let (log, states) = (&*bench.store, bench.store.learned_states());
            Learner::start(pupil, log, log.events(), states).unwrap();
            assert_eq!(*later.0.lock().unwrap(), learned);
        });
    }
}

/// Waits for the disk, which asynchronous code may not.
fn issues_of(bench: &Bench, caller: &Caller) -> Vec<Issue> {
    let look = || bench.service.issues(caller).unwrap();
    std::thread::scope(|scope| scope.spawn(look).join().unwrap())
}

#[actix_web::test]
async fn a_printed_token_that_nobody_uses_is_told_from_the_next_day_on() {
    let bench = Bench::new();
    let registry = bench.service.registry();
    let first = registry.first_keys(ConfiguredKeys::default()).await;
    let printed = first.unwrap().admin_token.unwrap();
    let admin = bench.admin().await;
    assert!(issues_of(&bench, &admin).is_empty());
    bench.set_time("2026-11-23T01:00:00Z");
    let told = issues_of(&bench, &admin);
    assert!(
        matches!(told[..], [Issue::TokenNeverUsed(since)] if since == date(2026, 11, 22)),
        "{told:?}"
    );
    bench.service.authenticate(printed.reveal()).unwrap();
    let bench = bench.reopened();
    assert!(issues_of(&bench, &admin).is_empty());
}

#[actix_web::test]
async fn a_store_that_takes_nothing_is_told_to_moderators_too() {
    let bench = Bench::new();
    let admin = bench.admin().await;
    bench.store.close();
    let moderator = Caller {
        grant: Grant {
            scopes: crate::key::Scopes::MODERATOR,
            ..admin.grant.clone()
        },
        ..admin
    };
    let told = issues_of(&bench, &moderator);
    assert!(matches!(told[..], [Issue::ReadOnly(_)]), "{told:?}");
}
