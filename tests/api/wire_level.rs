//! What depends on single bytes of the connection (C10, C42, C43, C80).

use std::io::{Read, Write};

use crate::app::{KEY, KEYLESS, MIN, Reply, TestApp};

#[test]
fn http_1_0_gets_an_unchunked_reply_and_the_end_of_the_connection() {
    let app = TestApp::start();
    let body = format!("key={KEY}&blog=b.example");
    let length = body.len();
    let text = app.raw(
        format!("POST /1.1/verify-key HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{body}")
            .as_bytes(),
    );
    assert!(text.starts_with("HTTP/1.0 200 OK\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\nvalid"), "{text}");
    assert!(text.contains("\r\nContent-Length: 5\r\n"), "{text}");
    Reply::parse(&text).assert_text("valid");
}

#[test]
fn an_offer_of_http_2_is_passed_over() {
    let app = TestApp::start();
    let length = MIN.len();
    let text = app.raw(
        format!(
            "POST /1.1/comment-check HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\
             Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAA\r\n\
             Content-Length: {length}\r\n\r\n{MIN}"
        )
        .as_bytes(),
    );
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    Reply::parse(&text).assert_verdict("false");
}

#[test]
fn a_client_that_waits_for_leave_to_send_gets_it() {
    let app = TestApp::start();
    let mut stream = app.connect();
    let length = MIN.len();
    stream
        .write_all(
            format!(
                "POST /1.1/comment-check HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                 Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
            )
            .as_bytes(),
        )
        .unwrap();
    let mut leave = [0; 25];
    stream.read_exact(&mut leave).unwrap();
    assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(MIN.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    Reply::parse(&text).assert_verdict("false");
}

#[test]
fn one_connection_serves_several_calls() {
    let app = TestApp::start();
    let post = |path: &str, body: &str, more: &str| {
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\nHost: {KEY}.localhost\r\n{more}Content-Length: {length}\r\n\r\n{body}"
        )
    };
    let requests = [
        post("/1.1/verify-key", "blog=b.example", ""),
        post("/1.1/comment-check", KEYLESS, ""),
        "GET /1.1/comment-check HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        post("/1.1/submit-spam", KEYLESS, "Connection: close\r\n"),
    ]
    .concat();
    let text = app.raw(requests.as_bytes());
    let replies: Vec<_> = text.split("HTTP/1.1 ").skip(1).collect();
    let ends = ["valid", "false", "Method not allowed", "a better place."];
    assert_eq!(replies.len(), ends.len(), "{text}");
    for (reply, end) in replies.iter().zip(ends) {
        assert!(reply.ends_with(end), "{reply}");
    }
}
