//! A running server and ways to talk to it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use chaffinch::classifier::Classifier;
use chaffinch::clock::Clock;
use chaffinch::http::{Server, Settings};
use chaffinch::service::{self, ConfiguredKeys, Service, ServiceError};
use chaffinch::site::Site;
use chaffinch::store::{self, StoreSettings};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use ureq::AsSendBody;

/// A key that opens the server for any site.
pub(crate) const KEY: &str = "123456789abc";
/// A token that opens everything.
pub(crate) const ADMIN: &str = "admin-token-of-the-tests";
/// A key that it does not know.
pub(crate) const BAD_KEY: &str = "badbadbadbad";
/// What every check needs besides the comment.
pub(crate) const MIN: &str =
    "api_key=123456789abc&blog=http%3A%2F%2Fblog.example.com%2F&user_ip=203.0.113.9";
/// The same without the key.
pub(crate) const KEYLESS: &str = "blog=http%3A%2F%2Fblog.example.com%2F&user_ip=203.0.113.9";

const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) struct TestApp {
    pub(crate) address: SocketAddr,
    pub(crate) service: Arc<Service>,
    pub(crate) agent: ureq::Agent,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    settings: Settings,
    data: TempDir,
    time: Time,
}

/// What the server's clock shows, if not the time that it is.
type Time = Arc<Mutex<Option<Timestamp>>>;

