//! Another base model, from the same event on wherever the log is followed.

use std::fs;
use std::path::Path;

use chaffinch::classifier::BaseModel;
use serde_json::Value;

use crate::moves::{stop, teach};
use crate::nats::Nodes;
use crate::support::{Server, TOKEN};
use crate::{Replica, same_everywhere};

/// Has a base model used. Answers with what is said of it then.
fn give(server: &Server, model: &[u8]) -> Value {
    ureq::put(format!("{}/v1/model", server.base))
        .header("Authorization", format!("Bearer {TOKEN}"))
        .send(model)
        .unwrap()
        .body_mut()
        .read_json()
        .unwrap()
}

fn version(replica: &Replica) -> String {
    let ready = replica.server().get("/readyz");
    ready["model"].as_str().unwrap().to_owned()
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn all_change_the_base_model_at_the_same_event() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = Nodes::start(folder.path());
    let [mut one, mut two] =
        ["one", "two"].map(|name| Replica::new(folder.path().join(name), &nodes));
    let empty = BaseModel::empty().to_bytes().unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/base.chaffinch");
    let shipped = fs::read(shipped).unwrap();

    let alone = Server::start(&one.data);
    teach(&alone, "casino bonus on top of one model");
    let before = alone.get("/v1/model");
    let given = give(&alone, &empty);
    assert_eq!(given["version"], "empty");
    assert_eq!(given["learned_from"], 1, "learned again: {given}");
    assert_ne!(given["state"], before["state"]);
    let learned = |model: &Value| (model["sequence"].as_u64(), model["state"].to_string());
    let same = |model: &Value| assert_eq!(learned(model), learned(&given), "nothing has changed");
    same(&give(&alone, &empty));
    alone.terminate();
    assert!(alone.wait().success());
    let again = Server::start(&one.data);
    same(&again.get("/v1/model"));
    again.terminate();
    assert!(again.wait().success());

    // It comes with the log of a server that becomes several.
    one.start();
    two.start();
    assert_eq!(version(&two), "empty");
    let mut both = [one, two];
    same_everywhere(&both);
    teach(both[1].server(), "casino bonus told to the second");
    let given = give(both[1].server(), &shipped);
    assert_eq!(given["version"], before["version"]);
    teach(both[0].server(), "casino bonus on top of the other one");
    same_everywhere(&both);
    assert_eq!(version(&both[0]), version(&both[1]));

    // And to one that did not run meanwhile.
    stop(&mut both[1]);
    give(both[0].server(), &empty);
    teach(both[0].server(), "casino bonus on top of nothing");
    both[1].start();
    same_everywhere(&both);
    assert_eq!(version(&both[1]), "empty");
    both.iter_mut().for_each(stop);
    assert!(
        both[0].journal() == both[1].journal(),
        "the journals differ"
    );
}
