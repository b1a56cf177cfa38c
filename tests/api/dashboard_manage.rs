//! What admins set up at the dashboard.

use serde_json::json;

use crate::app::{ADMIN, TestApp};
use crate::browser::{Browser, token};

const SITE: &str = "blog.example.com";

fn check(app: &TestApp, content: &str) -> serde_json::Value {
    app.v1_check(&json!({"site": SITE, "content": content}))
        .json()
}

/// The secret that a page shows once.
fn secret(page: &str) -> &str {
    let (_, rest) = page.split_once("</strong>: <code>").unwrap();
    rest.split('<').next().unwrap()
}

#[test]
fn a_moderator_is_made_gets_in_and_is_put_out() {
    let app = TestApp::start();
    let mut admin = Browser::of_admin(&app);
    let page = admin.page("/keys");
    let fields = [
        ("token", token(&page)),
        ("name", "Mia"),
        ("for", "moderator"),
    ];
    let made = admin.send("/keys", &fields);
    assert_eq!(made.status, 200);
    let mia_key = secret(&made.body).to_owned();
    assert!(!admin.page("/keys").contains(&mia_key), "shown twice");
    let mut mia = Browser::of(&app, &mia_key);
    assert!(mia.page("/queue").contains("Mia"));
    for admins_only in ["/keys", "/sites", "/site?site=blog.example.com"] {
        assert_eq!(mia.get(admins_only).status, 403, "{admins_only}");
    }
    let of_mia = mia.page("/queue");
    let forged = [("token", token(&of_mia)), ("name", "Eve"), ("for", "admin")];
    assert_eq!(mia.send("/keys", &forged).status, 403);
    let page = admin.page("/keys");
    let (_, row) = page.split_once("<bdi>Mia</bdi>").unwrap();
    let (_, id) = row.split_once("action=\"/keys/").unwrap();
    let path = format!("/keys/{}", id.split('"').next().unwrap());
    let rotated = admin.send(&path, &[("token", token(&page)), ("act", "rotate")]);
    let new_key = secret(&rotated.body).to_owned();
    assert_eq!(Browser::new(&app).sign_in(&new_key).status, 303);
    assert_eq!(mia.get("/queue").status, 200, "the session goes on");
    let keys = app.admin("GET", "/v1/keys", serde_json::Value::Null).json();
    for key in keys["items"].as_array().unwrap() {
        if key["name"] == "Mia" {
            let path = format!("/keys/{}", key["id"].as_str().unwrap());
            admin.submit(&page, &path, &[("act", "revoke")]);
        }
    }
    assert_eq!(mia.get("/queue").status, 303);
    let unnamed = admin.send("/keys", &[("token", token(&page)), ("for", "blog")]);
    assert_eq!(unnamed.status, 422);
    assert!(unnamed.body.contains("Name"));
}

#[test]
fn thresholds_show_what_they_would_have_done_before_they_hold() {
    let app = TestApp::start();
    let comment = check(&app, "I pruned my currants in March.");
    app.v1_correct(&json!({"id": comment["id"], "label": "ham"}));
    let mut admin = Browser::of_admin(&app);
    assert!(
        admin
            .page("/sites")
            .contains("/site?site=blog%2Eexample%2Ecom")
    );
    let path = "/site?site=blog.example.com";
    let tried = admin.page(&format!("{path}&unsure=0&spam=0&discard=1"));
    assert!(
        tried.contains("people called not spam: <strong>1</strong> / 1"),
        "{tried}"
    );
    assert_eq!(check(&app, "I pruned my currants again.")["verdict"], "ham");
    let fields = [
        ("site", SITE),
        ("form", "thresholds"),
        ("unsure", "0"),
        ("spam", "0"),
        ("discard", "1"),
    ];
    admin.submit(&tried, "/site", &fields);
    assert_eq!(
        check(&app, "I pruned my currants twice.")["verdict"],
        "spam"
    );
    let wrong = admin.get(&format!("{path}&unsure=0.9&spam=0.5&discard=1"));
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("that rise"));
}

#[test]
fn the_settings_of_a_site_are_changed_and_wrong_ones_refused() {
    let app = TestApp::start();
    let mut admin = Browser::of_admin(&app);
    let page = admin.page("/site?site=blog.example.com");
    let fields = [
        ("site", SITE),
        ("form", "settings"),
        ("retention_days", "30"),
        ("retention_what", "record"),
        ("honeypot", "signal"),
        ("erasure", "retract"),
        ("shadow", "1"),
        ("notes", "moved"),
    ];
    let saved = admin.submit(&page, "/site", &fields);
    assert!(saved.contains("value=\"30\"") && saved.contains("moved"));
    let site = app
        .v1("GET", "/v1/sites/blog.example.com", ADMIN, None)
        .json();
    assert_eq!(site["settings"]["shadow"], true);
    assert_eq!(site["settings"]["learning"], false);
    assert_eq!(site["settings"]["retention_days"], 30);
    let wrong = [
        ("token", token(&page)),
        ("site", SITE),
        ("form", "settings"),
        ("retention_days", "0"),
    ];
    let refused = admin.send("/site", &wrong);
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("retention_days"), "{}", refused.body);
}

#[test]
fn a_comment_is_tried_and_leaves_no_trace() {
    let app = TestApp::start();
    let mut admin = Browser::of_admin(&app);
    let form = admin.page("/try");
    let text = "Claim your free <b>casino</b> bonus, \"friend\"";
    let fields = [
        ("token", token(&form)),
        ("content", text),
        ("ip", "203.0.113.9"),
    ];
    let tried = admin.send("/try", &fields);
    assert_eq!(tried.status, 200);
    assert!(tried.body.contains("badge spam") && tried.body.contains("<mark class=\"spam"));
    assert!(!tried.body.contains("<b>casino"));
    assert!(
        app.admin("GET", "/v1/verdicts", serde_json::Value::Null)
            .json()["items"]
            == json!([])
    );
    let wrong = [("token", token(&form)), ("content", text), ("ip", "here")];
    let wrong = admin.send("/try", &wrong);
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("IP: give an address") && wrong.body.contains("bonus"));
}
