//! `/v1/rules`, and what rules do to checks.

use serde_json::{Value, json};

use crate::app::{KEY, TestApp};

const SITE: &str = "blog.example.com";

fn made(app: &TestApp, rule: Value) -> Value {
    let reply = app.admin("POST", "/v1/rules", rule);
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()
}

fn path(rule: &Value) -> String {
    format!("/v1/rules/{}", rule["id"].as_str().unwrap())
}

/// A comment that nobody would call spam.
fn comment(site: &str) -> Value {
    json!({
        "site": site,
        "content": "I pruned my currants in March, as <a href=\"https://garden.example.org/currants\">they say</a>.",
        "author": {"name": "Marta", "email": "marta@mail.example.net", "ip": "203.0.113.9"},
    })
}

fn judged(app: &TestApp, site: &str) -> (Value, Value) {
    let reply = app.v1_check(&comment(site)).json();
    (reply["verdict"].clone(), reply["action"].clone())
}

#[test]
fn every_kind_of_rule_decides_and_is_the_reason() {
    let app = TestApp::start();
    for (kind, pattern) in [
        ("ip", "203.0.113.0/24"),
        ("email", "Marta@mail.example.net"),
        ("email_domain", "example.net"),
        ("link_domain", "example.org"),
        ("author", "marta"),
        ("word", "currants"),
        ("regex", r"pruned \w+ currants"),
    ] {
        let rule = json!({"match": kind, "pattern": pattern, "outcome": "discard"});
        let rule = made(&app, rule);
        let reply = app.v1_check(&comment(SITE)).json();
        assert_eq!(
            (&reply["verdict"], &reply["action"]),
            (&json!("spam"), &json!("discard")),
            "{kind}"
        );
        let reason = &reply["reasons"][0];
        assert_eq!(reason["signal"], "rule");
        let detail = reason["detail"].as_str().unwrap();
        assert!(detail.starts_with(kind), "{detail}");
        assert_eq!(app.admin("DELETE", &path(&rule), Value::Null).status, 204);
        assert_eq!(judged(&app, SITE).0, "ham");
    }
}

#[test]
fn a_rule_is_changed_lasts_and_expires() {
    let mut app = TestApp::start();
    let rule = made(
        &app,
        json!({"match": "word", "pattern": "currants", "outcome": "hold", "note": "too many currants"}),
    );
    assert_eq!(rule["suspend_above"], 0.5);
    assert_eq!(
        (&rule["in_force"], &rule["site"]),
        (&json!(true), &Value::Null)
    );
    let reply = app.v1_check(&comment(SITE)).json();
    assert_eq!(
        (&reply["verdict"], &reply["action"]),
        (&json!("spam"), &json!("hold"))
    );
    assert_eq!(reply["reasons"][0]["detail"], "too many currants");

    app = app.restart();
    assert_eq!(judged(&app, SITE).0, "spam");
    let changed = app.admin(
        "PATCH",
        &path(&rule),
        json!({"outcome": "publish", "suspend_above": null}),
    );
    assert_eq!(changed.json()["pattern"], "currants", "{changed:?}");
    assert_eq!(changed.json()["suspend_above"], Value::Null);
    assert_eq!(judged(&app, SITE), (json!("ham"), json!("publish")));
    let spam = json!({"content": "currants http://casino.example free bonus viagra casino"});
    assert_eq!(app.v1_check(&spam).json()["probability"], 0.0);

    let over = json!({"expires_at": "2020-01-01T00:00:00Z"});
    let over = app.admin("PATCH", &path(&rule), over).json();
    assert_eq!(over["in_force"], false);
    let reasons = app.v1_check(&spam).json()["reasons"].clone();
    assert!(
        reasons
            .as_array()
            .unwrap()
            .iter()
            .all(|r| r["signal"] != "rule")
    );
    let back = app
        .admin("PATCH", &path(&rule), json!({"expires_at": null}))
        .json();
    assert_eq!(back["in_force"], true);
}

#[test]
fn a_rule_of_a_site_is_for_that_site_and_goes_before_those_of_all() {
    let app = TestApp::start();
    made(
        &app,
        json!({"match": "author", "pattern": "Marta", "outcome": "discard"}),
    );
    made(
        &app,
        json!({"match": "email_domain", "pattern": "example.net", "outcome": "publish", "site": SITE}),
    );
    assert_eq!(judged(&app, SITE).0, "ham");
    assert_eq!(judged(&app, "other.example.com").0, "spam");
    let both = app.v1_check(&comment(SITE)).json();
    assert_eq!(both["reasons"].as_array().unwrap().len(), 2, "{both}");
}

#[test]
fn an_admin_of_a_site_has_its_rules_and_no_others() {
    let app = TestApp::start();
    let of_all = made(
        &app,
        json!({"match": "word", "pattern": "currants", "outcome": "hold"}),
    );
    let key = json!({"name": "its admin", "scopes": ["admin"], "site": SITE});
    let token = app.admin("POST", "/v1/keys", key).json()["secret"].clone();
    let call = |method: &str, path: &str, body: Value| {
        let body = Some(&body).filter(|body| !body.is_null());
        app.v1(method, path, token.as_str().unwrap(), body)
    };
    let rule = json!({"match": "word", "pattern": "pears", "outcome": "hold"});
    call("POST", "/v1/rules", rule.clone()).assert_problem(403, "site_not_allowed", None);
    let mut own = rule;
    own["site"] = json!(SITE);
    let own = call("POST", "/v1/rules", own);
    assert_eq!(own.status, 201, "{own:?}");
    let own = own.json();
    let listed = call("GET", "/v1/rules", Value::Null).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    for (method, body) in [
        ("GET", Value::Null),
        ("PATCH", json!({"note": "x"})),
        ("DELETE", Value::Null),
    ] {
        call(method, &path(&of_all), body).assert_problem(404, "no_such_rule", None);
    }
    call("PATCH", &path(&own), json!({"site": null})).assert_problem(403, "site_not_allowed", None);
    assert_eq!(call("DELETE", &path(&own), Value::Null).status, 204);
    app.v1("GET", "/v1/rules", KEY, None)
        .assert_problem(403, "admin_only", None);
}

