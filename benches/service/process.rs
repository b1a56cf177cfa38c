//! Servers as processes of their own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

pub(crate) const KEY: &str = "testkey12345";

/// A server that runs, until this is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) port: u16,
    /// Milliseconds from its start until it listened.
    pub(crate) ready_after: f64,
}

impl Process {
    /// The bare server: this program.
    pub(crate) fn bare() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(super::bare::ARGUMENT);
        Self::start(&mut command)
    }

    /// Chaffinch as it comes, on a data folder.
    pub(crate) fn chaffinch(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chaffinch"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CHAFFINCH_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(std::env::temp_dir())
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "off", "--data"])
            .arg(folder)
            .env("CHAFFINCH_SITE_KEY", KEY);
        Self::start(&mut command)
    }

    fn start(command: &mut Command) -> Self {
        let began = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.find(|line| line.as_ref().unwrap().contains(" listens on "));
        let line = line.expect("the server starts").unwrap();
        let ready_after = began.elapsed().as_secs_f64() * 1e3;
        // What else it writes is of no interest, but must not make it wait.
        std::thread::spawn(|| lines.for_each(drop));
        Self {
            child,
            port: line.rsplit(':').next().unwrap().parse().unwrap(),
            ready_after,
        }
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// MiB that it has in memory.
    pub(crate) fn memory(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .unwrap();
        let kib: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib / 1024.0
    }
}

impl Drop for Process {
    /// Ends in good order, so that the next start is that of a server that was stopped.
    fn drop(&mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap();
    }
}

/// Seconds of the processor that a process has had.
pub(crate) fn cpu(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name before may have spaces in it; user and system time are the 14th and 15th field, in hundredths.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}
