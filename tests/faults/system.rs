//! The operating system fails: a small library, loaded before all others, has it do so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{KEY, Server, TOKEN, chaffinch, refusal};

/// Error numbers of Linux.
const EIO: u32 = 5;
const ENOSPC: u32 = 28;
const EROFS: u32 = 30;

/// The library, built once.
fn shim() -> &'static Path {
    static SHIM: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_folder, library) = SHIM.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("shim.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/shim.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .status();
        // The linker that Rust uses is this one.
        assert!(built.expect("a C compiler").success());
        (folder, library)
    });
    library
}

/// A server whose operating system fails when it is told to.
struct Place {
    folder: TempDir,
    agent: ureq::Agent,
    server: Option<Server>,
}

impl Place {
    fn new() -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let mut place = Self {
            folder: tempfile::tempdir().unwrap(),
            agent: config.build().into(),
            server: None,
        };
        place.start();
        place
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn faults(&self) -> PathBuf {
        self.folder.path().join("faults")
    }

    fn start(&mut self) {
        let (data, faults) = (self.data(), self.faults());
        self.server = Some(Server::start_with(&data, |command| {
            let command = command.env("LD_PRELOAD", shim()).env("FAULTS", faults);
            command.stderr(Stdio::null())
        }));
    }

    /// From now on these calls fail.
    fn fail(&self, faults: &[(&str, &str, &str)]) {
        let lines = faults
            .iter()
            .map(|(call, part, how)| format!("{call} {part} {how}\n"));
        let new = self.folder.path().join("new");
        fs::write(&new, lines.collect::<String>()).unwrap();
        fs::rename(new, self.faults()).unwrap();
    }

    /// A crash, and a start on sound hardware.
    fn crash(&mut self) {
        self.server.take().unwrap().kill();
        self.fail(&[]);
        self.start();
    }

    fn call(&self, method: &str, path: &str, secret: &str, body: &Value) -> (u16, Value) {
        let base = &self.server.as_ref().unwrap().base;
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{base}{path}"))
            .header("Authorization", format!("Bearer {secret}"))
            .body(body.to_string())
            .unwrap();
        let mut reply = self.agent.run(request).unwrap();
        let text = reply.body_mut().read_to_string().unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        (reply.status().as_u16(), body)
    }

    fn check(&self, content: &str) -> (u16, Value) {
        let body = json!({"content": content, "site": "blog.example.com"});
        self.call("POST", "/v1/check", KEY, &body)
    }

    /// Submits a comment that is spam. Answers with the status and the verdict's id.
    fn teach(&self, content: &str) -> (u16, String) {
        let body = json!({"comment": {"content": content}, "label": "spam"});
        let (status, reply) = self.call("POST", "/v1/corrections", KEY, &body);
        if status != 200 {
            assert_eq!(reply["code"], "store_failed", "{reply}");
        }
        (status, reply["id"].as_str().unwrap_or_default().to_owned())
    }

    fn ready(&self) -> (u16, Value) {
        self.call("GET", "/readyz", KEY, &Value::Null)
    }

    fn metrics(&self) -> String {
        let base = &self.server.as_ref().unwrap().base;
        let mut reply = self.agent.get(format!("{base}/metrics")).call().unwrap();
        reply.body_mut().read_to_string().unwrap()
    }

    fn is_labelled(&self, id: &str) -> bool {
        let (_, verdict) = self.call("GET", &format!("/v1/verdicts/{id}"), KEY, &Value::Null);
        verdict["correction"]["label"] == "spam"
    }

    /// Contents of all that is stored.
    fn contents(&self) -> Vec<String> {
        let (_, page) = self.call("GET", "/v1/verdicts?limit=200", TOKEN, &Value::Null);
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|v| v["comment"]["content"].as_str().unwrap().to_owned())
            .collect()
    }

    fn until_not_ready(&self) {
        let began = Instant::now();
        while self.ready().0 == 200 {
            assert!(began.elapsed() < Duration::from_secs(30));
            self.check("something to be written");
        }
    }
}

