//! What cannot be a cluster is refused at the start, in a sentence, and nothing is changed by it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use async_nats::jetstream;

use crate::nats::{NODES, Nodes, alone};
use crate::support::{chaffinch, refusal, run};
use crate::{Replica, wait_for};

fn refused(data: &Path, urls: &str) -> String {
    let mut serve = chaffinch();
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env("CHAFFINCH_CLUSTER", urls);
    refusal(&run(&mut serve, ""))
}

/// Stands in for a server of an old version; answers with its address.
fn old_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let info = format!(
        "INFO {{\"server_id\":\"OLD\",\"server_name\":\"old\",\"version\":\"2.10.22\",\"go\":\"go1\",\
         \"host\":\"127.0.0.1\",\"port\":{port},\"proto\":1,\"headers\":true,\"max_payload\":1048576}}\r\n"
    );
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let info = info.clone();
            thread::spawn(move || {
                let mut answer = client.try_clone().unwrap();
                answer.write_all(info.as_bytes()).ok()?;
                let lines = BufReader::new(client).lines().map_while(Result::ok);
                for _ in lines.filter(|line| line.starts_with("PING")) {
                    answer.write_all(b"PONG\r\n").ok()?;
                }
                Some(())
            });
        }
    });
    format!("nats://127.0.0.1:{port}")
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn servers_that_cannot_keep_a_log_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let said = refused(&data, &old_server());
    assert!(said.contains("is version 2.10.22"), "{said}");
    assert!(said.contains("needs 2.14 or later"), "{said}");
    let small = alone(folder.path(), "max_payload: 65536\n");
    let said = refused(&data, &small.url());
    assert!(said.contains("up to 65536 bytes"), "{said}");
    assert!(said.contains("set max_payload"), "{said}");
    let without = alone(folder.path(), "");
    let said = refused(&data, &without.url());
    assert!(said.contains("three NATS servers with JetStream"), "{said}");
    // JetStream on one server alone keeps no three copies.
    let store = folder.path().join("single");
    let single = alone(
        folder.path(),
        &format!("jetstream {{ store_dir: {store:?} }}\n"),
    );
    let said = refused(&data, &single.url());
    assert!(said.contains("three NATS servers with JetStream"), "{said}");
    assert!(!data.join("journal").exists(), "something was changed");
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn other_streams_and_other_logs_are_refused_and_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = Nodes::start(folder.path());
    let [mut one, mut two] =
        ["one", "two"].map(|name| Replica::new(folder.path().join(name), &nodes));
    let urls = one.urls();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let node = format!("nats://127.0.0.1:{}", nodes.address(0).1);
    let context = || async { jetstream::new(async_nats::connect(&node).await.unwrap()) };
    for (name, subject, said) in [
        ("chaffinch-log", "chaffinch.log", "1 replicas instead of 3"),
        ("chaffinch-verdicts", "other.verdicts", "listens to"),
    ] {
        let config = jetstream::stream::Config {
            name: name.to_owned(),
            subjects: vec![subject.to_owned()],
            num_replicas: 1,
            ..jetstream::stream::Config::default()
        };
        let made = async {
            let context = context().await;
            loop {
                // There may be no leader yet that could answer.
                if let Ok(made) = context.get_or_create_stream(config.clone()).await {
                    break made;
                }
            }
        };
        let before = runtime.block_on(made).cached_info().config.clone();
        let told = refused(&one.data, &urls);
        assert!(told.contains(said) && told.contains(name), "{told}");
        assert!(!one.data.join("journal").exists(), "something was changed");
        let after = async {
            let context = context().await;
            let found = loop {
                // Its leader may be elected still.
                if let Ok(found) = context.get_stream(name).await {
                    break found;
                }
            };
            let config = found.cached_info().config.clone();
            context.delete_stream(name).await.unwrap();
            config
        };
        assert_eq!(runtime.block_on(after), before, "the stream was changed");
    }

    two.start();
    wait_for("a replica", || two.connected().then_some(()));
    crate::moves::stop(&mut two);
    let journal = two.journal();
    nodes.lose_everything();
    one.start();
    let told = refused(&two.data, &two.urls());
    assert!(told.contains("log"), "{told}");
    assert!(two.journal() == journal, "the folder was changed");
    assert_eq!(
        (0..NODES)
            .filter_map(|n| nodes.stream(n, "chaffinch-log"))
            .count(),
        NODES
    );
    assert!(one.connected());
}
