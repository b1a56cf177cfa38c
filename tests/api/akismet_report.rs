//! submit-spam and submit-ham (C52-C58).

use crate::app::{BAD_KEY, KEY, KEYLESS, MIN, TestApp};

const THANKS: &str = "Thanks for making the web a better place.";

#[test]
fn reports_are_thanked_for_however_sparse_or_repeated() {
    let app = TestApp::start();
    let full = format!("{MIN}&comment_content=Something+said&comment_author=Ann");
    app.comment_check(&full).assert_verdict("false");
    for body in [
        full.clone(),
        full.clone(),
        format!("api_key={KEY}&comment_content=No+blog+and+no+address"),
        format!("{MIN}&comment_content=A+test&is_test=1"),
        MIN.to_owned(),
        format!("{full}&reporter=admin&comment_check_response=false&site_domain=b.example"),
    ] {
        app.submit_spam(&body).assert_text(THANKS);
        app.submit_ham(&body).assert_text(THANKS);
    }
}

#[test]
fn coral_reports_in_json_without_a_blog() {
    let app = TestApp::start();
    let body =
        serde_json::json!({ "api_key": KEY, "user_ip": "203.0.113.9", "comment_content": "x" });
    app.post("/1.1/submit-spam", "application/json", &body.to_string())
        .assert_text(THANKS);
}

#[test]
fn reports_with_a_bad_key_are_refused() {
    let app = TestApp::start();
    let body = format!("{KEYLESS}&api_key={BAD_KEY}&comment_content=x");
    for reply in [app.submit_spam(&body), app.submit_ham(&body)] {
        reply.assert_refused("invalid", "Invalid key");
    }
}

#[test]
fn a_report_finds_the_check_that_it_means() {
    let app = TestApp::start();
    let body = format!("{MIN}&comment_content=You+won+a+prize&comment_author=Eve");
    let id = app.comment_check(&body).guid().to_owned();
    app.submit_spam(&body).assert_text(THANKS);
    let stored = app.v1_verdict(&id).json();
    assert_eq!(stored["correction"]["label"], "spam", "{stored}");
    assert_eq!(stored["verdict"], "ham");
    app.submit_ham(&body).assert_text(THANKS);
    assert_eq!(app.v1_verdict(&id).json()["correction"]["label"], "ham");
}