/// What came back, header names in lower case.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl TestApp {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// A server for which it is this time until [`Self::set_clock`] says otherwise.
    pub(crate) fn start_at(now: Timestamp) -> Self {
        let time = Arc::new(Mutex::new(Some(now)));
        Self::run(settings(), TempDir::new().unwrap(), time)
    }

    pub(crate) fn set_clock(&self, now: Timestamp) {
        *self.time.lock().unwrap() = Some(now);
    }

    /// Where it keeps everything.
    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    pub(crate) fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        Self::run(settings, TempDir::new().unwrap(), Time::default())
    }

    /// The same server with the same data, started anew.
    pub(crate) fn restart(mut self) -> Self {
        self.stop();
        let data = std::mem::replace(&mut self.data, TempDir::new().unwrap());
        let settings = self.settings.clone();
        let time = Arc::clone(&self.time);
        // Its service holds the data folder.
        drop(self);
        Self::run(settings, data, time)
    }

    fn run(settings: Settings, data: TempDir, time: Time) -> Self {
        let shown = Arc::clone(&time);
        let clock = Clock::from_fn(move || shown.lock().unwrap().unwrap_or_else(Timestamp::now));
        let directory = data.path().to_owned();
        let (sender, receiver) = mpsc::channel();
        let served = settings.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let store = store::open(&directory, &StoreSettings::default()).unwrap();
                let classifier = Arc::new(Classifier::embedded().unwrap());
                let settings = service::Settings {
                    clock,
                    ..service::Settings::default()
                };
                let service = Service::new(store, classifier, settings);
                let service = Arc::new(service.unwrap());
                let keys = ConfiguredKeys {
                    site_key: Some(KEY.parse().unwrap()),
                    admin_token: Some(ADMIN.parse().unwrap()),
                };
                service.registry().first_keys(keys).await.unwrap();
                let server = Server::build(&served, Arc::clone(&service)).unwrap();
                let started = (server.address(), server.handle(), Arc::clone(&service));
                sender.send(started).unwrap();
                server.run_until_stopped().await.unwrap();
                service.close();
            });
        });
        let (address, handle, service) = receiver.recv().expect("the server did not start");
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .into();
        Self {
            address,
            service,
            agent,
            handle,
            thread: Some(thread),
            settings,
            data,
            time,
        }
    }

    fn stop(&mut self) {
        // The command is sent at once; waiting for the thread waits for the server's end.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    /// Gives a site these settings and the defaults for the rest.
    pub(crate) fn set_site(&self, site: &str, settings: Value) {
        let site = Site::parse(site).unwrap();
        let settings = serde_json::from_value(settings).unwrap();
        let changed = self
            .service
            .registry()
            .change_site(site, |_| Ok::<_, ServiceError>(settings));
        actix_web::rt::System::new().block_on(changed).unwrap();
    }

    /// A key that is bound to one site.
    pub(crate) fn key_for(&self, site: &str) -> String {
        let key = self
            .service
            .registry()
            .create_site_key("bound", Some(Site::parse(site).unwrap()));
        let key = actix_web::rt::System::new().block_on(key).unwrap();
        key.reveal().to_owned()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        Reply::from_ureq(self.agent.get(self.url(path)).call().unwrap())
    }

    /// A form to one of Akismet's paths.
    pub(crate) fn form(&self, path: &str, body: &str) -> Reply {
        self.post(path, FORM, body)
    }

    pub(crate) fn post(&self, path: &str, content_type: &str, body: impl AsSendBody) -> Reply {
        let request = self.agent.post(self.url(path));
        Reply::from_ureq(
            request
                .header("Content-Type", content_type)
                .send(body)
                .unwrap(),
        )
    }

    pub(crate) fn verify_key(&self, body: &str) -> Reply {
        self.form("/1.1/verify-key", body)
    }

    pub(crate) fn comment_check(&self, body: &str) -> Reply {
        self.form("/1.1/comment-check", body)
    }

    /// A comment-check with all that it needs, and more.
    pub(crate) fn check_with(&self, more: &str) -> Reply {
        self.comment_check(&format!("{MIN}&{more}"))
    }

    pub(crate) fn submit_spam(&self, body: &str) -> Reply {
        self.form("/1.1/submit-spam", body)
    }

    pub(crate) fn submit_ham(&self, body: &str) -> Reply {
        self.form("/1.1/submit-ham", body)
    }

    /// One of the numbers under `/metrics`.
    pub(crate) fn metric(&self, name: &str) -> Option<u64> {
        let text = self.get("/metrics").body;
        let line = text.lines().find_map(|line| {
            let rest = line.strip_prefix("chaffinch_")?.strip_prefix(name)?;
            rest.strip_prefix(' ')
        });
        line.map(|number| number.parse().unwrap())
    }

    /// Waits until one of the numbers under `/metrics` is this.
    #[track_caller]
    pub(crate) fn wait_for_metric(&self, name: &str, count: u64) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.metric(name) != Some(count) {
            assert!(Instant::now() < until, "{name} did not become {count}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The usage counter of the key.
    pub(crate) fn usage(&self) -> u64 {
        let reply = self.get(&format!("/1.2/usage-limit?api_key={KEY}"));
        reply.json()["usage"].as_u64().unwrap()
    }

    pub(crate) fn v1_post(&self, path: &str, key: Option<&str>, body: impl AsSendBody) -> Reply {
        let mut request = self.agent.post(self.url(path));
        if let Some(key) = key {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let request = request.header("Content-Type", "application/json");
        Reply::from_ureq(request.send(body).unwrap())
    }

    /// A POST with headers of one's own.
    pub(crate) fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let request = headers
            .iter()
            .fold(self.agent.post(self.url(path)), |request, (name, value)| {
                request.header(*name, *value)
            });
        Reply::from_ureq(request.send(body.to_string()).unwrap())
    }

    /// The same to `/v1`, with the site key.
    pub(crate) fn v1_post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let bearer = bearer();
        let headers = [headers, &[("Authorization", bearer.as_str())]].concat();
        self.post_with(path, &headers, body)
    }

    /// A GET with headers of one's own.
    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let request = self.agent.get(self.url(path));
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        Reply::from_ureq(request.call().unwrap())
    }

    /// Any call of `/v1`, with a body where there is one.
    pub(crate) fn v1(&self, method: &str, path: &str, key: &str, body: Option<&Value>) -> Reply {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(self.url(path))
            .header("Authorization", format!("Bearer {key}"))
            .header("Content-Type", "application/json");
        let response = match body {
            Some(body) => self.agent.run(request.body(body.to_string()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        Reply::from_ureq(response.unwrap())
    }

    /// A call of an admin.
    pub(crate) fn admin(&self, method: &str, path: &str, body: Value) -> Reply {
        let body = Some(&body).filter(|body| !body.is_null());
        self.v1(method, path, ADMIN, body)
    }

    pub(crate) fn v1_get(&self, path: &str, key: &str) -> Reply {
        self.get_with(path, &[("Authorization", &format!("Bearer {key}"))])
    }

    pub(crate) fn v1_delete(&self, path: &str, key: &str) -> Reply {
        let request = self.agent.delete(self.url(path));
        let request = request.header("Authorization", format!("Bearer {key}"));
        Reply::from_ureq(request.call().unwrap())
    }

    pub(crate) fn v1_check(&self, body: &Value) -> Reply {
        self.v1_post("/v1/check", Some(KEY), &body.to_string())
    }

    pub(crate) fn v1_check_batch(&self, body: &Value) -> Reply {
        self.v1_post("/v1/check/batch", Some(KEY), &body.to_string())
    }

    pub(crate) fn v1_correct(&self, body: &Value) -> Reply {
        self.v1_post("/v1/corrections", Some(KEY), &body.to_string())
    }

    pub(crate) fn v1_retract(&self, id: &str) -> Reply {
        let request = self
            .agent
            .delete(self.url(&format!("/v1/corrections/{id}")));
        Reply::from_ureq(request.header("Authorization", bearer()).call().unwrap())
    }

    pub(crate) fn v1_verdict(&self, id: &str) -> Reply {
        let request = self.agent.get(self.url(&format!("/v1/verdicts/{id}")));
        Reply::from_ureq(request.header("Authorization", bearer()).call().unwrap())
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }

    /// The reply to a request whose body never comes: there must be one all the same.
    pub(crate) fn unfinished(&self, head: &[u8]) -> Reply {
        let mut stream = self.connect();
        stream.write_all(head).unwrap();
        let mut text = String::new();
        let mut bytes = [0; 4096];
        loop {
            let size = stream.read(&mut bytes).unwrap();
            text.push_str(std::str::from_utf8(&bytes[..size]).unwrap());
            let complete = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                head.contains(&format!("Content-Length: {}", body.len()))
            });
            if complete || size == 0 {
                return Reply::parse(&text);
            }
        }
    }

    /// Sends bytes and reads until the server closes the connection.
    pub(crate) fn raw(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).unwrap();
        String::from_utf8(reply).unwrap()
    }
}

