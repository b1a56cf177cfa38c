//! How long a start takes, and how much memory, when much is stored and learned.
//!
//! `CHAFFINCH_START_VERDICTS=1000000 CHAFFINCH_START_CORRECTIONS=100000 cargo test --release --test start -- --nocapture`
//! shows the table with that many; the run of all tests has few.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(target_os = "linux")]

#[path = "support/dice.rs"]
mod dice;
mod support;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chaffinch::classifier::Classifier;
use chaffinch::service::{self, CheckOptions, ConfiguredKeys, Service};
use chaffinch::site::Site;
use chaffinch::store::{self, AddressPolicy, NewCorrection, StoreSettings, VerdictRecord};
use chaffinch::training::corpus;
use chaffinch::verdict::{Label, VerdictId};
use dice::Dice;
use jiff::Timestamp;
use support::{KEY, Server, TOKEN};

/// Sites that the comments are spread over.
const SITES: usize = 20;
/// Writes that are under way at the same time.
const AT_ONCE: usize = 500;

fn number(name: &str, otherwise: usize) -> usize {
    let number = std::env::var(format!("CHAFFINCH_START_{name}"));
    number.map_or(otherwise, |n| n.parse().expect("a number"))
}

/// Comments of the fixtures with their labels, as a server keeps them.
fn samples(folder: &Path) -> Vec<(VerdictRecord, Label)> {
    let paths = corpus::files(&["fixtures/comments".into()]).unwrap();
    let samples = paths.iter().flat_map(|path| corpus::read(path).unwrap());
    let samples: Vec<_> = samples.map(Result::unwrap).collect();
    let mut records = Vec::new();
    actix_web::rt::System::new().block_on(async {
        let store = store::open(folder, &StoreSettings::default()).unwrap();
        let classifier = Arc::new(Classifier::embedded().unwrap());
        let settings = service::Settings::default();
        let service = Service::new(Arc::clone(&store), classifier, settings).unwrap();
        let keys = ConfiguredKeys {
            site_key: KEY.parse().ok(),
            admin_token: TOKEN.parse().ok(),
        };
        service.registry().first_keys(keys).await.unwrap();
        let caller = service.authenticate(KEY).unwrap();
        for (n, sample) in samples.into_iter().enumerate() {
            let mut comment = sample.comment;
            comment.site = Site::parse(&format!("site{}.example", n % SITES)).ok();
            let options = CheckOptions::default();
            let id = service.check(&caller, comment, options).await.unwrap().id;
            records.push((store.verdict(id).unwrap().unwrap(), sample.label));
        }
        service.close();
    });
    records
}

/// Fills a folder, with words in each comment that hardly any other has. Answers with the first and the last
/// verdict that was corrected.
fn fill(folder: &Path, verdicts: usize, corrections: usize) -> [VerdictId; 2] {
    let samples = samples(folder);
    let classifier = Classifier::embedded().unwrap();
    let store = store::open(folder, &StoreSettings::default()).unwrap();
    let mut dice = Dice::new("start");
    let (mut puts, mut taught) = (Vec::new(), Vec::new());
    let mut ends: Option<[VerdictId; 2]> = None;
    for n in 0..verdicts {
        let (mut record, label) = samples[n % samples.len()].clone();
        record.id = VerdictId::fresh();
        let comment = record.comment.as_mut().unwrap();
        for _ in 0..6 {
            comment
                .content
                .push_str(&format!(" word{}", dice.below(1_000_000)));
        }
        if n * corrections / verdicts != (n + 1) * corrections / verdicts {
            let features = classifier.features(comment);
            ends = Some([ends.map_or(record.id, |[first, _]| first), record.id]);
            taught.push(NewCorrection {
                verdict: record.id,
                label,
                features,
                learn: true,
                by: record.key,
                at: Timestamp::now(),
            });
        }
        puts.push(store.put(record, AddressPolicy::Hash));
        if puts.len() == AT_ONCE || n + 1 == verdicts {
            puts.drain(..).for_each(|ack| ack.wait().unwrap());
            let acks: Vec<_> = taught.drain(..).map(|new| store.correct(new)).collect();
            acks.into_iter().for_each(|ack| {
                ack.wait().unwrap();
            });
        }
    }
    ends.unwrap()
}

fn memory(server: &Server, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}

fn size(path: &Path) -> u64 {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.path().is_dir() {
        true => size(&entry.path()),
        false => entry.metadata().map_or(0, |of| of.len()),
    });
    sizes.sum()
}

fn start(folder: &Path) -> (Server, Duration) {
    let began = Instant::now();
    let server = Server::start_with(folder, |command| command.stderr(Stdio::null()));
    server.get("/readyz");
    (server, began.elapsed())
}

#[test]
fn a_start_with_much_learned_reads_a_kept_state() {
    let (verdicts, corrections) = (number("VERDICTS", 2000), number("CORRECTIONS", 300));
    let folder = tempfile::tempdir().unwrap();
    let [first, last] = fill(folder.path(), verdicts, corrections);
    println!("\n| start | to ready | resident, MiB | at most, MiB |\n|---|---|---|---|");
    let show = |what: &str, (server, took): &(Server, Duration)| {
        let (resident, most) = (memory(server, "VmRSS"), memory(server, "VmHWM"));
        println!("| {what} | {took:.0?} | {resident} | {most} |");
    };
    let bare = start(folder.path());
    show("nothing kept", &bare);
    let learned = bare.0.get("/readyz")["learned_from"].clone();
    let judged = bare.0.judge("how do I prune currants? word17 word4711");
    bare.0.terminate();
    assert!(bare.0.wait().success());
    let kept = folder.path().join("learned");
    assert!(size(&kept) > 0);
    let second = start(folder.path());
    show("after a stop", &second);
    let readyz = second.0.get("/readyz");
    assert_eq!(readyz["learned_from"], learned);
    let again = second.0.judge("how do I prune currants? word17 word4711");
    assert_eq!(again, judged);
    for (what, id) in [("last", last), ("first", first)] {
        let began = Instant::now();
        let url = format!("{}/v1/corrections/{id}", second.0.base);
        let taken_back = ureq::delete(url).header("Authorization", format!("Bearer {TOKEN}"));
        taken_back.call().unwrap();
        println!("the {what} correction taken back: {:.0?}", began.elapsed());
    }
    second.0.kill();
    let third = start(folder.path());
    show("after a kill", &third);
    println!(
        "{verdicts} verdicts, {corrections} corrections: journal {} MiB, kept states {} MiB, sled {} MiB",
        size(&folder.path().join("journal")) >> 20,
        size(&kept) >> 20,
        size(&folder.path().join("sled")) >> 20,
    );
}
