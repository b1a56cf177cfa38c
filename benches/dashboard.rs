//! How long the pages of the dashboard take where many verdicts are stored: `cargo bench --bench dashboard`.
//!
//! Fills a folder with made-up comments, judged and stored as a server does, then asks a server on it for each
//! page, again and again, over HTTP. `CHAFFINCH_BENCH_VERDICTS` says how many (100,000), and
//! `CHAFFINCH_BENCH_FOLDER` names a folder that is kept, and used as it is where it was filled before.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::env;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use chaffinch::classifier::Classifier;
use chaffinch::clock::Clock;
use chaffinch::comment::{Author, Comment, Context};
use chaffinch::http::{Server, Settings};
use chaffinch::service::{self, Caller, CheckOptions, ConfiguredKeys, Service, Teaching};
use chaffinch::site::Site;
use chaffinch::store::{self, StoreSettings};
use chaffinch::verdict::{Label, VerdictId};
use futures_util::future::join_all;
use jiff::Timestamp;

const KEY: &str = "testkey12345";
const TOKEN: &str = "admin-token-of-the-tests";
/// Days over which they come, up to now.
const DAYS: i64 = 30;
const SITES: usize = 20;
/// Comments that are checked at once.
const AT_ONCE: usize = 500;
/// Every so many is corrected.
const CORRECTED: usize = 50;
/// How often each page is asked for.
const TIMES: usize = 200;
/// Milliseconds that a page may take.
const BAR: f64 = 100.0;

const WORDS: [&str; 40] = [
    "garden",
    "train",
    "bread",
    "river",
    "winter",
    "recipe",
    "thanks",
    "question",
    "photo",
    "story",
    "cheap",
    "casino",
    "bonus",
    "followers",
    "pills",
    "crypto",
    "winner",
    "loan",
    "click",
    "offer",
    "currant",
    "sleeper",
    "rye",
    "bridge",
    "frost",
    "oven",
    "kind",
    "answer",
    "camera",
    "chapter",
    "buy",
    "now",
    "free",
    "visit",
    "best",
    "price",
    "money",
    "home",
    "week",
    "today",
];

/// A made-up comment, the same for each number.
fn comment(number: usize) -> Comment {
    let mut state = number as u64 ^ 0x9E37_79B9_7F4A_7C15;
    let mut draw = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    let spam = draw(10) < 3;
    let mut content = String::new();
    for _ in 0..8 + draw(70) {
        let first = if spam && draw(3) > 0 { 10 } else { 0 };
        content += WORDS[(first + draw(10) + 20 * draw(2)) % WORDS.len()];
        content.push(' ');
    }
    if spam {
        content.push_str(&format!("http://shop{}.example/{}", draw(300), draw(1000)));
    }
    Comment {
        site: Site::parse(&format!("blog{}.example", draw(SITES))).ok(),
        content,
        kind: "comment".to_owned(),
        permalink: format!("https://blog.example/{}", draw(2000)),
        author: Author {
            name: format!("Person {}", draw(20_000)),
            email: format!("person{}@mail.example", draw(20_000)),
            ip: format!("203.{}.{}.{}", draw(200), draw(250), draw(250))
                .parse()
                .ok(),
            user_agent: "Mozilla/5.0".to_owned(),
            ..Author::default()
        },
        context: Context {
            title: format!("Entry {}", draw(2000)),
            ..Context::default()
        },
        ..Comment::default()
    }
}

fn service(folder: &Path, clock: Clock) -> Service {
    let store = store::open(folder, &StoreSettings::default()).unwrap();
    let classifier = Arc::new(Classifier::embedded().unwrap());
    let settings = service::Settings {
        clock,
        ..service::Settings::default()
    };
    Service::new(store, classifier, settings).unwrap()
}

async fn keys(service: &Service) {
    let keys = ConfiguredKeys {
        site_key: KEY.parse().ok(),
        admin_token: TOKEN.parse().ok(),
    };
    service.registry().first_keys(keys).await.unwrap();
}

/// Checks them as they would come, and corrects some.
async fn fill(folder: &Path, verdicts: usize) {
    let now = Timestamp::now().as_millisecond();
    let begin = now - DAYS * 86_400_000;
    let time = Arc::new(AtomicI64::new(begin));
    let shown = Arc::clone(&time);
    let clock =
        Clock::from_fn(move || Timestamp::from_millisecond(shown.load(Ordering::Relaxed)).unwrap());
    let service = service(folder, clock);
    keys(&service).await;
    let caller = service.authenticate(KEY).unwrap();
    for first in (0..verdicts).step_by(AT_ONCE) {
        let passed = (now - begin) as f64 * first as f64 / verdicts as f64;
        time.store(begin + passed as i64, Ordering::Relaxed);
        let numbers = first..(first + AT_ONCE).min(verdicts);
        join_all(numbers.map(|number| one(&service, &caller, number))).await;
    }
    service.close();
}

async fn one(service: &Service, caller: &Caller, number: usize) {
    let checked = service.check(caller, comment(number), CheckOptions::default());
    let checked = checked.await.unwrap();
    assert!(checked.stored, "a verdict was not kept");
    if number.is_multiple_of(CORRECTED) {
        let label = if number.is_multiple_of(2 * CORRECTED) {
            Label::Ham
        } else {
            Label::Spam
        };
        let said = service.correct_by_id(caller, checked.id, label, Teaching::Learn);
        said.await.unwrap();
    }
}

