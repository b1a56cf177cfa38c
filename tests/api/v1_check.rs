//! `POST /v1/check` and `GET /v1/verdicts/{id}`.

use serde_json::json;

use crate::app::{BAD_KEY, KEY, TestApp};

#[test]
fn a_check_answers_with_verdict_and_reasons_and_can_be_looked_up() {
    let app = TestApp::start();
    let comment = json!({
        "site": "https://blog.example.com/", "content": "Hello there", "kind": "comment",
        "author": {"name": "Ann", "email": "ann@mail.example", "ip": "203.0.113.9"},
        "context": {"title": "A post", "tags": ["a", "b"]},
        "posted_at": "2026-11-22T10:00:00Z", "form_seconds": 12.5, "unknown": [1, 2],
    });
    let reply = app.v1_check(&comment);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let check = reply.json();
    assert_eq!(
        (&check["verdict"], &check["action"]),
        (&json!("ham"), &json!("publish"))
    );
    assert!(
        check["probability"]
            .as_f64()
            .is_some_and(|p| (0.0..0.5).contains(&p))
    );
    assert!(check["reasons"].is_array() && check["model"].is_string());
    assert_eq!(check["learned_from"], 0);

    let stored = app.v1_verdict(check["id"].as_str().unwrap()).json();
    assert_eq!(stored["id"], check["id"]);
    assert_eq!(stored["origin"], "checked");
    assert_eq!(stored["comment"]["content"], "Hello there");
    assert_eq!(stored["comment"]["site"], "blog.example.com");
    assert_eq!(
        stored["comment"]["author"],
        json!({"name": "Ann", "email": "ann@mail.example"})
    );
    assert!(stored["correction"].is_null());
}

#[test]
fn a_key_is_asked_for_before_the_body_is_read() {
    let app = TestApp::start();
    let reply = app.v1_post("/v1/check", None, "not json");
    reply.assert_problem(401, "missing_key", None);
    assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    app.v1_post("/v1/check", Some(BAD_KEY), "not json")
        .assert_problem(401, "unknown_key", None);
    app.v1_post("/v1/check", Some(KEY), "not json")
        .assert_problem(400, "invalid_json", Some("."));
    app.v1_post("/v1/check", Some(&KEY.to_uppercase()), r#"{"content":"x"}"#)
        .json();
}

#[test]
fn faults_name_their_field() {
    let app = TestApp::start();
    for (body, field) in [
        (json!({}), "content"),
        (json!({"content": 5}), "content"),
        (
            json!({"content": "x", "author": {"ip": "nonsense"}}),
            "author.ip",
        ),
        (
            json!({"content": "x", "context": {"tags": "a"}}),
            "context.tags",
        ),
        (json!({"content": "x", "site": "http://"}), "site"),
        (
            json!({"content": "x", "posted_at": "tomorrow"}),
            "posted_at",
        ),
        (json!({"content": "x", "form_seconds": -1}), "form_seconds"),
    ] {
        app.v1_check(&body)
            .assert_problem(422, "invalid_field", Some(field));
    }
    for body in [
        "",
        "[]",
        "null",
        "{\"content\":\"x\"} more",
        "{\"content\":\"x\"",
    ] {
        app.v1_post("/v1/check", Some(KEY), body)
            .assert_problem(400, "invalid_json", Some("."));
    }
}

#[test]
fn tests_leave_no_trace() {
    let app = TestApp::start();
    let check = app
        .v1_check(&json!({"content": "Hello", "test": true}))
        .json();
    app.v1_verdict(check["id"].as_str().unwrap())
        .assert_problem(404, "no_such_verdict", None);
    assert_eq!(app.usage(), 0);
}

#[test]
fn what_cannot_be_an_id_is_not_found() {
    let app = TestApp::start();
    for id in ["x", "0", "%00", &"f".repeat(32)] {
        app.v1_verdict(id)
            .assert_problem(404, "no_such_verdict", None);
    }
}
