//! What the service bears beside a bare handler of the same framework: `cargo bench --bench service`.
//!
//! Both run as processes of their own and get the same calls from the same generator, which has its share of
//! the machine's cores in both cases; what it takes is told. `CHAFFINCH_BENCH_COMMENTS` names a folder of
//! labelled comments to send, `CHAFFINCH_BENCH_VERDICTS` how many verdicts are stored for the second part
//! (100,000; a tenth as many corrections), `CHAFFINCH_BENCH_SECONDS` how long each measuring takes (5).

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bare;
mod load;
mod process;
#[path = "../support/mod.rs"]
mod support;

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use load::{Call, Load};
use process::Process;

/// Connections of the clients.
const CONNECTIONS: usize = 64;
/// Part of its own maximum at which times are taken.
const PART: f64 = 0.7;

fn main() {
    if std::env::args().any(|arg| arg == bare::ARGUMENT) {
        return bare::serve();
    }
    let number = |name: &str, usual: u64| {
        let given = std::env::var(name).ok();
        given.map_or(usual, |n| n.parse().expect("a number"))
    };
    let time = Duration::from_secs(number("CHAFFINCH_BENCH_SECONDS", 5));
    let verdicts = number("CHAFFINCH_BENCH_VERDICTS", 100_000);
    let comments = support::comments();
    let [checks, submits] = ["comment-check", "submit-spam"].map(|name| Call::all(name, &comments));

    let bare = Process::bare();
    let bare_most = Load::new(&bare, &checks).at_most(CONNECTIONS, time);
    let folder = tempfile::tempdir().unwrap();
    let fresh = Process::chaffinch(folder.path());
    let memory = fresh.memory();
    let most = Load::new(&fresh, &checks).at_most(CONNECTIONS, time);
    let rate = PART * most.rate;
    let slow = Load::new(&fresh, &checks).at_rate(CONNECTIONS, rate, time);
    let bare_slow = Load::new(&bare, &checks).at_rate(CONNECTIONS, rate, time);
    drop(bare);

    println!("| figure | chaffinch | reference | ratio |\n|---|---|---|---|");
    let row = |name: &str, own: f64, reference: f64, unit: &str| {
        let ratio = own / reference;
        println!("| {name} | {own:.1} {unit} | {reference:.1} {unit} | {ratio:.2} |");
    };
    let name = "checks a second, 64 connections / bare handler";
    row(name, most.rate, bare_most.rate, "/s");
    let name = "p99 at 70 % of its own maximum / bare handler at that rate";
    row(name, slow.p99(), bare_slow.p99(), "ms");
    println!(
        "| CPU a check: server, generator / the same of the bare handler | {:.0}, {:.0} µs | {:.0}, {:.0} µs | |",
        most.server_cpu, most.own_cpu, bare_most.server_cpu, bare_most.own_cpu
    );

    let sync = one_sync(folder.path());
    let one = Load::new(&fresh, &submits).at_most(1, time);
    let many = Load::new(&fresh, &submits).at_most(CONNECTIONS, time);
    row(
        "a correction, p50, one writer / one sync of the disk",
        one.p50(),
        sync,
        "ms",
    );
    row(
        "corrections a second, 64 writers / 1",
        many.rate,
        one.rate,
        "/s",
    );

    let ready = fresh.ready_after;
    drop(fresh);
    let full = Process::chaffinch(folder.path());
    let filled = Load::new(&full, &checks).so_many(CONNECTIONS, verdicts);
    Load::new(&full, &submits).so_many(CONNECTIONS, verdicts / 10);
    drop(full);
    let full = Process::chaffinch(folder.path());
    let later = full.memory();
    println!(
        "| memory: {verdicts} verdicts and {} corrections / fresh start | {later:.0} MiB | {memory:.0} MiB | |",
        verdicts / 10
    );
    let disk = on_the_disk(folder.path()) as f64 / 1024.0;
    println!(
        "| on the disk: the same | {:.0} MiB, {:.1} KiB a verdict | | |",
        disk / 1024.0,
        disk / verdicts as f64
    );
    row(
        "start to ready: the same / fresh",
        full.ready_after,
        ready,
        "ms",
    );
    let again = Load::new(&full, &checks).at_most(CONNECTIONS, time);
    row(
        "checks a second: the same / fresh",
        again.rate,
        most.rate,
        "/s",
    );
    assert_eq!(
        filled.refused, 0,
        "some of the calls that filled it were turned away"
    );
}

/// Bytes of a folder's files, as far as they take up blocks.
fn on_the_disk(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let sizes = entries.map(|entry| match entry.file_type().unwrap().is_dir() {
        true => on_the_disk(&entry.path()),
        false => entry.metadata().unwrap().blocks() * 512,
    });
    sizes.sum()
}

/// Milliseconds, the middle of many, in which a kilobyte reaches the disk.
fn one_sync(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("sync")).unwrap();
    let mut times: Vec<f64> = (0..200)
        .map(|_| {
            let began = Instant::now();
            file.write_all(&[7; 1024]).unwrap();
            file.sync_data().unwrap();
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    file.rewind().unwrap();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
