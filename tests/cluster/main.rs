//! Three replicas on three real NATS servers: what was acknowledged anywhere is everywhere, once, in the same
//! order, whatever is killed meanwhile, and checks never wait for it.
//!
//! `tests/run` brings the server. `CHAFFINCH_CLUSTER_ROUNDS=100 cargo test --test cluster -- --ignored
//! --nocapture` is the long run and shows the closing table; `CHAFFINCH_CLUSTER_SEED` has other calls made, and
//! `CHAFFINCH_TEST_PROGRAM` is the program that is run, instead of the one built for the tests.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod cable;
mod caller;
#[path = "../support/dice.rs"]
mod dice;
mod measure;
mod models;
mod moves;
mod nats;
mod queue;
mod refusals;
mod snapshots;
#[path = "../support/mod.rs"]
mod support;
mod verdicts;

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cable::Cable;
use caller::{Caller, Told};
use dice::Dice;
use nats::{NODES, Nodes};
use serde_json::Value;
use support::{Server, TOKEN, chaffinch};

/// Replicas.
const REPLICAS: usize = 3;
/// Corrections that are acknowledged between two faults.
const BETWEEN: usize = 60;
/// No check may take longer, in milliseconds; `CHAFFINCH_CLUSTER_LONGEST_CHECK` says otherwise, for a machine that has
/// other work to do.
const LONGEST_CHECK: u64 = 1000;

