//! `chaffinch backup`, `restore`, `export`, `import` and `doctor`, and taking back what a key taught.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{Server, TOKEN, chaffinch, refusal, run};

/// What a command prints, which must go well.
fn text(args: &[&str]) -> String {
    let output = run(chaffinch().args(args), "");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?} {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&text(&[args, &["--json"]].concat())).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn admin(server: &Server, method: &str, path: &str, body: &Value) -> Value {
    let (status, text) = server.admin(method, path, body);
    assert!((200..300).contains(&status), "{method} {path}: {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

#[test]
fn a_backup_of_a_running_server_is_restored_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data"));
    let text_of =
        |n| json!({"content": format!("comment {n} about currants"), "site": "blog.example.com"});
    let ids: Vec<Value> = (0..5)
        .map(|n| server.post("/v1/check", &text_of(n))["id"].clone())
        .collect();
    server.post("/v1/corrections", &json!({"id": ids[1], "label": "spam"}));
    let rule = json!({"match": "word", "pattern": "casino", "outcome": "hold"});
    admin(&server, "POST", "/v1/rules", &rule);
    let judged = server.judge("comment 1 about currants");

    let file = folder.path().join("backup.jsonl");
    let reach = ["--url", &server.base, "--admin-token", TOKEN];
    let written = json(&[&["backup", path(&file)][..], &reach].concat());
    assert_eq!(written["verdicts"], 5);
    assert_eq!(written["bytes"], fs::metadata(&file).unwrap().len());
    let again = refusal(&run(
        chaffinch().args(["backup", path(&file)]).args(reach),
        "",
    ));
    assert!(again.ends_with("is there already"), "{again}");
    // Something that only the old one has.
    server.post("/v1/check", &text_of(6));
    server.kill();

    let restored = folder.path().join("restored");
    let reply = json(&["restore", path(&file), "--data", path(&restored)]);
    assert_eq!(
        (&reply["verdicts"], &reply["events"]),
        (&written["verdicts"], &written["events"])
    );
    let server = Server::start(&restored);
    assert_eq!(server.judge("comment 1 about currants"), judged);
    let list = server.get("/v1/verdicts");
    let shown: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["id"].clone())
        .collect();
    assert_eq!(shown, ids.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(list["items"][3]["correction"]["label"], "spam");
    assert_eq!(
        admin(&server, "GET", "/v1/rules", &json!({}))["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    server.terminate();
    server.wait();

    let full = refusal(&run(
        chaffinch().args(["restore", path(&file), "--data", path(&restored)]),
        "",
    ));
    assert!(full.contains("is not empty"), "{full}");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let broken = folder.path().join("broken");
    let cut = refusal(&run(
        chaffinch().args(["restore", path(&file), "--data", path(&broken)]),
        "",
    ));
    assert!(cut.contains("cut off"), "{cut}");
    let half = refusal(&run(
        chaffinch().args(["serve", "--log", "off", "--data", path(&broken)]),
        "",
    ));
    assert!(half.contains("restore again"), "{half}");
}

#[test]
fn labelled_comments_are_exported_imported_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    for data in [&one, &two] {
        let server = Server::start(data);
        if data == &one {
            for (n, label) in ["spam", "ham", "spam"].iter().enumerate() {
                let comment = json!({"content": format!("text {n}"), "author": {"name": "Joe"}});
                server.post(
                    "/v1/corrections",
                    &json!({"comment": comment, "label": label}),
                );
            }
        }
        server.terminate();
        server.wait();
    }
    let exported = text(&["export", "--labelled", "--data", path(&one)]);
    assert_eq!(exported.lines().count(), 3);
    let first: Value = serde_json::from_str(exported.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["label"], &first["content"], &first["author"]),
        (&json!("spam"), &json!("text 0"), &json!("Joe"))
    );
    let file = folder.path().join("labelled.jsonl");
    fs::write(&file, &exported).unwrap();
    let taught = json(&["import", path(&file), "--data", path(&two)]);
    assert_eq!(taught["comments"], 3);
    // Everything, as a backup has it.
    let everything = text(&["export", "--data", path(&two)]);
    assert_eq!(
        everything.matches("\"corrected\"").count() + everything.matches("\"Corrected\"").count(),
        3
    );
    assert!(everything.lines().last().unwrap().starts_with("{\"end\":"));
    let server = Server::start(&two);
    assert_eq!(server.get("/readyz")["learned_from"], 3);
    // One of them is said again by somebody else, and stands; another is taken over by nobody.
    let key = taught["key"].as_str().unwrap();
    let taken = json(&[
        "key",
        "take-back",
        key,
        "--url",
        &server.base,
        "--admin-token",
        TOKEN,
    ]);
    assert_eq!(taken["corrections"], 3);
    assert_eq!(server.get("/readyz")["learned_from"], 0);
    server.terminate();
    server.wait();
    let none = refusal(&run(
        chaffinch().args(["key", "take-back", "0123456789ab", "--data", path(&two)]),
        "",
    ));
    assert_eq!(none, "chaffinch: no such key");
}

/// What a key taught before it was rotated or revoked goes as well; what others taught stays.
#[test]
fn what_a_revoked_key_taught_is_taken_back_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let key = admin(&server, "POST", "/v1/keys", &json!({"name": "poisoner"}));
    let teach = |secret: &str, content: &str, label: &str| {
        let body = json!({"comment": {"content": content}, "label": label});
        let reply = ureq::post(format!("{}/v1/corrections", server.base))
            .header("Authorization", format!("Bearer {secret}"))
            .send_json(body);
        reply.unwrap();
    };
    server.post(
        "/v1/corrections",
        &json!({"comment": {"content": "free casino bonus"}, "label": "spam"}),
    );
    let honest = server.judge("free casino bonus");
    for n in 0..10 {
        teach(
            key["secret"].as_str().unwrap(),
            &format!("free casino bonus {n}"),
            "ham",
        );
    }
    assert_ne!(
        server.judge("free casino bonus")["probability"],
        honest["probability"]
    );
    let id = key["id"].as_str().unwrap();
    admin(&server, "DELETE", &format!("/v1/keys/{id}"), &json!({}));
    let taken = admin(
        &server,
        "DELETE",
        &format!("/v1/keys/{id}/corrections"),
        &json!({}),
    );
    assert_eq!(taken, json!({"corrections": 10}));
    assert_eq!(
        server.judge("free casino bonus"),
        honest,
        "as if it had never been"
    );
}

