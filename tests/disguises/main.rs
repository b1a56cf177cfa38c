//! The obfuscation suite: how much of the spam that the filter catches does it lose when the spam
//! comes in disguise, and how many honest comments on risky subjects does it take for spam?
//!
//! The comments are in `fixtures/disguises`; the disguises are made here, the same each time.
//! `cargo test --test disguises -- --nocapture` prints the tables; `CHAFFINCH_MODEL` names another model
//! than the shipped one.

#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub)]

#[path = "../support/dice.rs"]
mod dice;
mod letters;
mod links;
mod markup;
mod padding;
mod pieces;
mod report;
mod suite;

use report::{per_disguise, per_language, print_lost};
use suite::{Suite, disguises};

/// Of the spam that is caught undisguised, this much may be lost through disguises.
const LOST: f64 = 0.05;
/// Of the honest comments, this much may be called spam.
const SILENCED: f64 = 0.01;

#[test]
fn the_fixtures_are_as_large_as_they_should_be() {
    let suite = Suite::load();
    assert!(suite.spam.len() >= 300 && suite.honest.len() >= 300);
    assert_eq!(suite.languages().len(), 12);
    for language in suite.languages() {
        let of =
            |samples: &[suite::Judged]| samples.iter().filter(|s| s.lang() == language).count();
        assert!(
            of(&suite.spam) >= 25 && of(&suite.honest) >= 20,
            "{language}"
        );
    }
}

#[test]
fn disguises_change_comments_and_are_the_same_each_time() {
    let suite = Suite::load();
    for disguise in disguises() {
        let put_on = || -> Vec<Option<String>> {
            let spam = suite.spam.iter();
            spam.map(|s| disguise.put_on(&s.sample)).collect()
        };
        let first = put_on();
        assert_eq!(first, put_on(), "{}", disguise.name);
        let changed = first.iter().flatten().count();
        assert!(
            changed >= 20,
            "{} changes only {changed} comments",
            disguise.name
        );
    }
}

#[test]
fn disguises_lose_at_most_five_percent_of_the_caught_spam() {
    let suite = Suite::load();
    let outcomes = suite.disguised();
    println!("{}", per_language(&suite, &outcomes));
    println!("{}", per_disguise(&outcomes));
    print_lost(&suite, &outcomes);
    let tried: usize = outcomes.iter().map(|o| o.tried).sum();
    let lost: usize = outcomes.iter().map(|o| o.lost.len()).sum();
    let share = lost as f64 / tried as f64;
    assert!(
        share <= LOST,
        "{lost} of {tried} disguised comments are no longer caught: {:.2} %",
        share * 100.0
    );
}

#[test]
fn hardly_an_honest_comment_is_called_spam() {
    let suite = Suite::load();
    let silenced: Vec<_> = suite.honest.iter().filter(|h| h.is_spam()).collect();
    for honest in &silenced {
        println!("{}", honest.line());
    }
    let share = silenced.len() as f64 / suite.honest.len() as f64;
    println!(
        "{:.2} % of the honest comments are called spam; at most {:.0} % may be",
        share * 100.0,
        SILENCED * 100.0
    );
    assert!(
        share <= SILENCED,
        "{} of {} honest comments are called spam: {:.2} %",
        silenced.len(),
        suite.honest.len(),
        share * 100.0
    );
}
