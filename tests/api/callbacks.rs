//! Verdicts that are put off, and sites that are told of later ones (C48, C82, C83).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{KEY, Reply, TestApp};
use crate::browser::Browser;

/// A site that can be called.
struct Blog {
    host: String,
    calls: Receiver<Call>,
}

/// A call that it got.
struct Call {
    headers: Vec<(String, String)>,
    body: Value,
    raw: String,
}

impl Blog {
    /// One that answers with this status.
    fn answering(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let (sender, calls) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let mut headers = Vec::new();
                for line in stream.by_ref().lines().map(Result::unwrap) {
                    match line.split_once(": ") {
                        Some((name, value)) => {
                            headers.push((name.to_lowercase(), value.to_owned()))
                        }
                        None if line.is_empty() => break,
                        None => {}
                    }
                }
                let length = headers.iter().find(|(name, _)| name == "content-length");
                let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
                stream.read_exact(&mut body).unwrap();
                let raw = String::from_utf8(body).unwrap();
                let reply =
                    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.get_mut().write_all(reply.as_bytes()).unwrap();
                let body = serde_json::from_str(&raw).unwrap_or_default();
                if sender.send(Call { headers, body, raw }).is_err() {
                    break;
                }
            }
        });
        Self { host, calls }
    }

    fn next_call(&self) -> Call {
        self.calls
            .recv_timeout(Duration::from_secs(20))
            .expect("a call")
    }

    fn assert_left_alone(&self) {
        let call = self.calls.recv_timeout(Duration::from_millis(300));
        assert!(matches!(call, Err(RecvTimeoutError::Timeout)));
    }
}

impl Call {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    #[track_caller]
    fn assert_tells(&self, guid: &str, spam: bool) {
        assert_eq!(self.header("x-akismet-webhook"), Some("1"));
        assert_eq!(self.header("content-type"), Some("application/json"));
        let result = if spam { "true" } else { "false" };
        let expected = json!({"key": KEY, "endpoint": "comment-check",
                              "comments": [{"guid": guid, "result": result}]});
        assert_eq!(self.body, expected);
    }
}

/// A server that may call this machine, and has settings for the blog.
fn app_for(blog: &Blog, settings: Value) -> TestApp {
    let app = TestApp::start_with(|settings| {
        settings.callback_networks = vec!["127.0.0.0/8".parse().unwrap()];
    });
    app.set_site(&blog.host, settings);
    app
}

fn check(app: &TestApp, site: &str, callback: &str) -> Reply {
    app.comment_check(&format!(
        "api_key={KEY}&blog=http://{site}/&user_ip=203.0.113.9&comment_content=Hello&callback=http://{callback}/hook"
    ))
}

/// Settings by which everything is unsure.
fn unsure(more: Value) -> Value {
    let mut settings = json!({"thresholds": {"unsure": 0, "spam": 1, "discard": 1}});
    settings
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    settings
}

#[test]
fn an_unsure_verdict_is_put_off_once_where_the_site_wants_that() {
    let app = TestApp::start();
    app.set_site("blog.example.com", unsure(json!({"recheck_after": 45})));
    let reply = app.check_with("comment_content=Hello");
    assert_eq!((reply.status, reply.body.as_str()), (200, "false"));
    assert_eq!(reply.header("x-akismet-recheck-after"), Some("45"));
    for final_one in ["&recheck_reason=recheck", "&user_role=administrator"] {
        app.check_with(&format!("comment_content=Hello{final_one}"))
            .assert_verdict("false");
    }
    app.set_site(
        "blog.example.com",
        unsure(json!({"recheck_after": 45, "shadow": true})),
    );
    app.check_with("comment_content=Hello")
        .assert_verdict("false");
    app.set_site("blog.example.com", unsure(json!({})));
    app.check_with("comment_content=Hello")
        .assert_verdict("false");
}

#[test]
fn a_site_is_told_what_became_of_a_verdict_that_was_put_off() {
    let blog = Blog::answering("200 OK");
    let app = app_for(
        &blog,
        unsure(json!({"recheck_after": 1, "callback": {"allowed": true}})),
    );
    let reply = check(&app, &blog.host, &blog.host);
    assert_eq!(reply.header("x-akismet-recheck-after"), Some("1"));
    blog.next_call().assert_tells(reply.guid(), false);
    app.wait_for_metric("callbacks_total{outcome=\"delivered\"}", 1);
    app.wait_for_metric("callbacks_waiting", 0);
    blog.assert_left_alone();

    // Told meanwhile by somebody what it is, the site hears that, and hears it once.
    let guid = check(&app, &blog.host, &blog.host).guid().to_owned();
    app.v1_correct(&json!({"id": guid, "label": "spam"}));
    blog.next_call().assert_tells(&guid, true);
    app.wait_for_metric("callbacks_waiting", 0);
}

