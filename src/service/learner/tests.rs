#![allow(clippy::unwrap_used)]

use std::convert::Infallible;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::classifier::BaseModel;
use crate::comment::Comment;
use crate::key::KeyHash;
use crate::site::Site;
use crate::store::{
    self, AddressPolicy, NewCorrection, Origin, Store, StoreSettings, VerdictRecord,
};
use crate::text::Features;
use crate::verdict::{Action, Judgement, Label, Probability, Verdict};

const KEY: KeyHash = KeyHash::from_bytes([7; 32]);
/// How many comments there are to be corrected, on three sites.
const COMMENTS: usize = 9;

/// A store, and a classifier that learns from it and keeps what it learned every few lessons.
struct Bench {
    dir: TempDir,
    store: Arc<dyn Store>,
    classifier: Arc<Classifier>,
    learner: Arc<Learner>,
}

impl Bench {
    fn open(dir: TempDir, base: &Arc<BaseModel>) -> Self {
        let cache_bytes = 1024 * 1024;
        let store = store::open(dir.path(), &StoreSettings { cache_bytes }).unwrap();
        let classifier = Arc::new(Classifier::new(Arc::clone(base)));
        let (pupil, states) = (Box::new(Arc::clone(&classifier)), store.learned_states());
        let learner = Learner::start(pupil, &*store, store.events(), states).unwrap();
        let learner = Arc::new(learner.with_interval(3));
        store.observe(Arc::clone(&learner) as _);
        Self {
            dir,
            store,
            classifier,
            learner,
        }
    }

    fn reopened(self, clean: bool, base: &Arc<BaseModel>) -> Self {
        let Self {
            dir,
            store,
            learner,
            ..
        } = self;
        store.close();
        if clean {
            learner.close();
        } else if let Some(thread) = learner.keeping().take() {
            // It would go on in this process, and write into the folder that is opened again.
            thread.join().unwrap();
        }
        drop((store, learner));
        Self::open(dir, base)
    }

    fn put(&self, n: usize) -> VerdictId {
        let site = Site::parse(&format!("site{}.example", n % 3)).ok();
        let id = VerdictId::fresh();
        let record = VerdictRecord {
            id,
            key: KEY,
            origin: Origin::Checked,
            site: site.clone(),
            comment: Some(Comment {
                site,
                content: format!("comment {n}"),
                ..Comment::default()
            }),
            ip_hash: None,
            judgement: Judgement {
                verdict: Verdict::Ham,
                action: Action::Publish,
                probability: Probability::from_log_odds(0.0),
                reasons: Vec::new(),
                model: "test".into(),
                learned_from: 0,
            },
            shadow: false,
            callback: None,
        };
        self.store.put(record, AddressPolicy::Hash).wait().unwrap();
        id
    }

    fn correct(&self, verdict: VerdictId, n: usize, label: Label, learn: bool) {
        let shared = (0..20).chain((0..30).map(|k| 1000 * (k + n as u32 % 4) + k));
        let new = NewCorrection {
            verdict,
            label,
            features: Features::from_unordered(shared.collect()),
            learn,
            by: KEY,
            at: Timestamp::UNIX_EPOCH,
        };
        // One whose verdict was erased is not there to be corrected.
        let _ = self.store.correct(new).wait();
    }

    /// What the classifier has learned, and what a replay of the whole log comes to.
    fn states(&self) -> (Vec<u8>, Vec<u8>) {
        let log = self.store.lessons(0, self.store.events()).unwrap();
        let lessons = log.map(|stored| Ok::<_, Infallible>(lesson(stored.unwrap())));
        let replayed = Classifier::new(Arc::clone(self.classifier.base()));
        replayed.relearn(lessons).unwrap();
        let state = |classifier: &Classifier| classifier.state_of(&classifier.learned());
        (state(&self.classifier), state(&replayed))
    }
}

fn kept(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder.join("learned")).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    // Without the one that is being written.
    paths.filter(|path| path.extension().is_none()).collect()
}

