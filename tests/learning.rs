//! What corrections may and may not do, with the shipped model.

#![allow(clippy::unwrap_used)]

use std::convert::Infallible;
use std::sync::Arc;

use chaffinch::classifier::{BaseModel, Classifier, FEWEST, Lesson, ModelShape, Pace};
use chaffinch::comment::Comment;
use chaffinch::site::Site;
use chaffinch::text::{FEATURE_SPACE, Family, Features};
use chaffinch::verdict::Label;
use linfa::prelude::Fit;
use linfa_bayes::{MultinomialNb, NaiveBayes};
use ndarray::{Array1, Array2};
use proptest::prelude::*;

fn site(name: &str) -> Option<Site> {
    Site::parse(name).ok()
}

fn comment(place: &str, content: &str) -> Comment {
    Comment {
        site: site(place),
        content: content.to_owned(),
        ..Comment::default()
    }
}

fn lesson(classifier: &Classifier, comment: &Comment, label: Label) -> Lesson {
    Lesson {
        site: comment.site.clone(),
        label,
        features: classifier.features(comment),
    }
}

const TEXTS: [&str; 4] = [
    "The walnut finish took me two weekends, but the drawer slides at last.",
    "Our agency ranks your shop first, ask for the winter price list today.",
    "Does the second exercise work with a shorter rope as well?",
    "Replica watches, tested and shipped in two days http://tick-tock.example/",
];

#[test]
fn the_first_correction_changes_the_next_verdict() {
    for content in TEXTS {
        let classifier = Classifier::embedded().unwrap();
        let comment = comment("blog.example", content);
        let before = classifier.judge(&comment).probability.get();
        let label = if before < 0.5 {
            Label::Spam
        } else {
            Label::Ham
        };
        classifier.learn(&lesson(&classifier, &comment, label));
        let after = classifier.judge(&comment).probability.get();
        assert_ne!(before < 0.5, after < 0.5, "{content}: {before} -> {after}");
    }
}

#[test]
fn a_site_cannot_move_another_past_the_bound() {
    let classifier = Classifier::embedded().unwrap();
    let (hostile, other) = (site("hostile.example"), site("other.example"));
    for content in TEXTS {
        let features = classifier.features(&comment("hostile.example", content));
        let before = classifier.log_odds(&other, &features);
        let label = if before < 0.0 {
            Label::Spam
        } else {
            Label::Ham
        };
        for round in 0..500 {
            // Varied a little, so that no lesson is known already.
            let text = format!("{content} {round}");
            let wrong = lesson(&classifier, &comment("hostile.example", &text), label);
            classifier.learn(&wrong);
        }
        assert!((classifier.log_odds(&hostile, &features) < 0.0) != (before < 0.0));
        let moved = (classifier.log_odds(&other, &features) - before).abs();
        let shape = classifier.base().shape;
        let count = |family| {
            let of = features
                .as_slice()
                .iter()
                .filter(|f| Family::of(**f) == family);
            of.count()
        };
        let counts = [count(Family::Text), count(Family::Structure)];
        let norms = shape.norms(counts[0], counts[1]);
        let bound = f64::from(Pace::DEFAULT.bound)
            * shape.slope
            * (counts[0] as f64 * norms[0] + counts[1] as f64 * norms[1]);
        assert!(moved <= bound + 1e-3, "{content}: {moved} > {bound}");
    }
}

/// The comments of a fixture, as if all were written to one site.
fn fixture(name: &str) -> Vec<Comment> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/disguises");
    let path = path.join(name);
    let samples = chaffinch::training::corpus::read(&path).unwrap();
    samples
        .map(|sample| Comment {
            site: site("blog.example"),
            ..sample.unwrap().comment
        })
        .collect()
}

fn called_spam(classifier: &Classifier, comments: &[Comment]) -> usize {
    let spam = |c: &&Comment| classifier.judge(c).probability.get() >= 0.5;
    comments.iter().filter(spam).count()
}

/// A site that corrects two hundred comments of one class and none of the other, on the hardest
/// comments there are. The aim is that nothing changes for the other class; the bounds say how
/// far the filter is from it, and may only be drawn closer.
#[test]
fn a_site_that_only_ever_corrects_one_class_still_judges_the_other() {
    let (spam, honest) = (fixture("spam.jsonl"), fixture("honest.jsonl"));
    for (taught, other, label) in [(&spam, &honest, Label::Spam), (&honest, &spam, Label::Ham)] {
        let classifier = Classifier::embedded().unwrap();
        let before = called_spam(&classifier, other);
        for comment in taught.iter().take(200) {
            classifier.learn(&lesson(&classifier, comment, label));
        }
        let after = called_spam(&classifier, other);
        let share = after.abs_diff(before) as f64 / other.len() as f64;
        println!(
            "200 {label} taught: of {} others {before}, then {after} are called spam",
            other.len()
        );
        assert!(share < 0.28, "{share}");
    }
}