#[test]
fn a_site_is_told_of_corrections_and_of_their_retraction() {
    let blog = Blog::answering("200 OK");
    let secret = "0123456789abcdef";
    let app = app_for(
        &blog,
        json!({"callback": {"allowed": true, "secret": secret}}),
    );
    let guid = check(&app, &blog.host, &blog.host).guid().to_owned();
    let correction = json!({"id": guid, "label": "spam"});
    app.v1_correct(&correction);
    let call = blog.next_call();
    call.assert_tells(&guid, true);
    assert_eq!(call.header("webhook-id"), Some(guid.as_str()));
    assert!(
        call.header("webhook-timestamp")
            .unwrap()
            .parse::<i64>()
            .is_ok()
    );
    assert!(call.header("webhook-signature").unwrap().starts_with("v1,"));
    assert!(!call.raw.contains(secret));
    app.wait_for_metric("callbacks_waiting", 0);
    // Said again, nothing changed.
    app.v1_correct(&correction);
    assert_eq!(app.metric("callbacks_waiting"), Some(0));
    app.v1_retract(&guid);
    blog.next_call().assert_tells(&guid, false);
}

#[test]
fn what_the_blog_itself_reports_it_is_not_told() {
    let blog = Blog::answering("200 OK");
    let app = app_for(&blog, json!({"callback": {"allowed": true}}));
    check(&app, &blog.host, &blog.host);
    app.submit_spam(&format!(
        "api_key={KEY}&blog=http://{}/&user_ip=203.0.113.9&comment_content=Hello",
        blog.host
    ));
    assert_eq!(app.metric("callbacks_waiting"), Some(0));
}

#[test]
fn only_the_site_itself_is_called_and_only_if_it_is_allowed() {
    let (blog, other) = (Blog::answering("200 OK"), Blog::answering("200 OK"));
    let app = app_for(&blog, json!({"callback": {"allowed": true}}));
    app.set_site(&other.host, json!({}));
    for (site, callback) in [
        (&blog.host, &other.host),
        (&other.host, &other.host),
        (&blog.host, &"localhost".to_owned()),
    ] {
        let guid = check(&app, site, callback).guid().to_owned();
        app.v1_correct(&json!({"id": guid, "label": "spam"}));
        assert_eq!(
            app.metric("callbacks_waiting"),
            Some(0),
            "{site} {callback}"
        );
    }
}

#[test]
fn private_addresses_are_never_called() {
    let blog = Blog::answering("200 OK");
    let port = blog.host.rsplit(':').next().unwrap();
    // By its address, by a name that means it, and in another notation.
    for host in [
        blog.host.clone(),
        format!("localhost:{port}"),
        format!("2130706433:{port}"),
    ] {
        let app = TestApp::start();
        app.set_site(&host, json!({"callback": {"allowed": true}}));
        let guid = check(&app, &host, &host).guid().to_owned();
        app.v1_correct(&json!({"id": guid, "label": "spam"}));
        app.wait_for_metric("callbacks_total{outcome=\"refused\"}", 1);
        assert_eq!(app.metric("callbacks_waiting"), Some(0));
    }
    blog.assert_left_alone();
}

#[test]
fn a_site_that_refuses_is_left_alone_and_redirections_are_not_followed() {
    let elsewhere = Blog::answering("200 OK");
    let redirecting: &'static str =
        Box::leak(format!("302 Found\r\nLocation: http://{}/", elsewhere.host).into_boxed_str());
    for status in ["401 Unauthorized", "404 Not Found", redirecting] {
        let blog = Blog::answering(status);
        let app = app_for(&blog, json!({"callback": {"allowed": true}}));
        let guid = check(&app, &blog.host, &blog.host).guid().to_owned();
        app.v1_correct(&json!({"id": guid, "label": "spam"}));
        blog.next_call().assert_tells(&guid, true);
        app.wait_for_metric("callbacks_total{outcome=\"refused\"}", 1);
        assert_eq!(app.metric("callbacks_waiting"), Some(0), "{status}");
    }
    elsewhere.assert_left_alone();
}

#[test]
fn a_site_in_trouble_is_called_again_later_even_after_a_restart() {
    let blog = Blog::answering("500 Internal Server Error");
    let app = app_for(&blog, json!({"callback": {"allowed": true}}));
    let guid = check(&app, &blog.host, &blog.host).guid().to_owned();
    app.v1_correct(&json!({"id": guid, "label": "spam"}));
    blog.next_call().assert_tells(&guid, true);
    app.wait_for_metric("callbacks_total{outcome=\"retry\"}", 1);
    assert_eq!(app.metric("callbacks_waiting"), Some(1));
    let mut admin = Browser::of_admin(&app);
    let page = admin.page(&format!("/verdicts/{guid}"));
    assert!(
        page.contains("could not be told, it is tried again: the site answered 500"),
        "{page}"
    );
    let wrong = admin.page("/issues");
    let told = format!(
        "Callbacks to {} do not arrive: the site answered 500",
        blog.host
    );
    assert!(wrong.contains(&told), "{wrong}");
    let app = app.restart();
    assert_eq!(app.metric("callbacks_waiting"), Some(1));
}
