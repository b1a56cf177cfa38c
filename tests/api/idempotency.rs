//! `Idempotency-Key`.

use serde_json::{Value, json};

use crate::app::{ADMIN, Reply, TestApp};

fn send(app: &TestApp, key: &str, path: &str, body: &Value) -> Reply {
    app.v1_post_with(path, &[("Idempotency-Key", key)], body)
}

fn check(content: &str) -> Value {
    json!({"content": content})
}

#[test]
fn the_same_call_gets_the_first_reply_again_and_is_carried_out_once() {
    let app = TestApp::start();
    let first = send(&app, "one", "/v1/check", &check("Hello"));
    assert_eq!(
        (first.status, first.header("idempotency-replayed")),
        (200, None)
    );
    let second = send(&app, "one", "/v1/check", &check("Hello"));
    assert_eq!(second.status, 200);
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!(second.header("content-type"), Some("application/json"));
    assert_eq!(second.body, first.body);
    assert_eq!(app.usage(), 1);
    let other = send(&app, "two", "/v1/check", &check("Hello"));
    assert_ne!(other.body, first.body);
    assert_eq!(app.usage(), 2);
}

#[test]
fn a_key_stands_for_one_call_of_one_caller() {
    let app = TestApp::start();
    send(&app, "one", "/v1/check", &check("Hello"));
    let reply = send(&app, "one", "/v1/check", &check("Bye"));
    reply.assert_problem(422, "idempotency_key_reused", None);
    let correction = json!({"comment": check("Hello"), "label": "spam"});
    let reply = send(&app, "one", "/v1/corrections", &correction);
    reply.assert_problem(422, "idempotency_key_reused", None);
    // Somebody else's key of the same name is another.
    let headers = [
        ("Idempotency-Key", "one"),
        ("Authorization", &format!("Bearer {ADMIN}")),
    ];
    let reply = app.post_with("/v1/check", &headers, &check("Bye"));
    assert_eq!(reply.status, 200);
}

#[test]
fn a_call_that_failed_may_be_sent_again() {
    let app = TestApp::start();
    for _ in 0..2 {
        let reply = send(&app, "one", "/v1/check", &json!({}));
        reply.assert_problem(422, "invalid_field", Some("content"));
        assert_eq!(reply.header("idempotency-replayed"), None);
    }
}

#[test]
fn a_key_must_be_one_and_not_too_long() {
    let app = TestApp::start();
    for key in [String::new(), "x".repeat(256)] {
        let reply = send(&app, &key, "/v1/check", &check("Hello"));
        reply.assert_problem(400, "invalid_idempotency_key", None);
    }
    let headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")];
    let reply = app.v1_post_with("/v1/check", &headers, &check("Hello"));
    reply.assert_problem(400, "invalid_idempotency_key", None);
}

#[test]
fn the_caller_is_known_before_the_body_is_read() {
    let app = TestApp::start();
    let reply = app.unfinished(
        b"POST /v1/check HTTP/1.1\r\nHost: x\r\nIdempotency-Key: a\r\nContent-Length: 9\r\n\r\n",
    );
    reply.assert_problem(401, "missing_key", None);
}

#[test]
fn it_counts_once_against_the_limit_of_the_key() {
    let app = TestApp::start_with(|settings| settings.rates.per_key = "2/h".parse().unwrap());
    send(&app, "one", "/v1/check", &check("Hello"));
    let reply = send(&app, "one", "/v1/check", &check("Hello"));
    assert!(
        reply
            .header("ratelimit")
            .unwrap()
            .starts_with("\"key\";r=0;")
    );
}