#[test]
fn the_doctor_says_what_lies_where_and_mends() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let id = server.post("/v1/check", &json!({"content": "about currants"}))["id"].clone();
    server.post("/v1/corrections", &json!({"id": id, "label": "spam"}));
    let held = run(chaffinch().args(["doctor", "--data", path(&data)]), "");
    assert!(refusal(&held).contains("in use"));
    server.terminate();
    server.wait();
    let healthy = text(&["doctor", "--data", path(&data)]);
    assert!(healthy.contains("1 verdicts, 1 corrections"), "{healthy}");
    assert!(healthy.contains("3 events"), "{healthy}");
    assert!(healthy.ends_with("No damage was found.\n"), "{healthy}");
    let file = folder.path().join("backup.jsonl");
    text(&["backup", path(&file), "--data", path(&data)]);
    let log = data.join("journal/events.log");
    let mut bytes = fs::read(&log).unwrap();
    bytes[60] ^= 4;
    fs::write(&log, bytes).unwrap();
    let ill = run(chaffinch().args(["doctor", "--data", path(&data)]), "");
    assert_eq!(ill.status.code(), Some(1));
    let said = String::from_utf8_lossy(&ill.stdout).into_owned();
    assert!(said.contains("events.log: event 1 at byte 40"), "{said}");
    let refused = refusal(&run(
        chaffinch().args(["doctor", "--repair", "--data", path(&data)]),
        "",
    ));
    assert!(refused.contains("give a backup"), "{refused}");
    let mended = text(&[
        "doctor",
        "--repair",
        "--backup",
        path(&file),
        "--data",
        path(&data),
    ]);
    assert!(
        mended.contains("1 events of the log came from the backup"),
        "{mended}"
    );
    let compacted = json(&["doctor", "--compact", "--data", path(&data)]);
    assert!(compacted["after"].as_u64() <= compacted["before"].as_u64());
    let server = Server::start(&data);
    assert_eq!(server.get("/readyz")["learned_from"], 1);
    let verdict = server.get(&format!("/v1/verdicts/{}", id.as_str().unwrap()));
    assert_eq!(verdict["comment"]["content"], "about currants");
}
