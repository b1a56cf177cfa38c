//! Three NATS servers on loopback, each of which can be killed and started again.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Condvar, Mutex, PoisonError};

use serde_json::Value;

use crate::wait_for;

/// How many there are.
pub(crate) const NODES: usize = 3;

/// The stream of the log.
pub(crate) const LOG: &str = "chaffinch-log";

pub(crate) struct Nodes {
    folder: PathBuf,
    /// How much of the machine they take, of [`AT_ONCE`].
    turns: usize,
    /// What their configuration has beyond the usual.
    more: String,
    ports: [Ports; NODES],
    running: [Option<Child>; NODES],
}

#[derive(Clone, Copy)]
struct Ports {
    client: u16,
    route: u16,
    monitor: u16,
}

/// Ports that nobody uses at the moment, and that no other test was given.
fn free_ports<const N: usize>() -> [u16; N] {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    [(); N].map(|()| {
        loop {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            if given.insert(port) {
                return port;
            }
        }
    })
}

/// Tests that have servers: more at once, and leaders are elected too late on a machine of two cores.
static TESTS: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());
const AT_ONCE: usize = 2;

/// Waits until so many of the turns are free, and takes them.
fn take_turns(turns: usize) {
    let (running, changed) = &TESTS;
    let running = running.lock().unwrap_or_else(PoisonError::into_inner);
    let mut running = changed
        .wait_while(running, |running| *running + turns > AT_ONCE)
        .unwrap_or_else(PoisonError::into_inner);
    *running += turns;
}

/// The server that `tests/run` brings, or that `CHAFFINCH_NATS_SERVER` names.
fn binary() -> PathBuf {
    std::env::var_os("CHAFFINCH_NATS_SERVER").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-clients/nats/bin/nats-server"),
        PathBuf::from,
    )
}

/// Starts a server; its configuration and its log are named like this.
fn spawn(name: &Path, config: &str) -> Child {
    let path = name.with_extension("conf");
    fs::write(&path, config).unwrap();
    let log = File::options()
        .create(true)
        .append(true)
        .open(name.with_extension("log"))
        .unwrap();
    let binary = binary();
    Command::new(&binary)
        .arg("-c")
        .arg(path)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; tests/run brings it", binary.display()))
}

/// A server that is none of three.
pub(crate) struct Alone {
    port: u16,
    child: Child,
}

/// Starts one as configured, and waits until it answers.
pub(crate) fn alone(folder: &Path, config: &str) -> Alone {
    let [port] = free_ports();
    let config = format!("listen: 127.0.0.1:{port}\n{config}");
    let child = spawn(&folder.join(format!("alone-{port}")), &config);
    wait_for("a server", || {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
    });
    Alone { port, child }
}

impl Alone {
    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Nodes {
    /// Starts all of them and waits until they have a leader.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_with(folder, "")
    }

    /// The same while no other test has any, for one that looks at times.
    pub(crate) fn start_undisturbed(folder: &Path) -> Self {
        Self::start_as(folder, "", AT_ONCE)
    }

    /// The same with more in their configuration.
    pub(crate) fn start_with(folder: &Path, more: &str) -> Self {
        Self::start_as(folder, more, 1)
    }

    fn start_as(folder: &Path, more: &str, turns: usize) -> Self {
        take_turns(turns);
        let free: [u16; 3 * NODES] = free_ports();
        let mut nodes = Self {
            folder: folder.to_path_buf(),
            turns,
            more: more.to_owned(),
            ports: std::array::from_fn(|n| Ports {
                client: free[3 * n],
                route: free[3 * n + 1],
                monitor: free[3 * n + 2],
            }),
            running: [const { None }; NODES],
        };
        nodes.run_all();
        nodes
    }

