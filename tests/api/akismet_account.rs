//! Account calls and those that need no key (C59-C74).

use serde_json::json;

use crate::app::{BAD_KEY, KEY, MIN, TestApp};

fn key_and(more: &str) -> String {
    format!("key={KEY}&api_key={KEY}&{more}")
}

#[test]
fn usage_limit_counts_and_says_more_on_demand() {
    let app = TestApp::start();
    app.comment_check(MIN);
    let expected = json!({"limit": "none", "usage": 1, "percentage": "0", "throttled": false});
    let reply = app.get(&format!("/1.2/usage-limit?api_key={KEY}"));
    assert_eq!(reply.json(), expected);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.assert_plain_headers();
    assert_eq!(app.form("/1.2/usage-limit", &key_and("")).json(), expected);
    let extended = app
        .get(&format!("/1.2/usage-limit?api_key={KEY}&extended=true"))
        .json();
    assert_eq!(
        (&extended["notice_level"], &extended["upgrade"]),
        (&json!("NOTICE_NONE"), &json!(false))
    );
}

#[test]
fn key_sites_come_in_pages_and_as_a_table() {
    let app = TestApp::start();
    for (blog, times) in [
        ("http://two.example/", 2),
        ("http://one.example/", 1),
        ("three.example/b", 3),
    ] {
        for _ in 0..times {
            let body = format!("api_key={KEY}&user_ip=203.0.113.9&blog={blog}");
            app.comment_check(&body).assert_verdict("false");
        }
    }
    let ask = |more: &str| app.get(&format!("/1.2/key-sites?api_key={KEY}{more}"));
    let all = ask("").json();
    let month = all
        .as_object()
        .unwrap()
        .keys()
        .find(|k| k.len() == 7)
        .unwrap()
        .clone();
    assert_eq!(
        (&all["limit"], &all["offset"], &all["total"]),
        (&json!(500), &json!(0), &json!(3))
    );
    let expected = json!({
        "site": "three.example/b", "api_calls": "3", "spam": "0", "ham": "3",
        "missed_spam": "0", "false_positives": "0", "is_revoked": false,
    });
    assert_eq!(all[&month][0], expected);
    let page = ask("&limit=1&offset=1").json();
    assert_eq!(page[&month].as_array().unwrap().len(), 1);
    assert_eq!(
        (&page[&month][0]["site"], &page["total"]),
        (&json!("two.example"), &json!(3))
    );
    assert_eq!(ask("&filter=ONE").json()[&month][0]["site"], "one.example");
    assert_eq!(
        ask("&month=2001-01").json(),
        json!({"2001-01": [], "limit": 500, "offset": 0, "total": 0})
    );
    assert!(ask("&extended=true").json()[&month][0]["hash"].is_string());

    let table = ask("&format=csv&limit=10&offset=2");
    assert_eq!(
        table.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(
        table.body,
        format!(
            "Active sites for ************ during {month} (limit:10, offset: 2, total: 3)\n\
             Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked\n\
             one.example,1,0,1,0,0,false\n"
        )
    );
}

#[test]
fn statistics_have_all_members_for_every_range() {
    let app = TestApp::start();
    let blog = "blog=http%3A%2F%2Fblog.example.com%2F";
    app.check_with("comment_author=viagra-test-123")
        .assert_verdict("true");
    for (path, from) in [
        ("/1.1/get-stats", "60-days"),
        ("/1.1/get-stats", "6-months"),
        ("/1.1/get-stats", "all"),
        ("/1.2/get-key-stats", "year"),
    ] {
        let stats = app
            .form(path, &key_and(&format!("{blog}&from={from}")))
            .json();
        assert_eq!(
            (&stats["spam"], &stats["ham"]),
            (&json!(1), &json!(0)),
            "{path} {from}"
        );
        assert_eq!(
            (&stats["accuracy"], &stats["time_saved"]),
            (&json!("100.00"), &json!(15))
        );
        let (_, last) = stats["breakdown"]
            .as_object()
            .unwrap()
            .iter()
            .next_back()
            .unwrap();
        for name in [
            "da",
            "spam",
            "ham",
            "missed_spam",
            "false_positives",
            "blogs",
        ] {
            assert!(!last[name].is_null(), "{path} {from} {last}");
        }
    }
}

#[test]
fn the_account_is_active_and_the_token_no_key() {
    let app = TestApp::start();
    let reply = app.form("/1.1/get-subscription", &key_and("blog=b.example"));
    assert_eq!(
        reply.json(),
        json!({
            "account_id": 1, "account_type": "self-hosted", "account_name": "Chaffinch",
            "status": "active", "next_billing_date": false, "limit_reached": false,
        })
    );
    let token = app.form("/1.1/token", &key_and("")).body;
    assert!(token.len() == 32 && !token.contains(KEY));
}

#[test]
fn a_deactivated_site_leaves_the_key_valid_and_comes_back_with_verify_key() {
    let app = TestApp::start();
    let body = key_and("blog=http://gone.example/");
    app.form("/1.1/deactivate", &body)
        .assert_text("deactivated");
    app.comment_check(&format!("{body}&user_ip=203.0.113.9"))
        .assert_verdict("false");
    assert!(is_revoked(&app));
    app.verify_key(&body).assert_text("valid");
    assert!(!is_revoked(&app));
    app.form("/1.1/deactivate", &key_and(""))
        .assert_refused("invalid", "We were unable to parse your blog URI");
}

/// Whether the only site of this month is no longer in use.
fn is_revoked(app: &TestApp) -> bool {
    let sites = app.get(&format!("/1.2/key-sites?api_key={KEY}")).json();
    let (_, rows) = sites.as_object().unwrap().iter().next().unwrap();
    rows[0]["is_revoked"].as_bool().unwrap()
}

#[test]
fn bad_keys_are_refused_everywhere() {
    let app = TestApp::start();
    let body = format!("key={BAD_KEY}&api_key={BAD_KEY}&blog=b.example&from=all");
    for path in [
        "/1.1/get-stats",
        "/1.2/get-key-stats",
        "/1.1/get-subscription",
        "/1.1/token",
        "/1.1/deactivate",
        "/1.2/usage-limit",
        "/1.2/key-sites",
    ] {
        app.form(path, &body)
            .assert_refused("invalid", "Invalid key");
    }
    app.get("/1.2/key-sites")
        .assert_refused("invalid", "Empty \"key\" value");
}

#[test]
fn public_calls_need_no_key() {
    let app = TestApp::start();
    app.get("/1.1/test").assert_text("connected");
    assert_eq!(app.get("/1.2/compatible-plugins").json(), json!([]));
}
