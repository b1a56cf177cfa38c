//! Calls, as many as a server takes or at a steady rate, on connections that stay.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use chaffinch::comment::Comment;
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::process::{KEY, Process, cpu};

/// Stands in a call for what makes it one that was not made before: as many digits.
const NUMBER: &str = "0000000000";
/// Time before the measuring, in which caches fill.
const BEFORE: Duration = Duration::from_secs(1);

/// A call over Akismet's protocol.
pub(crate) struct Call {
    bytes: Vec<u8>,
    /// Where its number stands.
    number: usize,
}

impl Call {
    /// Calls with these comments, such as `comment-check`; each counts as one that was not seen before.
    pub(crate) fn all(name: &str, comments: &[Comment]) -> Vec<Self> {
        let calls = comments.iter().map(|comment| Self::new(name, comment));
        calls.collect()
    }

    fn new(name: &str, comment: &Comment) -> Self {
        let author = &comment.author;
        let ip = author
            .ip
            .map_or_else(|| "203.0.113.9".to_owned(), |ip| ip.to_string());
        let content = format!("{} {NUMBER}", comment.content);
        let fields = [
            ("api_key", KEY),
            ("blog", "https://blog.example/"),
            ("user_ip", &ip),
            ("user_agent", "Mozilla/5.0"),
            ("comment_type", "comment"),
            ("comment_author", &author.name),
            ("comment_author_email", &author.email),
            ("comment_author_url", &author.url),
            ("permalink", &comment.permalink),
            ("comment_content", &content),
        ];
        let pairs = fields.map(|(name, value)| {
            let value =
                percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
            format!("{name}={value}")
        });
        let body = pairs.join("&");
        let length = body.len();
        let bytes = format!(
            "POST /1.1/{name} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes();
        Self {
            number: bytes.len() - NUMBER.len(),
            bytes,
        }
    }
}

/// What came of many calls.
pub(crate) struct Outcome {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Calls that were answered otherwise than with 200.
    pub(crate) refused: u64,
    /// Microseconds of the processor for each call, of the server.
    pub(crate) server_cpu: f64,
    /// The same of the generator.
    pub(crate) own_cpu: f64,
    /// Milliseconds from when a call was due to its answer, ascending.
    times: Vec<f64>,
}

impl Outcome {
    pub(crate) fn p50(&self) -> f64 {
        self.times[self.times.len() / 2]
    }

    pub(crate) fn p99(&self) -> f64 {
        self.times[self.times.len() * 99 / 100]
    }
}

/// Calls that a server is to get.
pub(crate) struct Load<'a> {
    server: &'a Process,
    calls: &'a [Call],
}

/// When to call.
#[derive(Clone, Copy)]
enum Pace {
    /// As soon as the call before is answered, until then.
    Until(Instant),
    /// So many times on each connection.
    Times(u64),
    /// Each time that this has gone by since a connection's first call, until then.
    Every(Duration, Instant),
}

thread_local! {
    /// Numbers of calls go on from one measuring to the next.
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

impl<'a> Load<'a> {
    pub(crate) fn new(server: &'a Process, calls: &'a [Call]) -> Self {
        Self { server, calls }
    }

    /// As many as it takes.
    pub(crate) fn at_most(&self, connections: usize, time: Duration) -> Outcome {
        self.run(connections, Pace::Until(Instant::now() + BEFORE));
        self.run(connections, Pace::Until(Instant::now() + time))
    }

    /// So many a second, each when it is due even if the one before is late.
    pub(crate) fn at_rate(&self, connections: usize, rate: f64, time: Duration) -> Outcome {
        let every = Duration::from_secs_f64(connections as f64 / rate);
        self.run(connections, Pace::Every(every, Instant::now() + BEFORE));
        self.run(connections, Pace::Every(every, Instant::now() + time))
    }

    /// So many in all.
    pub(crate) fn so_many(&self, connections: usize, calls: u64) -> Outcome {
        let each = calls.div_ceil(connections as u64);
        self.run(connections, Pace::Times(each))
    }

    fn run(&self, connections: usize, pace: Pace) -> Outcome {
        let before = [cpu(self.server.id()), cpu(std::process::id())];
        let began = Instant::now();
        let outcome = RefCell::new((Vec::new(), 0));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime
            .unwrap()
            .block_on(join_all((0..connections).map(|number| {
                let outcome = &outcome;
                async move {
                    let (times, refused) = self.one(pace, number as f64 / connections as f64).await;
                    outcome.borrow_mut().0.extend(times);
                    outcome.borrow_mut().1 += refused;
                }
            })));
        let took = began.elapsed().as_secs_f64();
        let (mut times, refused) = outcome.into_inner();
        times.sort_by(f64::total_cmp);
        let calls = times.len() as f64;
        let after = [cpu(self.server.id()), cpu(std::process::id())];
        let [server_cpu, own_cpu] = [0, 1].map(|who| (after[who] - before[who]) * 1e6 / calls);
        Outcome {
            rate: calls / took,
            refused,
            server_cpu,
            own_cpu,
            times,
        }
    }

    /// The calls of one connection; `offset` is which part of the pace it is behind the first.
    async fn one(&self, pace: Pace, offset: f64) -> (Vec<f64>, u64) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.server.port))
            .await
            .unwrap();
        stream.set_nodelay(true).unwrap();
        let (mut bytes, mut buffer) = (Vec::new(), Vec::new());
        let (mut times, mut refused) = (Vec::new(), 0);
        let mut due = Instant::now();
        if let Pace::Every(every, _) = pace {
            due += every.mul_f64(offset);
        }
        loop {
            match pace {
                Pace::Until(end) if Instant::now() >= end => break,
                Pace::Times(most) if times.len() as u64 >= most => break,
                Pace::Every(_, end) if due >= end => break,
                Pace::Every(..) => tokio::time::sleep_until(due.into()).await,
                _ => due = Instant::now(),
            }
            let number = NEXT.replace(NEXT.get() + 1);
            let call = &self.calls[number as usize % self.calls.len()];
            bytes.clone_from(&call.bytes);
            bytes[call.number..].copy_from_slice(format!("{number:010}").as_bytes());
            stream.write_all(&bytes).await.unwrap();
            refused += u64::from(!answered(&mut stream, &mut buffer).await);
            times.push(due.elapsed().as_secs_f64() * 1e3);
            if let Pace::Every(every, _) = pace {
                due += every;
            }
        }
        (times, refused)
    }
}

/// Reads an answer; whether it is a 200.
async fn answered(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> bool {
    buffer.clear();
    loop {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "it hung up");
        let Some(head) = memchr::memmem::find(buffer, b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&buffer[..head]).unwrap();
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is = name.eq_ignore_ascii_case("content-length");
            is.then(|| value.parse::<usize>().unwrap())
        });
        if buffer.len() >= head + 4 + length.expect("a length") {
            return text.split(' ').nth(1) == Some("200");
        }
    }
}