/// A server on the folder, until the process ends.
fn serve(folder: &Path) -> (SocketAddr, Vec<VerdictId>) {
    let folder = folder.to_owned();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let service = Arc::new(service(&folder, Clock::system()));
            keys(&service).await;
            let caller = service.authenticate(TOKEN).unwrap();
            let query = |from: Option<VerdictId>| store::VerdictQuery {
                before: from,
                limit: 500,
                ..store::VerdictQuery::default()
            };
            let mut ids = Vec::new();
            let mut before = None;
            for _ in 0..20 {
                let page = service.verdicts(&caller, query(before)).unwrap();
                ids.extend(page.verdicts.iter().map(|(record, _)| record.id));
                before = page.next;
            }
            let settings = Settings {
                listen: ([127, 0, 0, 1], 0).into(),
                ..Settings::default()
            };
            let server = Server::build(&settings, service).unwrap();
            sender.send((server.address(), ids)).unwrap();
            server.run_until_stopped().await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

/// Somebody who is signed in.
struct Browser {
    agent: ureq::Agent,
    origin: String,
    cookie: String,
}

impl Browser {
    fn sign_in(address: SocketAddr) -> Self {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .build()
            .into();
        let origin = format!("http://{address}");
        let form = format!("secret={TOKEN}");
        let reply = agent
            .post(format!("{origin}/login"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .send(form)
            .unwrap();
        let cookie = reply.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self {
            agent,
            origin,
            cookie,
        }
    }

    /// Asks for a page; answers with how long that took, and its body.
    fn page(&self, path: &str) -> (Duration, String) {
        let began = Instant::now();
        let request = self.agent.get(format!("{}{path}", self.origin));
        let mut reply = request.header("Cookie", &self.cookie).call().unwrap();
        let body = reply.body_mut().read_to_string().unwrap();
        assert_eq!(reply.status().as_u16(), 200, "{path}");
        (began.elapsed(), body)
    }
}

/// Every page, several with what makes them read much. `{}` stands for a verdict's name.
const PAGES: &[(&str, &str)] = &[
    ("queue", "/queue"),
    ("queue, somewhere later", "/queue?before={}"),
    ("queue, spam", "/queue?verdict=spam"),
    (
        "queue, unsure of a site",
        "/queue?verdict=unsure&site=blog3.example",
    ),
    ("queue, corrected to ham", "/queue?label=ham"),
    ("queue, not corrected", "/queue?label=none"),
    ("queue, a rare signal", "/queue?signal=honeypot"),
    ("queue, a common signal", "/queue?signal=link"),
    ("queue, a frequent word", "/queue?q=garden"),
    ("queue, a word nobody wrote", "/queue?q=zeppelin"),
    (
        "queue, a word nobody wrote, spam",
        "/queue?q=zeppelin&verdict=spam",
    ),
    (
        "queue, spam with a label of a site",
        "/queue?verdict=spam&label=ham&site=blog7.example",
    ),
    ("one verdict", "/verdicts/{}"),
    ("others like it", "/verdicts/{}/alike"),
    ("overview", "/overview"),
    ("issues", "/issues"),
    ("try a comment", "/try"),
    ("rules", "/rules"),
    (
        "a rule's dry run, words",
        "/rules/new?match=word&pattern=casino+bonus",
    ),
    (
        "a rule's dry run, expression",
        "/rules/new?match=regex&pattern=cas.no",
    ),
    (
        "a rule's dry run, links of a site",
        "/rules/new?match=link_domain&pattern=shop7.example&site=blog3.example",
    ),
    ("sites", "/sites"),
    ("a site", "/site?site=blog3.example"),
    (
        "thresholds tried",
        "/site?site=blog3.example&unsure=0.2&spam=0.8&discard=0.99",
    ),
    ("keys and people", "/keys"),
    ("data", "/data"),
];

fn main() {
    let verdicts = env::var("CHAFFINCH_BENCH_VERDICTS");
    let verdicts: usize = verdicts.map_or(100_000, |n| n.parse().expect("a number"));
    let temporary = tempfile::tempdir().unwrap();
    let kept = env::var_os("CHAFFINCH_BENCH_FOLDER");
    let folder = kept.as_ref().map_or(temporary.path(), Path::new);
    if !folder.join("FORMAT").exists() {
        let began = Instant::now();
        actix_web::rt::System::new().block_on(fill(folder, verdicts));
        let took = began.elapsed().as_secs_f64();
        println!("{verdicts} comments checked and stored in {took:.1} s");
    }
    let (address, ids) = serve(folder);
    let browser = Browser::sign_in(address);
    println!("\n| page | first | p50 | p99 | most, ms |\n|---|---|---|---|---|");
    let mut over = Vec::new();
    for (name, path) in PAGES {
        let mut times = Vec::with_capacity(TIMES);
        for turn in 0..TIMES {
            let id = ids[turn * ids.len() / TIMES];
            let (took, _) = browser.page(&path.replace("{}", &id.to_string()));
            times.push(took.as_secs_f64() * 1000.0);
        }
        let first = times[0];
        times.sort_by(f64::total_cmp);
        let (p50, p99, most) = (times[TIMES / 2], times[TIMES * 99 / 100], times[TIMES - 1]);
        println!("| {name} | {first:.1} | {p50:.1} | {p99:.1} | {most:.1} |");
        if p99 > BAR {
            over.push(*name);
        }
    }
    match over.as_slice() {
        [] => println!("\nevery page within {BAR} ms (p99)"),
        over => println!("\nover {BAR} ms (p99): {}", over.join("; ")),
    }
    // The server's thread ends with the process.
    std::process::exit(i32::from(!over.is_empty()));
}