fn bearer() -> String {
    format!("Bearer {KEY}")
}

fn settings() -> Settings {
    Settings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        workers: 1,
        ..Settings::default()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Reply {
    pub(crate) fn from_ureq(mut response: ureq::http::Response<ureq::Body>) -> Self {
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        Self {
            status: response.status().as_u16(),
            headers,
            body: response.body_mut().read_to_string().unwrap(),
        }
    }

    /// Reads the text of a reply, as [`TestApp::raw`] returns it.
    pub(crate) fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Self {
            status: status.parse().unwrap(),
            headers,
            body: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(header, _)| header == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} came twice");
        value
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn guid(&self) -> &str {
        let guid = self
            .header("x-akismet-guid")
            .unwrap_or_else(|| panic!("no guid: {self:?}"));
        assert!(guid.len() == 32 && guid.bytes().all(|b| b.is_ascii_hexdigit()));
        guid
    }

    /// A verdict, with its guid and nothing that a client could stumble over.
    #[track_caller]
    pub(crate) fn assert_verdict(&self, body: &str) {
        self.guid();
        self.assert_text(body);
    }

    /// A reply of exactly this text, with no special headers.
    #[track_caller]
    pub(crate) fn assert_text(&self, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (200, body), "{self:?}");
        assert_eq!(
            self.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(
            self.header("content-length"),
            Some(body.len().to_string().as_str())
        );
        self.assert_plain_headers();
    }

    /// No header beyond those that every reply needs.
    #[track_caller]
    pub(crate) fn assert_plain_headers(&self) {
        let usual = [
            "content-type",
            "content-length",
            "date",
            "connection",
            "x-akismet-guid",
        ];
        let names = self.headers.iter().map(|(name, _)| name.as_str());
        let stray: Vec<_> = names.filter(|name| !usual.contains(name)).collect();
        assert!(stray.is_empty(), "stray headers {stray:?}");
    }

    /// A refusal of exactly this text, with its reason.
    #[track_caller]
    pub(crate) fn assert_refused(&self, body: &str, help: &str) {
        assert_eq!((self.status, self.body.as_str()), (200, body), "{self:?}");
        assert_eq!(self.header("x-akismet-debug-help"), Some(help));
    }

    /// An error of `/v1` with this status, code and field.
    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, code: &str, field: Option<&str>) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        let problem = self.json();
        assert_eq!(problem["code"], code, "{self:?}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["field"].as_str(), field, "{self:?}");
        assert!(problem["title"].is_string() && problem["detail"].is_string());
    }
}