/// Waits until something is so.
pub(crate) fn wait_for<T>(what: &str, mut holds: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = holds() {
            return found;
        }
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{what} did not come about"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// Milliseconds between two calls of a caller, for a long run beside other work.
pub(crate) fn pause() -> Duration {
    let pause = setting("PAUSE").map_or(0, |n| n.parse().expect("a number"));
    Duration::from_millis(pause)
}

fn setting(name: &str) -> Option<String> {
    std::env::var(format!("CHAFFINCH_CLUSTER_{name}")).ok()
}

struct Replica {
    data: PathBuf,
    /// How large the pieces are that the log is kept in.
    pieces: &'static str,
    /// How many corrections it keeps while NATS is away.
    queue: usize,
    cables: [Cable; NODES],
    server: Option<Server>,
}

impl Replica {
    fn new(data: PathBuf, nodes: &Nodes) -> Self {
        Self {
            data,
            pieces: "64KiB",
            queue: 0,
            cables: std::array::from_fn(|n| Cable::to(nodes.address(n))),
            server: None,
        }
    }

    fn urls(&self) -> String {
        let ports = self.cables.iter().map(Cable::port);
        let urls: Vec<_> = ports.map(|port| format!("127.0.0.1:{port}")).collect();
        format!("nats://{}", urls.join(","))
    }

    fn start(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.data.with_extension("log"))
            .unwrap();
        let (urls, pieces) = (self.urls(), self.pieces);
        let queue = self.queue.to_string();
        self.server = Some(Server::start_with(&self.data, |command| {
            command
                .env("CHAFFINCH_RATE_WRONG_KEYS", "off")
                .env("CHAFFINCH_CLUSTER", urls)
                .env("CHAFFINCH_CLUSTER_SNAPSHOT", pieces)
                .env("CHAFFINCH_CLUSTER_QUEUE", queue)
                .stderr(log)
        }));
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    /// Sequence and hash of what was learned.
    fn learned(&self) -> (u64, String) {
        let model = self.server().get("/v1/model");
        let state = model["state"].as_str().unwrap().to_owned();
        (model["sequence"].as_u64().unwrap(), state)
    }

    fn connected(&self) -> bool {
        let ready = self.server().get("/readyz");
        ready["cluster"]["connected"] == true
    }

    fn journal(&self) -> Vec<u8> {
        fs::read(self.data.join("journal/events.log")).unwrap()
    }
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn what_was_acknowledged_anywhere_is_everywhere_once() {
    let rounds: usize = setting("ROUNDS").map_or(1, |n| n.parse().expect("a number"));
    let seed = setting("SEED").unwrap_or_else(|| "chaffinch".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = Nodes::start_undisturbed(folder.path());
    let mut replicas: [Replica; REPLICAS] =
        std::array::from_fn(|n| Replica::new(folder.path().join(format!("r{n}")), &nodes));
    // All at once: one of them begins the log, the others join.
    thread::scope(|scope| {
        for replica in &mut replicas {
            scope.spawn(|| replica.start());
        }
    });
    let told = Mutex::<Told>::default();
    println!("| round | fault | pause of corrections | slowest check |\n|---|---|---|---|");
    for round in 1..=rounds {
        for fault in [
            "none",
            "follower",
            "leader",
            "replica",
            "cut off",
            "all servers",
        ] {
            let dice = Dice::new(&format!("{seed} {round} {fault}"));
            let (pause, slowest) = storm(&mut nodes, &mut replicas, &told, fault, dice);
            println!(
                "| {round} | {fault} | {} ms | {} ms |",
                pause.as_millis(),
                slowest.as_millis()
            );
        }
        same_everywhere(&replicas);
    }
    let told = told.into_inner().unwrap();
    println!(
        "{} corrections and {} retractions acknowledged, {} refused, {} checks",
        told.corrections.len(),
        told.retracted,
        told.refused,
        told.checks
    );
    for replica in &replicas {
        exactly_once(replica, &told);
    }
    for replica in &mut replicas {
        let server = replica.server.take().unwrap();
        server.terminate();
        assert!(server.wait().success());
    }
    for replica in &replicas[1..] {
        assert!(
            replica.journal() == replicas[0].journal(),
            "the journals differ"
        );
    }
}

/// Load on all replicas, and a fault in the midst of it. Answers with the longest time without an acknowledged
/// correction, and with the slowest check.
fn storm(
    nodes: &mut Nodes,
    replicas: &mut [Replica; REPLICAS],
    told: &Mutex<Told>,
    fault: &str,
    mut dice: Dice,
) -> (Duration, Duration) {
    {
        let mut told = told.lock().unwrap();
        told.last = None;
        told.longest_pause = Duration::ZERO;
        told.slowest_check = Duration::ZERO;
    }
    let stop = AtomicBool::new(false);
    let acknowledged = || told.lock().unwrap().corrections.len();
    let some_more = || {
        let before = acknowledged();
        wait_for("more corrections", || {
            (acknowledged() > before + BETWEEN).then_some(())
        });
    };
    let bases: Vec<_> = replicas.iter().map(|r| r.server().base.clone()).collect();
    let serial = dice.below(1_000_000_000);
    thread::scope(|scope| {
        for (n, base) in bases.into_iter().enumerate() {
            let caller = Caller {
                name: format!("caller {n} {serial}"),
                base,
                told,
                stop: &stop,
            };
            let dice = Dice::new(&caller.name);
            scope.spawn(move || {
                thread::scope(|both| {
                    both.spawn(|| caller.correct(dice));
                    caller.check();
                });
            });
        }
        some_more();
        let victim = dice.below(REPLICAS);
        match fault {
            "follower" | "leader" => {
                let leader = nodes.leader();
                let node = match fault {
                    "leader" => leader,
                    _ => (leader + 1 + dice.below(NODES - 1)) % NODES,
                };
                nodes.kill(node);
                some_more();
                nodes.revive(node);
            }
            "all servers" => {
                for node in 0..NODES {
                    nodes.kill(node);
                }
                wait_for("replicas that notice", || {
                    replicas.iter().all(|r| !r.connected()).then_some(())
                });
                for node in 0..NODES {
                    nodes.run(node);
                }
            }
            "replica" => {
                replicas[victim].server.take().unwrap().kill();
                some_more();
                replicas[victim].start();
            }
            "cut off" => {
                let replica = &replicas[victim];
                replica.cables.iter().for_each(Cable::cut);
                wait_for("a replica that notices", || {
                    (!replica.connected()).then_some(())
                });
                some_more();
                replica.cables.iter().for_each(Cable::heal);
            }
            _ => {}
        }
        wait_for("replicas that are connected", || {
            replicas.iter().all(Replica::connected).then_some(())
        });
        some_more();
        stop.store(true, Ordering::SeqCst);
    });
    let told = told.lock().unwrap();
    assert!(told.faults.is_empty(), "{fault}: {:?}", told.faults);
    let longest = setting("LONGEST_CHECK").map_or(LONGEST_CHECK, |n| n.parse().expect("a number"));
    assert!(
        told.slowest_check < Duration::from_millis(longest),
        "{fault}: a check took {:?}",
        told.slowest_check
    );
    (told.longest_pause, told.slowest_check)
}

/// Waits until all replicas are at the same place, where all have learned the same.
fn same_everywhere(replicas: &[Replica]) {
    wait_for("replicas at the same place", || {
        let learned: Vec<_> = replicas.iter().map(Replica::learned).collect();
        let same = learned.iter().all(|(at, _)| *at == learned[0].0);
        if same {
            for (at, state) in &learned {
                assert_eq!(
                    *state, learned[0].1,
                    "at {at} they learned different things"
                );
            }
        }
        same.then_some(())
    });
}

/// Every acknowledged correction stands in a replica's log, where its caller was told, and nowhere else.
fn exactly_once(replica: &Replica, told: &Told) {
    let file = tempfile::tempdir().unwrap();
    let path = file.path().join("backup");
    let saved = chaffinch()
        .args([
            "backup",
            "--url",
            &replica.server().base,
            "--admin-token",
            TOKEN,
        ])
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        saved.status.success(),
        "{}",
        String::from_utf8_lossy(&saved.stderr)
    );
    let (mut found, mut last) = (0, 0);
    for line in BufReader::new(File::open(path).unwrap()).lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let event = &line["event"];
        let Some(sequence) = event["sequence"].as_u64() else {
            continue;
        };
        assert_eq!(sequence, last + 1);
        last = sequence;
        if let Some((id, label)) = told.corrections.get(&sequence) {
            let said = &event["change"]["Corrected"];
            let here = (said["verdict"].as_str(), said["label"].as_str());
            assert_eq!(
                here,
                (Some(&**id), Some(&**label)),
                "event {sequence}: {event}"
            );
            found += 1;
        }
    }
    assert_eq!(found, told.corrections.len(), "some are missing");
}
