//! verify-key and the four places of the key (C01-C10, C20-C25, C84).

use crate::app::{BAD_KEY, KEY, KEYLESS, Reply, TestApp};

const BLOG: &str = "blog=http%3A%2F%2Fblog.example.com%2F";

#[test]
fn good_keys_verify_in_every_spelling() {
    let app = TestApp::start();
    for body in [
        format!("key={KEY}&{BLOG}"),
        format!("api_key={KEY}&{BLOG}"),
        format!("key={KEY}&{BLOG}&api_key={BAD_KEY}"),
        format!("key={KEY}&blog=http://blog.example.com/"),
        format!("key={KEY}&blog=blog.example.com"),
        format!("key={}&{BLOG}", KEY.to_uppercase()),
    ] {
        app.verify_key(&body).assert_text("valid");
    }
}

#[test]
fn bad_keys_and_blogs_are_refused_with_a_reason() {
    let app = TestApp::start();
    let unparsable = "We were unable to parse your blog URI";
    for (body, help) in [
        (format!("key={BAD_KEY}&{BLOG}&api_key={KEY}"), "Invalid key"),
        (format!("key=tooshort&{BLOG}"), "Invalid key"),
        (format!("key=&{BLOG}"), "Empty \"key\" value"),
        (BLOG.to_owned(), "Empty \"key\" value"),
        (format!("key={KEY}"), unparsable),
        (format!("key={KEY}&blog="), unparsable),
        (format!("key={KEY}&blog=http://"), unparsable),
    ] {
        app.verify_key(&body).assert_refused("invalid", help);
    }
}

fn check(app: &TestApp, target: &str, host: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::parse(
        &app.raw(
            format!(
                "POST {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
             Content-Length: {length}\r\n\r\n{body}"
            )
            .as_bytes(),
        ),
    )
}

#[test]
fn the_key_may_stand_in_the_host_or_the_target() {
    let app = TestApp::start();
    for (target, host) in [
        ("/1.1/comment-check", format!("{KEY}.rest.akismet.com")),
        ("/1.1/comment-check", format!("{KEY}.rest.akismet.com:443")),
        ("/1.1/comment-check", format!("{KEY}.localhost:8099")),
        (
            "/1.1/comment-check",
            format!("{}.REST.akismet.com.", KEY.to_uppercase()),
        ),
        (
            &format!("http://{KEY}.rest.akismet.com/1.1/comment-check"),
            "proxy.example".to_owned(),
        ),
        (
            &format!("/1.1/comment-check?api_key={KEY}"),
            "rest.akismet.com".to_owned(),
        ),
    ] {
        check(&app, target, &host, KEYLESS).assert_verdict("false");
    }
}

#[test]
fn the_body_outranks_the_host() {
    let app = TestApp::start();
    let keyed_host = format!("{KEY}.rest.akismet.com");
    let body = format!("{KEYLESS}&api_key={BAD_KEY}");
    let reply = check(&app, "/1.1/comment-check", &keyed_host, &body);
    reply.assert_refused("invalid", "Invalid key");
    reply.guid();
    // An old plugin changing keys: the host has the stored key, the body the new one.
    let body = format!("key={KEY}&{BLOG}");
    let reply = check(
        &app,
        "/1.1/verify-key",
        &format!("{BAD_KEY}.rest.akismet.com"),
        &body,
    );
    reply.assert_text("valid");
}

#[test]
fn checks_without_a_good_key_are_refused_with_a_guid() {
    let app = TestApp::start();
    for (body, help) in [
        (format!("{KEYLESS}&api_key={BAD_KEY}"), "Invalid key"),
        (KEYLESS.to_owned(), "Empty \"key\" value"),
        (String::new(), "Empty \"key\" value"),
    ] {
        let reply = app.comment_check(&body);
        reply.assert_refused("invalid", help);
        reply.guid();
    }
}

#[test]
fn a_key_bound_to_one_site_is_refused_for_others_with_an_alert() {
    let app = TestApp::start();
    let key = app.key_for("http://own.example/");
    let body = |blog: &str| format!("key={key}&api_key={key}&user_ip=203.0.113.9&blog={blog}");
    app.comment_check(&body("https://own.example"))
        .assert_verdict("false");
    let other = body("http://other.example/");
    let reply = app.comment_check(&other);
    reply.guid();
    for reply in [reply, app.verify_key(&other), app.submit_spam(&other)] {
        assert_eq!((reply.status, reply.body.as_str()), (200, "invalid"));
        assert_eq!(reply.header("x-akismet-error"), Some("site-not-allowed"));
        assert_eq!(reply.header("x-akismet-alert-code"), Some("10404"));
        assert!(reply.header("x-akismet-alert-msg").is_some());
        assert!(reply.header("x-akismet-debug-help").is_some());
    }
    let json = r#"{"content":"x","site":"other.example"}"#;
    app.v1_post("/v1/check", Some(&key), json)
        .assert_problem(403, "site_not_allowed", None);
}
