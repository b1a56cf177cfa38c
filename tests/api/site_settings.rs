//! What a site's settings change about its checks and corrections.

use chaffinch::site::Site;
use serde_json::{Value, json};

use crate::app::{KEY, TestApp};

const SITE: &str = "blog.example.com";
const OTHER: &str = "other.example.com";

fn comment(site: &str, content: &str) -> Value {
    json!({"site": site, "content": content, "author": {"name": "Joe", "ip": "203.0.113.9"}})
}

fn spam(site: &str) -> Value {
    json!({"site": site, "content": "x", "author": {"name": "viagra-test-123"}})
}

fn learned_from(app: &TestApp) -> u64 {
    app.get("/readyz").json()["learned_from"].as_u64().unwrap()
}

#[test]
fn in_shadow_mode_all_is_ham_and_the_record_tells_what_it_would_have_been() {
    let app = TestApp::start();
    app.set_site(SITE, json!({"shadow": true}));
    let told = app.v1_check(&spam(SITE)).json();
    assert_eq!(
        (&told["verdict"], &told["action"]),
        (&json!("ham"), &json!("publish"))
    );
    assert_eq!(told["shadow"], json!({"verdict": "spam", "action": "hold"}));
    let stored = app.v1_verdict(told["id"].as_str().unwrap()).json();
    assert_eq!(stored["verdict"], "spam");
    assert_eq!(stored["shadowed"], true);
    let body = format!(
        "api_key={KEY}&blog={SITE}&user_ip=203.0.113.9&comment_author=viagra-test-123&test_discard=1"
    );
    app.comment_check(&body).assert_verdict("false");

    let elsewhere = app.v1_check(&spam(OTHER)).json();
    assert_eq!(elsewhere["verdict"], "spam");
    assert!(elsewhere.get("shadow").is_none());
    let id = elsewhere["id"].as_str().unwrap();
    assert_eq!(app.v1_verdict(id).json()["shadowed"], false);
}

#[test]
fn thresholds_are_the_site_s_own() {
    let app = TestApp::start();
    let content = "Thanks for the recipe, the currants were lovely.";
    app.set_site(
        SITE,
        json!({"thresholds": {"unsure": 0, "spam": 1, "discard": 1}}),
    );
    let verdict = |site| app.v1_check(&comment(site, content)).json()["verdict"].clone();
    assert_eq!(verdict(SITE), "unsure");
    assert_eq!(verdict(OTHER), "ham");
}

#[test]
fn without_learning_corrections_are_kept_but_teach_nothing() {
    let app = TestApp::start();
    app.set_site(SITE, json!({"learning": false}));
    let id = app.v1_check(&comment(SITE, "one")).json()["id"].clone();
    let said = json!({"id": id, "label": "spam"});
    assert_eq!(app.v1_correct(&said).status, 200);
    assert_eq!(learned_from(&app), 0);
    let stored = app.v1_verdict(id.as_str().unwrap()).json();
    assert_eq!(stored["correction"]["label"], "spam");
    assert_eq!(stored["correction"]["learned"], false);
    // Said again, it counts once.
    assert_eq!(app.v1_correct(&said).json()["previous"], "spam");

    let elsewhere = json!({"comment": comment(OTHER, "two"), "label": "spam"});
    app.v1_correct(&elsewhere);
    assert_eq!(learned_from(&app), 1);

    // Switched on, what is said from now on is learned; what was said before is not.
    app.set_site(SITE, json!({}));
    assert_eq!(learned_from(&app), 1);
    app.v1_correct(&said);
    assert_eq!(learned_from(&app), 2);

    // Switched off again, the opposite replaces what was learned and is not learned itself.
    app.set_site(SITE, json!({"learning": false}));
    app.v1_correct(&json!({"id": id, "label": "ham"}));
    assert_eq!(learned_from(&app), 1);
    let retracted = app.v1_retract(id.as_str().unwrap());
    assert_eq!(retracted.json()["previous"], "ham");
    assert_eq!(learned_from(&app), 1);
}

#[test]
fn what_was_not_learned_is_not_learned_at_a_restart_either() {
    let mut app = TestApp::start();
    app.set_site(SITE, json!({"learning": false}));
    app.v1_correct(&json!({"comment": comment(SITE, "one"), "label": "spam"}));
    app.v1_correct(&json!({"comment": comment(OTHER, "two"), "label": "spam"}));
    app.set_site(SITE, json!({"learning": true}));
    app = app.restart();
    assert_eq!(learned_from(&app), 1);
    // The settings are still there, too.
    let site = Site::parse(SITE).unwrap();
    assert!(app.service.registry().settings(Some(&site)).learning);
    app.set_site(SITE, json!({"shadow": true}));
    app = app.restart();
    assert!(app.service.registry().settings(Some(&site)).shadow);
}

#[test]
fn checks_without_an_address_are_the_site_s_choice_over_the_server_s() {
    let body = |site| format!("api_key={KEY}&blog={site}&comment_content=Hello");
    let app = TestApp::start();
    app.set_site(SITE, json!({"allow_empty_ip": true}));
    app.comment_check(&body(SITE)).assert_verdict("false");
    app.comment_check(&body(OTHER)).assert_refused(
        "Missing required field: user_ip.",
        "Empty \"user_ip\" value",
    );

    let app = TestApp::start_with(|settings| settings.allow_empty_ip = true);
    app.set_site(SITE, json!({"allow_empty_ip": false}));
    app.comment_check(&body(OTHER)).assert_verdict("false");
    app.comment_check(&body(SITE)).assert_refused(
        "Missing required field: user_ip.",
        "Empty \"user_ip\" value",
    );
}

#[test]
fn a_filled_honeypot_can_be_one_signal_among_others() {
    let app = TestApp::start();
    app.set_site(SITE, json!({"honeypot": "signal"}));
    let filled = |site| {
        let mut comment = comment(site, "Thanks for the recipe, the currants were lovely.");
        comment["honeypot"] = json!("x");
        app.v1_check(&comment).json()
    };
    assert_eq!(filled(OTHER)["probability"], 1.0);
    let weighed = filled(SITE);
    assert!(weighed["probability"].as_f64().unwrap() < 1.0);
    let reasons = weighed["reasons"].as_array().unwrap();
    assert!(reasons.len() > 1 && reasons.iter().any(|r| r["signal"] == "honeypot"));
}
