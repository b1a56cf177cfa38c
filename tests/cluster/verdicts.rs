//! What was judged at one replica is known at all: its page, lists, corrections by its id, and what a person may
//! ask for.

use serde_json::{Value, json};

use crate::nats::{NODES, Nodes};
use crate::support::Server;
use crate::{Replica, same_everywhere, wait_for};
use async_nats::jetstream;

fn check(server: &Server, content: &str, email: &str) -> String {
    let comment = json!({"content": content, "author": {"email": email, "name": "Somebody"}});
    let reply = server.post("/v1/check", &comment);
    reply["id"].as_str().unwrap().to_owned()
}

/// The page of a verdict, if the server knows it.
fn page(server: &Server, id: &str) -> Option<Value> {
    let (status, text) = server.admin("GET", &format!("/v1/verdicts/{id}"), &Value::Null);
    (status == 200).then(|| serde_json::from_str(&text).unwrap())
}

/// Waits for a verdict of another server.
pub(crate) fn arrives(server: &Server, id: &str) -> Value {
    wait_for("a verdict of another server", || page(server, id))
}

fn metric(server: &Server, name: &str) -> f64 {
    let (_, text) = server.admin("GET", "/metrics", &Value::Null);
    let mut lines = text.lines();
    let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found.unwrap().parse().unwrap()
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn what_was_judged_at_one_is_known_at_all_and_what_was_erased_at_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = Nodes::start(folder.path());
    let [mut one, mut two, mut late] =
        ["one", "two", "late"].map(|name| Replica::new(folder.path().join(name), &nodes));
    let alone = Server::start(&one.data);
    let old = check(&alone, "from before there were several", "old@example.com");
    alone.terminate();
    assert!(alone.wait().success());
    one.start();
    two.start();
    assert_eq!(arrives(two.server(), &old)["id"], old.as_str());

    let id = check(one.server(), "casino bonus for everyone", "ann@example.com");
    let erased = check(
        one.server(),
        "my address is 12 Elm Street",
        "bob@example.com",
    );
    arrives(two.server(), &id);
    arrives(two.server(), &erased);
    let listed = two.server().get("/v1/verdicts?q=casino");
    assert_eq!(listed["items"][0]["id"], id.as_str(), "{listed}");
    let why = format!("/v1/verdicts/{id}/explanation");
    assert_eq!(two.server().get(&why), one.server().get(&why));
    let said = two
        .server()
        .post("/v1/corrections", &json!({"id": id, "label": "ham"}));
    assert_eq!(said["label"], "ham");
    wait_for("the correction at the first", || {
        (page(one.server(), &id)?["correction"]["label"] == "ham").then_some(())
    });
    assert_eq!(page(one.server(), &id), page(two.server(), &id));
    let ann = json!({"email": "ann@example.com"});
    let [here, there] =
        [&one, &two].map(|replica| replica.server().admin("POST", "/v1/exports", &ann));
    assert_eq!((here.0, &here.1), (200, &there.1));
    assert!(here.1.contains(&id), "{}", here.1);

    let bob = json!({"email": "bob@example.com"});
    let (status, said) = two.server().admin("POST", "/v1/erasures", &bob);
    assert_eq!(status, 200, "{said}");
    wait_for("the erasure at the first", || {
        page(one.server(), &erased).is_none().then_some(())
    });
    // Both verdicts may have been in one message: what is left of it is there anew.
    wait_for("an erasure in the stream", || {
        let stream = nodes.stream(0, "chaffinch-verdicts")?;
        let state = &stream["state"];
        let gone = state["num_deleted"].as_u64().unwrap_or(0) + state["first_seq"].as_u64()? - 1;
        (gone > 0).then_some(())
    });
    late.start();
    for known in [&old, &id] {
        arrives(late.server(), known);
    }
    let last = check(one.server(), "the last one that is sent", "ann@example.com");
    arrives(late.server(), &last);
    assert_eq!(page(late.server(), &erased), None, "it came back");
    arrives(two.server(), &last);
    let [here, there] = [&one, &two].map(|replica| replica.server().get("/v1/stats"));
    assert_eq!(here, there);

    (0..NODES).for_each(|n| nodes.kill(n));
    let apart = check(one.server(), "judged without a cluster", "ann@example.com");
    assert!(page(one.server(), &apart).is_some(), "checks go on");
    wait_for("a verdict that waits", || {
        (metric(one.server(), "chaffinch_cluster_verdicts_wait_seconds") > 0.1).then_some(())
    });
    (0..NODES).for_each(|n| nodes.run(n));
    let all = [one, two, late];
    for replica in &all {
        arrives(replica.server(), &apart);
        let missed = metric(replica.server(), "chaffinch_cluster_verdicts_missed");
        assert!(missed == 0.0, "{missed} are missing");
    }
    same_everywhere(&all);
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn verdicts_wait_while_their_stream_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = Nodes::start(folder.path());
    let [mut one, mut two] =
        ["one", "two"].map(|name| Replica::new(folder.path().join(name), &nodes));
    one.start();
    two.start();
    let first = check(
        one.server(),
        "there is room for this one",
        "ann@example.com",
    );
    arrives(two.server(), &first);
    // No more than lies in it already, or as much as comes.
    let room = |full: bool| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let client = async_nats::connect(format!("127.0.0.1:{}", nodes.address(0).1));
            let context = jetstream::new(client.await.unwrap());
            let stream = context.get_stream("chaffinch-verdicts").await.unwrap();
            let info = stream.get_info().await.unwrap();
            let bytes = i64::try_from(info.state.bytes).unwrap();
            let config = jetstream::stream::Config {
                discard: jetstream::stream::DiscardPolicy::New,
                max_bytes: if full { bytes } else { -1 },
                ..info.config
            };
            context.update_stream(config).await.unwrap();
        });
    };
    room(true);
    let more: Vec<_> = (0..3)
        .map(|n| {
            check(
                one.server(),
                &format!("no room for number {n}"),
                "ann@example.com",
            )
        })
        .collect();
    wait_for("a verdict that waits", || {
        (metric(one.server(), "chaffinch_cluster_verdicts_wait_seconds") > 1.0).then_some(())
    });
    for id in &more {
        assert!(page(one.server(), id).is_some(), "checks go on");
        assert_eq!(page(two.server(), id), None);
    }
    // Kept, also by a server that is killed meanwhile.
    one.server.take().unwrap().kill();
    one.start();
    room(false);
    for id in &more {
        arrives(two.server(), id);
    }
}
