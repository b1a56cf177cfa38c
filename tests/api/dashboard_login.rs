//! The way into the dashboard, and who is kept out.

use serde_json::json;

use crate::app::{ADMIN, KEY, TestApp};
use crate::browser::{Browser, token};

#[test]
fn the_front_door_leads_browsers_in_and_tells_programs() {
    let app = TestApp::start();
    let mut browser = Browser::new(&app);
    let html = [("Accept", "text/html,application/xhtml+xml")];
    let door = browser.get_with("/", &html);
    assert_eq!(
        (door.status, door.header("location")),
        (303, Some("/queue"))
    );
    let queue = browser.get("/queue?verdict=spam");
    assert_eq!(
        queue.header("location"),
        Some("/login?next=%2Fqueue%3Fverdict%3Dspam")
    );
    assert!(app.get("/").body.starts_with("Chaffinch is running."));

    let form = browser.page("/login?next=%2Fqueue%3Fverdict%3Dspam");
    assert!(
        form.contains(r#"name="next" value="/queue?verdict=spam""#),
        "{form}"
    );
    let fields = [("secret", ADMIN), ("next", "/queue?verdict=spam")];
    let entered = browser.send("/login", &fields);
    assert_eq!(
        (entered.status, entered.header("location")),
        (303, Some("/queue?verdict=spam"))
    );
    let cookie = entered.header("set-cookie").unwrap();
    for part in ["chaffinch_session=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains(ADMIN));
    assert!(browser.page("/queue").contains("Sign out"));

    // Nobody is led to another host.
    let elsewhere = [("secret", ADMIN), ("next", "//evil.example/")];
    let entered = browser.send("/login", &elsewhere);
    assert_eq!(entered.header("location"), Some("/queue"));
}

#[test]
fn every_page_forbids_what_it_does_not_need() {
    let app = TestApp::start();
    let mut browser = Browser::of_admin(&app);
    for path in [
        "/login",
        "/queue",
        "/verdicts/00000000000000000000000000000000",
    ] {
        let reply = browser.get(path);
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("x-frame-options"), Some("DENY"));
        assert_eq!(reply.header("referrer-policy"), Some("same-origin"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert!(!reply.body.contains("style=") && !reply.body.contains("onclick"));
    }
}

#[test]
fn wrong_tokens_slow_their_sender_down() {
    let app = TestApp::start();
    let mut browser = Browser::new(&app);
    for _ in 0..5 {
        let reply = browser.sign_in("not the token that it is");
        assert_eq!(reply.status, 401);
        assert!(
            reply.body.contains("unknown or was revoked"),
            "{}",
            reply.body
        );
    }
    // Slowly they may go on.
    let mut refused = (0..20).map(|_| browser.sign_in("not the token that it is"));
    let refused = refused.find(|reply| reply.status == 429).unwrap();
    assert!(
        refused.body.contains("Too many wrong tokens"),
        "{refused:?}"
    );
    assert!(refused.header("retry-after").is_some());
}

#[test]
fn the_key_of_a_blog_does_not_open_the_dashboard() {
    let app = TestApp::start();
    let mut browser = Browser::new(&app);
    let reply = browser.sign_in(KEY);
    assert_eq!(reply.status, 403);
    assert!(
        reply.body.contains("a blog&#39;s key") || reply.body.contains("a blog's key"),
        "{}",
        reply.body
    );
    assert_eq!(browser.get("/queue").status, 303);
}

#[test]
fn a_moderator_sees_what_every_key_asked_for_and_changes_no_settings() {
    let app = TestApp::start();
    let made = app.admin(
        "POST",
        "/v1/keys",
        json!({"name": "Ruth", "scopes": ["moderate"]}),
    );
    assert_eq!(made.status, 201, "{made:?}");
    let key = made.json()["secret"].as_str().unwrap().to_owned();
    let checked = app
        .v1_check(&json!({"content": "Cheap pills for all"}))
        .json();
    let mut browser = Browser::of(&app, &key);
    let page = browser.page("/queue");
    assert!(
        page.contains("Cheap pills for all") && page.contains("Ruth"),
        "{page}"
    );
    let id = checked["id"].as_str().unwrap();
    let page = browser.submit(&page, "/correct", &[("act", &format!("spam {id}"))]);
    assert!(page.contains("Corrected: spam"), "{page}");
    assert_eq!(app.v1("GET", "/v1/keys", &key, None).status, 403);

    // A session ends with the key that it began with.
    let name = made.json()["id"].as_str().unwrap().to_owned();
    let gone = app.v1_delete(&format!("/v1/keys/{name}"), ADMIN);
    assert!(gone.status < 300, "{gone:?}");
    assert_eq!(browser.get("/queue").status, 303);
}

#[test]
fn forms_of_others_change_nothing() {
    let app = TestApp::start();
    let id = app.v1_check(&json!({"content": "Hello"})).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/queue");
    let own = token(&page).to_owned();
    let act = format!("spam {id}");
    let mut stranger = Browser::of_admin(&app);
    let others = token(&stranger.page("/queue")).to_owned();
    for token in ["", "0", others.as_str()] {
        let reply = browser.send("/correct", &[("token", token), ("act", &act)]);
        assert_eq!(reply.status, 409, "{reply:?}");
        assert!(reply.body.contains("Nothing was changed"), "{}", reply.body);
    }
    let fields = [("token", own.as_str()), ("act", act.as_str())];
    for header in [
        ("Origin", "https://evil.example"),
        ("Sec-Fetch-Site", "cross-site"),
    ] {
        assert_eq!(
            browser.send_with("/correct", &fields, &[header]).status,
            409
        );
    }
    assert!(app.v1_verdict(&id).json()["correction"].is_null());
    assert_eq!(browser.send("/correct", &fields).status, 303);
    assert!(!app.v1_verdict(&id).json()["correction"].is_null());
}

#[test]
fn whoever_signs_out_is_out_with_old_cookies_too() {
    let app = TestApp::start();
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/queue");
    let mut copy = Browser::new(&app);
    copy.take_cookies_of(&browser);
    assert_eq!(copy.get("/queue").status, 200);
    let fields = [("token", token(&page))];
    assert_eq!(
        browser.send("/logout", &fields).header("location"),
        Some("/login")
    );
    assert_eq!(browser.get("/queue").status, 303);
    assert_eq!(copy.get("/queue").status, 303);
}

#[test]
fn it_speaks_the_language_of_the_browser_or_the_one_chosen() {
    let app = TestApp::start();
    let mut browser = Browser::new(&app);
    let german = browser.get_with("/login", &[("Accept-Language", "de-AT,de;q=0.9,en;q=0.5")]);
    assert!(german.body.contains(r#"<html lang="de">"#) && german.body.contains("Anmelden"));
    assert!(browser.page("/login").contains("Sign in"));
    browser.send("/language", &[("language", "es"), ("next", "/login")]);
    assert!(browser.page("/login").contains("Entrar"));
}
