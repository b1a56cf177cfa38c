//! Twice as many checks as the server can do: what it takes on it answers in time, the rest it turns away.
//!
//! `CHAFFINCH_OVERLOAD_SECONDS=10 cargo test --release --test overload twice -- --nocapture` shows the table. The load
//! comes from the same machine, so that the server has what the callers leave.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};

use crate::support::{KEY, Server};

/// Connections of the callers.
const CONNECTIONS: usize = 1500;
/// What is promised for checks that are taken on.
const PROMISED: Duration = Duration::from_millis(250);

/// What became of a call, and how long after it was due.
type Answered = (u16, Duration);

fn call(n: u64) -> String {
    let body = json!({
        "content": format!("Comment {n}: how do I prune currants? My garden is at https://garden{}.example/currants, \
            and I have cut them back each winter so far. They still carry few berries. What would you do?", n % 50),
        "site": "blog.example.com",
        "author": {"name": "Ann", "email": "ann@example.org", "ip": "203.0.113.9"},
    })
    .to_string();
    let length = body.len();
    format!(
        "POST /v1/check HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// Sends a call and reads the status and all of the reply.
async fn ask(stream: &mut TcpStream, buffer: &mut Vec<u8>, n: u64) -> u16 {
    stream.write_all(call(n).as_bytes()).await.unwrap();
    buffer.clear();
    loop {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "it hung up");
        let Some(head) = buffer.windows(4).position(|end| end == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&buffer[..head]).unwrap();
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.parse::<usize>().unwrap())
        });
        if buffer.len() >= head + 4 + length.expect("a length") {
            return text[9..12].parse().unwrap();
        }
    }
}

/// So many checks a second for some time, whether they are answered or not.
fn load(port: u16, rate: f64, time: Duration) -> Vec<Answered> {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    actix_web::rt::System::new().block_on(async {
        let (due, calls) = mpsc::unbounded_channel::<Instant>();
        let calls = Rc::new(Mutex::new(calls));
        let mut callers = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let calls = Rc::clone(&calls);
            callers.push(actix_web::rt::spawn(async move {
                let (mut answered, mut buffer) = (Vec::new(), Vec::new());
                loop {
                    let next = calls.lock().await.recv().await;
                    let Some(due) = next else {
                        return answered;
                    };
                    let n = SERIAL.fetch_add(1, Ordering::Relaxed);
                    let status = ask(&mut stream, &mut buffer, n).await;
                    answered.push((status, due.elapsed()));
                }
            }));
        }
        let began = Instant::now();
        let mut sent = 0.0;
        while began.elapsed() < time {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let wanted = began.elapsed().as_secs_f64() * rate;
            while sent < wanted {
                due.send(began + Duration::from_secs_f64(sent / rate))
                    .unwrap();
                sent += 1.0;
            }
        }
        drop(due);
        let mut all = Vec::new();
        for caller in callers {
            all.extend(caller.await.unwrap());
        }
        all
    })
}

/// How many checks a second the server answers to few callers that wait for each answer.
fn capacity(port: u16, time: Duration) -> f64 {
    let done = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    actix_web::rt::System::new().block_on(async {
        let callers: Vec<_> = (0..32)
            .map(|caller| {
                let done = Arc::clone(&done);
                actix_web::rt::spawn(async move {
                    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    let (mut buffer, mut n) = (Vec::new(), caller << 40);
                    while began.elapsed() < time {
                        n += 1;
                        if ask(&mut stream, &mut buffer, n).await == 200 {
                            done.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
    });
    done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}

fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last as f64 * share) as usize)
        .copied()
        .unwrap_or_default()
}

#[test]
fn twice_the_load_is_answered_in_time_or_turned_away() {
    let seconds = std::env::var("CHAFFINCH_OVERLOAD_SECONDS");
    let seconds: u64 = seconds.map_or(1, |n| n.parse().expect("a number"));
    let time = Duration::from_secs(seconds);
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), |command| {
        command.stderr(std::process::Stdio::null())
    });
    let most = capacity(server.port(), time);
    println!("\n{most:.0} checks a second to 32 callers that wait for each answer");
    println!(
        "| load | asked a second | accepted a second | p50 | p99 | later than {PROMISED:?} | turned away | p99 of these |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (what, factor) in [("half", 0.5), ("twice", 2.0), ("half, afterwards", 0.5)] {
        let answered = load(server.port(), most * factor, time);
        assert!(
            answered
                .iter()
                .all(|(status, _)| matches!(status, 200 | 503))
        );
        let times = |wanted: u16| {
            let of_these = answered.iter().filter(|(status, _)| *status == wanted);
            let mut times: Vec<_> = of_these.map(|(_, took)| *took).collect();
            times.sort();
            times
        };
        let (accepted, away) = (times(200), times(503));
        assert!(!accepted.is_empty(), "nothing was taken on");
        let late = accepted.iter().filter(|took| **took > PROMISED).count();
        println!(
            "| {what} | {:.0} | {:.0} | {:.1?} | {:.1?} | {:.2} % | {:.1} % | {:.1?} |",
            most * factor,
            accepted.len() as f64 / time.as_secs_f64(),
            quantile(&accepted, 0.5),
            quantile(&accepted, 0.99),
            100.0 * late as f64 / accepted.len() as f64,
            100.0 * away.len() as f64 / answered.len() as f64,
            quantile(&away, 0.99),
        );
    }
    assert!(server.judge("how do I prune currants?")["verdict"].is_string());
}
