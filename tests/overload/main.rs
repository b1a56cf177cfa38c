//! What a server bears: slow and idle clients, huge heads, many large bodies at once.
//!
//! `CHAFFINCH_IDLE=10000 cargo test --test overload -- --nocapture` opens more idle connections than
//! the run of all tests does, and shows what they cost.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;
mod twice;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{KEY, Server};

fn start(folder: &tempfile::TempDir) -> Server {
    Server::start_with(folder.path(), |command| command.stderr(Stdio::null()))
}

/// A figure of the process, in KiB.
fn memory(server: &Server, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    stream
}

fn answers(server: &Server) -> Duration {
    let began = Instant::now();
    assert!(server.judge("how do I prune currants?")["verdict"].is_string());
    began.elapsed()
}

#[test]
fn idle_connections_cost_little_and_hold_up_nobody() {
    let wanted: u64 = std::env::var("CHAFFINCH_IDLE").map_or(500, |n| n.parse().expect("a number"));
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder);
    answers(&server);
    let before = memory(&server, "VmRSS");
    let idle: Vec<TcpStream> = (0..wanted).map(|_| connect(&server)).collect();
    let took = answers(&server);
    let after = memory(&server, "VmRSS");
    let each = after.saturating_sub(before) as f64 / wanted as f64;
    println!(
        "{wanted} idle connections: {before} KiB before, {after} KiB after, {each:.1} KiB each; a check took {took:?}"
    );
    assert!(each < 64.0, "{each} KiB for each");
    drop(idle);
    answers(&server);
}

/// Somebody who sends the head of a request byte by byte is cut off, and so is who never ends it.
#[test]
fn slow_heads_are_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder);
    let mut slow: Vec<TcpStream> = (0..100).map(|_| connect(&server)).collect();
    for stream in &mut slow {
        stream
            .write_all(b"POST /v1/check HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            .unwrap();
    }
    answers(&server);
    let began = Instant::now();
    for stream in &mut slow {
        // One more byte now and then keeps nobody alive.
        let _ = stream.write_all(b"a");
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text);
        assert!(
            text.is_empty() || text.starts_with("HTTP/1.1 408"),
            "{text}"
        );
    }
    assert!(began.elapsed() < Duration::from_secs(40));
}

#[test]
fn huge_heads_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder);
    let long = "a".repeat(1 << 20);
    let many = "X-A: b\r\n".repeat(1000);
    for head in [
        format!("X-Long: {long}\r\n"),
        many,
        format!("Cookie: {long}\r\n"),
    ] {
        let mut stream = connect(&server);
        // It may hang up before everything is sent.
        let _ =
            stream.write_all(format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{head}\r\n").as_bytes());
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text);
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    }
    answers(&server);
}

/// Bodies of the largest size at the same time.
#[test]
fn many_large_bodies_need_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder);
    answers(&server);
    let before = memory(&server, "VmHWM");
    let words: String = (0..240_000).map(|n| format!("w{:x} ", n * 7919)).collect();
    let body = json!({"content": &words[..2_000_000]}).to_string();
    let mut statuses = Vec::new();
    thread::scope(|scope| {
        let calls: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| {
                    let config = ureq::Agent::config_builder().http_status_as_error(false);
                    let agent: ureq::Agent = config.build().into();
                    let reply = agent
                        .post(format!("{}/v1/check", server.base))
                        .header("Authorization", format!("Bearer {KEY}"))
                        .send(body.as_bytes());
                    reply.unwrap().status().as_u16()
                })
            })
            .collect();
        statuses.extend(calls.into_iter().map(|call| call.join().unwrap()));
    });
    let after = memory(&server, "VmHWM");
    println!("64 bodies of 2 MB: {before} KiB at most before, {after} KiB after");
    assert!(
        statuses.iter().all(|status| [200, 503].contains(status)),
        "{statuses:?}"
    );
    // Each body twice, as bytes and as text, and what the filter makes of it.
    assert!(after < before + 700 * 1024, "{after} KiB");
    answers(&server);
}
