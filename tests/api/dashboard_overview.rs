//! The overview: counts, rates, what is wrong.

use serde_json::json;

use crate::app::TestApp;
use crate::browser::Browser;

#[test]
fn it_counts_by_day_and_site_and_tells_how_sure_it_is() {
    let app = TestApp::start_at("2026-11-26T10:00:00Z".parse().unwrap());
    let spam = json!({"content": "Buy cheap viagra online, no prescription: http://pills.example/buy", "site": "https://a.example/"});
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(
            app.v1_check(&spam).json()["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    app.v1_correct(&json!({"id": ids[0], "label": "ham"}));
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/overview");
    for shown in [
        "<dt>Checked</dt><dd>3</dd>",
        "33.3\u{a0}% <small>6.1–79.2\u{a0}%</small>",
        "<th scope=\"row\">2026-11-26</th><td class=\"number\">3</td>",
        "<th scope=\"row\">2026-10-28</th><td class=\"number\">0</td>",
        "a.example",
        "1 corrections so far; from about",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("What is wrong"));
}

#[test]
fn what_is_wrong_is_told_with_what_to_do() {
    let app = TestApp::start();
    let check = |n| {
        let comment = json!({"content": format!("A kind word about plum number {n}"), "site": "https://a.example/"});
        app.v1_check(&comment).json()["id"].clone()
    };
    let ids: Vec<_> = (0..25).map(check).collect();
    for id in &ids[..10] {
        app.v1_correct(&json!({"id": id, "label": "spam"}));
    }
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/overview");
    assert!(page.contains("All 10 corrections say spam."), "{page}");
    assert!(page.contains("a.example sends no user agent."), "{page}");
}

#[test]
fn keys_that_nobody_uses_are_told() {
    let app = TestApp::start_at("2026-08-01T10:00:00Z".parse().unwrap());
    let made = app
        .admin("POST", "/v1/keys", json!({"name": "Old blog"}))
        .json();
    let used = app
        .admin("POST", "/v1/keys", json!({"name": "Used blog"}))
        .json();
    app.set_clock("2026-10-29T10:00:00Z".parse().unwrap());
    let mut browser = Browser::of_admin(&app);
    assert!(browser.page("/issues").contains("Nothing is wrong."));
    let key = used["secret"].as_str().unwrap();
    app.v1("POST", "/v1/check", key, Some(&json!({"content": "Hi"})));
    app.set_clock("2026-10-30T10:00:00Z".parse().unwrap());
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/issues");
    let (text, id) = (
        "“Old blog” was not used since 2026-08-01.",
        made["id"].as_str().unwrap(),
    );
    assert!(page.contains(text), "{page}");
    assert!(!page.contains("Used blog"), "{page}");
    assert!(browser.page("/keys").contains("2026-10-29"));
    let path = format!("/v1/keys/{}", used["id"].as_str().unwrap());
    let shown = app.admin("GET", &path, serde_json::Value::Null).json();
    assert_eq!(shown["last_used"], "2026-10-29");
    app.admin("DELETE", &format!("/v1/keys/{id}"), serde_json::Value::Null);
    assert!(!browser.page("/issues").contains("Old blog"));
}

#[test]
fn it_shows_what_comments_have_in_common_and_whose_links_they_hold() {
    let app = TestApp::start();
    for n in 0..3 {
        let spam = json!({"content": format!("Buy cheap viagra number {n}: http://a{n}.pills.example.com/buy or www.a.example"),
            "site": "https://a.example/", "author": {"url": "http://person.example/"}});
        app.v1_check(&spam);
    }
    app.v1_check(&json!({"content": "See once.example for more"}));
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/overview");
    assert!(page.contains("4 in all"), "{page}");
    let row = r#"<a href="/queue?q=example%2Ecom"><bdi>example.com</bdi></a></th><td class="number">3</td><td class="number">3</td>"#;
    assert!(page.contains(row), "{page}");
    for hidden in [
        "person.example",
        "once.example",
        "<bdi>a.example</bdi></a></th><td class=\"number\">3</td><td class=\"number\">3</td></tr>",
    ] {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
    assert!(page.contains("/queue?signal=text"), "{page}");
}

#[test]
fn every_page_says_when_nothing_can_be_stored() {
    let app = TestApp::start();
    let mut browser = Browser::of_admin(&app);
    let told = "neither verdicts nor corrections are kept";
    assert!(!browser.page("/rules").contains(told));
    app.service.close();
    for page in ["/queue", "/rules", "/try"] {
        assert!(browser.page(page).contains(told), "{page}");
    }
}
