//! What was acknowledged is still there after the process was killed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::json;
use support::Server;

const TEXT: &str =
    "Visit our online casino and claim your free bonus today, best slots and betting";

#[test]
fn a_kill_right_after_an_acknowledged_correction_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let untaught = server.judge(TEXT);
    let checked = server.post("/v1/check", &json!({"content": TEXT}));
    let id = checked["id"].as_str().unwrap().to_owned();
    let receipt = server.post("/v1/corrections", &json!({"id": id, "label": "ham"}));
    assert_eq!(receipt["previous"], json!(null));
    let taught = server.judge(TEXT);
    assert_eq!(taught["learned_from"], 1);
    assert_ne!(taught["probability"], untaught["probability"]);
    // Something new, and then no time for anything.
    let late = server.post(
        "/v1/corrections",
        &json!({"comment": {"content": "another text entirely"}, "label": "spam"}),
    );
    server.kill();

    let server = Server::start(&data);
    let again = server.post("/v1/corrections", &json!({"id": id, "label": "ham"}));
    assert_eq!(
        again["sequence"], receipt["sequence"],
        "it was not counted twice"
    );
    let verdict = server.get(&format!("/v1/verdicts/{}", late["id"].as_str().unwrap()));
    assert!(
        verdict.to_string().contains("another text entirely"),
        "{verdict}"
    );
    let after = server.judge(TEXT);
    assert_eq!(after["learned_from"], 2);
    // Take the second correction out of it by teaching the same to a fresh server in one go.
    let fresh = Server::start(&folder.path().join("fresh"));
    fresh.post("/v1/check", &json!({"content": TEXT}));
    fresh.post(
        "/v1/corrections",
        &json!({"comment": {"content": TEXT}, "label": "ham"}),
    );
    assert_eq!(fresh.judge(TEXT)["probability"], taught["probability"]);
    fresh.post(
        "/v1/corrections",
        &json!({"comment": {"content": "another text entirely"}, "label": "spam"}),
    );
    assert_eq!(fresh.judge(TEXT), after, "a restart changes no verdict");
}
