//! How often one may call.

use chaffinch::http::{Settings, TrustedProxies};
use serde_json::{Value, json};

use crate::app::{ADMIN, BAD_KEY, KEY, MIN, Reply, TestApp};

fn limited(change: impl FnOnce(&mut Settings)) -> TestApp {
    TestApp::start_with(change)
}

fn check() -> Value {
    json!({"content": "Hello", "test": true})
}

fn assert_too_many(reply: &Reply) {
    reply.assert_problem(429, "rate_limited", None);
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
}

#[test]
fn nothing_is_said_of_limits_where_none_is_set() {
    let app = TestApp::start();
    let reply = app.v1_check(&check());
    assert_eq!(reply.status, 200);
    assert_eq!(
        (reply.header("ratelimit"), reply.header("ratelimit-policy")),
        (None, None)
    );
    app.check_with("comment_content=Hello")
        .assert_plain_headers();
}

#[test]
fn a_key_has_so_many_calls_over_both_surfaces() {
    let app = limited(|settings| settings.rates.per_key = "3/h".parse().unwrap());
    let first = app.v1_check(&check());
    assert_eq!(first.header("ratelimit-policy"), Some("\"key\";q=3;w=3600"));
    assert_eq!(first.header("ratelimit"), Some("\"key\";r=2;t=1200"));
    app.check_with("comment_content=Hello");
    app.v1_check(&check());

    let refused = app.v1_check(&check());
    assert_too_many(&refused);
    assert!(
        refused
            .header("ratelimit")
            .unwrap()
            .starts_with("\"key\";r=0;t=")
    );
    // C77
    let refused = app.check_with("comment_content=Hello");
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (429, "Too many requests")
    );
    refused.guid();
    assert!(refused.header("x-akismet-debug-help").is_some());
    assert!(refused.header("retry-after").is_some());
    // Another key has its own.
    assert_eq!(app.v1_post("/v1/check", Some(ADMIN), "{}").status, 422);
}

#[test]
fn a_key_may_have_a_limit_of_its_own() {
    let app = TestApp::start();
    let asked = json!({"name": "slow", "rate": "1/h"}).to_string();
    let made = app.v1_post("/v1/keys", Some(ADMIN), &asked).json();
    assert_eq!(made["rate"], "1/h");
    let slow = made["secret"].as_str().unwrap();
    let reply = app.v1_post("/v1/check", Some(slow), &check().to_string());
    assert_eq!(reply.header("ratelimit-policy"), Some("\"key\";q=1;w=3600"));
    assert_too_many(&app.v1_post("/v1/check", Some(slow), &check().to_string()));
    assert_eq!(app.v1_check(&check()).header("ratelimit"), None);
    let asked = json!({"name": "wrong", "rate": "often"}).to_string();
    let reply = app.v1_post("/v1/keys", Some(ADMIN), &asked);
    reply.assert_problem(422, "invalid_field", Some("rate"));
    // It stays with the key.
    let app = app.restart();
    let reply = app.v1_post("/v1/check", Some(slow), &check().to_string());
    assert_eq!(reply.status, 200);
    assert_too_many(&app.v1_post("/v1/check", Some(slow), &check().to_string()));
}

#[test]
fn each_comment_of_a_batch_is_a_call() {
    let app = limited(|settings| settings.rates.per_key = "5/h".parse().unwrap());
    let batch = |n| json!({"comments": vec![check(); n]});
    let reply = app.v1_check_batch(&batch(3));
    assert_eq!(reply.status, 200);
    assert!(
        reply
            .header("ratelimit")
            .unwrap()
            .starts_with("\"key\";r=2;")
    );
    let reply = app.v1_check_batch(&batch(1));
    assert!(
        reply
            .header("ratelimit")
            .unwrap()
            .starts_with("\"key\";r=1;")
    );
    // More than there ever is: no waiting helps.
    let reply = app.v1_check_batch(&batch(6));
    reply.assert_problem(429, "rate_limited", None);
    assert_eq!(reply.header("retry-after"), None);
    let reply = app.v1_check_batch(&batch(4));
    assert_too_many(&reply);
}

#[test]
fn an_address_has_so_many_calls_whatever_the_key() {
    let app = limited(|settings| settings.rates.per_address = "2/h".parse().unwrap());
    app.check_with("comment_content=Hello").guid();
    let reply = app.v1_post("/v1/check", Some(ADMIN), &check().to_string());
    assert_eq!(
        reply.header("ratelimit-policy"),
        Some("\"address\";q=2;w=3600")
    );
    assert_too_many(&app.v1_check(&check()));
    let reply = app.verify_key(MIN);
    assert_eq!((reply.status, reply.header("x-akismet-guid")), (429, None));
    // What watches the server is not counted.
    assert_eq!(app.get("/healthz").status, 200);
}

#[test]
fn behind_a_trusted_proxy_the_address_is_the_one_it_names() {
    let proxied = |app: &TestApp, from: &str| {
        let headers = [("X-Forwarded-For", from), ("Authorization", "Bearer none")];
        app.get_with("/v1/verdicts/x", &headers).status
    };
    let app = limited(|settings| {
        settings.rates.per_address = "1/h".parse().unwrap();
        settings.trusted_proxies = TrustedProxies::new(vec!["127.0.0.1/32".parse().unwrap()]);
    });
    assert_eq!(proxied(&app, "198.51.100.1"), 401);
    assert_eq!(proxied(&app, "198.51.100.2"), 401);
    assert_eq!(proxied(&app, "198.51.100.3, 198.51.100.1"), 429);
    let app = limited(|settings| settings.rates.per_address = "1/h".parse().unwrap());
    assert_eq!(proxied(&app, "198.51.100.1"), 401);
    assert_eq!(proxied(&app, "198.51.100.2"), 429);
}

#[test]
fn guessing_keys_tells_nothing_after_some_tries_and_disturbs_nobody_who_has_one() {
    let app = limited(|settings| settings.rates.wrong_keys = "3/h".parse().unwrap());
    assert_eq!(app.v1_check(&check()).status, 200);
    let guess = |key| app.v1_post("/v1/check", Some(key), &check().to_string());
    for _ in 0..2 {
        guess(BAD_KEY).assert_problem(401, "unknown_key", None);
    }
    assert_too_many(&guess(BAD_KEY));
    // A right one that was never used from here looks the same.
    assert_too_many(&guess(ADMIN));
    let refused = app.comment_check(&MIN.replace(KEY, BAD_KEY));
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (429, "Too many requests")
    );
    refused.guid();
    // No key at all is no guess.
    let reply = app.v1_post("/v1/check", None, "{}");
    reply.assert_problem(401, "missing_key", None);
    assert_eq!(app.v1_check(&check()).status, 200);
    app.check_with("comment_content=Hello")
        .assert_verdict("false");
}

#[test]
fn a_caller_without_a_key_is_refused_before_the_body_is_read() {
    let app = TestApp::start();
    let reply = app.unfinished(b"POST /v1/check HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
    reply.assert_problem(401, "missing_key", None);
}