fn steps() -> impl Strategy<Value = Vec<(usize, bool, u8)>> {
    proptest::collection::vec((0..TEXTS.len(), any::<bool>(), 0u8..3), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn relearning_what_remains_equals_never_having_learned_the_rest(
        steps in steps(),
        dropped in any::<proptest::sample::Index>(),
    ) {
        let base = Arc::clone(Classifier::embedded().unwrap().base());
        let all = Classifier::new(Arc::clone(&base));
        let mut lessons = Vec::new();
        for (text, spam, place) in steps {
            let comment = comment(&format!("site{place}.example"), TEXTS[text]);
            let label = if spam { Label::Spam } else { Label::Ham };
            let lesson = lesson(&all, &comment, label);
            all.learn(&lesson);
            lessons.push(lesson);
        }
        if !lessons.is_empty() {
            lessons.remove(dropped.index(lessons.len()));
        }
        all.relearn(lessons.iter().map(Ok::<_, Infallible>)).unwrap();
        let never = Classifier::new(base);
        for lesson in &lessons {
            never.learn(lesson);
        }
        prop_assert_eq!(all.learned_from(), never.learned_from());
        for place in 0..3 {
            for text in TEXTS {
                let place = site(&format!("site{place}.example"));
                let features = all.features(&comment("x.example", text));
                prop_assert_eq!(
                    all.log_odds(&place, &features).to_bits(),
                    never.log_odds(&place, &features).to_bits()
                );
            }
        }
    }

    /// Where trust is 1, the score is linfa-bayes' joint log-likelihood of spam less that of ham.
    #[test]
    fn the_serving_path_agrees_with_linfa_bayes(
        ham in proptest::collection::vec(0u8..20, 256),
        spam in proptest::collection::vec(0u8..20, 256),
        present in proptest::collection::btree_set(0u32..256, 1..60),
    ) {
        // Built from its serialised form: a fit would print every number to standard error.
        let class = |counts: &[u8]| {
            let sum: f64 = counts.iter().map(|c| f64::from(*c) + 1.0).sum();
            let logs: Vec<f64> = counts.iter().map(|c| ((f64::from(*c) + 1.0) / sum).ln()).collect();
            (logs.clone(), serde_json::json!({
                "class_count": 1, "prior": 0.5,
                "feature_count": {"v": 1, "dim": [256], "data": counts},
                "feature_log_prob": {"v": 1, "dim": [256], "data": logs},
            }))
        };
        let ((ham, ham_json), (spam, spam_json)) = (class(&ham), class(&spam));
        let model: MultinomialNb<f64, usize> = serde_json::from_value(
            serde_json::json!({"class_info": {"0": ham_json, "1": spam_json}}),
        ).unwrap();
        let mut row = Array2::zeros((1, 256));
        for &feature in &present {
            row[(0, feature as usize)] = 1.0;
        }
        let likelihood = model.joint_log_likelihood(row.view());
        let reference = likelihood[&1][0] - likelihood[&0][0];

        let mut coefficients = vec![0f32; FEATURE_SPACE];
        for feature in 0..256 {
            coefficients[feature] = (spam[feature] - ham[feature]) as f32;
        }
        // A model's coefficients have eight bits.
        let rounding: f64 = present
            .iter()
            .map(|&feature| (spam[feature as usize] - ham[feature as usize]).abs() / 256.0)
            .sum();
        let base = BaseModel::new("test".into(), serde_json::json!({}), coefficients, ModelShape::EMPTY);
        let classifier = Classifier::new(Arc::new(base));
        let features = Features::from_unordered(present.into_iter().collect());
        let score = classifier.log_odds(&None, &features) * (FEWEST[0] as f64).sqrt();
        prop_assert!((score - reference).abs() < rounding + 1e-5, "{} {}", score, reference);
    }
}

/// The same by an actual fit, once: what training calls.
#[test]
fn a_fit_has_the_parameters_that_its_serialised_form_says() {
    let rows = Array2::from_shape_vec((2, 3), vec![4.0, 0.0, 2.0, 1.0, 3.0, 2.0]).unwrap();
    let labels = Array1::from(vec![0usize, 1]);
    let model = MultinomialNb::params()
        .alpha(1.0)
        .fit(&linfa::Dataset::new(rows, labels))
        .unwrap();
    let json = serde_json::to_value(&model).unwrap();
    let log = json["class_info"]["1"]["feature_log_prob"]["data"][1]
        .as_f64()
        .unwrap();
    assert!((log - (4.0f64 / 9.0).ln()).abs() < 1e-12);
}
