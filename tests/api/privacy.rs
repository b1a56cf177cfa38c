//! What `/privacy` tells, and that it is what is set.

use serde_json::json;

use crate::app::{Reply, TestApp};

const SITE: &str = "example.com/blog";

fn page(app: &TestApp, path: &str) -> Reply {
    let page = app.get(path);
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(!page.body.contains("src=") && !page.body.contains("<script"));
    page
}

#[test]
fn the_page_tells_what_is_set() {
    let app = TestApp::start();
    let usual = page(&app, "/privacy").body;
    for said in [
        "90 days",
        "As a hash made with a secret key; the address itself is not stored",
        "90 Tage lang verschlüsselt gespeichert. Danach werden Ihr Kommentar",
        "durante 90 días",
        "chiffrée pendant 90 jours",
        "durante 90 dias",
        "per 90 giorni",
        "only a hash of it",
        "It stays even if your comment is erased.",
        "[our contact address].",
        "At most two days from the last such comment",
    ] {
        assert!(usual.contains(said), "{said}");
    }
    assert!(!usual.contains("on trial") && !usual.contains("{{") && !usual.contains("{%"));
    for language in ["en", "de", "es", "fr", "pt", "it"] {
        let start = format!("<blockquote lang=\"{language}\">");
        let text = usual
            .split(&start)
            .nth(1)
            .unwrap()
            .split("</blockquote>")
            .next()
            .unwrap();
        assert_eq!(text.matches("<p>").count(), 5, "{text}");
    }

    app.set_site(
        SITE,
        json!({"retention_days": 1, "retention_what": "record", "keep_ip": true,
            "learning": false, "shadow": true,
            "reputation": {"repeats": false, "network": false, "author": false}}),
    );
    let own = page(&app, "/privacy/example.com/blog").body;
    for said in [
        "example.com/blog",
        "1 day.",
        "the whole record is deleted",
        "Your IP address is stored with it.",
        "1 Tag lang",
        "the filter does not learn here",
        "on trial",
    ] {
        assert!(own.contains(said), "{said}");
    }
    assert!(!own.contains("two days"));
    let english = own.split("</blockquote>").next().unwrap();
    assert_eq!(
        english
            .split("<blockquote")
            .nth(1)
            .unwrap()
            .matches("<p>")
            .count(),
        4
    );

    app.set_site(SITE, json!({"erasure": "retract"}));
    let own = page(&app, "/privacy/example.com/blog").body;
    assert!(own.contains("what was learned from it no longer counts"));
}

#[test]
fn nobody_learns_from_it_who_uses_the_server() {
    let app = TestApp::start();
    let of = |site: &str| {
        page(&app, &format!("/privacy/{site}"))
            .body
            .replace(site, "")
    };
    app.set_site("known.example.com", json!({}));
    assert_eq!(of("known.example.com"), of("unknown.example.com"));
    assert!(!page(&app, "/privacy").body.contains("known.example.com"));
    assert_eq!(app.get("/privacy/%3Cscript%3E").status, 404);
    assert_eq!(app.get("/privacy/").status, 404);
}
