//! Markup, entities, links and any Unicode: judged with a probability, and the evidence adds up.
#![no_main]

use std::sync::LazyLock;

use chaffinch::classifier::Classifier;
use chaffinch::comment::{Author, Comment};
use chaffinch::text::{Analyser, Glance, folded, host_of};
use libfuzzer_sys::fuzz_target;

static CLASSIFIER: LazyLock<Classifier> =
    LazyLock::new(|| Classifier::embedded().expect("a model"));

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(4, '\0').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let comment = Comment {
        content: part(),
        author: Author {
            name: part(),
            url: part(),
            email: part(),
            ..Author::default()
        },
        ..Comment::default()
    };
    let mut analyser = Analyser::default();
    let seen = analyser.analyse(&comment).len();
    assert_eq!(
        analyser.features().as_slice().len(),
        seen,
        "each feature once"
    );
    for range in analyser.word_ranges() {
        assert!(range.start < range.end && range.end <= analyser.text_length());
        let _ = analyser.original(range);
    }
    for number in 0..32 {
        let _ = analyser.link(number);
    }
    let _ = (
        Glance::at(&comment.content),
        folded(&comment.content),
        host_of(&comment.author.url),
    );
    let opinion = CLASSIFIER.judge(&comment);
    assert!((0.0..=1.0).contains(&opinion.probability.get()));
    let evidence = CLASSIFIER.evidence(&comment);
    let named: f64 = evidence.reasons.iter().map(|reason| reason.weight).sum();
    let sum = evidence.baseline + named + evidence.rest;
    assert!(
        (sum - evidence.log_odds).abs() < 1e-6,
        "{sum} {}",
        evidence.log_odds
    );
    let features = CLASSIFIER.features(&comment);
    assert!((CLASSIFIER.log_odds(&None, &features) - opinion.log_odds).abs() < 1e-6);
});