#[test]
fn a_rule_that_matches_nearly_everything_suspends_itself_and_can_be_resumed() {
    let mut app = TestApp::start();
    let rule = made(
        &app,
        json!({"match": "regex", "pattern": ".", "outcome": "discard"}),
    );
    let mut checks = 0;
    while judged(&app, SITE).0 == "spam" {
        checks += 1;
        assert!(checks < 100, "it is not suspended");
    }
    assert_eq!(checks, 40);
    app = app.restart();
    let shown = app.admin("GET", &path(&rule), Value::Null).json();
    assert_eq!(shown["in_force"], false);
    assert_eq!(
        (&shown["suspended"]["hits"], &shown["suspended"]["of"]),
        (&json!(40), &json!(40))
    );
    assert_eq!(judged(&app, SITE).0, "ham");
    let resumed = app.admin("POST", &format!("{}/resume", path(&rule)), Value::Null);
    assert_eq!(resumed.json()["in_force"], true, "{resumed:?}");
    assert_eq!(judged(&app, SITE).0, "spam");

    // A test is no traffic.
    let mut test = comment(SITE);
    test["test"] = json!(true);
    for _ in 0..60 {
        assert_eq!(app.v1_check(&test).json()["verdict"], "spam");
    }
}

#[test]
fn a_dry_run_tells_what_a_rule_would_have_hit() {
    let app = TestApp::start();
    let mut ids = Vec::new();
    for content in [
        "about currants",
        "about pears",
        "more about currants",
        "casino viagra currants http://casino.example free bonus",
    ] {
        let comment = json!({"content": content, "site": SITE, "author": {"ip": "203.0.113.9"}});
        ids.push(app.v1_check(&comment).json()["id"].clone());
    }
    app.v1_correct(&json!({"id": ids[0], "label": "ham"}));
    let rule = json!({"match": "word", "pattern": "currants", "outcome": "discard"});
    let run = app.admin("POST", "/v1/rules/dry-run", rule).json();
    assert_eq!(
        (&run["looked_at"], &run["hits"]),
        (&json!(4), &json!(3)),
        "{run}"
    );
    assert_eq!(run["by_verdict"], json!({"ham": 2, "unsure": 0, "spam": 1}));
    assert_eq!(run["by_correction"], json!({"ham": 1, "spam": 0}));
    assert_eq!(run["newest"], json!([ids[3], ids[2], ids[0]]));
    let elsewhere = json!({"match": "word", "pattern": "currants", "outcome": "discard", "site": "other.example.com"});
    let run = app.admin("POST", "/v1/rules/dry-run", elsewhere).json();
    assert_eq!(run["looked_at"], 0);
    // Addresses are kept as hashes.
    let by_address = json!({"match": "ip", "pattern": "203.0.113.0/24", "outcome": "discard"});
    let run = app.admin("POST", "/v1/rules/dry-run", by_address).json();
    assert_eq!((&run["hits"], &run["unknown"]), (&json!(0), &json!(4)));
    // Nothing was saved.
    let rules = app.admin("GET", "/v1/rules", Value::Null).json();
    assert_eq!(rules["items"], json!([]));
}

#[test]
fn faults_name_their_field() {
    let app = TestApp::start();
    for (rule, field) in [
        (json!({}), "match"),
        (json!({"match": "word"}), "pattern"),
        (
            json!({"match": "colour", "pattern": "x", "outcome": "hold"}),
            "match",
        ),
        (json!({"match": "word", "pattern": "x"}), "outcome"),
        (
            json!({"match": "word", "pattern": "x", "outcome": "burn"}),
            "outcome",
        ),
        (
            json!({"match": "ip", "pattern": "300.0.0.1", "outcome": "hold"}),
            "pattern",
        ),
        (
            json!({"match": "regex", "pattern": "(", "outcome": "hold"}),
            "pattern",
        ),
        (
            json!({"match": "regex", "pattern": "x*", "outcome": "hold"}),
            "pattern",
        ),
        (
            json!({"match": "word", "pattern": "x", "outcome": "hold", "site": "<b>"}),
            "site",
        ),
        (
            json!({"match": "word", "pattern": "x", "outcome": "hold", "expires_at": "soon"}),
            "expires_at",
        ),
        (
            json!({"match": "word", "pattern": "x", "outcome": "hold", "suspend_above": 0}),
            "suspend_above",
        ),
        (
            json!({"match": "word", "pattern": "x", "outcome": "hold", "country": "xx"}),
            "country",
        ),
    ] {
        for path in ["/v1/rules", "/v1/rules/dry-run"] {
            let reply = app.admin("POST", path, rule.clone());
            reply.assert_problem(422, "invalid_field", Some(field));
        }
    }
    for path in ["/v1/rules/999", "/v1/rules/x", "/v1/rules/+1"] {
        app.admin("GET", path, Value::Null)
            .assert_problem(404, "no_such_rule", None);
    }
}
