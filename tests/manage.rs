//! `chaffinch site`, `key` and `rule`: on a folder and on a running server, which must do the same.
//! And what is made of the same definitions: completions and manual pages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{Server, TOKEN, chaffinch, refusal, run};
use tempfile::TempDir;

/// Where to work: the arguments that say so.
struct Place(Vec<String>);

impl Place {
    fn folder(path: &Path) -> Self {
        Self(vec!["--data".into(), path.to_str().unwrap().into()])
    }

    fn server(server: &Server) -> Self {
        Self(vec![
            "--url".into(),
            server.base.clone(),
            "--admin-token".into(),
            TOKEN.into(),
        ])
    }

    /// What a command prints, which must go well.
    fn text(&self, args: &[&str]) -> String {
        let output = run(chaffinch().args(args).args(&self.0), "");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?} {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        let text = self.text(&[args, &["--json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{args:?} {text}"))
    }

    /// The sentence with which a command is refused.
    fn refused(&self, args: &[&str]) -> String {
        refusal(&run(chaffinch().args(args).args(&self.0), ""))
    }
}

/// A folder that a server has used and left.
fn used() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let comment = json!({"content": "about currants", "site": "asked.example.com"});
    server.post("/v1/check", &comment);
    server.terminate();
    assert!(server.wait().success());
    folder
}

/// The same on a folder and on a running server.
fn on_both(story: impl Fn(&Place)) {
    let folder = used();
    story(&Place::folder(folder.path()));
    let folder = used();
    let server = Server::start(folder.path());
    story(&Place::server(&server));
}

#[test]
fn sites_are_listed_set_up_and_forgotten() {
    on_both(|place| {
        let set = [
            "site",
            "set",
            "https://blog.example.com/de/",
            "shadow=true",
            "thresholds={\"unsure\":0.1,\"spam\":0.2,\"discard\":0.9}",
        ];
        assert_eq!(place.json(&set)["settings"]["shadow"], true);
        let set = [
            "site",
            "set",
            "blog.example.com/de",
            "thresholds.spam=0.3",
            "language=de",
        ];
        let site = place.json(&set);
        assert_eq!(
            site["settings"]["thresholds"],
            json!({"unsure": 0.1, "spam": 0.3, "discard": 0.9})
        );
        assert_eq!(place.json(&["site", "show", "blog.example.com/de"]), site);
        // A site that has no thresholds of its own may be given one.
        let fresh = place.json(&["site", "set", "fresh.example", "thresholds.spam=0.95"]);
        assert_eq!(
            fresh["settings"]["thresholds"],
            json!({"unsure": 0.3, "spam": 0.95, "discard": 0.995})
        );
        place.text(&["site", "remove", "fresh.example"]);
        let list = place.json(&["site", "list"]);
        let names: Vec<_> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| &s["site"])
            .collect();
        assert_eq!(names, ["asked.example.com", "blog.example.com/de"]);
        assert!(place.text(&["site", "list"]).contains("asked.example.com"));
        assert!(
            place
                .text(&["site", "show", "blog.example.com/de"])
                .contains("language")
        );
        assert_eq!(place.text(&["site", "remove", "blog.example.com/de"]), "");
        let gone = place.refused(&["site", "show", "blog.example.com/de"]);
        assert_eq!(gone, "chaffinch: no such site");
        let wrong = place.refused(&["site", "set", "blog.example.com", "retention_days=0"]);
        assert_eq!(
            wrong,
            "chaffinch: retention_days: give a number of days from 1 to 3650"
        );
    });
}

#[test]
fn keys_are_made_rotated_and_revoked() {
    on_both(|place| {
        let key = place.json(&[
            "key",
            "create",
            "the blog",
            "--scopes",
            "check,read",
            "--site",
            "blog.example.com",
        ]);
        assert_eq!(key["secret"].as_str().unwrap().len(), 12);
        assert_eq!(
            (&key["scopes"], &key["site"]),
            (&json!(["check", "read"]), &json!("blog.example.com"))
        );
        let id = key["id"].as_str().unwrap();
        let list = place.json(&["key", "list"]);
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
        assert!(!list.to_string().contains(key["secret"].as_str().unwrap()));
        assert!(place.text(&["key", "list"]).contains("the blog"));
        let new = place.json(&["key", "rotate", id, "--overlap", "60"]);
        assert_ne!(new["secret"], key["secret"]);
        let new = new["id"].as_str().unwrap();
        assert_eq!(place.text(&["key", "revoke", new]), "");
        assert_eq!(
            place.refused(&["key", "revoke", new]),
            "chaffinch: no such key"
        );
        let again = place.refused(&["key", "rotate", id]);
        assert!(again.contains("took the place of this one"), "{again}");
        let shown = place.text(&["key", "create", "another", "--scopes", "admin"]);
        assert!(shown.contains("shown only now"), "{shown}");
    });
}

