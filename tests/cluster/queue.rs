//! Corrections that are kept while NATS is away, and given once, whatever happens to the server meanwhile.

use serde_json::{Value, json};

use crate::moves::stop;
use crate::nats::{NODES, Nodes};
use crate::support::{KEY, Server};
use crate::{Replica, same_everywhere, wait_for};

/// Gives a correction. Answers with the status and the reply.
fn correct(server: &Server, body: &Value) -> (u16, Value) {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let request = ureq::http::Request::post(format!("{}/v1/corrections", server.base))
        .header("Authorization", format!("Bearer {KEY}"))
        .body(body.to_string())
        .unwrap();
    let mut reply = ureq::Agent::from(config.build()).run(request).unwrap();
    let json = reply.body_mut().read_json().unwrap();
    (reply.status().as_u16(), json)
}

fn queued(replica: &Replica) -> u64 {
    let ready = replica.server().get("/readyz");
    ready["cluster"]["queued"].as_u64().unwrap()
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn corrections_that_wait_for_nats_are_given_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = Nodes::start(folder.path());
    let new = |name: &str| Replica {
        queue: 3,
        ..Replica::new(folder.path().join(name), &nodes)
    };
    let mut both = ["one", "two"].map(new);
    both.iter_mut().for_each(Replica::start);
    let known = json!({"comment": {"content": "casino bonus from before"}, "label": "spam"});
    let (status, first) = correct(both[0].server(), &known);
    assert_eq!(status, 200, "{first}");
    same_everywhere(&both);

    both[0].cables.iter().for_each(crate::Cable::cut);
    wait_for("a replica that notices", || {
        (!both[0].connected()).then_some(())
    });
    let flip = json!({"id": first["id"], "label": "ham"});
    let (status, reply) = correct(both[0].server(), &flip);
    assert_eq!((status, &reply["sequence"]), (202, &Value::Null), "{reply}");
    for n in 0..2 {
        let content = format!("casino bonus number {n}");
        let new = json!({"comment": {"content": content}, "label": "spam"});
        let (status, reply) = correct(both[0].server(), &new);
        assert_eq!(status, 202, "{reply}");
    }
    let more = json!({"comment": {"content": "casino bonus too many"}, "label": "spam"});
    let (status, reply) = correct(both[0].server(), &more);
    assert_eq!(
        (status, &reply["code"]),
        (503, &json!("log_away")),
        "{reply}"
    );
    assert_eq!(queued(&both[0]), 3);

    // Killed while they wait, and again while they are sent.
    both[0].server.take().unwrap().kill();
    both[0].start();
    assert_eq!(queued(&both[0]), 3);
    both[0].cables.iter().for_each(crate::Cable::heal);
    wait_for("a replica that sends", || {
        (both[1].learned().0 > first["sequence"].as_u64()?).then_some(())
    });
    both[0].server.take().unwrap().kill();
    both[0].start();
    wait_for("a queue that is empty", || {
        (queued(&both[0]) == 0).then_some(())
    });
    same_everywhere(&both);
    let events = both[0].learned().0;
    assert_eq!(events, first["sequence"].as_u64().unwrap() + 3);
    let id = first["id"].as_str().unwrap();
    for replica in &both {
        let verdict = replica.server().get(&format!("/v1/verdicts/{id}"));
        assert_eq!(verdict["correction"]["label"], "ham", "{verdict}");
    }

    // What waits in a folder that becomes a server of its own is not lost.
    for node in 0..NODES {
        nodes.kill(node);
    }
    let (status, reply) = correct(both[0].server(), &more);
    assert_eq!(status, 202, "{reply}");
    both.iter_mut().for_each(stop);
    let mut leave = crate::chaffinch();
    leave
        .args(["cluster", "leave", "--data"])
        .arg(&both[0].data);
    assert!(crate::support::run(&mut leave, "").status.success());
    let alone = Server::start(&both[0].data);
    assert_eq!(alone.get("/v1/model")["sequence"], events + 1);
    let verdict = alone.get(&format!("/v1/verdicts/{}", reply["id"].as_str().unwrap()));
    assert_eq!(verdict["correction"]["label"], "spam", "{verdict}");
}
