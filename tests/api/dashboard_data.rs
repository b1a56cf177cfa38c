//! Backup, export, import and evaluation at the dashboard.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::browser::{Browser, token};

const SITE: &str = "blog.example.com";

/// The page once no work is under way any more.
fn settled(browser: &mut Browser<'_>) -> String {
    let began = Instant::now();
    loop {
        let page = browser.page("/data");
        if !page.contains("data-poll") {
            return page;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{page}");
        sleep(Duration::from_millis(20));
    }
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_backup_and_the_corrected_comments_are_downloaded() {
    let app = TestApp::start();
    for (content, label) in [
        ("Cheap pills", "spam"),
        ("I like currants", "ham"),
        ("Nobody said", ""),
    ] {
        let comment = json!({"content": content, "site": SITE, "author": {"name": "Ann"}});
        let id = app.v1_check(&comment).json()["id"].clone();
        if !label.is_empty() {
            app.v1_correct(&json!({"id": id, "label": label}));
        }
    }
    let mut admin = Browser::of_admin(&app);
    let page = admin.page("/data");
    let fields = [("token", token(&page))];
    let backup = admin.send("/data/backup", &fields);
    assert_eq!(backup.status, 200);
    let name = backup.header("content-disposition").unwrap();
    assert!(
        name.starts_with("attachment; filename=\"chaffinch-"),
        "{name}"
    );
    assert!(lines(&backup.body).len() > 5);
    let exported = admin.send("/data/export", &fields);
    let exported = lines(&exported.body);
    let said: Vec<_> = exported
        .iter()
        .map(|l| (&l["content"], &l["label"]))
        .collect();
    assert_eq!(
        said,
        [
            (&json!("Cheap pills"), &json!("spam")),
            (&json!("I like currants"), &json!("ham"))
        ]
    );
    assert_eq!(admin.send("/data/backup", &[]).status, 409);
}

#[test]
fn a_file_is_looked_at_then_taught_then_taken_back() {
    let app = TestApp::start();
    let mut admin = Browser::of_admin(&app);
    let page = admin.page("/data");
    let fields = [("token", token(&page)), ("site", SITE)];
    let file: String = (0..6)
        .map(|n| {
            let label = if n % 2 == 0 { "spam" } else { "ham" };
            format!(
                "{}\n",
                json!({"label": label, "content": format!("A word on plum {n}")})
            )
        })
        .collect();
    let reply = admin.upload("/data/import", &fields, &file);
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some("/data/import"))
    );
    let looked_at = admin.page("/data/import");
    for shown in [
        "<strong>6</strong>",
        "ham</th><td class=\"number\">3",
        "Nothing of it is taught yet",
        SITE,
    ] {
        assert!(looked_at.contains(shown), "{shown}: {looked_at}");
    }
    let learned = || app.admin("GET", "/v1/model", Value::Null).json()["learned_from"].clone();
    assert_eq!(learned(), 0);
    admin.submit(&looked_at, "/data/teach", &[]);
    let page = settled(&mut admin);
    assert!(page.contains("Comments taught: 6"), "{page}");
    assert_eq!(learned(), 6);
    let again = admin.send("/data/teach", &[("token", token(&page))]);
    assert_eq!(again.status, 409, "it was taught already");
    let (_, key) = page.split_once("name=\"key\" value=\"").unwrap();
    let key = key.split('"').next().unwrap();
    admin.submit(&page, "/data/take-back", &[("key", key)]);
    assert_eq!(learned(), 0);
}

#[test]
fn what_is_no_labelled_comment_is_refused_with_its_line() {
    let app = TestApp::start();
    let mut admin = Browser::of_admin(&app);
    let page = admin.page("/data");
    let fields = [("token", token(&page))];
    let good = json!({"label": "ham", "content": "Hi"}).to_string();
    for (file, told) in [
        (String::new(), "no comment in the file"),
        (
            format!("{good}\n{{\"content\": \"<b>\"}}"),
            "Line 2 is no labelled comment: missing field `label`",
        ),
        ("x".repeat(17 << 20), "longer than 16 MiB"),
    ] {
        let reply = admin.upload("/data/import", &fields, &file);
        assert_eq!(reply.status, 422, "{}", reply.body);
        assert!(reply.body.contains(told), "{told}: {}", reply.body);
    }
    assert_eq!(admin.upload("/data/import", &[], &good).status, 409);
    assert_eq!(admin.get("/data/import").status, 303, "nothing waits");
}

#[test]
fn the_filter_is_evaluated_on_its_own_corrections() {
    let app = TestApp::start();
    for n in 0..6 {
        for (content, label) in [
            ("Buy cheap casino bonus", "spam"),
            ("I pruned my currants", "ham"),
        ] {
            let comment = json!({"content": format!("{content} {n}"), "site": SITE});
            let id = app.v1_check(&comment).json()["id"].clone();
            app.v1_correct(&json!({"id": id, "label": label}));
        }
    }
    let mut admin = Browser::of_admin(&app);
    let page = admin.page("/data");
    admin.submit(&page, "/data/evaluate", &[]);
    let page = settled(&mut admin);
    for shown in [
        "12 corrected comments, 6 not spam and 6 spam.",
        "ROC area",
        "1.000 (1.000–1.000)",
        "/data/roc.svg",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let svg = admin.get("/data/roc.svg");
    assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
    assert!(svg.body.contains("<svg") && svg.body.contains("learning from each"));
}

#[test]
fn only_admins_of_every_site_get_at_the_data() {
    let app = TestApp::start();
    for grant in [
        json!({"name": "Mia", "scopes": ["moderate"]}),
        json!({"name": "Ruth", "scopes": ["admin"], "site": SITE}),
    ] {
        let key = app.admin("POST", "/v1/keys", grant).json()["secret"].clone();
        let mut person = Browser::of(&app, key.as_str().unwrap());
        let page = person.page("/queue");
        assert!(!page.contains("href=\"/data\""));
        for path in ["/data", "/data/import", "/data/roc.svg"] {
            assert_eq!(person.get(path).status, 403, "{path}");
        }
        let fields = [("token", token(&page))];
        for path in [
            "/data/backup",
            "/data/export",
            "/data/teach",
            "/data/evaluate",
            "/data/take-back",
        ] {
            assert_eq!(person.send(path, &fields).status, 403, "{path}");
        }
        assert_eq!(person.upload("/data/import", &fields, "x").status, 403);
    }
}
