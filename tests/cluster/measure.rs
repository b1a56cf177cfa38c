//! Figures for `docs/scaling.md`, on the machine that this runs on:
//!
//! `CHAFFINCH_CLUSTER_MEASURE=10 cargo test --test cluster what_it_takes -- --ignored --nocapture`
//!
//! takes some ten seconds for each; without the variable nothing is measured.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use async_nats::jetstream;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::nats::Nodes;
use crate::support::KEY;
use crate::{REPLICAS, Replica, same_everywhere, setting, wait_for};

/// Connections that call at the same time.
const CALLERS: usize = 24;
/// The same where they correct: each waits for what is acknowledged in groups.
const CORRECTORS: usize = 240;
/// Bytes of a message, where JetStream alone is measured.
const MESSAGE: usize = 300;

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn what_it_takes() {
    let Some(seconds) = setting("MEASURE") else {
        return;
    };
    let long = Duration::from_secs(seconds.parse().expect("a number of seconds"));
    let folder = tempfile::tempdir().unwrap();
    let nodes = Nodes::start_undisturbed(folder.path());
    println!("| messages under way | acknowledged a second |\n|---|---|");
    for under_way in [1, 1000] {
        println!("| {under_way} | {} |", appends(&nodes, under_way, long));
    }
    let mut replicas: [Replica; REPLICAS] =
        std::array::from_fn(|n| Replica::new(folder.path().join(format!("r{n}")), &nodes));
    replicas[0].start();
    println!(
        "| servers | checks a second | turned away | CPU of Chaffinch, ms a check | of NATS |\n|---|---|---|---|---|"
    );
    for n in 1..=REPLICAS {
        if n > 1 {
            replicas[n - 1].start();
        }
        checks(&nodes, &replicas[..n], long);
    }
    println!(
        "| corrections a second, wanted | done | acknowledged after, p50 | p99 | on another server after, p50 | p99 |\n\
         |---|---|---|---|---|---|"
    );
    for rate in [100, 1000] {
        corrections(&replicas, rate, long);
        same_everywhere(&replicas);
    }
}

/// How many messages a second JetStream takes, as it is set up for the log.
fn appends(nodes: &Nodes, under_way: usize, long: Duration) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = async_nats::connect(format!("127.0.0.1:{}", nodes.address(0).1));
        let context = jetstream::new(client.await.unwrap());
        let config = jetstream::stream::Config {
            name: "measured".to_owned(),
            subjects: vec!["measured".to_owned()],
            num_replicas: 3,
            ..jetstream::stream::Config::default()
        };
        context.create_stream(config).await.unwrap();
        // Until it has a leader, nothing is acknowledged.
        loop {
            let first = context.publish("measured", vec![7; MESSAGE].into()).await;
            if first.unwrap().await.is_ok() {
                break;
            }
        }
        let began = Instant::now();
        let sends = futures_util::stream::repeat(()).map(|()| async {
            let sent = context.publish("measured", vec![7; MESSAGE].into()).await;
            sent.unwrap().await.unwrap();
        });
        let counted = sends.buffer_unordered(under_way);
        let counted = counted.take_while(|()| futures_util::future::ready(began.elapsed() < long));
        let count = counted.count().await;
        context.delete_stream("measured").await.unwrap();
        per_second(count as u64, began.elapsed())
    })
}

fn per_second(count: u64, took: Duration) -> u64 {
    (count as f64 / took.as_secs_f64()).round() as u64
}

/// Processor time of some processes.
fn cpu(processes: impl IntoIterator<Item = u32>) -> Duration {
    let ticks = processes.into_iter().map(|id| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let fields: Vec<&str> = fields.split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    });
    Duration::from_millis(10 * ticks.sum::<u64>())
}

/// A caller's connection.
struct Line<'a> {
    agent: ureq::Agent,
    base: &'a str,
}

impl<'a> Line<'a> {
    fn to(replica: &'a Replica) -> Self {
        Self {
            agent: ureq::Agent::new_with_defaults(),
            base: &replica.server().base,
        }
    }

    fn post(&self, path: &str, body: &Value) -> Option<Value> {
        let sent = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {KEY}"))
            .send(body.to_string());
        sent.ok()?.body_mut().read_json().ok()
    }

    fn sequence(&self) -> u64 {
        let called = self
            .agent
            .get(format!("{}/v1/model", self.base))
            .header("Authorization", format!("Bearer {KEY}"))
            .call();
        let model: Value = called.unwrap().body_mut().read_json().unwrap();
        model["sequence"].as_u64().unwrap()
    }
}

