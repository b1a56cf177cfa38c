//! `/v1/keys`, and what a key's scopes and site allow.

use serde_json::{Value, json};

use crate::app::{ADMIN, KEY, Reply, TestApp};

const SITE: &str = "blog.example.com";

fn made(app: &TestApp, request: Value) -> (String, String) {
    let reply = app.admin("POST", "/v1/keys", request);
    assert_eq!(reply.status, 201, "{reply:?}");
    let text = |name: &str| reply.json()[name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

fn check(app: &TestApp, key: &str, site: &str) -> Reply {
    let comment = json!({"content": "Thanks for the recipe.", "site": site});
    app.v1("POST", "/v1/check", key, Some(&comment))
}

#[test]
fn a_key_is_shown_once_listed_without_its_secret_and_revoked() {
    let app = TestApp::start();
    let (id, secret) = made(&app, json!({"name": "the blog"}));
    assert_eq!(secret.len(), 12);
    assert_eq!(check(&app, &secret, SITE).status, 200);

    let shown = app.admin("GET", &format!("/v1/keys/{id}"), Value::Null);
    assert!(!shown.body.contains(&secret), "{shown:?}");
    let shown = shown.json();
    assert_eq!(shown["name"], "the blog");
    assert_eq!(shown["scopes"], json!(["check", "correct", "read"]));
    assert_eq!(
        (&shown["site"], &shown["accepted"]),
        (&Value::Null, &json!(true))
    );
    let list = app.admin("GET", "/v1/keys", Value::Null);
    assert!(!list.body.contains(&secret) && !list.body.contains(ADMIN));
    let names: Vec<_> = list.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|k| k["name"].clone())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");

    assert_eq!(
        app.admin("DELETE", &format!("/v1/keys/{id}"), Value::Null)
            .status,
        204
    );
    check(&app, &secret, SITE).assert_problem(401, "unknown_key", None);
    app.admin("GET", &format!("/v1/keys/{id}"), Value::Null)
        .assert_problem(404, "no_such_key", None);
}

#[test]
fn pages_of_keys_follow_each_other() {
    let app = TestApp::start();
    for name in ["a", "b", "c"] {
        made(&app, json!({"name": name}));
    }
    let mut names = Vec::new();
    let mut path = "/v1/keys?limit=2".to_owned();
    loop {
        let page = app.admin("GET", &path, Value::Null).json();
        names.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|k| k["name"].to_string()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/keys?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 5, "{names:?}");
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("cursor=x", "cursor"),
    ] {
        let reply = app.admin("GET", &format!("/v1/keys?{query}"), Value::Null);
        reply.assert_problem(422, "invalid_field", Some(field));
    }
}

#[test]
fn a_rotated_key_works_beside_the_new_one_and_hands_on_what_it_asked_for() {
    let mut app = TestApp::start();
    let (id, old) = made(&app, json!({"name": "the blog"}));
    let verdict = check(&app, &old, SITE).json()["id"].clone();
    let path = format!("/v1/keys/{id}/rotate");
    let rotated = app.admin("POST", &path, json!({"overlap_seconds": 3600}));
    assert_eq!(rotated.status, 201, "{rotated:?}");
    let new = rotated.json()["secret"].as_str().unwrap().to_owned();
    assert_eq!(rotated.json()["name"], "the blog");
    app.admin("POST", &path, Value::Null)
        .assert_problem(409, "key_rotated", None);

    app = app.restart();
    for key in [&old, &new] {
        assert_eq!(check(&app, key, SITE).status, 200);
        let correction = json!({"id": verdict, "label": "spam"});
        let corrected = app.v1("POST", "/v1/corrections", key, Some(&correction));
        assert_eq!(corrected.status, 200, "{corrected:?}");
    }
    let shown = app
        .admin("GET", &format!("/v1/keys/{id}"), Value::Null)
        .json();
    assert!(shown["expires_at"].is_string(), "{shown}");

    // Without an overlap the old one is out at once.
    let id = rotated.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/keys/{id}/rotate");
    let newest = app
        .admin("POST", &path, json!({"overlap_seconds": 0}))
        .json();
    check(&app, &new, SITE).assert_problem(401, "unknown_key", None);
    let newest = newest["secret"].as_str().unwrap();
    let seen = app.v1(
        "GET",
        &format!("/v1/verdicts/{}", verdict.as_str().unwrap()),
        newest,
        None,
    );
    assert_eq!(seen.status, 200, "{seen:?}");
    let shown = app
        .admin("GET", &format!("/v1/keys/{id}"), Value::Null)
        .json();
    assert_eq!(shown["accepted"], false);
    let reply = app.admin("POST", &path, json!({"overlap_seconds": 99_999_999}));
    reply.assert_problem(422, "invalid_field", Some("overlap_seconds"));
}

