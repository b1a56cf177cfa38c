//! `GET /metrics`.

use serde_json::json;

use crate::app::{BAD_KEY, KEY, MIN, TestApp};

#[test]
fn what_happened_is_counted() {
    let app = TestApp::start_with(|settings| settings.rates.wrong_keys = "1/h".parse().unwrap());
    app.check_with("comment_content=Hello");
    app.check_with("comment_author=viagra-test-123");
    let id = app.v1_check(&json!({"content": "Hello again"})).json()["id"].clone();
    let correction = json!({"id": id, "label": "spam"});
    app.v1_correct(&correction);
    app.v1_correct(&correction);
    app.v1_retract(id.as_str().unwrap());
    app.get("/nowhere/at-all");
    app.comment_check(&MIN.replace(KEY, BAD_KEY));
    for (name, count) in [
        ("checks_total{verdict=\"ham\"}", 2),
        ("checks_total{verdict=\"spam\"}", 1),
        ("check_seconds_count", 3),
        ("unkept_verdicts_total", 0),
        ("corrections_total{label=\"spam\"}", 1),
        ("retractions_total", 1),
        (
            "http_requests_total{route=\"/1.1/comment-check\",status=\"200\"}",
            2,
        ),
        ("http_requests_total{route=\"-\",status=\"404\"}", 1),
        ("rate_limited_total{limit=\"wrong_keys\"}", 1),
        ("store_writable", 1),
        ("learned_from", 0),
        ("callbacks_waiting", 0),
    ] {
        assert_eq!(app.metric(name), Some(count), "{name}");
    }
}

#[test]
fn metrics_name_nobody() {
    let app = TestApp::start();
    app.check_with("comment_content=Hello&comment_author=Marta");
    let reply = app.get("/metrics");
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    assert!(reply.body.ends_with("# EOF\n"));
    for name in ["blog.example.com", KEY, "203.0.113.9", "Marta", "127.0.0.1"] {
        assert!(!reply.body.contains(name), "{name}");
    }
}

#[test]
fn verdicts_that_are_lost_are_counted() {
    let app = TestApp::start();
    app.service.close();
    app.check_with("comment_content=Hello");
    assert_eq!(app.metric("unkept_verdicts_total"), Some(1));
    assert_eq!(app.metric("store_writable"), Some(0));
}