#[test]
fn rules_are_tried_made_changed_and_removed() {
    on_both(|place| {
        let tried = place.json(&["rule", "try", "word", "currants"]);
        assert_eq!(
            (&tried["looked_at"], &tried["hits"]),
            (&json!(1), &json!(1))
        );
        assert!(
            place
                .text(&["rule", "try", "word", "pears"])
                .contains("would have hit  0")
        );
        let rule = place.json(&[
            "rule",
            "add",
            "ip",
            "203.0.113.9/24",
            "--outcome",
            "discard",
            "--note",
            "a botnet",
            "--expires",
            "2127-01-31T00:00:00Z",
            "--suspend-above",
            "never",
            "--site",
            "blog.example.com",
        ]);
        assert_eq!(
            (&rule["pattern"], &rule["suspend_above"]),
            (&json!("203.0.113.0/24"), &Value::Null)
        );
        let id = rule["id"].as_str().unwrap();
        let changed = place.json(&["rule", "set", id, "outcome=hold", "site=null"]);
        assert_eq!(
            (&changed["outcome"], &changed["site"]),
            (&json!("hold"), &Value::Null)
        );
        assert_eq!(changed["note"], "a botnet");
        assert_eq!(place.json(&["rule", "show", id]), changed);
        assert_eq!(place.json(&["rule", "resume", id]), changed);
        assert!(place.text(&["rule", "list"]).contains("203.0.113.0/24"));
        let wrong = place.refused(&["rule", "add", "regex", "("]);
        assert!(
            wrong.starts_with("chaffinch: pattern: the expression cannot be used"),
            "{wrong}"
        );
        assert_eq!(place.text(&["rule", "remove", id]), "");
        assert_eq!(place.json(&["rule", "list"])["items"], json!([]));
    });
}

#[test]
fn what_cannot_be_managed_is_refused_with_a_hint() {
    let folder = used();
    let server = Server::start(folder.path());
    let held = Place::folder(folder.path()).refused(&["site", "list"]);
    assert!(held.contains("in use") && held.contains("--url"), "{held}");
    let nowhere = Place::folder(&folder.path().join("nowhere")).refused(&["key", "list"]);
    assert!(nowhere.contains("no data folder"), "{nowhere}");
    assert!(!folder.path().join("nowhere").exists());
    let with = |args: &[&str]| {
        Place(args.iter().map(ToString::to_string).collect()).refused(&["rule", "list"])
    };
    assert!(with(&["--url", &server.base]).contains("--admin-token"));
    let unknown = with(&[
        "--url",
        &server.base,
        "--admin-token",
        "nobody-knows-this-token",
    ]);
    assert_eq!(unknown, "chaffinch: the key is unknown or revoked");
    let silent = with(&["--url", "http://127.0.0.1:9", "--admin-token", TOKEN]);
    assert!(
        silent.starts_with("chaffinch: no answer from http://127.0.0.1:9"),
        "{silent}"
    );
    assert!(!silent.contains(TOKEN));
    assert!(with(&["--url", "127.0.0.1:9", "--admin-token", TOKEN]).contains("http://"));
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(chaffinch().args(["completions", shell]), "");
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && script.contains("rotate"),
            "{shell}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man");
    let mut command = chaffinch();
    command
        .args(["man", pages.to_str().unwrap()])
        .env("CHAFFINCH_DATA", "/a/private/place");
    assert!(run(&mut command, "").status.success());
    for page in [
        "chaffinch",
        "chaffinch-serve",
        "chaffinch-site-set",
        "chaffinch-rule-add",
    ] {
        let text = fs::read_to_string(pages.join(format!("{page}.1"))).unwrap();
        assert!(!text.contains("/a/private/place"), "{page}");
    }
}
