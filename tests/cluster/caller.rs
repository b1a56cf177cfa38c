//! Callers of one replica: one that corrects and one that checks, each one call after the other.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::dice::Dice;
use crate::support::KEY;

/// What the callers were told.
#[derive(Default)]
pub(crate) struct Told {
    /// By its place in the log, what an acknowledged correction said: verdict and label.
    pub(crate) corrections: BTreeMap<u64, (String, String)>,
    /// When the last correction was acknowledged, and the longest time until then.
    pub(crate) last: Option<Instant>,
    pub(crate) longest_pause: Duration,
    pub(crate) refused: u64,
    pub(crate) checks: u64,
    pub(crate) slowest_check: Duration,
    pub(crate) retracted: u64,
    /// What must not be.
    pub(crate) faults: Vec<String>,
}

pub(crate) struct Caller<'a> {
    pub(crate) name: String,
    pub(crate) base: String,
    pub(crate) told: &'a Mutex<Told>,
    pub(crate) stop: &'a AtomicBool,
}

impl Caller<'_> {
    fn agent() -> ureq::Agent {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)));
        config.build().into()
    }

    fn call(
        &self,
        agent: &ureq::Agent,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Option<(u16, bool, Value)> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {KEY}"))
            .body(body.to_string())
            .unwrap();
        let mut reply = agent.run(request).ok()?;
        let waits = reply.headers().contains_key("retry-after");
        let text = reply.body_mut().read_to_string().ok()?;
        let json = serde_json::from_str(&text).unwrap_or_default();
        Some((reply.status().as_u16(), waits, json))
    }

    /// Corrects, flips and takes back, until told to stop or the replica is gone.
    pub(crate) fn correct(&self, mut dice: Dice) {
        let agent = Self::agent();
        let mut standing: Vec<(String, &str)> = Vec::new();
        let pause = crate::pause();
        for n in 0.. {
            std::thread::sleep(pause);
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            let label = ["spam", "ham"][dice.below(2)];
            let old = (!standing.is_empty()).then(|| dice.below(standing.len()));
            let what = dice.below(10);
            let reply = match (what, old) {
                (0, Some(at)) => {
                    let path = format!("/v1/corrections/{}", standing[at].0);
                    self.call(&agent, "DELETE", &path, &Value::Null)
                }
                (1, Some(at)) => {
                    let body = json!({"id": standing[at].0, "label": label});
                    self.call(&agent, "POST", "/v1/corrections", &body)
                }
                _ => {
                    let content = format!("{label} number {n} of {} casino garden", self.name);
                    let body = json!({"comment": {"content": content}, "label": label});
                    self.call(&agent, "POST", "/v1/corrections", &body)
                }
            };
            let Some((status, waits, reply)) = reply else {
                return;
            };
            let mut told = self.told.lock().unwrap();
            match status {
                200 => {
                    let now = Instant::now();
                    if let Some(last) = told.last.replace(now) {
                        told.longest_pause = told.longest_pause.max(now - last);
                    }
                    let id = reply["id"].as_str().unwrap_or_default().to_owned();
                    match (what, old) {
                        (0, Some(at)) => {
                            told.retracted += 1;
                            standing.swap_remove(at);
                        }
                        (1, Some(_)) if reply["previous"] == label => {}
                        (_, old) => {
                            let sequence = reply["sequence"].as_u64().unwrap_or_default();
                            let said = (id.clone(), label.to_owned());
                            if let Some(other) = told.corrections.insert(sequence, said) {
                                let fault =
                                    format!("event {sequence} was told of twice: {other:?}");
                                told.faults.push(fault);
                            }
                            match (what, old) {
                                (1, Some(at)) => standing[at].1 = label,
                                _ => standing.push((id, label)),
                            }
                        }
                    }
                }
                503 if waits => {
                    told.refused += 1;
                    drop(told);
                    std::thread::sleep(Duration::from_millis(20));
                }
                // Asked for again after an answer that did not say what became of it.
                404 if what == 0 => {
                    standing.swap_remove(old.unwrap());
                }
                _ => told.faults.push(format!("{status} {reply}")),
            }
        }
    }

    /// Checks, until told to stop or the replica is gone.
    pub(crate) fn check(&self) {
        let agent = Self::agent();
        let pause = crate::pause().max(Duration::from_millis(2));
        for n in 0.. {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            let body = json!({"content": format!("free casino bonus {n} for {}", self.name)});
            let began = Instant::now();
            let reply = self.call(&agent, "POST", "/v1/check", &body);
            let took = began.elapsed();
            let Some((status, _, reply)) = reply else {
                return;
            };
            let mut told = self.told.lock().unwrap();
            told.checks += 1;
            told.slowest_check = told.slowest_check.max(took);
            if status != 200 {
                told.faults.push(format!("a check: {status} {reply}"));
            }
            drop(told);
            std::thread::sleep(pause);
        }
    }
}
