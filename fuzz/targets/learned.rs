//! Kept states of what was learned: files, and what is in them. Read or refused, and what is read judges.
#![no_main]

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

use chaffinch::classifier::{BaseModel, Classifier, Learned, Lesson};
use chaffinch::store::fuzzing;
use chaffinch::text::Features;
use libfuzzer_sys::fuzz_target;

static CLASSIFIER: LazyLock<Classifier> =
    LazyLock::new(|| Classifier::new(Arc::new(BaseModel::empty())));
/// What each state of it begins with.
static FRONT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut front = CLASSIFIER.state_of(&Learned::default());
    front.truncate(33);
    front
});

fuzz_target!(|bytes: &[u8]| {
    if let Some(kept) = fuzzing::learned_state(bytes) {
        let _ = CLASSIFIER.recall(&kept.state);
    }
    let _ = CLASSIFIER.recall(bytes);
    let state = [&FRONT, bytes].concat();
    if let Some(learned) = CLASSIFIER.recall(&state) {
        // Places of sites and features that are not in order may be given up, nothing else.
        let written = CLASSIFIER.state_of(&learned);
        let again = CLASSIFIER
            .recall(&written)
            .expect("what was written is read");
        assert!(CLASSIFIER.state_of(&again) == written);
        let none: [Result<Lesson, Infallible>; 0] = [];
        let _ = CLASSIFIER.relearn_from(again, none);
        let _ = CLASSIFIER.log_odds(&None, &Features::from_unordered(vec![0, 1, 70, 4_000_000]));
    }
});
