//! What is remembered of other comments: repeats, and how fast they come.

use serde_json::{Value, json};

use crate::app::TestApp;

const SITE: &str = "blog.example.com";
const TEXT: &str = "I have been reading about old apple trees for a while now, and my neighbour told me \
    that they should be cut back hard in the second week of March every year.";

fn comment(site: &str, entry: usize) -> Value {
    json!({
        "site": site,
        "content": TEXT,
        "permalink": format!("https://{site}/{entry}"),
        "author": {"name": format!("Reader {entry}")},
    })
}

/// The signals among the reasons that come of other comments.
fn remembered(reply: &Value) -> Vec<&str> {
    let reasons = reply["reasons"].as_array().unwrap().iter();
    let signals = reasons.map(|reason| reason["signal"].as_str().unwrap());
    signals
        .filter(|signal| ["repeat", "velocity"].contains(signal))
        .collect()
}

#[test]
fn a_text_that_comes_again_elsewhere_is_a_reason_among_others() {
    let app = TestApp::start();
    let first = app.v1_check(&comment(SITE, 0)).json();
    assert!(remembered(&first).is_empty());
    app.v1_check(&comment("other.example.com", 1));
    let third = app.v1_check(&comment(SITE, 2)).json();
    assert_eq!(remembered(&third), ["repeat"]);
    assert!(third["probability"].as_f64() > first["probability"].as_f64());
    assert!(third["reasons"].as_array().unwrap().len() > 1);
    // What is kept is the verdict as it was given.
    let stored = app.v1_verdict(third["id"].as_str().unwrap()).json();
    assert_eq!(stored["reasons"], third["reasons"]);

    let off = json!({"reputation": {"repeats": false}});
    app.admin("PATCH", &format!("/v1/sites/{SITE}"), off);
    assert!(remembered(&app.v1_check(&comment(SITE, 3)).json()).is_empty());
    assert_eq!(
        remembered(&app.v1_check(&comment("other.example.com", 3)).json()),
        ["repeat"]
    );
}

#[test]
fn the_same_comment_again_and_tests_leave_no_trace() {
    let app = TestApp::start();
    for entry in 0..20 {
        let mut test = comment(SITE, entry);
        test["test"] = json!(true);
        app.v1_check(&test);
    }
    for _ in 0..5 {
        assert!(remembered(&app.v1_check(&comment(SITE, 1)).json()).is_empty());
    }
}

#[test]
fn what_is_corrected_to_ham_is_not_held_against_the_next() {
    let app = TestApp::start();
    let ids: Vec<Value> = (0..3)
        .map(|entry| app.v1_check(&comment(SITE, entry)).json()["id"].clone())
        .collect();
    let label = |label: &str| app.v1_correct(&json!({"id": ids[0], "label": label}));
    let next = |entry| app.v1_check(&comment(SITE, entry)).json();
    assert_eq!(remembered(&next(4)), ["repeat"]);
    label("ham");
    assert!(remembered(&next(5)).is_empty());
    app.v1_retract(ids[0].as_str().unwrap());
    assert_eq!(remembered(&next(6)), ["repeat"]);
}

#[test]
fn a_flood_from_one_network_is_a_reason() {
    let app = TestApp::start();
    let mut signals = 0;
    for n in 0..40 {
        let comment = json!({"content": format!("Comment number {n} about the garden"), "site": SITE,
            "author": {"ip": format!("198.51.100.{n}")}});
        signals += remembered(&app.v1_check(&comment).json()).len();
    }
    assert!(signals > 0);
    let elsewhere =
        json!({"content": "Another one", "site": SITE, "author": {"ip": "203.0.113.9"}});
    assert!(remembered(&app.v1_check(&elsewhere).json()).is_empty());
}

/// As whoever measures a filter sends them: all at once, without addresses.
#[test]
fn honest_comments_in_a_row_are_no_signal() {
    let app = TestApp::start();
    let lines = include_str!("../../fixtures/disguises/honest.jsonl").lines();
    let comments: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(comments.len() > 300);
    let mut signals = Vec::new();
    for labelled in comments {
        let comment = json!({"content": labelled["content"], "permalink": labelled["permalink"],
            "author": {"name": "The owner", "email": "owner@example.com"}});
        let reply = app.v1_check(&comment).json();
        if !remembered(&reply).is_empty() {
            signals.push(labelled["content"].clone());
        }
    }
    assert!(signals.is_empty(), "{signals:#?}");
}
