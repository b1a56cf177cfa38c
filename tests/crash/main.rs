//! Nothing that was acknowledged is lost when the process is killed, and when the power goes nothing but
//! verdicts of the last half second.
//!
//! Each round starts the real binary on the same data folder, has several callers check, correct,
//! retract, make rules and keys, set up sites and erase, kills the binary at a random moment, starts
//! it again and compares everything with what the callers were told. What was under way may have
//! happened or not, but not by halves.
//!
//! With the power goes in addition what was not synced: [`power`].
//!
//! `CHAFFINCH_CRASH_ROUNDS=200 cargo test --test crash -- --nocapture` shows the closing tables;
//! `CHAFFINCH_CRASH_SEED` chooses other moments.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod caller;
#[path = "../support/dice.rs"]
mod dice;
mod facts;
mod power;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use caller::{Caller, Client};
use dice::Dice;
use power::{Disk, Loss};
use support::{KEY, Server, TOKEN, chaffinch};

/// How old verdicts may be that go with the power. It is half a second that is promised; a machine on which
/// everything runs at the same time is late now and then.
const POWER_TAKES: Duration = Duration::from_millis(2000);

/// Callers at the same time, each with a site of its own.
const CALLERS: usize = 4;

fn setting(name: &str) -> Option<String> {
    std::env::var(format!("CHAFFINCH_CRASH_{name}")).ok()
}

fn start(data: &Path) -> Server {
    start_noted(data, None)
}

/// Starts one, and has its calls noted.
fn start_noted(data: &Path, trace: Option<&Path>) -> Server {
    Server::start_with(data, |command| {
        // Revoked keys are tried out.
        noted(command, data, trace).env("CHAFFINCH_RATE_WRONG_KEYS", "off")
    })
}

fn noted<'a>(command: &'a mut Command, data: &Path, trace: Option<&Path>) -> &'a mut Command {
    if let Some(trace) = trace {
        let _ = std::fs::remove_file(trace);
        let log = std::fs::File::create(trace.with_extension("log")).unwrap();
        command
            .env("LD_PRELOAD", power::tracer())
            .env("TRACED", data.parent().unwrap())
            .env("TRACE", trace)
            .stderr(log);
        return command;
    }
    command.stderr(Stdio::null())
}

/// Starts one and kills it, mostly while it still reads what is there.
fn kill_early(data: &Path, trace: Option<&Path>, dice: &mut Dice) {
    let mut command: Command = chaffinch();
    let mut child = noted(&mut command, data, trace)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env("CHAFFINCH_SITE_KEY", KEY)
        .env("CHAFFINCH_ADMIN_TOKEN", TOKEN)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(dice.below(150) as u64));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let rounds: usize = setting("ROUNDS").map_or(20, |n| n.parse().expect("a number"));
    let seed = setting("SEED").unwrap_or_else(|| "chaffinch".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let began = Instant::now();
    let mut dice = Dice::new(&seed);
    let mut callers: Vec<Caller> = (0..CALLERS)
        .map(|n| Caller::new(n, Dice::new(&format!("{seed} {n}"))))
        .collect();
    let (mut checked, mut lost, mut early) = (0, Vec::new(), 0);
    for round in 1..=rounds {
        let server = start(&data);
        let client = Client::new(&server.base);
        let alive = Duration::from_millis(30 + dice.below(600) as u64);
        thread::scope(|scope| {
            for caller in &mut callers {
                let client = client.clone();
                scope.spawn(move || caller.work(&client));
            }
            thread::sleep(alive);
            server.kill();
        });
        if dice.below(5) == 0 {
            early += 1;
            kill_early(&data, None, &mut dice);
        }
        let server = start(&data);
        let client = Client::new(&server.base);
        for caller in &mut callers {
            let outcome = caller.compare(&client);
            checked += outcome.checked;
            lost.extend(
                outcome
                    .lost
                    .into_iter()
                    .map(|l| format!("round {round}: {l}")),
            );
        }
        let lessons: u64 = callers.iter().map(|caller| caller.facts.lessons()).sum();
        checked += 1;
        let learned = client.learned_from();
        if learned != lessons {
            lost.push(format!(
                "round {round}: learned from {learned}, not {lessons} corrections"
            ));
        }
        assert!(lost.is_empty(), "seed {seed}: {lost:#?}");
        server.kill();
    }
    let sum = |count: fn(&Caller) -> usize| callers.iter().map(count).sum::<usize>();
    println!(
        "\n| rounds | kills | acknowledged writes | in flight at a kill | of these done | facts checked | lost | seconds |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    println!(
        "| {rounds} | {} | {} | {} | {} | {checked} | {} | {} |",
        2 * rounds + early,
        sum(|c| c.acknowledged),
        sum(|c| c.in_flight),
        sum(|c| c.done_in_flight),
        lost.len(),
        began.elapsed().as_secs(),
    );
    println!("\nWrites by kind: {}", caller::by_kind(&callers));
    assert!(
        sum(|c| c.acknowledged) > rounds * CALLERS,
        "hardly any load"
    );
}

