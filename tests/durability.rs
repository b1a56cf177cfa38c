//! What was acknowledged is still there after the process was killed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::process::{Command, Stdio};

use serde_json::json;
use support::{KEY, Server, clean};

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

/// The same command where no file may grow beyond half a mebibyte or one: a disk that gets full.
#[cfg(target_os = "linux")]
fn on_a_small_disk(command: &mut Command) -> &mut Command {
    let mut small = clean(Command::new("sh"));
    small
        .args(["-c", "trap '' XFSZ; ulimit -f 1024; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args())
        .envs(command.get_envs().filter_map(|(k, v)| Some((k, v?))))
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    *command = small;
    command
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said_to_be_one_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, on_a_small_disk);
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let correct = |n: u32| {
        let noise: String = (0..3000)
            .map(|i| format!("{:x} ", (i + 7) * (n + 3)))
            .collect();
        let content = format!("text {n} {noise}");
        let mut reply = agent
            .post(format!("{}/v1/corrections", server.base))
            .header("Authorization", format!("Bearer {KEY}"))
            .send_json(json!({"comment": {"content": content}, "label": "spam"}))
            .unwrap();
        let body: serde_json::Value = reply.body_mut().read_json().unwrap();
        (reply.status().as_u16(), body)
    };
    let mut kept = Vec::new();
    let mut refused = 0;
    for n in 0..1000 {
        match correct(n) {
            (200, body) => kept.push(body["id"].as_str().unwrap().to_owned()),
            (status, body) => {
                assert_eq!(
                    (status, &body["code"]),
                    (503, &json!("store_failed")),
                    "{body}"
                );
                refused += 1;
            }
        }
        if refused == 5 {
            break;
        }
    }
    assert_eq!(refused, 5);
    assert!(!kept.is_empty());
    // A blog engine gets its answer all the same.
    assert!(server.post("/v1/check", &json!({"content": TEXT}))["verdict"].is_string());
    let ready = agent.get(format!("{}/readyz", server.base)).call().unwrap();
    assert_eq!(ready.status(), 503);
    server.kill();

    let server = Server::start(&data);
    assert_eq!(server.judge(TEXT)["learned_from"], kept.len());
    for id in kept {
        assert_eq!(
            server.get(&format!("/v1/verdicts/{id}"))["correction"]["label"],
            "spam"
        );
    }
}
