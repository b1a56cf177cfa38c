//! Running the real binary: started on a free port, waited for, stopped whatever happens.

// Each test file uses its own part of this.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};

use serde_json::{Value, json};

/// The site key of every server that is started here, unless a test wants the one made at first.
pub const KEY: &str = "testkey12345";

/// The admin token likewise.
pub const TOKEN: &str = "admin-token-of-the-tests";

/// The binary, away from whatever surroundings the tests run in. `CHAFFINCH_TEST_PROGRAM` names another one, such as
/// that of a release.
pub fn chaffinch() -> Command {
    let built = || env!("CARGO_BIN_EXE_chaffinch").into();
    clean(Command::new(
        std::env::var_os("CHAFFINCH_TEST_PROGRAM").unwrap_or_else(built),
    ))
}

/// A command without this process' `CHAFFINCH_*` variables.
pub fn clean(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CHAFFINCH_") {
            command.env_remove(name);
        }
    }
    // No chaffinch.toml of a developer may be read.
    command.current_dir(std::env::temp_dir());
    command
}

/// Runs to the end with this on standard input.
pub fn run(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // A command that refuses to work does not read its input.
    let mut stdin = child.stdin.take().expect("standard input");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the input is written");
    output
}

/// Asserts that a start was refused with exactly one sentence, and gives that.
pub fn refusal(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("chaffinch: "), "{stderr}");
    stderr.trim_end().to_owned()
}

/// A server that runs.
pub struct Server {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    /// Its address, such as `http://127.0.0.1:40123`.
    pub base: String,
}

impl Server {
    /// Starts one on a data directory with the keys above.
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, |command| command.stderr(Stdio::null()))
    }

    /// Starts one as changed by `adjust`.
    pub fn start_with(data: &Path, adjust: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = chaffinch();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("CHAFFINCH_SITE_KEY", KEY)
            .env("CHAFFINCH_ADMIN_TOKEN", TOKEN)
            .stdout(Stdio::piped());
        let mut child = adjust(&mut command).spawn().expect("the server starts");
        let stdout = child.stdout.take().expect("standard output");
        let mut server = Self {
            child,
            stdout: BufReader::new(stdout).lines(),
            base: String::new(),
        };
        server.base = loop {
            let line = server.line();
            if let Some((_, base)) = line.split_once(" listens on ") {
                break base.to_owned();
            }
        };
        server
    }

    /// The next line on its standard output.
    pub fn line(&mut self) -> String {
        match self.stdout.next() {
            Some(line) => line.expect("standard output is text"),
            None => panic!(
                "the server wrote no more and ended with {:?}",
                self.child.wait()
            ),
        }
    }

    /// The next line on its standard output, if there is one more.
    pub fn next_line(&mut self) -> Option<std::io::Result<String>> {
        self.stdout.next()
    }

    /// The lines of its log, if its standard error is piped; to be called once.
    pub fn log(&mut self) -> Lines<BufReader<ChildStderr>> {
        BufReader::new(self.child.stderr.take().expect("a pipe")).lines()
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        let (_, port) = self.base.rsplit_once(':').expect("a port");
        port.parse().expect("a number")
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it as a crash does: nothing is finished.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("it hears");
    }

    /// Waits for its end.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }

    /// Calls `/v1` with the site key; the reply must be a good one.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        ureq::post(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {KEY}"))
            .send_json(body)
            .unwrap_or_else(|error| panic!("POST {path}: {error}"))
            .body_mut()
            .read_json()
            .expect("JSON")
    }

    /// Reads from `/v1` with the site key; the reply must be a good one.
    pub fn get(&self, path: &str) -> Value {
        ureq::get(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {KEY}"))
            .call()
            .unwrap_or_else(|error| panic!("GET {path}: {error}"))
            .body_mut()
            .read_json()
            .expect("JSON")
    }

    /// Calls `/v1` as the admin. Answers with the status and the body.
    pub fn admin(&self, method: &str, path: &str, body: &Value) -> (u16, String) {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {TOKEN}"))
            .body(body.to_string())
            .unwrap();
        let mut reply = ureq::Agent::from(config.build()).run(request).unwrap();
        let text = reply.body_mut().read_to_string().unwrap();
        (reply.status().as_u16(), text)
    }

    /// Checks a comment of nothing but text, as a test: no trace of it stays.
    pub fn judge(&self, content: &str) -> Value {
        let mut reply = self.post("/v1/check", &json!({"content": content, "test": true}));
        reply.as_object_mut().expect("an object").remove("id");
        reply
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
