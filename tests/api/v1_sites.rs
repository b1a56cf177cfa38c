//! `/v1/sites`.

use serde_json::{Value, json};

use crate::app::{KEY, TestApp};

const SITE: &str = "blog.example.com";

#[test]
fn a_site_is_set_up_changed_and_forgotten() {
    let mut app = TestApp::start();
    let request = json!({"site": "https://blog.example.com/", "settings": {"shadow": true}});
    let created = app.admin("POST", "/v1/sites", request.clone());
    assert_eq!(created.status, 201, "{created:?}");
    let created = created.json();
    assert_eq!(
        (&created["site"], &created["active"]),
        (&json!(SITE), &json!(true))
    );
    assert_eq!(created["settings"]["shadow"], true);
    assert_eq!(created["settings"]["retention_days"], 90);
    app.admin("POST", "/v1/sites", request)
        .assert_problem(409, "site_exists", None);

    let path = format!("/v1/sites/{SITE}");
    let patched = app
        .admin("PATCH", &path, json!({"retention_days": 30}))
        .json();
    assert_eq!(patched["settings"]["retention_days"], 30);
    assert_eq!(patched["settings"]["shadow"], true);
    let put = app.admin("PUT", &path, json!({"notes": "moved"})).json();
    assert_eq!(put["settings"]["shadow"], false);
    app = app.restart();
    let read = app.admin("GET", &path, Value::Null).json();
    assert_eq!(read, put);

    assert_eq!(app.admin("DELETE", &path, Value::Null).status, 204);
    app.admin("GET", &path, Value::Null)
        .assert_problem(404, "no_such_site", None);
    app.admin("DELETE", &path, Value::Null)
        .assert_problem(404, "no_such_site", None);
}

#[test]
fn a_site_in_a_folder_is_found_with_and_without_encoded_slashes() {
    let app = TestApp::start();
    let put = app.admin(
        "PUT",
        "/v1/sites/example.com/blog/en",
        json!({"learning": false}),
    );
    assert_eq!(put.json()["site"], "example.com/blog/en", "{put:?}");
    for path in [
        "/v1/sites/example.com%2Fblog%2Fen",
        "/v1/sites/https%3A%2F%2Fexample.com%2Fblog%2Fen%2F",
    ] {
        let read = app.admin("GET", path, Value::Null);
        assert_eq!(read.json(), put.json(), "{path}");
    }
}

#[test]
fn sites_are_listed_with_those_that_only_asked() {
    let app = TestApp::start();
    app.v1_check(&json!({"content": "x", "site": "asked.example.com"}));
    app.admin("PUT", &format!("/v1/sites/{SITE}"), json!({}));
    let first = app.admin("GET", "/v1/sites?limit=1", Value::Null).json();
    assert_eq!(first["items"][0]["site"], "asked.example.com");
    assert_eq!(first["items"][0]["configured_at"], Value::Null);
    let path = format!(
        "/v1/sites?cursor={}",
        first["next_cursor"].as_str().unwrap()
    );
    let second = app.admin("GET", &path, Value::Null).json();
    assert_eq!(second["items"][0]["site"], SITE);
    assert_eq!(second["next_cursor"], Value::Null);
}

#[test]
fn the_secret_of_the_callback_is_never_shown() {
    let app = TestApp::start();
    let path = format!("/v1/sites/{SITE}");
    let secret = "0123456789abcdef";
    let put = app.admin(
        "PUT",
        &path,
        json!({"callback": {"allowed": true, "secret": secret}}),
    );
    assert!(!put.body.contains(secret), "{put:?}");
    assert_eq!(put.json()["callback_signed"], true);
    // What was read can be sent back without losing it.
    let back = app.admin("PUT", &path, put.json()["settings"].clone());
    assert_eq!(back.json()["callback_signed"], true);
    let gone = app.admin("PATCH", &path, json!({"callback": {"secret": null}}));
    assert_eq!(gone.json()["callback_signed"], false);
    assert_eq!(gone.json()["settings"]["callback"]["allowed"], true);
}

#[test]
fn sites_are_for_admins_and_faults_name_their_field() {
    let app = TestApp::start();
    let path = format!("/v1/sites/{SITE}");
    for (method, path) in [
        ("GET", "/v1/sites"),
        ("POST", "/v1/sites"),
        ("GET", &path),
        ("PUT", &path),
        ("PATCH", &path),
        ("DELETE", &path),
    ] {
        app.v1(method, path, KEY, None)
            .assert_problem(403, "admin_only", None);
    }
    for (method, path, body, field) in [
        ("POST", "/v1/sites", json!({}), "site"),
        ("POST", "/v1/sites", json!({"site": "<b>"}), "site"),
        (
            "POST",
            "/v1/sites",
            json!({"site": SITE, "settings": {"shadow": 1}}),
            "settings.shadow",
        ),
        ("PUT", &path, json!({"shadwo": true}), "shadwo"),
        (
            "PATCH",
            &path,
            json!({"callback": {"secret": "short"}}),
            "callback.secret",
        ),
        (
            "PATCH",
            &path,
            json!({"thresholds": {"unsure": 2, "spam": 0, "discard": 0}}),
            "thresholds",
        ),
    ] {
        let reply = app.admin(method, path, body);
        reply.assert_problem(422, "invalid_field", Some(field));
    }
    app.admin("PUT", "/v1/sites/%3Cb%3E", json!({}))
        .assert_problem(404, "no_such_site", None);
}
