//! Nothing that was acknowledged is lost when the process is killed.
//!
//! Each round starts the real binary on the same data folder, has several callers check, correct,
//! retract, make rules and keys, set up sites and erase, kills the binary at a random moment, starts
//! it again and compares everything with what the callers were told. What was under way may have
//! happened or not, but not by halves.
//!
//! `CHAFFINCH_CRASH_ROUNDS=200 cargo test --test crash -- --nocapture` shows the closing table;
//! `CHAFFINCH_CRASH_SEED` chooses other moments.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod caller;
#[path = "../support/dice.rs"]
mod dice;
mod facts;
#[path = "../support/mod.rs"]
mod support;

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use caller::{Caller, Client};
use dice::Dice;
use support::{KEY, Server, TOKEN, chaffinch};

/// Callers at the same time, each with a site of its own.
const CALLERS: usize = 4;

fn setting(name: &str) -> Option<String> {
    std::env::var(format!("CHAFFINCH_CRASH_{name}")).ok()
}

fn start(data: &std::path::Path) -> Server {
    Server::start_with(data, |command| {
        // Revoked keys are tried out.
        command
            .env("CHAFFINCH_RATE_WRONG_KEYS", "off")
            .stderr(Stdio::null())
    })
}

/// Starts one and kills it, mostly while it still reads what is there.
fn kill_early(data: &std::path::Path, dice: &mut Dice) {
    let mut command: Command = chaffinch();
    let mut child = command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env("CHAFFINCH_SITE_KEY", KEY)
        .env("CHAFFINCH_ADMIN_TOKEN", TOKEN)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
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
            kill_early(&data, &mut dice);
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