#[test]
fn a_key_does_what_its_scopes_say() {
    let app = TestApp::start();
    let verdict = check(&app, KEY, SITE).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let correction = json!({"comment": {"content": "x"}, "label": "spam"});
    let comment = json!({"content": "x"});
    let calls = [
        ("check", "POST", "/v1/check".to_owned(), Some(&comment)),
        (
            "correct",
            "POST",
            "/v1/corrections".to_owned(),
            Some(&correction),
        ),
        (
            "correct",
            "DELETE",
            format!("/v1/corrections/{verdict}"),
            None,
        ),
        ("read", "GET", format!("/v1/verdicts/{verdict}"), None),
    ];
    for scope in ["check", "correct", "read"] {
        let (_, key) = made(&app, json!({"name": scope, "scopes": [scope]}));
        for (needed, method, path, body) in &calls {
            let reply = app.v1(method, path, &key, *body);
            match needed == &scope {
                true => assert_ne!(reply.status, 403, "{scope} {path} {reply:?}"),
                false => reply.assert_problem(403, "not_in_scope", None),
            }
        }
        let admin = app.v1("GET", "/v1/keys", &key, None);
        admin.assert_problem(403, "admin_only", None);
    }
    let (_, reader) = made(&app, json!({"name": "reader", "scopes": ["read"]}));
    let form = |path: &str, key: &str| {
        app.form(
            path,
            &format!("api_key={key}&key={key}&blog={SITE}&user_ip=203.0.113.9"),
        )
    };
    assert_eq!(form("/1.1/comment-check", &reader).body, "invalid");
    assert_eq!(form("/1.1/verify-key", &reader).body, "invalid");
    assert_eq!(form("/1.1/submit-spam", &reader).body, "invalid");
    assert_eq!(form("/1.1/verify-key", KEY).body, "valid");
}

#[test]
fn a_key_speaks_for_its_site_and_an_admin_of_a_site_manages_that_one() {
    let app = TestApp::start();
    let (_, key) = made(
        &app,
        json!({"name": "bound", "site": "https://blog.example.com/"}),
    );
    assert_eq!(check(&app, &key, SITE).status, 200);
    check(&app, &key, "other.example.com").assert_problem(403, "site_not_allowed", None);

    let bound = json!({"name": "its admin", "scopes": ["admin"], "site": SITE});
    let (id, token) = made(&app, bound);
    assert_eq!(token.len(), 40);
    let call = |method: &str, path: &str, body: Value| {
        app.v1(method, path, &token, Some(&body).filter(|b| !b.is_null()))
    };
    let path = format!("/v1/sites/{SITE}");
    assert_eq!(call("PATCH", &path, json!({"shadow": true})).status, 200);
    call(
        "PATCH",
        "/v1/sites/other.example.com",
        json!({"shadow": true}),
    )
    .assert_problem(403, "site_not_allowed", None);
    let listed = call("GET", "/v1/sites", Value::Null).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    let keys = call("GET", "/v1/keys", Value::Null).json();
    let keys: Vec<_> = keys["items"].as_array().unwrap().iter().collect();
    assert_eq!(keys.len(), 2, "{keys:?}");
    assert!(keys.iter().all(|key| key["site"] == SITE), "{keys:?}");
    let own = json!({"name": "second", "site": SITE});
    assert_eq!(call("POST", "/v1/keys", own).status, 201);
    for foreign in [
        json!({"name": "x"}),
        json!({"name": "x", "site": "other.example.com"}),
    ] {
        call("POST", "/v1/keys", foreign).assert_problem(403, "site_not_allowed", None);
    }
    let (foreign, _) = made(&app, json!({"name": "of all"}));
    call("DELETE", &format!("/v1/keys/{foreign}"), Value::Null).assert_problem(
        404,
        "no_such_key",
        None,
    );
    assert_eq!(
        call("DELETE", &format!("/v1/keys/{id}"), Value::Null).status,
        204
    );
}

#[test]
fn faults_name_their_field_and_nobody_is_locked_out() {
    let app = TestApp::start();
    for (request, field) in [
        (json!({}), "name"),
        (json!({"name": "first site key"}), "name"),
        (json!({"name": "x", "scopes": []}), "scopes"),
        (json!({"name": "x", "scopes": ["everything"]}), "scopes[0]"),
        (json!({"name": "x", "site": "<b>"}), "site"),
        (json!({"name": "x", "stie": SITE}), "stie"),
    ] {
        let reply = app.admin("POST", "/v1/keys", request);
        reply.assert_problem(422, "invalid_field", Some(field));
    }
    let listed = app.admin("GET", "/v1/keys", Value::Null).json();
    for key in listed["items"].as_array().unwrap() {
        // Both come from the configuration of the tests.
        let path = format!("/v1/keys/{}", key["id"].as_str().unwrap());
        app.admin("DELETE", &path, Value::Null)
            .assert_problem(409, "key_configured", None);
        app.admin("POST", &format!("{path}/rotate"), Value::Null)
            .assert_problem(409, "key_configured", None);
    }
    app.admin("PUT", "/v1/keys", Value::Null)
        .assert_problem(405, "method_not_allowed", None);
}
