//! Calling sites back: a thread that makes the calls that the service has for it.

mod guard;
mod message;
mod send;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ipnet::IpNet;

use self::send::Caller;
use crate::service::Service;

/// Calls made side by side: a site that does not answer must not hold up all others.
const AT_ONCE: usize = 8;
/// How often the thread looks whether it should end.
const PATIENCE: Duration = Duration::from_millis(250);

/// The thread. Ends with this value, after the calls that it is making.
pub(super) struct Callbacks {
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Callbacks {
    /// Starts it. `networks` may be called although they are no part of the public internet.
    pub(super) fn start(service: Arc<Service>, networks: Vec<IpNet>) -> io::Result<Self> {
        let ending = Arc::new(AtomicBool::new(false));
        let caller = Caller::new(networks);
        let told = Arc::clone(&ending);
        let thread = thread::Builder::new()
            .name("callbacks".to_owned())
            .spawn(move || {
                while !told.load(Ordering::Relaxed) {
                    make_calls(&service, &caller);
                }
            })?;
        Ok(Self {
            ending,
            thread: Some(thread),
        })
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Relaxed);
        if self.thread.take().is_some_and(|t| t.join().is_err()) {
            tracing::error!("the thread of the callbacks ended by a fault");
        }
    }
}

fn make_calls(service: &Service, caller: &Caller) {
    let due = service.due_callbacks(AT_ONCE, PATIENCE);
    thread::scope(|scope| {
        for notice in due {
            scope.spawn(move || {
                if let Some(callback) = service.callback(notice) {
                    let delivery = caller.call(&callback);
                    service.callback_done(notice, delivery);
                }
            });
        }
    });
}
