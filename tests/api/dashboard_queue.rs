//! The list of comments: looking through it, correcting, taking back.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::browser::Browser;

/// Checks a comment and gives the verdict's id.
fn check(app: &TestApp, body: &Value) -> String {
    let reply = app.v1_check(body);
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["id"].as_str().unwrap().to_owned()
}

fn correction(app: &TestApp, id: &str) -> Value {
    app.v1_verdict(id).json()["correction"].clone()
}

#[test]
fn a_click_corrects_and_another_takes_it_back() {
    let app = TestApp::start();
    let comment = json!({"content": "Our parish casino night is on Saturday: free poker and bonus prizes",
        "author": {"name": "Joe"}, "context": {"title": "What is on"}});
    let id = check(&app, &comment);
    let before = app.v1_check(&comment).json()["probability"]
        .as_f64()
        .unwrap();
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/queue");
    for text in [
        "parish casino night",
        "Joe",
        "What is on",
        "Not spam, do not learn",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let page = browser.submit(&page, "/correct", &[("act", &format!("ham {id}"))]);
    assert!(page.contains("Corrected: not spam") && page.contains("Corrected to not spam: 1"));
    assert_eq!(correction(&app, &id)["label"], "ham");
    let after = app.v1_check(&comment).json()["probability"]
        .as_f64()
        .unwrap();
    assert!(after < before, "{after} < {before}");

    // The notice has the way back, and is shown once.
    let page = browser.submit(&page, "/correct", &[("act", "undo"), ("id", &id)]);
    assert!(page.contains("Taken back: 1"), "{page}");
    assert!(correction(&app, &id).is_null());
    assert!(!browser.page("/queue").contains("Taken back"));
}

#[test]
fn not_spam_without_learning_teaches_nothing() {
    let app = TestApp::start();
    let comment = json!({"content": "Free casino bonus for everyone, poker and slots"});
    let id = check(&app, &comment);
    let probability = || {
        app.v1_check(&comment).json()["probability"]
            .as_f64()
            .unwrap()
    };
    let before = probability();
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/queue");
    let page = browser.submit(&page, "/correct", &[("act", &format!("leave {id}"))]);
    assert!(page.contains("not learned"), "{page}");
    assert_eq!(correction(&app, &id)["label"], "ham");
    assert!((probability() - before).abs() < 1e-12);

    // Learned after all, and then not.
    browser.submit(&page, "/correct", &[("act", &format!("ham {id}"))]);
    assert!(probability() < before);
    browser.submit(&page, "/correct", &[("act", &format!("leave {id}"))]);
    assert!((probability() - before).abs() < 1e-12);
}

#[test]
fn many_are_corrected_and_taken_back_at_once() {
    let app = TestApp::start();
    let ids: Vec<_> = (0..5)
        .map(|n| check(&app, &json!({"content": format!("Comment number {n}")})))
        .collect();
    app.v1_correct(&json!({"id": ids[0], "label": "ham"}));
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/queue");
    let mut fields: Vec<_> = ids[..3].iter().map(|id| ("id", id.as_str())).collect();
    fields.push(("act", "spam"));
    let page = browser.submit(&page, "/correct", &fields);
    assert!(page.contains("Corrected to spam: 3"), "{page}");
    for (at, id) in ids.iter().enumerate() {
        assert_eq!(correction(&app, id)["label"] == "spam", at < 3, "{at}");
    }
    // The notice knows what held before.
    let notice = page.split("class=\"notice\"").nth(1).unwrap();
    let notice = notice.split("</form>").next().unwrap();
    let named = notice.split("name=\"id\" value=\"").skip(1);
    let named: Vec<_> = named.map(|rest| rest.split('"').next().unwrap()).collect();
    let mut fields: Vec<_> = named.iter().map(|id| ("id", *id)).collect();
    fields.push(("act", "undo"));
    browser.submit(&page, "/correct", &fields);
    assert_eq!(correction(&app, &ids[0])["label"], "ham");
    assert!(correction(&app, &ids[1]).is_null() && correction(&app, &ids[2]).is_null());
    let page = browser.submit(&page, "/correct", &[("act", "spam")]);
    assert!(page.contains("Nothing was selected."));
}

#[test]
fn filters_and_pages_lead_to_every_comment_once() {
    let app = TestApp::start();
    for n in 0..35 {
        let site = if n % 2 == 0 {
            "https://a.example/"
        } else {
            "https://b.example/"
        };
        check(
            &app,
            &json!({"content": format!("Comment <{n}>"), "site": site}),
        );
    }
    let mut browser = Browser::of_admin(&app);
    let first = browser.page("/queue");
    let (_, rest) = first.split_once(r#"<a href="/queue?before="#).unwrap();
    let older = format!("/queue?before={}", rest.split('"').next().unwrap());
    let second = browser.page(&older);
    for n in 0..35 {
        let text = format!("Comment &#60;{n}&#62;");
        assert_eq!(first.contains(&text), n >= 5, "{n}");
        assert_eq!(second.contains(&text), n < 5, "{n}");
    }
    let of_a = browser.page("/queue?site=a.example");
    assert!(of_a.contains("Comment &#60;34&#62;") && !of_a.contains("Comment &#60;33&#62;"));
    let one = browser.page("/queue?q=%3C7%3E&from=2020-01-01");
    assert_eq!(one.matches("<li class=\"row").count(), 1);
    assert!(
        browser
            .page("/queue?to=2020-01-01")
            .contains("No comments here.")
    );
    let wrong = browser.get("/queue?from=yesterday");
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("From:"), "{}", wrong.body);
}

#[test]
fn hostile_comments_are_shown_as_text() {
    let app = TestApp::start();
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> \u{202e}olleh\u{0}";
    let id = check(
        &app,
        &json!({"content": hostile, "author": {"name": "<b>\u{202e}x\"</b>"},
        "context": {"title": "'\"><svg onload=alert(3)>"}}),
    );
    let bytes = [b"api_key=123456789abc&blog=http%3A%2F%2Fblog.example.com%2F&user_ip=203.0.113.9&comment_content=" as &[u8],
        b"\xff\xfe caf\xe9"].concat();
    app.post(
        "/1.1/comment-check",
        "application/x-www-form-urlencoded",
        &bytes[..],
    );
    check(&app, &json!({"content": "long ".repeat(400_000)}));
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/queue");
    assert!(page.contains("&#60;script&#62;alert(1)") && page.contains("[U+202E]olleh[U+0000]"));
    for raw in [
        "<script>alert",
        "<img src=x",
        "<svg onload",
        "<b>",
        "\u{202e}",
        "\u{0}",
    ] {
        assert!(!page.contains(raw), "{raw:?}");
    }
    assert!(page.len() < 100_000, "{}", page.len());
    assert!(page.contains(&id));
}

#[test]
fn what_is_gone_is_told_so() {
    let app = TestApp::start();
    let id = check(&app, &json!({"content": "Here today"}));
    let mut browser = Browser::of_admin(&app);
    let page = browser.page("/queue");
    let token = crate::browser::token(&page).to_owned();
    let erased = app.v1_delete(&format!("/v1/verdicts/{id}"), crate::app::ADMIN);
    assert!(erased.status < 300, "{erased:?}");
    let reply = browser.send(
        "/correct",
        &[("token", &token), ("act", &format!("spam {id}"))],
    );
    assert_eq!(reply.status, 404);
    assert!(reply.body.contains("Nothing is here"), "{}", reply.body);
    for act in ["", "shout", "spam nonsense"] {
        let reply = browser.send("/correct", &[("token", &token), ("act", act)]);
        assert_eq!(reply.status, 409, "{act}");
    }
}
