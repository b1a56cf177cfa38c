//! `POST /v1/check/batch`.

use serde_json::json;

use crate::app::{KEY, TestApp};

#[test]
fn one_bad_item_spoils_only_itself() {
    let app = TestApp::start();
    let reply = app.v1_check_batch(&json!({"comments": [
        {"content": "Good morning"},
        {"content": 5},
        "text",
        {"content": "casino", "site": "b.example"},
        {"content": "x", "author": {"ip": "?"}},
        null,
    ]}));
    assert_eq!(reply.status, 200, "{reply:?}");
    let results = reply.json()["results"].clone();
    assert_eq!(results.as_array().unwrap().len(), 6);
    assert_eq!(results[0]["verdict"], "ham");
    assert_eq!(results[1]["error"]["field"], "comments[1].content");
    assert_eq!(results[1]["error"]["code"], "invalid_field");
    assert_eq!(results[2]["error"]["field"], "comments[2]");
    assert!(results[3]["id"].is_string());
    assert_eq!(results[4]["error"]["field"], "comments[4].author.ip");
    assert_eq!(results[5]["error"]["status"], 422);
}

#[test]
fn a_batch_has_its_bounds() {
    let app = TestApp::start();
    let comments = |n: usize| json!({ "comments": vec![json!({"content": "x", "test": true}); n] });
    let reply = app.v1_check_batch(&comments(1000));
    assert_eq!(reply.json()["results"].as_array().unwrap().len(), 1000);
    app.v1_check_batch(&comments(1001))
        .assert_problem(422, "too_many_comments", Some("comments"));
    let long = format!("{{\"comments\":[{}0]}}", "0,".repeat(200_000));
    let reply = app.v1_post("/v1/check/batch", Some(KEY), &long);
    reply.assert_problem(422, "too_many_comments", Some("comments"));
    let huge = format!("{{\"comments\":[\"{}\"]}}", "a".repeat(9 << 20));
    let reply = app.v1_post("/v1/check/batch", Some(KEY), &huge);
    reply.assert_problem(413, "body_too_large", None);
    app.v1_check_batch(&json!({"comments": 5})).assert_problem(
        422,
        "invalid_field",
        Some("comments"),
    );
    app.v1_check_batch(&json!({"comments": []})).json();
    app.v1_post("/v1/check/batch", None, &huge)
        .assert_problem(401, "missing_key", None);
}

#[test]
fn results_are_sent_as_they_come_and_kept_whole_for_a_call_that_may_be_sent_again() {
    let app = TestApp::start();
    let comments: Vec<_> = (0..100)
        .map(|n| json!({"content": format!("Comment {n}"), "language": if n == 70 { json!(7) } else { json!("en") }}))
        .collect();
    let batch = json!({ "comments": comments });
    let reply = app.v1_check_batch(&batch);
    assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let results = reply.json()["results"].clone();
    assert_eq!(results.as_array().unwrap().len(), 100);
    assert_eq!(results[70]["error"]["field"], "comments[70].language");
    assert!(results[99]["id"].is_string());

    let headers = [("Idempotency-Key", "one")];
    let first = app.v1_post_with("/v1/check/batch", &headers, &batch);
    let again = app.v1_post_with("/v1/check/batch", &headers, &batch);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
}