#[derive(Debug, Clone)]
enum Step {
    Correct(usize, Label, bool),
    Retract(usize),
    Erase(usize),
    /// Waits until the state that is being written is there, as time does.
    Wait,
    /// Stopped in order, or not.
    Restart(bool),
    /// A bit of a kept state flips.
    Flip(prop::sample::Index, prop::sample::Index),
    /// A kept state is as it was some time ago, as if removing it had been lost.
    Return,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let label = prop_oneof![Just(Label::Ham), Just(Label::Spam)];
    prop::collection::vec(
        prop_oneof![
            12 => (0..COMMENTS, label, prop::bool::weighted(0.9))
                .prop_map(|(n, label, learn)| Step::Correct(n, label, learn)),
            2 => (0..COMMENTS).prop_map(Step::Retract),
            1 => (0..COMMENTS).prop_map(Step::Erase),
            3 => Just(Step::Wait),
            2 => any::<bool>().prop_map(Step::Restart),
            1 => any::<(prop::sample::Index, prop::sample::Index)>()
                .prop_map(|(file, bit)| Step::Flip(file, bit)),
            1 => Just(Step::Return),
        ],
        1..50,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Learned, flipped, taken back, erased, stopped and killed in any order, with kept states that are
    /// damaged or should be gone: what is learned is what a replay of the log comes to, bit for bit.
    #[test]
    fn what_is_learned_equals_the_replay(steps in steps()) {
        let base = Arc::new(BaseModel::empty());
        let mut bench = Bench::open(tempfile::tempdir().unwrap(), &base);
        let mut ids: Vec<_> = (0..COMMENTS).map(|n| bench.put(n)).collect();
        let mut earlier = Vec::new();
        for step in steps {
            match step {
                Step::Correct(n, label, learn) => bench.correct(ids[n], n, label, learn),
                Step::Retract(n) => {
                    let _ = bench.store.retract(ids[n], KEY, Timestamp::UNIX_EPOCH).wait();
                }
                Step::Erase(n) => {
                    bench.store.erase(vec![ids[n]], KEY, Timestamp::UNIX_EPOCH).wait().unwrap();
                    ids[n] = bench.put(n);
                }
                Step::Wait => {
                    if let Some(thread) = bench.learner.keeping().take() {
                        thread.join().unwrap();
                    }
                    for path in kept(bench.dir.path()) {
                        earlier.push((path.clone(), fs::read(path).unwrap()));
                    }
                }
                Step::Restart(clean) => bench = bench.reopened(clean, &base),
                Step::Flip(file, bit) => {
                    let files = kept(bench.dir.path());
                    if !files.is_empty() {
                        let path = file.get(&files);
                        let mut bytes = fs::read(path).unwrap();
                        let bit = bit.index(bytes.len() * 8);
                        bytes[bit / 8] ^= 1 << (bit % 8);
                        fs::write(path, bytes).unwrap();
                    }
                }
                Step::Return => for (path, bytes) in &earlier {
                    fs::write(path, bytes).unwrap();
                },
            }
            let (learned, replayed) = bench.states();
            prop_assert!(learned == replayed);
        }
        bench = bench.reopened(true, &base);
        let (learned, replayed) = bench.states();
        prop_assert!(learned == replayed);
    }
}

/// A log that is read only from where a kept state ends.
struct Watched<'a>(&'a dyn Store, Mutex<Vec<Sequence>>);

impl Lessons for Watched<'_> {
    fn lessons(&self, after: Sequence, up_to: Sequence) -> Result<store::LessonStream, StoreError> {
        self.1.lock().unwrap().push(after);
        self.0.lessons(after, up_to)
    }
}

#[test]
fn a_start_reads_the_log_only_from_the_kept_state_on() {
    let base = Arc::new(BaseModel::empty());
    let bench = Bench::open(tempfile::tempdir().unwrap(), &base);
    for n in 0..COMMENTS {
        let id = bench.put(n);
        bench.correct(id, n, Label::Spam, true);
    }
    let bench = bench.reopened(true, &base);
    let start = |base: Arc<BaseModel>| {
        let watched = Watched(&*bench.store, Mutex::default());
        let pupil = Box::new(Arc::new(Classifier::new(base)));
        let states = bench.store.learned_states();
        Learner::start(pupil, &watched, watched.0.events(), states).unwrap();
        watched.1.into_inner().unwrap()
    };
    assert_eq!(start(Arc::clone(&base)), [COMMENTS as u64]);
    // With another model no kept state is of use, and none stays.
    let shape = base.shape;
    let other = BaseModel::new("other".into(), base.card.clone(), vec![0.5], shape);
    let read = start(Arc::new(other));
    assert_eq!(read.last(), Some(&0), "{read:?}");
    assert!(kept(bench.dir.path()).is_empty());
}
