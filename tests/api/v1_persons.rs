//! What a person may ask for, and what is kept in the first place.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::app::{ADMIN, KEY, TestApp};

const SITE: &str = "blog.example.com";
const TEXT: &str = "I am allergic to hazelnuts and write about it.";

fn hers(site: &str) -> Value {
    json!({"site": site, "content": TEXT, "permalink": "https://blog.example.com/nuts",
        "author": {"name": "Zenobia Quill", "email": "zenobia.quill@example.org",
            "url": "https://quill.example", "ip": "198.51.100.77", "user_agent": "Quillfox"}})
}

fn id_of(reply: &Value) -> String {
    reply["id"].as_str().unwrap().to_owned()
}

fn bytes_of(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        bytes.extend(match path.is_dir() {
            true => bytes_of(&path),
            false => std::fs::read(path).unwrap(),
        });
    }
    bytes
}

#[test]
fn an_export_has_everything_and_an_erasure_leaves_nothing() {
    let app = TestApp::start();
    let first = id_of(&app.v1_check(&hers(SITE)).json());
    let second = id_of(&app.v1_check(&hers("other.example.com")).json());
    let others = json!({"site": SITE, "content": "Something else", "author": {"name": "Joe"}});
    let others = id_of(&app.v1_check(&others).json());
    app.v1_correct(&json!({"id": first, "label": "spam"}));

    let ask = |path: &str, who: Value| app.v1_post(path, Some(ADMIN), &who.to_string());
    let email = json!({"email": "Zenobia.Quill@example.org"});
    let export = ask("/v1/exports", email.clone());
    assert_eq!(export.header("content-type"), Some("application/json"));
    let verdicts = export.json()["verdicts"].clone();
    assert_eq!(verdicts.as_array().unwrap().len(), 2);
    assert_eq!(verdicts[0]["comment"]["content"], TEXT);
    assert_eq!(verdicts[0]["correction"]["label"], "spam");
    assert!(verdicts[0]["comment"]["author"]["ip"].is_null());
    for who in [
        json!({"ip": "198.51.100.77", "site": SITE}),
        json!({"author": "zenobia QUILL", "site": "https://blog.example.com/"}),
    ] {
        let export = ask("/v1/exports", who).json();
        assert_eq!(export["verdicts"][0]["id"], json!(first));
        assert_eq!(export["verdicts"].as_array().unwrap().len(), 1);
    }
    let nobody = ask("/v1/exports", json!({"author": "Nobody"}));
    assert_eq!(nobody.body, r#"{"verdicts":[],"rules":[]}"#);

    let erased = ask("/v1/erasures", email.clone()).json();
    assert_eq!(
        erased,
        json!({"erased": 2, "retracted": 0, "kept_learned": 1, "sequence": erased["sequence"]})
    );
    assert!(erased["sequence"].is_u64());
    for id in [&first, &second] {
        app.v1_verdict(id)
            .assert_problem(404, "no_such_verdict", None);
    }
    assert_eq!(app.v1_verdict(&others).status, 200);
    assert_eq!(
        ask("/v1/exports", email.clone()).body,
        r#"{"verdicts":[],"rules":[]}"#
    );
    assert_eq!(ask("/v1/erasures", email).json()["sequence"], json!(null));
    let bytes = bytes_of(app.data());
    for trace in [
        "Zenobia",
        "zenobia",
        "hazelnuts",
        "quill.example",
        "Quillfox",
        "198.51.100",
    ] {
        let trace = trace.as_bytes();
        assert!(!bytes.windows(trace.len()).any(|window| window == trace));
    }
    // What was learned stays, over a restart too.
    let app = app.restart();
    assert_eq!(app.get("/readyz").json()["learned_from"], 1);
    app.v1_verdict(&first)
        .assert_problem(404, "no_such_verdict", None);
}

#[test]
fn only_an_admin_erases_and_a_wrong_request_is_named() {
    let app = TestApp::start();
    let id = id_of(&app.v1_check(&hers(SITE)).json());
    for path in ["/v1/erasures", "/v1/exports"] {
        app.v1_post(path, Some(KEY), r#"{"author":"Zenobia Quill"}"#)
            .assert_problem(403, "admin_only", None);
        for (body, field) in [
            ("{}", "email"),
            (r#"{"email":" "}"#, "email"),
            (r#"{"ip":"nonsense"}"#, "ip"),
            (r#"{"email":"a@b.example","author":"x"}"#, "author"),
            (r#"{"author":"x","site":"<b>"}"#, "site"),
            (r#"{"name":"x"}"#, "name"),
        ] {
            let refused = app.v1_post(path, Some(ADMIN), body);
            refused.assert_problem(422, "invalid_field", Some(field));
        }
    }
    app.v1_delete(&format!("/v1/verdicts/{id}"), KEY)
        .assert_problem(403, "admin_only", None);
    let deleted = app.v1_delete(&format!("/v1/verdicts/{id}"), ADMIN);
    assert_eq!(deleted.json()["erased"], 1);
    app.v1_delete(&format!("/v1/verdicts/{id}"), ADMIN)
        .assert_problem(404, "no_such_verdict", None);
}

#[test]
fn a_site_may_want_its_corrections_taken_back_and_its_addresses_kept() {
    let app = TestApp::start();
    app.set_site(SITE, json!({"erasure": "retract", "keep_ip": true}));
    let id = id_of(&app.v1_check(&hers(SITE)).json());
    let kept = app.v1_verdict(&id).json();
    assert_eq!(kept["comment"]["author"]["ip"], "198.51.100.77");
    app.v1_correct(&json!({"id": id, "label": "spam"}));
    let before = app.v1_check(&hers(SITE)).json()["probability"].clone();
    let erased = app.v1_post("/v1/erasures", Some(ADMIN), r#"{"ip":"198.51.100.77"}"#);
    assert_eq!(erased.json()["retracted"], 1);
    assert_eq!(app.get("/readyz").json()["learned_from"], 0);
    assert_ne!(app.v1_check(&hers(SITE)).json()["probability"], before);
}

#[test]
fn what_is_over_its_time_goes_as_the_site_wants() {
    let now = Timestamp::now();
    let app = TestApp::start_at(now - SignedDuration::from_hours(24 * 31));
    app.set_site(SITE, json!({"retention_days": 30}));
    app.set_site(
        "short.example.com",
        json!({"retention_days": 30, "retention_what": "record"}),
    );
    let id = |site| id_of(&app.v1_check(&hers(site)).json());
    let content = id(SITE);
    let record = id("short.example.com");
    let later = id("other.example.com");
    let corrected = id("corrected.example.com");
    app.v1_correct(&json!({"id": corrected, "label": "spam"}));
    assert_eq!(app.service.sweep().unwrap(), 0);
    app.set_clock(now);
    assert_eq!(app.service.sweep().unwrap(), 2);
    assert_eq!(app.service.sweep().unwrap(), 0);
    app.v1_verdict(&record)
        .assert_problem(404, "no_such_verdict", None);
    assert_eq!(app.v1_verdict(&later).json()["comment"]["content"], TEXT);
    let head = app.v1_verdict(&content).json();
    assert!(head["comment"].is_null());
    assert_eq!(head["site"], SITE);
    assert!(
        head["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .all(|reason| reason["detail"] == "")
    );
    app.v1_correct(&json!({"id": content, "label": "spam"}))
        .assert_problem(410, "comment_gone", None);
    let explained = app.v1_get(&format!("/v1/verdicts/{content}/explanation"), KEY);
    assert!(explained.json()["now"].is_null());
    // Counts know no person, and stay.
    let stats = app.v1_get("/v1/stats?from=2020-01-01&to=2020-01-02", KEY);
    assert_eq!(stats.status, 200);

    app.set_site("other.example.com", json!({"retention_days": 7}));
    assert_eq!(app.service.sweep().unwrap(), 1);
    assert!(app.v1_verdict(&later).json()["comment"].is_null());

    // What holds no comment goes after two years, unless somebody corrected it.
    app.set_clock(now + SignedDuration::from_hours(24 * 700));
    assert_eq!(app.service.sweep().unwrap(), 3);
    assert_eq!(app.service.sweep().unwrap(), 0);
    for gone in [&content, &later] {
        app.v1_verdict(gone)
            .assert_problem(404, "no_such_verdict", None);
    }
    let kept = app.v1_verdict(&corrected).json();
    assert_eq!(kept["correction"]["label"], "spam");
}

#[test]
fn form_fields_and_cookies_of_visitors_are_not_kept() {
    let app = TestApp::start();
    let reply = app.check_with(
        "comment_author=Zed&comment_content=Hello&POST_secret=sesame&HTTP_COOKIE=session%3Dsesame",
    );
    let kept = app.v1_verdict(reply.guid());
    assert!(kept.body.contains("Zed") && !kept.body.contains("sesame"));
    let export = app.v1_post("/v1/exports", Some(ADMIN), r#"{"author":"zed"}"#);
    assert!(export.body.contains("Hello") && !export.body.contains("sesame"));
}

#[test]
fn an_export_names_the_rules_on_the_person_which_no_erasure_removes() {
    let app = TestApp::start();
    let rule = |kind: &str, pattern: &str, site: Value| {
        let rule = json!({"match": kind, "pattern": pattern, "outcome": "hold", "site": site});
        let made = app.admin("POST", "/v1/rules", rule);
        assert_eq!(made.status, 201, "{made:?}");
        made.json()["id"].clone()
    };
    let all = rule("email", "Zenobia.Quill@example.org", Value::Null);
    let own = rule("email", "zenobia.quill@example.org", json!(SITE));
    let ip = rule("ip", "198.51.100.77", Value::Null);
    rule("ip", "198.51.100.0/24", Value::Null);
    rule("email_domain", "example.org", Value::Null);
    let ask = |who: Value| {
        let export = app.admin("POST", "/v1/exports", who).json();
        let rules = export["rules"].as_array().unwrap().iter();
        rules.map(|rule| rule["id"].clone()).collect::<Vec<_>>()
    };
    let hers = json!({"email": "zenobia.quill@EXAMPLE.org"});
    assert_eq!(ask(hers.clone()), [all.clone(), own.clone()]);
    assert_eq!(ask(json!({"ip": "::ffff:198.51.100.77"})), [ip]);
    let here = json!({"email": "zenobia.quill@example.org", "site": SITE});
    assert_eq!(ask(here), std::slice::from_ref(&own));
    app.admin("POST", "/v1/erasures", hers.clone());
    assert_eq!(ask(hers), [all, own]);
}
