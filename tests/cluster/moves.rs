//! One server becomes several, a lost log is given back, and a replica becomes a server of its own again.

use serde_json::{Value, json};

use crate::nats::Nodes;
use crate::support::{Server, chaffinch, refusal, run};
use crate::{Replica, same_everywhere};

/// Has a server taught; answers with the id of what it was taught by.
pub(crate) fn teach(server: &Server, content: &str) -> String {
    let body = json!({"comment": {"content": content}, "label": "spam"});
    let reply = server.post("/v1/corrections", &body);
    reply["id"].as_str().unwrap().to_owned()
}

pub(crate) fn stop(replica: &mut Replica) {
    let server = replica.server.take().unwrap();
    server.terminate();
    assert!(server.wait().success());
}

fn republish(replica: &Replica, more: &[&str]) -> Value {
    let output = chaffinch()
        .args(["cluster", "republish", "--json", "--data"])
        .arg(&replica.data)
        .env("CHAFFINCH_CLUSTER", replica.urls())
        .args(more)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn one_server_becomes_several_and_a_lost_log_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = Nodes::start(folder.path());
    let [mut one, mut two] =
        ["one", "two"].map(|name| Replica::new(folder.path().join(name), &nodes));

    let alone = Server::start(&one.data);
    let id = teach(&alone, "casino bonus from before there were several");
    alone.terminate();
    assert!(alone.wait().success());

    one.start();
    two.start();
    teach(two.server(), "casino bonus told to the second");
    let both = [one, two];
    same_everywhere(&both);
    let events = both[0].learned().0;
    let [mut first, mut second] = both;
    stop(&mut first);
    stop(&mut second);
    assert!(first.journal() == second.journal(), "the journals differ");
    let mut serve = chaffinch();
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]);
    let said = refusal(&run(serve.arg(&first.data), ""));
    assert!(said.contains("chaffinch cluster leave"), "{said}");

    nodes.lose_everything();
    let urls = first.urls();
    let said = refusal(&run(serve.env("CHAFFINCH_CLUSTER", urls), ""));
    assert!(said.contains("chaffinch cluster republish"), "{said}");
    let told = json!({"folder": events, "log": 0, "written": false});
    assert_eq!(republish(&first, &[]), told);
    assert_eq!(republish(&first, &[]), told, "nothing was written");
    let told = json!({"folder": events, "log": 0, "written": true});
    assert_eq!(republish(&first, &["--yes"]), told);
    let told = json!({"folder": events, "log": events, "written": false});
    assert_eq!(republish(&first, &["--yes"]), told, "nothing is missing");

    first.start();
    second.start();
    teach(first.server(), "casino bonus after all was lost");
    let mut both = [first, second];
    same_everywhere(&both);
    assert_eq!(both[1].learned().0, events + 1);
    both.iter_mut().for_each(stop);

    let [first, _] = both;
    let mut leave = chaffinch();
    leave.args(["cluster", "leave", "--data"]).arg(&first.data);
    assert!(run(&mut leave, "").status.success());
    let alone = Server::start(&first.data);
    assert_eq!(alone.get("/v1/model")["sequence"], events + 1);
    let stands = alone.get(&format!("/v1/verdicts/{id}"));
    assert_eq!(stands["id"], id.as_str(), "{stands}");
}
