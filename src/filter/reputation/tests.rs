#![allow(clippy::unwrap_used)]

use super::*;
use crate::comment::Author;
use crate::site::Site;

const TEXT: &str = "I was earning nothing two years ago until my sister told me about an online system, \
    and now I make five thousand dollars every month from home with two hours of work a day.";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn comment(content: &str, entry: usize) -> Comment {
    Comment {
        site: Site::parse("blog.example.com").ok(),
        content: content.into(),
        permalink: format!("https://blog.example.com/{entry}"),
        author: Author {
            name: "Joe".into(),
            email: "joe@example.org".into(),
            ..Author::default()
        },
        ..Comment::default()
    }
}

fn from(ip: &str, content: &str) -> Comment {
    let mut comment = comment(content, 0);
    comment.author.ip = ip.parse().ok();
    comment.author.email.clear();
    comment
}

/// Sees comments one after the other; answers with the signals of the last.
fn see(reputation: &Reputation, comments: &[Comment], is_ham: bool, second: i64) -> Vec<Reason> {
    let mut last = Vec::new();
    for comment in comments {
        let sighting = reputation.look(comment, ReputationSettings::default(), at(second));
        reputation.note(&sighting, is_ham);
        last = sighting.signals;
    }
    last
}

#[test]
fn a_text_on_a_third_entry_is_a_repeat_and_weighs_more_from_there_on() {
    let reputation = Reputation::default();
    let mut weights = Vec::new();
    for entry in 0..40 {
        let signals = see(&reputation, &[comment(TEXT, entry)], true, 0);
        weights.push(signals.first().map_or(0.0, |reason| reason.weight));
    }
    assert_eq!(weights[..3], [0.0, 0.0, 0.75]);
    assert!(weights.is_sorted() && weights[39] < 4.0, "{weights:?}");
    let spun = comment(&TEXT.replace("sister", "brother"), 50);
    let signals = see(&reputation, &[spun], true, 0);
    assert!(
        signals[0].detail.starts_with("nearly the same text"),
        "{signals:?}"
    );
    // Two days later nobody remembers.
    assert!(see(&reputation, &[comment(TEXT, 51)], true, 3 * 86_400).is_empty());
}

#[test]
fn the_same_comment_sent_again_is_no_repeat() {
    let reputation = Reputation::default();
    let again: Vec<_> = (0..50).map(|_| comment(TEXT, 1)).collect();
    assert!(
        see(&reputation, &again, false, 0)
            .iter()
            .all(|r| r.signal != "repeat")
    );
}

#[test]
fn what_an_admin_called_ham_is_not_held_against_anybody() {
    let reputation = Reputation::default();
    let many: Vec<_> = (0..10).map(|entry| comment(TEXT, entry)).collect();
    assert_eq!(see(&reputation, &many, false, 0).len(), 2);
    for comment in &many {
        reputation.corrected(comment, true, at(0));
    }
    assert!(see(&reputation, &[comment(TEXT, 20)], true, 0).is_empty());
    reputation.corrected(&many[0], false, at(0));
    assert_eq!(see(&reputation, &[comment(TEXT, 21)], true, 0).len(), 1);
}

#[test]
fn honest_people_may_all_say_thanks() {
    let reputation = Reputation::default();
    let thanks = "Thank you so much for this great article, it helped me a lot.";
    let many: Vec<_> = (0..100).map(|entry| comment(thanks, entry)).collect();
    assert!(see(&reputation, &many, true, 0).is_empty());
}

#[test]
fn an_owner_who_answers_everybody_is_no_signal_and_a_suspicious_author_is() {
    let reputation = Reputation::default();
    let answers: Vec<_> = (0..300)
        .map(|n| comment(&format!("Answer {n}"), n))
        .collect();
    assert!(see(&reputation, &answers, true, 0).is_empty());
    // A few of them may look like spam.
    assert!(see(&reputation, &answers[..20], false, 0).is_empty());
    let reputation = Reputation::default();
    let signals = see(&reputation, &answers[..4], false, 0);
    assert_eq!((&*signals[0].signal, signals[0].weight), ("velocity", 0.5));
    let signals = see(&reputation, &answers, false, 0);
    assert_eq!(signals[0].weight, 2.0);
    // An hour later the count has fallen to a sixty-fourth.
    assert!(see(&reputation, &answers[..1], true, 4000).is_empty());
}

#[test]
fn a_flood_from_a_network_is_a_signal_and_one_from_a_proxy_is_not() {
    let reputation = Reputation::default();
    let flood = |network: &str, count: usize| -> Vec<Comment> {
        let comments = (0..count).map(|n| from(&format!("{network}{}", n % 200), "Hello"));
        comments.collect()
    };
    assert!(see(&reputation, &flood("203.0.113.", 20), true, 0).is_empty());
    let signals = see(&reputation, &flood("203.0.113.", 30), true, 0);
    assert_eq!(signals.len(), 1, "{signals:?}");
    assert!(see(&reputation, &flood("198.51.100.", 1), true, 0).is_empty());
    assert_eq!(see(&reputation, &flood("2001:db8::", 8), false, 0).len(), 1);
    for inner in ["10.0.0.", "127.0.0.", "fd00::"] {
        assert!(
            see(&reputation, &flood(inner, 100), false, 0).is_empty(),
            "{inner}"
        );
    }
}

#[test]
fn each_step_can_be_switched_off() {
    let reputation = Reputation::default();
    let mut all = comment(TEXT, 0);
    all.author.ip = "203.0.113.9".parse().ok();
    let many: Vec<_> = (0..50)
        .map(|entry| Comment {
            permalink: entry.to_string(),
            ..all.clone()
        })
        .collect();
    assert_eq!(see(&reputation, &many, false, 0).len(), 3);
    let on = ReputationSettings::default();
    for steps in [
        ReputationSettings {
            repeats: false,
            ..on
        },
        ReputationSettings {
            network: false,
            ..on
        },
        ReputationSettings {
            author: false,
            ..on
        },
    ] {
        assert_eq!(
            reputation.look(&all, steps, at(0)).signals().len(),
            2,
            "{steps:?}"
        );
    }
}
