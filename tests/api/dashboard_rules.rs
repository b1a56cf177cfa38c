//! Rules at the dashboard: tried before they are made.

use serde_json::json;

use crate::app::TestApp;
use crate::browser::{Browser, token};

#[test]
fn a_rule_is_tried_then_made_then_removed() {
    let app = TestApp::start();
    let comment = json!({"content": "See http://win.example/ for more"});
    app.v1_check(&comment);
    app.v1_check(&json!({"content": "Nothing to see"}));
    let mut browser = Browser::of_admin(&app);
    let draft = browser
        .page("/rules/new?match=link_domain&pattern=win.example&outcome=discard&note=the+wave");
    assert!(
        draft.contains("true of</th><td class=\"number\"><strong>1</strong>"),
        "{draft}"
    );
    assert!(browser.page("/rules").contains("There are no rules."));
    let fields = [
        ("match", "link_domain"),
        ("pattern", "win.example"),
        ("outcome", "discard"),
        ("note", "the wave"),
    ];
    let list = browser.submit(&draft, "/rules", &fields);
    assert!(
        list.contains("win.example") && list.contains("the wave") && list.contains("in force"),
        "{list}"
    );
    let checked = app.v1_check(&comment).json();
    assert_eq!(checked["action"], "discard");
    let (_, rest) = list.split_once(r#"href="/rules/new?id="#).unwrap();
    let address = rest.split('"').next().unwrap().replace("&#38;", "&");
    let form = browser.page(&format!("/rules/new?id={address}"));
    let id = address.split('&').next().unwrap();
    let fields = [
        ("id", id),
        ("match", "link_domain"),
        ("pattern", "win.example"),
        ("outcome", "hold"),
        ("note", "the wave"),
        ("until", "2030-01-31"),
    ];
    let list = browser.submit(&form, "/rules", &fields);
    assert_eq!(list.matches("<tr id=").count(), 1, "{list}");
    assert!(list.contains("2030-01-31"));
    assert_eq!(app.v1_check(&comment).json()["action"], "hold");
    let rules = app
        .admin("GET", "/v1/rules", serde_json::Value::Null)
        .json();
    assert_eq!(rules["items"][0]["expires_at"], "2030-02-01T00:00:00Z");
    let (_, rest) = list.split_once(r#"action="/rules/"#).unwrap();
    let path = format!("/rules/{}", rest.split('"').next().unwrap());
    let list = browser.submit(&list, &path, &[("act", "remove")]);
    assert!(list.contains("There are no rules."));
    let again = browser.send(&path, &[("token", token(&list)), ("act", "remove")]);
    assert_eq!(again.status, 404);
}

#[test]
fn a_rule_that_cannot_be_says_why() {
    let app = TestApp::start();
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/rules/new?match=regex&pattern=(");
    assert!(
        page.contains("role=\"alert\"") && page.contains("unclosed group"),
        "{page}"
    );
    let fields = [("token", token(&page)), ("match", "ip"), ("pattern", "<b>")];
    let reply = browser.send("/rules", &fields);
    assert_eq!(reply.status, 422);
    assert!(
        reply.body.contains("Pattern: give an IP address") && !reply.body.contains("<b>"),
        "{}",
        reply.body
    );
}

#[test]
fn rules_are_for_admins() {
    let app = TestApp::start();
    let made = app.admin(
        "POST",
        "/v1/keys",
        json!({"name": "Ruth", "scopes": ["moderate"]}),
    );
    let key = made.json()["secret"].as_str().unwrap().to_owned();
    let mut browser = Browser::of(&app, &key);
    let page = browser.page("/queue");
    assert!(!page.contains("href=\"/rules\""));
    for path in ["/rules", "/rules/new"] {
        assert_eq!(browser.get(path).status, 403, "{path}");
    }
    let fields = [("token", token(&page)), ("match", "word"), ("pattern", "x")];
    assert_eq!(browser.send("/rules", &fields).status, 403);
}
