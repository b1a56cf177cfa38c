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
fn a_key_in_wrong_hands_goes_with_all_that_it_taught() {
    let app = TestApp::start();
    let rogue = app.admin(
        "POST",
        "/v1/keys",
        json!({"name": "Rogue", "scopes": ["moderate"]}),
    );
    let rogue = rogue.json();
    let id = check(&app, "I pruned my currants")["id"].clone();
    let mut moderator = Browser::of(&app, rogue["secret"].as_str().unwrap());
    let act = format!("spam {}", id.as_str().unwrap());
    let page = moderator.page("/queue");
    moderator.submit(&page, "/correct", &[("act", &act)]);
    let mut admin = Browser::of_admin(&app);
    let page = admin.page("/keys");
    let path = format!("/keys/{}", rogue["id"].as_str().unwrap());
    admin.submit(&page, &path, &[("act", "revoke-all")]);
    assert_eq!(moderator.get("/queue").status, 303);
    assert!(app.v1_verdict(id.as_str().unwrap()).json()["correction"].is_null());
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
    assert!(
        refused
            .body
            .contains("Days kept: give a number of days from 1 to 3650"),
        "{}",
        refused.body
    );
}

#[test]
fn the_secret_of_callbacks_is_written_and_never_shown() {
    let app = TestApp::start();
    let mut admin = Browser::of_admin(&app);
    let secret = "0123456789abcdef";
    let mut send = |more: &[(&str, &str)]| {
        let page = admin.page("/site?site=blog.example.com");
        assert!(!page.contains(secret));
        let fields = [
            ("site", SITE),
            ("form", "settings"),
            ("retention_days", "30"),
            ("callback", "1"),
        ];
        let saved = admin.submit(&page, "/site", &[&fields, more].concat());
        assert!(!saved.contains(secret));
        let site = app.v1("GET", "/v1/sites/blog.example.com", ADMIN, None);
        (saved, site.json()["settings"].clone())
    };
    let (page, settings) = send(&[("callback_secret", secret), ("recheck_after", "45")]);
    assert!(page.contains("A secret is set"), "{page}");
    assert_eq!(settings["recheck_after"], 45);
    assert!(
        send(&[]).0.contains("A secret is set"),
        "an empty field keeps it"
    );
    assert!(send(&[("no_secret", "1")]).0.contains("Without a secret"));
    let page = admin.page("/site?site=blog.example.com");
    let short = [
        ("token", token(&page)),
        ("site", SITE),
        ("form", "settings"),
        ("retention_days", "30"),
        ("callback_secret", "short"),
    ];
    let refused = admin.send("/site", &short);
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Sign callbacks with: give 16 to 128"));
}

#[test]
fn an_admin_of_one_site_manages_that_one_and_sees_no_other() {
    let app = TestApp::start();
    let of_site = json!({"name": "Ruth", "scopes": ["admin"], "site": SITE});
    let ruth = app.admin("POST", "/v1/keys", of_site).json();
    app.set_site("other.example.com", json!({"notes": "not yours"}));
    app.set_site(SITE, json!({}));
    for rule in [
        json!({"match": "word", "pattern": "of all", "outcome": "hold"}),
        json!({"match": "word", "pattern": "own word", "outcome": "hold", "site": SITE}),
    ] {
        assert_eq!(app.admin("POST", "/v1/rules", rule).status, 201);
    }
    let mut ruth = Browser::of(&app, ruth["secret"].as_str().unwrap());
    let sites = ruth.page("/sites");
    assert!(sites.contains(SITE) && !sites.contains("other.example.com"));
    assert_eq!(ruth.get("/site?site=other.example.com").status, 403);
    let rules = ruth.page("/rules");
    assert!(
        rules.contains("own word") && !rules.contains("of all"),
        "{rules}"
    );
    let fields = [("match", "word"), ("pattern", "mine"), ("outcome", "hold")];
    let rules = ruth.submit(&rules, "/rules", &fields);
    assert!(rules.contains("mine") && rules.contains(SITE));
    let foreign = [
        ("token", token(&rules)),
        ("match", "word"),
        ("pattern", "x"),
        ("site", "other.example.com"),
    ];
    assert_eq!(ruth.send("/rules", &foreign).status, 403);
    let keys = ruth.page("/keys");
    assert!(
        keys.contains("Ruth") && !keys.contains("configured"),
        "{keys}"
    );
    let fields = [("token", token(&keys)), ("name", "Blog"), ("for", "blog")];
    let made = ruth.send("/keys", &fields);
    let key = secret(&made.body);
    let elsewhere = json!({"content": "Hi", "site": "other.example.com"});
    assert_eq!(
        app.v1("POST", "/v1/check", key, Some(&elsewhere)).status,
        403
    );
}

#[test]
fn faults_are_told_in_the_visitor_s_language() {
    let app = TestApp::start();
    let mut admin = Browser::of_admin(&app);
    let german = [("accept-language", "de-AT,de;q=0.9")];
    for (path, told) in [
        (
            "/rules/new?match=ip&pattern=here",
            "Muster: geben Sie eine IP-Adresse",
        ),
        (
            "/rules/new?match=word&pattern=x&until=soon",
            "Letzter Tag: geben Sie einen Tag",
        ),
        (
            "/site?site=",
            "Website: geben Sie die Adresse der Startseite an",
        ),
        (
            "/site?site=a.example&unsure=1&spam=0&discard=1",
            "steigende Zahlen",
        ),
        ("/queue?from=tomorrow", "Von: geben Sie einen Tag"),
    ] {
        let page = admin.get_with(path, &german).body;
        assert!(page.contains(told), "{path}: {page}");
    }
    let text = json!({"content": "Buy cheap pills http://pills.example/ now!!", "author": {"email": "joe@gmail.com"}});
    let id = app.v1_check(&text).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let page = admin.get_with(&format!("/verdicts/{id}"), &german).body;
    assert!(
        page.contains("E-Mail bei gmail.com") && page.contains("Ausrufezeichen: 2"),
        "{page}"
    );
    assert!(
        !page.contains("e-mail at") && !page.contains(">shape<"),
        "{page}"
    );
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
