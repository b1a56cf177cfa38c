//! The page on which Chaffinch's first user met comment spam: under an article on acupressure, an
//! honest question on a subject that spammers love, and a seller of pills.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::{chaffinch, run};

#[test]
fn the_honest_question_is_ham_and_the_pill_seller_is_spam() {
    let labelled: Vec<Value> = include_str!("../fixtures/acupressure.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let comments: String = labelled
        .iter()
        .map(|c| {
            let comment = json!({
                "content": c["content"], "kind": c["kind"], "language": c["lang"],
                "author": {"name": c["author"], "url": c["author_url"]},
                "permalink": c["permalink"],
            });
            format!("{comment}\n")
        })
        .collect();
    let output = run(chaffinch().args(["check", "--json"]), &comments);
    assert!(output.status.success());
    let verdicts = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<Value> = verdicts
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(verdicts.len(), labelled.len());
    for (comment, verdict) in labelled.iter().zip(&verdicts) {
        assert_eq!(
            verdict["verdict"], comment["label"],
            "{} {verdict}",
            comment["id"]
        );
    }
}
