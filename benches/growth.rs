//! How the cost of judging a comment grows, with its length and with what was learned: `cargo bench --bench growth`.
//!
//! Prints tables, and draws them into the folder that `CHAFFINCH_BENCH_PLOTS` names (target/plots).

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use chaffinch::classifier::{Classifier, Lesson};
use chaffinch::comment::Comment;
use chaffinch::evaluation::plots::chart::{self, Axes, Curve, Style, Titles};
use chaffinch::site::Site;
use chaffinch::verdict::Label;
use plotters::coord::combinators::IntoLogRange as _;

/// Rounds, of which the fastest counts: whatever else the machine does only adds.
const ROUNDS: usize = 10;
/// Lengths of comments in bytes. No more than 16,000 of them are read.
const LENGTHS: [usize; 9] = [62, 125, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000];
/// Corrections that were learned.
const CORRECTIONS: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
/// Sites that they come from.
const SITES: [usize; 3] = [1, 30, 1_000];

fn main() {
    let folder = env::var_os("CHAFFINCH_BENCH_PLOTS").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| "target/plots".into());
    fs::create_dir_all(&folder).unwrap();
    let comments = support::comments();

    let classifier = Classifier::embedded().unwrap();
    println!("| bytes | µs |\n|---|---|");
    let by_length: Vec<_> = LENGTHS
        .into_iter()
        .map(|length| {
            let took = judging(&classifier, &of_length(&comments, length));
            println!("| {length} | {took:.1} |");
            (length as f64, took)
        })
        .collect();
    let curves = [("a comment".to_owned(), by_length)];
    draw(
        &folder.join("length.svg"),
        "What a comment costs by its length",
        "bytes",
        &curves,
    );

    println!("\n| corrections | of sites | µs |\n|---|---|---|");
    let by_corrections = SITES.map(|sites| {
        let taught = Classifier::embedded().unwrap();
        let mut learned = 0;
        let points = CORRECTIONS.map(|corrections| {
            while learned < corrections {
                taught.learn(&lesson(&taught, &comments, learned, sites));
                learned += 1;
            }
            let took = judging(&taught, &comments);
            println!("| {corrections} | {sites} | {took:.1} |");
            (corrections as f64, took)
        });
        let name = match sites {
            1 => "of the site itself".to_owned(),
            _ => format!("of {sites} sites, this one among them"),
        };
        (name, points.to_vec())
    });
    draw(
        &folder.join("corrections.svg"),
        "What a comment of 700 bytes costs by what was learned",
        "corrections",
        &by_corrections,
    );
}

/// Draws microseconds over something on a logarithmic scale.
fn draw(file: &Path, chart: &'static str, x: &'static str, curves: &[Curve]) {
    let points = || curves.iter().flat_map(|(_, points)| points);
    let high = points().map(|point| point.1).fold(0.0, f64::max);
    let [least, most] = [f64::min, f64::max].map(|of| points().map(|p| p.0).reduce(of).unwrap());
    let axes = Axes {
        x: (least..most).log_scale(),
        y: 0.0..high * 1.1,
        x_label: f64::to_string,
        y_label: f64::to_string,
    };
    let titles = Titles { chart, x, y: "µs" };
    let svg = chart::draw(&titles, axes, curves, Style::Rising).unwrap();
    fs::write(file, svg).unwrap();
}

/// Microseconds that judging one of these comments takes.
fn judging(classifier: &Classifier, comments: &[Comment]) -> f64 {
    let fastest = (0..ROUNDS).map(|_| {
        let began = Instant::now();
        for comment in comments {
            black_box(classifier.judge(comment));
        }
        began.elapsed()
    });
    fastest.min().unwrap().as_secs_f64() * 1e6 / comments.len() as f64
}

/// Twenty comments of a length, of the text of many.
fn of_length(comments: &[Comment], length: usize) -> Vec<Comment> {
    let text: String = comments.iter().map(|c| c.content.as_str()).collect();
    let made = (0..20).map(|number| {
        let start = text.ceil_char_boundary(number * (text.len() - length).max(20) / 20);
        let end = text.floor_char_boundary(start + length);
        Comment {
            content: text[start..end].to_owned(),
            site: comments[0].site.clone(),
            ..Comment::default()
        }
    });
    made.collect()
}

/// One of many corrections: every third of them is one of spam.
fn lesson(classifier: &Classifier, comments: &[Comment], number: usize, sites: usize) -> Lesson {
    let comment = &comments[number % comments.len()];
    let site = match number % sites {
        0 => comment.site.clone(),
        other => Site::parse(&format!("https://site{other}.example/")).ok(),
    };
    let label = match number % 3 {
        0 => Label::Spam,
        _ => Label::Ham,
    };
    Lesson {
        site,
        label,
        features: classifier.features(comment),
    }
}