/// The journal fails for a while: what is refused is not there, and it goes on by itself.
#[test]
fn a_journal_that_cannot_be_written_refuses_and_goes_on_when_it_can() {
    let no_room = ENOSPC.to_string();
    for fault in [
        ("write", "events.log", &*no_room),
        ("write", "events.log", "torn"),
    ] {
        let mut place = Place::new();
        let (_, before) = place.teach("before");
        place.fail(&[fault]);
        assert_eq!(place.teach("while it fails").0, 503, "{fault:?}");
        assert_eq!(place.check("while it fails, a check").0, 200, "{fault:?}");
        assert_eq!(place.ready().0, 503, "{fault:?}");
        place.fail(&[]);
        assert_eq!(place.ready().0, 200, "{fault:?}");
        let (status, after) = place.teach("after");
        assert_eq!(status, 200, "{fault:?}");
        place.crash();
        assert!(place.is_labelled(&before) && place.is_labelled(&after));
        assert_eq!(place.ready().1["learned_from"], 2, "{fault:?}");
        let mut contents = place.contents();
        contents.sort();
        assert_eq!(
            contents,
            ["after", "before", "while it fails, a check"],
            "{fault:?}"
        );
    }
}

/// A write may be done in pieces.
#[test]
fn short_writes_are_completed() {
    let mut place = Place::new();
    place.fail(&[
        ("write", "events.log", "short"),
        ("pwrite", "sled/db", "short"),
        ("pwrite", "vault", "short"),
    ]);
    let ids = ["one", "two", "three"].map(|text| place.teach(text).1);
    place.crash();
    assert!(ids.iter().all(|id| place.is_labelled(id)));
}

/// What reached the journal cannot be cut off it: nothing more is written, and the next start decides.
#[test]
fn a_journal_that_cannot_be_cut_is_left_alone() {
    let broken = EIO.to_string();
    let sync = ("sync", "events.log", &*broken);
    for faults in [&[sync][..], &[sync, ("truncate", "events.log", &broken)]] {
        let mut place = Place::new();
        let (_, before) = place.teach("before");
        place.fail(faults);
        assert_eq!(place.teach("while it fails").0, 503);
        place.fail(&[]);
        assert_eq!(place.teach("after").0, 503);
        let (status, why) = place.ready();
        assert_eq!(status, 503);
        let reason = why["reason"].to_string();
        assert!(reason.contains("before a restart"), "{reason}");
        assert_eq!(place.check("a check").0, 200);
        place.crash();
        assert!(place.is_labelled(&before));
        // Done as a whole or not at all.
        let learned = place.ready().1["learned_from"].as_u64().unwrap();
        let there = place.contents().contains(&"while it fails".to_owned());
        assert_eq!(learned, 1 + u64::from(there), "{faults:?}");
        assert_eq!(place.teach("after the restart").0, 200);
    }
}

/// sled or the vault fails: nothing more is written until a restart, and everybody is told.
#[test]
fn a_database_that_cannot_be_written_is_said_to_be_one() {
    let broken = EIO.to_string();
    for fault in [
        ("sync", "sled/db", &*broken),
        ("pwrite", "sled/db", &*broken),
        ("pwrite", "sled/db", "torn"),
        ("sync", "vault", &*broken),
    ] {
        let mut place = Place::new();
        let (_, before) = place.teach("before");
        let (_, checked) = place.check("checked before");
        place.fail(&[fault]);
        place.until_not_ready();
        assert_eq!(place.check("a check").0, 200, "{fault:?}");
        assert_eq!(place.teach("while it fails").0, 503, "{fault:?}");
        let metrics = place.metrics();
        assert!(metrics.contains("chaffinch_store_writable 0"), "{fault:?}");
        place.crash();
        assert_eq!(place.ready().0, 200, "{fault:?}");
        assert!(place.is_labelled(&before), "{fault:?}");
        let path = format!("/v1/verdicts/{}", checked["id"].as_str().unwrap());
        assert_eq!(
            place.call("GET", &path, KEY, &Value::Null).0,
            200,
            "{fault:?}"
        );
        assert!(
            !place.contents().contains(&"while it fails".to_owned()),
            "{fault:?}"
        );
        assert_eq!(place.teach("after").0, 200, "{fault:?}");
    }
}

