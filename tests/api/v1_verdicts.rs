//! Lists of verdicts, explanations, counts, and what the filter judges by.

use serde_json::{Value, json};

use crate::app::{ADMIN, BAD_KEY, KEY, TestApp};

const SITE: &str = "blog.example.com";

fn check(app: &TestApp, site: &str, name: &str, content: &str) -> String {
    let comment = json!({"site": site, "content": content,
        "author": {"name": name, "email": format!("{name}@example.org"), "ip": "203.0.113.9"}});
    app.v1_check(&comment).json()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn spam(app: &TestApp, site: &str) -> String {
    check(app, site, "viagra-test-123", "x")
}

fn ids(page: &Value) -> Vec<&str> {
    let verdicts = page["items"].as_array().unwrap();
    verdicts.iter().map(|v| v["id"].as_str().unwrap()).collect()
}

fn owned(ids: &[&String]) -> Vec<String> {
    ids.iter().map(|&id| id.clone()).collect()
}

#[test]
fn pages_go_on_where_they_ended_while_more_arrives() {
    let app = TestApp::start();
    let told: Vec<_> = (0..5)
        .map(|n| check(&app, SITE, "joe", &format!("text {n}")))
        .collect();
    let first = app.v1_get("/v1/verdicts?limit=2", KEY).json();
    assert_eq!(ids(&first), [&told[4], &told[3]]);
    check(&app, SITE, "joe", "later");
    let mut cursor = first["next_cursor"].as_str().unwrap().to_owned();
    let mut rest = Vec::new();
    loop {
        let page = app
            .v1_get(&format!("/v1/verdicts?limit=2&cursor={cursor}"), KEY)
            .json();
        rest.extend(ids(&page).into_iter().map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(rest, owned(&[&told[2], &told[1], &told[0]]));
    let other = app.v1_get(
        &format!("/v1/verdicts?limit=2&verdict=ham&cursor={cursor}"),
        KEY,
    );
    other.assert_problem(422, "invalid_field", Some("cursor"));
    // How long a page is may change on the way.
    let longer = app.v1_get(&format!("/v1/verdicts?limit=3&cursor={cursor}"), KEY);
    assert_eq!(longer.status, 200);
}

#[test]
fn filters_hold_together() {
    let app = TestApp::start();
    let plain = check(&app, SITE, "Ann", "I pruned my currants in March.");
    let blocked = spam(&app, SITE);
    let elsewhere = spam(&app, "other.example.com");
    app.v1_correct(&json!({"id": blocked, "label": "ham"}));
    let list = |query: &str| {
        let page = app.v1_get(&format!("/v1/verdicts?{query}"), KEY).json();
        assert!(page["next_cursor"].is_null(), "{query}");
        ids(&page)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(list(""), owned(&[&elsewhere, &blocked, &plain]));
    assert_eq!(
        list("site=https://blog.example.com/"),
        owned(&[&blocked, &plain])
    );
    assert_eq!(
        list("verdict=spam&site=blog.example.com"),
        owned(&[&blocked])
    );
    assert_eq!(list("verdict=spam&label=none"), owned(&[&elsewhere]));
    assert_eq!(list("label=ham"), owned(&[&blocked]));
    assert_eq!(list("label=spam"), owned(&[]));
    assert_eq!(list("signal=test"), owned(&[&elsewhere, &blocked]));
    assert_eq!(list("q=CURRANTS"), owned(&[&plain]));
    assert_eq!(list("q=ann@example"), owned(&[&plain]));
    assert_eq!(list("to=2020-01-01"), owned(&[]));
    assert_eq!(list("from=2020-01-01T00:00:00Z&to=2100-01-01").len(), 3);
}

#[test]
fn nobody_lists_what_is_not_theirs() {
    let app = TestApp::start();
    let here = check(&app, SITE, "joe", "one");
    let there = check(&app, "other.example.com", "joe", "two");
    let list = |key: &str| {
        let page = app.v1_get("/v1/verdicts", key).json();
        ids(&page)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let bound = app.key_for(SITE);
    assert_eq!(list(&bound), owned(&[&here]));
    assert_eq!(list(ADMIN), [there, here.clone()]);
    let refused = app.v1_get("/v1/verdicts?site=other.example.com", &bound);
    refused.assert_problem(403, "site_not_allowed", None);
    app.v1_get("/v1/verdicts", BAD_KEY)
        .assert_problem(401, "unknown_key", None);
    assert_eq!(
        app.v1_get("/v1/stats", &bound).json()["totals"]["checked"],
        1
    );
    assert_eq!(
        app.v1_get(&format!("/v1/verdicts/{here}/explanation"), &bound)
            .status,
        200
    );
}

#[test]
fn a_wrong_parameter_is_named() {
    let app = TestApp::start();
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("cursor=nonsense", "cursor"),
        ("verdict=maybe", "verdict"),
        ("label=unsure", "label"),
        ("site=%3Cb%3E", "site"),
        ("from=yesterday", "from"),
        ("to=2026-13-01", "to"),
        ("verdcit=spam", "verdcit"),
        ("q=a&q=b", "q"),
    ] {
        let reply = app.v1_get(&format!("/v1/verdicts?{query}"), KEY);
        reply.assert_problem(422, "invalid_field", Some(field));
    }
    for (query, field) in [
        ("from=2026-11-02&to=2026-11-01", "from"),
        ("from=2020-01-01&to=2026-11-01", "from"),
        ("to=now", "to"),
    ] {
        let reply = app.v1_get(&format!("/v1/stats?{query}"), KEY);
        reply.assert_problem(422, "invalid_field", Some(field));
    }
}

#[test]
fn an_explanation_adds_up_and_tells_what_is_said_now() {
    let app = TestApp::start();
    let text = "Visit our online casino and claim your free bonus today";
    let id = check(&app, SITE, "joe", text);
    let explain = || {
        app.v1_get(&format!("/v1/verdicts/{id}/explanation"), KEY)
            .json()
    };
    let fresh = explain();
    assert_eq!(fresh["verdict"]["id"], json!(id));
    assert_eq!(fresh["thresholds"]["spam"], 0.9);
    assert_eq!(fresh["now"]["differs"], false);
    assert_eq!(fresh["now"]["probability"], fresh["verdict"]["probability"]);
    let evidence = &fresh["now"]["evidence"];
    let number = |value: &Value| value.as_f64().unwrap();
    let reasons = evidence["reasons"].as_array().unwrap();
    assert!(reasons.len() > fresh["verdict"]["reasons"].as_array().unwrap().len());
    let named: f64 = reasons.iter().map(|reason| number(&reason["weight"])).sum();
    let sum = number(&evidence["baseline"]) + named + number(&evidence["rest"]);
    assert!((sum - number(&evidence["sum"])).abs() < 1e-9);
    let odds = number(&evidence["sum"]).exp();
    assert!((odds / (1.0 + odds) - number(&fresh["now"]["probability"])).abs() < 1e-9);

    app.v1_correct(&json!({"id": id, "label": "ham"}));
    let taught = explain();
    assert_eq!(taught["now"]["learned_from"], 1);
    assert_eq!(
        taught["verdict"]["probability"],
        fresh["verdict"]["probability"]
    );
    assert_ne!(taught["now"]["probability"], fresh["now"]["probability"]);
    app.set_site(
        SITE,
        json!({"thresholds": {"unsure": 0, "spam": 0, "discard": 1}}),
    );
    let stricter = explain();
    assert_eq!(stricter["now"]["verdict"], "spam");
    assert_eq!(stricter["thresholds"]["spam"], 0.0);
}

#[test]
fn stats_are_by_site_and_day() {
    let app = TestApp::start();
    check(&app, SITE, "joe", "I pruned my currants in March.");
    let id = spam(&app, SITE);
    spam(&app, "other.example.com");
    app.v1_correct(&json!({"id": id, "label": "ham"}));
    let stats = app.v1_get("/v1/stats", ADMIN).json();
    assert_eq!(stats["totals"]["checked"], 3);
    assert_eq!(stats["totals"]["false_positives"], 1);
    let days = stats["days"].as_array().unwrap();
    assert_eq!(days.len(), 2);
    assert_eq!(days[0]["site"], SITE);
    assert_eq!(days[0]["day"], stats["to"]);
    assert_eq!(
        (&days[0]["spam"], &days[0]["ham"], &days[0]["accuracy"]),
        (&json!(1), &json!(1), &json!(0.5))
    );
    let one = app.v1_get("/v1/stats?site=other.example.com", ADMIN).json();
    assert_eq!(one["totals"]["checked"], 1);
    let empty = app
        .v1_get("/v1/stats?from=2020-01-01&to=2020-01-31", KEY)
        .json();
    assert_eq!(empty["totals"]["checked"], 0);
    assert!(empty["totals"]["accuracy"].is_null());
}

#[test]
fn the_model_tells_what_it_is_and_what_each_site_taught() {
    let app = TestApp::start();
    let comment = json!({"site": SITE, "content": "one"});
    app.v1_correct(&json!({"comment": comment, "label": "spam"}));
    let model = app.v1_get("/v1/model", ADMIN).json();
    assert_eq!(model["learned_from"], 1);
    assert!(model["card"].is_object());
    assert_eq!(
        model["sites"],
        json!([{"site": SITE, "corrections": 1, "settled": false}])
    );
    assert_eq!(app.v1_get("/v1/model", KEY).json()["sites"], json!([]));
    let bound = app.key_for("other.example.com");
    assert_eq!(app.v1_get("/v1/model", &bound).json()["sites"], json!([]));
    assert_eq!(app.v1_get("/readyz", KEY).json()["model"], model["version"]);
}

#[test]
fn another_base_model_is_put_in_use_and_stays_so() {
    let app = TestApp::start();
    let put = |key: &str, model: &[u8]| {
        let request = ureq::http::Request::put(app.url("/v1/model"))
            .header("Authorization", format!("Bearer {key}"))
            .body(model)
            .unwrap();
        crate::app::Reply::from_ureq(app.agent.run(request).unwrap())
    };
    let correction = json!({"comment": {"content": "casino bonus"}, "label": "spam"});
    assert_eq!(app.v1_correct(&correction).status, 200);
    let model = chaffinch::classifier::BaseModel::empty();
    let bytes = model.to_bytes().unwrap();
    put(KEY, &bytes).assert_problem(403, "admin_only", None);
    put(ADMIN, &bytes[..100]).assert_problem(422, "invalid_field", Some("body"));

    let before = app.v1_get("/v1/model", KEY).json();
    let used = put(ADMIN, &bytes).json();
    assert_eq!(
        (&used["version"], &used["learned_from"]),
        (&json!("empty"), &json!(1))
    );
    assert_ne!(used["state"], before["state"]);
    let checked = app.v1_check(&json!({"content": "casino bonus"})).json();
    assert_eq!(checked["model"], "empty");
    let again = put(ADMIN, &bytes).json();
    assert_eq!(again["sequence"], used["sequence"], "it was in use already");

    let app = app.restart();
    let after = app.v1_get("/v1/model", ADMIN).json();
    assert_eq!(after, used);
}