fn comment(n: u64) -> Value {
    let name = n % 977;
    json!({
        "content": format!("I tried this recipe number {n} with my sister, and it was wonderful; see garden {name} for more."),
        "author": {"name": format!("Reader {name}"), "email": format!("reader{name}@example.com")}
    })
}

/// As many checks as some servers answer.
fn checks(nodes: &Nodes, replicas: &[Replica], long: Duration) {
    let (stop, count, refused) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let servers = || replicas.iter().map(|replica| replica.server().id());
    let before = (cpu(servers()), cpu(nodes.ids()));
    let began = Instant::now();
    thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (stop, count, refused) = (&stop, &count, &refused);
            let line = Line::to(&replicas[caller % replicas.len()]);
            scope.spawn(move || {
                for n in (caller as u64..).step_by(CALLERS) {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    match line.post("/v1/check", &comment(n)) {
                        Some(_) => count.fetch_add(1, Ordering::Relaxed),
                        // Turned away: there is more than can be answered in time.
                        None => refused.fetch_add(1, Ordering::Relaxed),
                    };
                }
            });
        }
        thread::sleep(long);
        stop.store(true, Ordering::Relaxed);
    });
    let (took, count) = (began.elapsed(), count.into_inner());
    // What was checked last is on its way to the others, and belongs to it.
    thread::sleep(Duration::from_secs(1));
    let each = |used: Duration| used.as_secs_f64() * 1000.0 / count as f64;
    println!(
        "| {} | {} | {} | {:.3} | {:.3} |",
        replicas.len(),
        per_second(count, took),
        per_second(refused.into_inner(), took),
        each(cpu(servers()) - before.0),
        each(cpu(nodes.ids()) - before.1),
    );
}

/// Corrections at one server, so many a second, and when another has them.
fn corrections(replicas: &[Replica; REPLICAS], rate: u64, long: Duration) {
    let total = rate * long.as_secs();
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let began = Instant::now();
    let (told, seen) = thread::scope(|scope| {
        let callers: Vec<_> = (0..CORRECTORS)
            .map(|_| {
                let (next, line) = (&next, Line::to(&replicas[0]));
                scope.spawn(move || {
                    let mut told = Vec::new();
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        if n >= total {
                            return told;
                        }
                        let due = began
                            + Duration::from_secs(1) * u32::try_from(n).unwrap()
                                / u32::try_from(rate).unwrap();
                        thread::sleep(due.saturating_duration_since(Instant::now()));
                        let label = ["spam", "ham"][usize::from(n % 2 == 0)];
                        let mut said = comment(n + rate * 1_000_000);
                        said["kind"] = json!("comment");
                        let asked = Instant::now();
                        let body = json!({"comment": said, "label": label});
                        if let Some(reply) = line.post("/v1/corrections", &body) {
                            let now = Instant::now();
                            told.push((reply["sequence"].as_u64().unwrap(), now - asked, now));
                        }
                    }
                })
            })
            .collect();
        let watcher = scope.spawn(|| {
            let line = Line::to(&replicas[1]);
            let mut seen = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                seen.push((line.sequence(), Instant::now()));
                thread::sleep(Duration::from_millis(1));
            }
            seen
        });
        let told: Vec<_> = callers
            .into_iter()
            .flat_map(|caller| caller.join().unwrap())
            .collect();
        let last = told.iter().map(|(sequence, ..)| *sequence).max().unwrap();
        let line = Line::to(&replicas[1]);
        wait_for("the last correction", || {
            (line.sequence() >= last).then_some(())
        });
        thread::sleep(Duration::from_millis(50));
        stop.store(true, Ordering::Relaxed);
        (told, watcher.join().unwrap())
    });
    let ended = told.iter().map(|(.., at)| *at).max().unwrap();
    let mut acknowledged: Vec<_> = told.iter().map(|(_, took, _)| *took).collect();
    let mut lags: Vec<_> = told
        .iter()
        .map(|(sequence, _, at)| {
            let there = seen
                .iter()
                .find(|(reached, _)| reached >= sequence)
                .unwrap()
                .1;
            there.saturating_duration_since(*at)
        })
        .collect();
    let [ack50, ack99] = quantiles(&mut acknowledged);
    let [lag50, lag99] = quantiles(&mut lags);
    let done = per_second(told.len() as u64, ended - began);
    println!("| {rate} | {done} | {ack50} ms | {ack99} ms | {lag50} ms | {lag99} ms |");
}

fn quantiles(times: &mut [Duration]) -> [String; 2] {
    times.sort_unstable();
    [50, 99].map(|percent| {
        let at = times[(times.len() - 1) * percent / 100];
        format!("{:.1}", at.as_secs_f64() * 1000.0)
    })
}
