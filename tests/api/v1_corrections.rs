//! `POST /v1/corrections` and `DELETE /v1/corrections/{id}`.

use serde_json::{Value, json};

use crate::app::TestApp;

fn checked(app: &TestApp, content: &str) -> String {
    let check = app
        .v1_check(&json!({"content": content, "site": "b.example"}))
        .json();
    check["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_correction_counts_once_is_replaced_and_taken_back() {
    let app = TestApp::start();
    let id = checked(&app, "Buy my book");
    let spam = app.v1_correct(&json!({"id": id, "label": "spam"})).json();
    assert_eq!(
        (&spam["id"], &spam["label"], &spam["previous"]),
        (&json!(id), &json!("spam"), &Value::Null)
    );
    let again = app.v1_correct(&json!({"id": id, "label": "spam"})).json();
    assert_eq!(again["sequence"], spam["sequence"]);
    assert_eq!(again["previous"], "spam");
    let ham = app.v1_correct(&json!({"id": id, "label": "ham"})).json();
    assert_eq!(
        (&ham["label"], &ham["previous"]),
        (&json!("ham"), &json!("spam"))
    );
    assert_eq!(app.v1_verdict(&id).json()["correction"]["label"], "ham");
    let retracted = app.v1_retract(&id);
    assert_eq!(
        (retracted.status, &retracted.json()["previous"]),
        (200, &json!("ham"))
    );
    assert!(app.v1_verdict(&id).json()["correction"].is_null());
    app.v1_retract(&id)
        .assert_problem(404, "no_such_correction", None);
}

#[test]
fn a_comment_is_corrected_with_or_without_an_earlier_check() {
    let app = TestApp::start();
    let id = checked(&app, "Seen before");
    let comment = json!({"content": "Seen before", "site": "b.example"});
    let reply = app
        .v1_correct(&json!({"comment": comment, "label": "spam"}))
        .json();
    assert_eq!(reply["id"], json!(id));
    let comment = json!({"content": "Never seen", "site": "b.example"});
    let reply = app
        .v1_correct(&json!({"comment": comment, "label": "ham"}))
        .json();
    let stored = app.v1_verdict(reply["id"].as_str().unwrap()).json();
    assert_eq!(
        (&stored["origin"], &stored["correction"]["label"]),
        (&json!("submitted"), &json!("ham"))
    );
}

#[test]
fn a_test_is_accepted_and_leaves_no_trace() {
    let app = TestApp::start();
    let comment = json!({"content": "Only a test", "test": true});
    let reply = app.v1_correct(&json!({"comment": comment, "label": "spam"}));
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(
        reply.json(),
        json!({"id": null, "label": "spam", "previous": null, "sequence": null})
    );
}

#[test]
fn faults_name_their_field() {
    let app = TestApp::start();
    let id = "0".repeat(32);
    for (body, field) in [
        (json!({"id": id}), "label"),
        (json!({"id": id, "label": "junk"}), "label"),
        (json!({"label": "spam"}), "id"),
        (
            json!({"id": id, "comment": {"content": "x"}, "label": "spam"}),
            "comment",
        ),
        (json!({"comment": {}, "label": "spam"}), "comment.content"),
        (
            json!({"comment": {"content": "x", "author": {"ip": "?"}}, "label": "spam"}),
            "comment.author.ip",
        ),
        (
            json!({"comment": {"content": 1}, "label": "spam"}),
            "comment.content",
        ),
    ] {
        app.v1_correct(&body)
            .assert_problem(422, "invalid_field", Some(field));
    }
    for id in [id.as_str(), "x"] {
        let reply = app.v1_correct(&json!({"id": id, "label": "spam"}));
        reply.assert_problem(404, "no_such_verdict", None);
        app.v1_retract(id)
            .assert_problem(404, "no_such_verdict", None);
    }
}
