//! What judging a comment costs a single thread: `cargo bench --bench judge`.
//!
//! With `--rounds N` it judges all comments that often, tells how many they are, and does nothing else: under
//! callgrind the difference between two such runs is what comments cost (`benches/instructions`).

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use chaffinch::classifier::{Classifier, Lesson};
use chaffinch::comment::Comment;
use chaffinch::filter::{Filter, Policy};
use chaffinch::site::Site;
use chaffinch::text::Analyser;
use chaffinch::verdict::{Label, Thresholds};
use jiff::Timestamp;

/// Rounds, of which the fastest counts: whatever else the machine does only adds.
const ROUNDS: usize = 30;

fn main() {
    let comments = support::comments();
    let classifier = Arc::new(Classifier::embedded().unwrap());
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == "--rounds") {
        let rounds: usize = args[at + 1].parse().unwrap();
        for comment in (0..rounds).flat_map(|_| &comments) {
            black_box(classifier.judge(comment));
        }
        println!("{}", comments.len());
        return;
    }
    let bytes: usize = comments.iter().map(|c| c.content.len()).sum();
    let mean = bytes / comments.len();
    println!(
        "{} comments of {mean} bytes, a single thread\n",
        comments.len()
    );
    println!("| a comment | µs | heap allocations |\n|---|---|---|");
    let mut analyser = Analyser::default();
    row("features", &comments, |comment| {
        black_box(analyser.analyse(comment));
    });
    row("features, score", &comments, |comment| {
        black_box(classifier.log_odds(&comment.site, &classifier.features(comment)));
    });
    row("features, score, reasons", &comments, |comment| {
        black_box(classifier.judge(comment));
    });
    let now = Timestamp::now();
    let filter = Filter::new(Arc::clone(&classifier), Thresholds::default()).with_reputation();
    let policy = Policy {
        now,
        ..Policy::default()
    };
    row(
        "the filter with its memory of other comments",
        &comments,
        |comment| {
            let examined = filter.examine(comment, &policy);
            filter.note(comment, &examined);
            black_box(examined);
        },
    );
    let taught = Classifier::embedded().unwrap();
    for number in 0..100_000 {
        let comment = &comments[number % comments.len()];
        taught.learn(&Lesson {
            site: Site::parse(&format!("https://site{}.example/", number % 1_000)).ok(),
            label: if number % 3 == 0 {
                Label::Spam
            } else {
                Label::Ham
            },
            features: taught.features(comment),
        });
    }
    row(
        "features, score, reasons; 1,000 sites taught 100 each",
        &comments,
        |comment| {
            black_box(taught.judge(comment));
        },
    );
    let mut own = comments.clone();
    for comment in &mut own {
        comment.site = Site::parse("https://site7.example/").ok();
    }
    row("the same for one of those sites", &own, |comment| {
        black_box(taught.judge(comment));
    });
}

fn row(name: &str, comments: &[Comment], mut each: impl FnMut(&Comment)) {
    comments.iter().for_each(&mut each);
    let counted = allocation_counter::measure(|| comments.iter().for_each(&mut each));
    let fastest = (0..ROUNDS).map(|_| {
        let began = Instant::now();
        comments.iter().for_each(&mut each);
        began.elapsed()
    });
    let fastest = fastest.min().unwrap().as_secs_f64();
    let count = comments.len() as f64;
    println!(
        "| {name} | {:.1} | {:.1} |",
        fastest * 1e6 / count,
        counted.count_total as f64 / count
    );
}