#[test]
fn what_was_acknowledged_survives_the_loss_of_power() {
    let rounds: usize = setting("ROUNDS").map_or(20, |n| n.parse().expect("a number"));
    let seed = setting("SEED").unwrap_or_else(|| "chaffinch".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let (data, trace) = (folder.path().join("disk/data"), folder.path().join("trace"));
    std::fs::create_dir(folder.path().join("disk")).unwrap();
    let began = Instant::now();
    let mut dice = Dice::new(&format!("power {seed}"));
    let mut callers: Vec<Caller> = (0..CALLERS)
        .map(|n| Caller::new(n, Dice::new(&format!("power {seed} {n}"))))
        .collect();
    let (mut checked, mut cuts, mut taken, mut oldest) = (0, 0, 0, Duration::ZERO);
    let mut sum = Loss::default();
    for round in 1..=rounds {
        let mut disk = Disk::of(&data);
        let server = start_noted(&data, Some(&trace));
        let client = Client::new(&server.base);
        let alive = Duration::from_millis(100 + dice.below(2000) as u64);
        let mut killed = Instant::now();
        thread::scope(|scope| {
            for caller in &mut callers {
                let client = client.clone();
                scope.spawn(move || caller.work(&client));
            }
            thread::sleep(alive);
            killed = Instant::now();
            server.kill();
        });
        disk.follow(&trace);
        sum += disk.lose_power(&mut dice);
        cuts += 1;
        if dice.below(3) == 0 {
            // Once more, while it puts right what the first loss left.
            let mut disk = Disk::of(&data);
            kill_early(&data, Some(&trace), &mut dice);
            disk.follow(&trace);
            sum += disk.lose_power(&mut dice);
            cuts += 1;
        }
        let log = folder.path().join("log");
        let server = Server::start_with(&data, |command| {
            let log = std::fs::File::create(&log).unwrap();
            command.env("CHAFFINCH_RATE_WRONG_KEYS", "off").stderr(log)
        });
        let client = Client::new(&server.base);
        let (mut lost, mut perhaps) = (Vec::new(), 0);
        for caller in &mut callers {
            let outcome = caller.compare_without_power(&client, killed, POWER_TAKES);
            checked += outcome.checked;
            taken += outcome.gone.verdicts;
            oldest = oldest.max(outcome.gone.oldest);
            perhaps += outcome.gone.perhaps_learned;
            lost.extend(outcome.lost);
        }
        let lessons: u64 = callers.iter().map(|caller| caller.facts.lessons()).sum();
        checked += 1;
        let learned = client.learned_from();
        match learned.checked_sub(lessons) {
            Some(more) if more <= perhaps => callers[0].facts.erased_lessons += more,
            _ => lost.push(format!("learned from {learned}, not {lessons} corrections")),
        }
        let log = std::fs::read_to_string(&log).unwrap();
        assert!(
            lost.is_empty(),
            "round {round} of seed {seed}: {lost:#?}\n{log}"
        );
        server.kill();
    }
    let acknowledged: usize = callers.iter().map(|caller| caller.acknowledged).sum();
    println!(
        "\n| rounds | losses of power | acknowledged writes | unsynced writes | pages lost | pages torn | changes of names lost | facts checked | lost | young verdicts lost | the oldest of them | seconds |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    println!(
        "| {rounds} | {cuts} | {acknowledged} | {} | {} | {} | {} | {checked} | 0 | {taken} | {} ms | {} |",
        sum.writes,
        sum.pages,
        sum.torn,
        sum.names,
        oldest.as_millis(),
        began.elapsed().as_secs(),
    );
    assert!(acknowledged > rounds * CALLERS, "hardly any load");
}