    fn run_all(&mut self) {
        for n in 0..NODES {
            self.run(n);
        }
        wait_for("a leader of JetStream", || {
            let jsz = self.jsz(0, "")?;
            let leader = jsz["meta_cluster"]["leader"].as_str()?;
            (!leader.is_empty() && jsz["meta_cluster"]["cluster_size"] == NODES).then_some(())
        });
    }

    /// Starts all of them anew, without anything that they had.
    pub(crate) fn lose_everything(&mut self) {
        for n in 0..NODES {
            self.kill(n);
            fs::remove_dir_all(self.store(n)).unwrap();
        }
        self.run_all();
    }

    fn store(&self, n: usize) -> PathBuf {
        self.folder.join(format!("nats-{n}"))
    }

    /// Where clients reach one.
    pub(crate) fn address(&self, n: usize) -> (Ipv4Addr, u16) {
        (Ipv4Addr::LOCALHOST, self.ports[n].client)
    }

    /// The processes.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u32> {
        self.running.iter().flatten().map(Child::id)
    }

    /// Starts one that does not run.
    pub(crate) fn run(&mut self, n: usize) {
        let routes: Vec<_> = self
            .ports
            .iter()
            .map(|ports| format!("nats://127.0.0.1:{}", ports.route))
            .collect();
        let Ports {
            client,
            route,
            monitor,
        } = self.ports[n];
        let store = self.store(n);
        let config = format!(
            "server_name: n{n}\nlisten: 127.0.0.1:{client}\nhttp: 127.0.0.1:{monitor}\n\
             jetstream {{ store_dir: {store:?}, sync_interval: always, max_file_store: 4GB, max_memory_store: 256MB }}\n\
             cluster {{ name: chaffinch, listen: 127.0.0.1:{route}, no_advertise: true, routes: [{}] }}\n{}",
            routes.join(", "),
            self.more
        );
        self.running[n] = Some(spawn(&self.folder.join(format!("nats-{n}")), &config));
    }

    /// Kills one as a crash does.
    pub(crate) fn kill(&mut self, n: usize) {
        let mut child = self.running[n].take().expect("it runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Starts one again and waits until it has everything that the others have.
    pub(crate) fn revive(&mut self, n: usize) {
        self.run(n);
        wait_for("a server that has caught up", || {
            let last = |n| self.stream(n, LOG)?["state"]["last_seq"].as_u64();
            let other = (n + 1) % NODES;
            (last(n)? >= last(other)?).then_some(())
        });
    }

    /// Which one leads the stream of the log.
    pub(crate) fn leader(&self) -> usize {
        wait_for("a leader of the stream", || {
            let running = (0..NODES).filter(|n| self.running[*n].is_some());
            let said: BTreeSet<_> = running
                .map(|n| {
                    Some(
                        self.stream(n, LOG)?["cluster"]["leader"]
                            .as_str()?
                            .to_owned(),
                    )
                })
                .collect::<Option<_>>()?;
            let [name] = <[String; 1]>::try_from(Vec::from_iter(said)).ok()?;
            name.strip_prefix('n')?.parse().ok()
        })
    }

    /// What one says of a stream.
    pub(crate) fn stream(&self, n: usize, name: &str) -> Option<Value> {
        let jsz = self.jsz(n, "&accounts=true&streams=true")?;
        let accounts = jsz["account_details"].as_array()?;
        let mut streams = accounts
            .iter()
            .filter_map(|a| a["stream_detail"].as_array());
        let streams = streams.next()?;
        let log = streams.iter().find(|s| s["name"] == name);
        log.cloned()
    }

    fn jsz(&self, n: usize, more: &str) -> Option<Value> {
        let url = format!(
            "http://127.0.0.1:{}/jsz?config=false{more}",
            self.ports[n].monitor
        );
        ureq::get(url).call().ok()?.body_mut().read_json().ok()
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        let (running, changed) = &TESTS;
        *running.lock().unwrap_or_else(PoisonError::into_inner) -= self.turns;
        changed.notify_all();
        for child in self.running.iter_mut().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
