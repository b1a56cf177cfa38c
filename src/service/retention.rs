//! Verdicts are kept for as long as their site says.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::site::Site;
use crate::site::settings::{RetentionDays, RetentionWhat, SiteSettings};
use crate::store::{Aged, StoreError};
use crate::verdict::VerdictId;

use super::{Service, ServiceError};

/// Verdicts looked at between two writes, which checks must not wait for long.
const AT_ONCE: usize = 64;
/// How often a running server looks for what is over its time.
const EVERY: Duration = Duration::from_secs(3600);
/// How often it looks at everything, where old verdicts may come from other servers.
const ALL_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Where the last sweep came to: verdicts before it need not be looked at again, as long as no
/// site changes its mind.
#[derive(Debug, Default)]
pub(super) struct Swept {
    /// What each site wanted then.
    wanted: HashMap<Option<Site>, (RetentionDays, RetentionWhat)>,
    /// The last verdict before the first one that had to stay.
    until: Option<VerdictId>,
    /// The last verdict before the first whose record had to stay although no comment is in it.
    bare_until: Option<VerdictId>,
    /// When everything was looked at, from the first verdict on.
    all: Option<Timestamp>,
}

impl Service {
    /// Lets go of everything that is over its time now. Answers with how many verdicts that were.
    /// Takes its time; not to be called from asynchronous code.
    pub fn sweep(&self) -> Result<u64, ServiceError> {
        let now = self.clock.now();
        let mut shortest = SiteSettings::default().retention_days;
        let mut wanted = HashMap::new();
        for (site, settings) in self.registry.sites.all() {
            shortest = shortest.min(settings.retention_days);
            let wants = (settings.retention_days, settings.retention_what);
            wanted.insert(Some(site), wants);
        }
        let mut after = {
            let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
            let due = swept
                .all
                .is_none_or(|all| now > all.saturating_add(ALL_EVERY).unwrap_or(all));
            if due && self.store.standing().is_some() {
                (swept.until, swept.bare_until, swept.all) = (None, None, Some(now));
            }
            swept.until.filter(|_| swept.wanted == wanted)
        };
        let mut until = after;
        let mut all_gone = true;
        let mut gone = 0;
        loop {
            let aged = self.store.aged(after, first_kept(now, shortest), AT_ONCE)?;
            let Some(last) = aged.last().map(|aged| aged.id) else {
                break;
            };
            let mut over = Vec::new();
            for Aged {
                id,
                site,
                has_content,
            } in aged
            {
                let settings = self.registry.settings(site.as_ref());
                let kept_from = first_kept(now, settings.retention_days).as_millisecond();
                let due = id.unix_millis() < kept_from;
                let what = settings.retention_what;
                if due && (has_content || what == RetentionWhat::Record) {
                    over.push((id, what));
                }
                all_gone &= due;
                if all_gone {
                    until = Some(id);
                }
            }
            gone += over.len() as u64;
            if !over.is_empty() {
                self.expire(&over)?;
            }
            after = Some(last);
        }
        {
            let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
            (swept.wanted, swept.until) = (wanted, until);
        }
        Ok(gone + self.sweep_bare(now)?)
    }

    /// Lets go of records whose comments went long ago and that nobody corrected: without an end there
    /// would be ever more of them.
    fn sweep_bare(&self, now: Timestamp) -> Result<u64, ServiceError> {
        let before = first_kept(now, self.retention_records);
        let swept = || self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut after, mut gone, mut all_settled) = (swept().bare_until, 0, true);
        loop {
            let aged = self.store.aged(after, before, AT_ONCE)?;
            let Some(last) = aged.last().map(|aged| aged.id) else {
                return Ok(gone);
            };
            let mut over = Vec::new();
            for aged in aged {
                // A comment stays for as long as its site says.
                all_settled &= !aged.has_content;
                if !aged.has_content && self.store.correction(aged.id)?.is_none() {
                    over.push((aged.id, RetentionWhat::Record));
                }
                if all_settled {
                    swept().bare_until = Some(aged.id);
                }
            }
            gone += over.len() as u64;
            if !over.is_empty() {
                self.expire(&over)?;
            }
            after = Some(last);
        }
    }

    fn expire(&self, over: &[(VerdictId, RetentionWhat)]) -> Result<(), ServiceError> {
        loop {
            match self.store.expire(over.to_vec()).wait() {
                // Checks come first.
                Err(StoreError::Busy) => thread::sleep(Duration::from_millis(100)),
                done => return Ok(done?),
            }
        }
    }
}

/// The time before which verdicts are over their time.
fn first_kept(now: Timestamp, days: RetentionDays) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days.get())))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Sweeps a running server, at once and then every hour, until it is dropped.
pub struct Sweeper {
    /// Dropped to say that it is over.
    running: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sweeper {
    /// Starts to sweep.
    pub fn start(service: Arc<Service>) -> io::Result<Self> {
        let (running, stopped) = channel();
        let work = move || {
            loop {
                match service.sweep() {
                    Ok(0) => {}
                    Ok(verdicts) => tracing::info!(verdicts, "let go of what is over its time"),
                    Err(error) => tracing::error!(%error, "what is over its time could not go"),
                }
                if stopped.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
        };
        let thread = thread::Builder::new()
            .name("sweeper".to_owned())
            .spawn(work)?;
        Ok(Self {
            running: Some(running),
            thread: Some(thread),
        })
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.running = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sweeper ended by a fault");
        }
    }
}
