//! Pages of other origins.

use crate::app::{Reply, TestApp};

const PAGE: &str = "https://admin.example.com";

fn preflight(app: &TestApp, origin: &str) -> Reply {
    let request = format!(
        "OPTIONS /v1/check HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\
         Access-Control-Request-Headers: authorization,content-type\r\nConnection: close\r\n\r\n"
    );
    Reply::parse(&app.raw(request.as_bytes()))
}

fn read(app: &TestApp, origin: &str) -> Reply {
    app.get_with("/v1/verdicts/x", &[("Origin", origin)])
}

fn allowed(reply: &Reply) -> Option<&str> {
    reply.header("access-control-allow-origin")
}

#[test]
fn by_default_no_page_may_call() {
    let app = TestApp::start();
    assert_eq!(allowed(&preflight(&app, PAGE)), None);
    assert_eq!(allowed(&read(&app, PAGE)), None);
}

#[test]
fn pages_of_listed_origins_may_call() {
    let app = TestApp::start_with(|settings| settings.cors_origins = vec![PAGE.to_owned()]);
    let reply = preflight(&app, PAGE);
    assert_eq!((reply.status, allowed(&reply)), (200, Some(PAGE)));
    assert!(
        reply
            .header("access-control-allow-methods")
            .unwrap()
            .contains("POST")
    );
    let reply = read(&app, PAGE);
    assert_eq!((reply.status, allowed(&reply)), (401, Some(PAGE)));
    assert!(reply.header("access-control-expose-headers").is_some());
    assert_eq!(allowed(&preflight(&app, "https://evil.example")), None);
    assert_eq!(allowed(&read(&app, "https://evil.example")), None);
    // Akismet's calls are no business of pages.
    assert_eq!(
        allowed(&app.get_with("/1.1/test", &[("Origin", PAGE)])),
        None
    );
}

#[test]
fn a_star_lets_every_page_call() {
    let app = TestApp::start_with(|settings| settings.cors_origins = vec!["*".to_owned()]);
    assert_eq!(allowed(&read(&app, PAGE)), Some("*"));
}
