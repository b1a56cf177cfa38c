//! Wrong paths, methods and sizes (section 3; C75, C76).

use std::io::{Read, Write};
use std::time::Duration;

use serde_json::json;

use crate::app::{KEY, MIN, Reply, TestApp};

#[test]
fn unknown_paths_are_not_found_in_the_way_of_their_surface() {
    let app = TestApp::start();
    for path in [
        "/1.1/no-such-call",
        "/9.9/comment-check",
        "/nowhere",
        "/1.1/verify-wpcom-key",
    ] {
        let reply = app.form(path, MIN);
        assert_eq!(
            (reply.status, reply.body.as_str()),
            (404, "Not found"),
            "{path}"
        );
    }
    app.get("/v1/nowhere")
        .assert_problem(404, "not_found", None);
}

#[test]
fn wrong_methods_are_told_the_right_one() {
    let app = TestApp::start();
    let reply = app.get(&format!("/1.1/comment-check?{MIN}"));
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (405, "Method not allowed")
    );
    assert_eq!(reply.header("allow"), Some("POST"));
    reply.guid();
    for (path, allowed) in [("/1.1/verify-key", "POST"), ("/1.1/submit-ham", "POST")] {
        let reply = app.get(path);
        assert_eq!((reply.status, reply.header("allow")), (405, Some(allowed)));
        assert_eq!(reply.header("x-akismet-guid"), None);
    }
    assert_eq!(app.form("/1.1/test", "").header("allow"), Some("GET"));
    let reply = app.get("/v1/check");
    reply.assert_problem(405, "method_not_allowed", None);
    assert_eq!(reply.header("allow"), Some("POST"));
}

#[test]
fn too_large_a_body_is_refused_with_a_guid_after_it_was_sent() {
    let app = TestApp::start();
    let body = format!("{MIN}&comment_content={}", "a".repeat(3 << 20));
    let reply = app.comment_check(&body);
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (413, "Request too large")
    );
    assert!(reply.header("x-akismet-debug-help").is_some());
    reply.guid();
    let reply = app.v1_post("/v1/check", Some(KEY), &body);
    reply.assert_problem(413, "body_too_large", None);
}

#[test]
fn a_body_that_breaks_off_gets_a_guid_too() {
    let app = TestApp::start();
    let mut stream = app.connect();
    stream
        .write_all(
            b"POST /1.1/comment-check HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
        )
        .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let reply = Reply::parse(&reply);
    assert_eq!((reply.status, reply.body.as_str()), (400, "Bad request"));
    reply.guid();
}

#[test]
fn a_body_that_does_not_come_is_given_up() {
    let app = TestApp::start_with(|settings| {
        settings.limits.body_timeout = Duration::from_millis(20);
    });
    let mut stream = app.connect();
    stream
        .write_all(b"POST /1.1/comment-check HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let reply = Reply::parse(&reply);
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (408, "Request timeout")
    );
    reply.guid();
}

#[test]
fn without_a_store_there_are_still_verdicts_but_no_thanks() {
    let app = TestApp::start();
    app.service.close();
    // C78: what cannot be kept is put off, but only once.
    let reply = app.check_with("comment_content=Hello");
    assert_eq!((reply.status, reply.body.as_str()), (200, "false"));
    assert_eq!(reply.header("x-akismet-recheck-after"), Some("120"));
    reply.guid();
    app.check_with("comment_content=Hello&recheck_reason=recheck")
        .assert_verdict("false");
    app.check_with("comment_content=Hello&is_test=1")
        .assert_verdict("false");
    app.check_with("comment_author=viagra-test-123")
        .assert_verdict("true");
    let check = app.v1_check(&json!({"content": "casino"}));
    assert_eq!(check.status, 200);

    let reply = app.submit_spam(&format!("{MIN}&comment_content=Hello"));
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (503, "Service unavailable")
    );
    assert!(reply.header("x-akismet-debug-help").is_some());
    let correction = json!({"comment": {"content": "x"}, "label": "spam"});
    let reply = app.v1_correct(&correction);
    reply.assert_problem(503, "store_failed", None);
    assert!(reply.header("retry-after").is_some());

    let ready = app.get("/readyz");
    assert_eq!(ready.status, 503);
    assert!(ready.json()["reason"].is_string());
    assert_eq!(app.get("/healthz").status, 200);
}
