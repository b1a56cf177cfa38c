//! Calling sites back: a thread that makes the calls that the service has for it.

mod guard;
mod message;
mod send;

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use ipnet::IpNet;

use self::send::Caller;
use crate::service::{Notice, Service};

/// Calls made side by side: a site that does not answer must not hold up all others.
const AT_ONCE: usize = 8;

/// The thread. Ends with this value, after the calls that it is making.
pub(super) struct Callbacks {
    service: Arc<Service>,
    thread: Option<JoinHandle<()>>,
}

impl Callbacks {
    /// Starts it. `networks` may be called although they are no part of the public internet.
    pub(super) fn start(service: Arc<Service>, networks: Vec<IpNet>) -> io::Result<Self> {
        let caller = Caller::new(networks);
        let source = Arc::clone(&service);
        let thread = thread::Builder::new()
            .name("callbacks".to_owned())
            .spawn(move || {
                while let Some(due) = source.due_callbacks(AT_ONCE) {
                    make_calls(&source, &caller, due);
                }
            })?;
        Ok(Self {
            service,
            thread: Some(thread),
        })
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        self.service.end_callbacks();
        if self.thread.take().is_some_and(|t| t.join().is_err()) {
            tracing::error!("the thread of the callbacks ended by a fault");
        }
    }
}

fn make_calls(service: &Service, caller: &Caller, due: Vec<Notice>) {
    thread::scope(|scope| {
        let calls = due.into_iter().map(|notice| {
            scope.spawn(move || {
                if let Some(callback) = service.callback(notice) {
                    let delivery = caller.call(&callback);
                    service.callback_done(notice, delivery);
                }
            })
        });
        // All of them are started before the first is waited for.
        for call in calls.collect::<Vec<_>>() {
            if call.join().is_err() {
                tracing::error!("a callback ended by a fault; it is made again after a restart");
            }
        }
    });
}