/// No room for the key of a new verdict: the check is answered, and not kept.
#[test]
fn a_vault_without_room_costs_verdicts_and_no_answers() {
    let mut place = Place::new();
    place.fail(&[("pwrite", "vault", &ENOSPC.to_string())]);
    assert_eq!(place.check("not kept").0, 200);
    place.fail(&[]);
    assert_eq!(place.check("kept").0, 200);
    place.crash();
    assert_eq!(place.contents(), ["kept"]);
}

/// An erasure is not acknowledged before the keys are gone, and is completed by the next start.
#[test]
fn an_erasure_that_fails_is_completed_by_the_next_start() {
    let mut place = Place::new();
    let person = json!({"email": "zoe@example.org"});
    let body = json!({"content": "by Zoe", "author": person});
    place.call("POST", "/v1/check", KEY, &body);
    place.check("by somebody else");
    let logged =
        |place: &Place| place.call("GET", "/v1/model", TOKEN, &Value::Null).1["sequence"].clone();
    let before = logged(&place);
    for _ in 0..100 {
        place.fail(&[("sync", "vault", &EIO.to_string())]);
        let (status, reply) = place.call("POST", "/v1/erasures", TOKEN, &person);
        assert_eq!((status, &reply["code"]), (503, &json!("store_failed")));
        place.crash();
        if logged(&place) != before {
            assert_eq!(place.contents(), ["by somebody else"]);
            return;
        }
        // What was answered before is synced after it: that failed, and nothing was begun.
        assert_eq!(place.contents(), ["by somebody else", "by Zoe"]);
    }
    panic!("no erasure was begun");
}

#[test]
fn a_read_only_disk_is_named() {
    let mut place = Place::new();
    place.server.take().unwrap().kill();
    place.fail(&[("open", "data/", &EROFS.to_string())]);
    let mut command = chaffinch();
    let output = command
        .args(["serve", "--listen", "127.0.0.1:0", "--log", "off", "--data"])
        .arg(place.data())
        .env("LD_PRELOAD", shim())
        .env("FAULTS", place.faults())
        .output()
        .unwrap();
    let sentence = refusal(&output);
    assert!(
        sentence.contains("is not writable: Read-only file system"),
        "{sentence}"
    );
    assert!(
        sentence.contains(place.data().to_str().unwrap()),
        "{sentence}"
    );
}

/// The clock goes back a day and forward a year: everything can still be found, corrected and taken back.
#[test]
fn a_clock_that_jumps_loses_nothing() {
    let mut place = Place::new();
    let day = 86_400;
    let mut ids = Vec::new();
    for seconds in [0, -day, 365 * day, -365 * day, 0] {
        place.fail(&[("clock", "/", &seconds.to_string())]);
        let content = format!("at {seconds} for the {}th time", ids.len());
        let (status, id) = place.teach(&content);
        assert_eq!(status, 200);
        assert!(place.is_labelled(&id));
        assert_eq!(place.teach(&content).1, id, "it is found again");
        ids.push(id);
    }
    assert_eq!(place.contents().len(), ids.len());
    place.crash();
    for id in &ids {
        assert!(place.is_labelled(id));
        let (status, _) = place.call(
            "DELETE",
            &format!("/v1/corrections/{id}"),
            KEY,
            &Value::Null,
        );
        assert_eq!(status, 200);
    }
    assert_eq!(place.ready().1["learned_from"], 0);
}
