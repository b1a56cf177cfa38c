//! Replies that are kept for calls that may come again.
//!
//! In memory: a reply may hold a new key, which nothing may write to the disk.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Bytes;

use crate::key::KeyHash;

/// What a caller calls one of its calls.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CallName {
    pub(super) caller: KeyHash,
    pub(super) key: String,
}

/// A reply as it was sent.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Bytes,
}

/// How much is kept, and how long.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    replies: usize,
    bytes: usize,
    time: Duration,
}

const BOUNDS: Bounds = Bounds {
    replies: 10_000,
    bytes: 32 << 20,
    time: Duration::from_secs(24 * 3600),
};

/// The replies of the last day, as far as there is room for them.
#[derive(Clone)]
pub(in crate::http) struct Replies {
    kept: Arc<Mutex<Kept>>,
    bounds: Bounds,
}

#[derive(Default)]
struct Kept {
    calls: HashMap<CallName, Call>,
    /// Calls that are done, oldest first.
    done: VecDeque<(Instant, CallName)>,
    bytes: usize,
}

struct Call {
    request: blake3::Hash,
    /// `None` while it is being carried out.
    reply: Option<Arc<Reply>>,
}

/// What is known of a call that has come.
pub(super) enum Begun {
    /// It is new, and to be carried out.
    First(Running),
    /// It was answered before.
    Done(Arc<Reply>),
    /// It is being carried out.
    Running,
    /// Its name stands for another request.
    Other,
}

/// A call that is being carried out. Forgotten if this is dropped before it is done.
pub(super) struct Running {
    replies: Replies,
    call: Option<CallName>,
}

impl Default for Replies {
    fn default() -> Self {
        Self::within(BOUNDS)
    }
}

impl Replies {
    fn within(bounds: Bounds) -> Self {
        Self {
            kept: Arc::default(),
            bounds,
        }
    }

    /// Looks a call up, and if it is new takes note that it is being carried out.
    pub(super) fn begin(&self, call: CallName, request: blake3::Hash) -> Begun {
        let mut kept = self.lock();
        kept.forget(self.bounds);
        match kept.calls.get(&call) {
            Some(known) if known.request != request => Begun::Other,
            Some(Call { reply: Some(r), .. }) => Begun::Done(Arc::clone(r)),
            Some(_) => Begun::Running,
            None => {
                let running = Call {
                    request,
                    reply: None,
                };
                kept.calls.insert(call.clone(), running);
                Begun::First(Running {
                    replies: self.clone(),
                    call: Some(call),
                })
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Keeps the reply.
    pub(super) fn done(mut self, reply: Reply) {
        let Some(call) = self.call.take() else { return };
        let mut kept = self.replies.lock();
        kept.bytes += reply.body.len();
        if let Some(running) = kept.calls.get_mut(&call) {
            running.reply = Some(Arc::new(reply));
        }
        kept.done.push_back((Instant::now(), call));
        kept.forget(self.replies.bounds);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.replies.lock().calls.remove(&call);
        }
    }
}

impl Kept {
    /// Forgets what is too old, and the oldest where there is too much.
    fn forget(&mut self, bounds: Bounds) {
        let too_much = |kept: &Self| kept.done.len() > bounds.replies || kept.bytes > bounds.bytes;
        while self
            .done
            .front()
            .is_some_and(|(at, _)| at.elapsed() > bounds.time || too_much(self))
        {
            let Some((_, call)) = self.done.pop_front() else {
                return;
            };
            let reply = self.calls.remove(&call).and_then(|call| call.reply);
            self.bytes -= reply.map_or(0, |reply| reply.body.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(key: &str) -> CallName {
        CallName {
            caller: KeyHash::from_bytes([1; 32]),
            key: key.to_owned(),
        }
    }

    fn reply(size: usize) -> Reply {
        Reply {
            status: StatusCode::OK,
            headers: Vec::new(),
            body: vec![b'x'; size].into(),
        }
    }

    fn carry_out(replies: &Replies, key: &str, size: usize) {
        match replies.begin(name(key), blake3::hash(b"a")) {
            Begun::First(running) => running.done(reply(size)),
            _ => panic!("{key} came before"),
        }
    }

    fn is_kept(replies: &Replies, key: &str) -> bool {
        matches!(replies.begin(name(key), blake3::hash(b"a")), Begun::Done(_))
    }

    #[test]
    fn a_call_is_running_then_done_and_its_name_is_taken() {
        let replies = Replies::default();
        let begin = |body: &[u8]| replies.begin(name("k"), blake3::hash(body));
        let Begun::First(running) = begin(b"a") else {
            panic!("it is new")
        };
        assert!(matches!(begin(b"a"), Begun::Running));
        assert!(matches!(begin(b"b"), Begun::Other));
        running.done(reply(3));
        assert!(matches!(begin(b"a"), Begun::Done(reply) if reply.body.len() == 3));
        assert!(matches!(begin(b"b"), Begun::Other));
    }

    #[test]
    fn a_call_that_failed_may_come_again() {
        let replies = Replies::default();
        for _ in 0..2 {
            let begun = replies.begin(name("k"), blake3::hash(b"a"));
            assert!(matches!(begun, Begun::First(_)));
        }
    }

    #[test]
    fn the_oldest_go_where_there_are_too_many_or_too_large_ones() {
        let replies = Replies::within(Bounds {
            replies: 2,
            bytes: 100,
            ..BOUNDS
        });
        for key in ["a", "b", "c"] {
            carry_out(&replies, key, 10);
        }
        assert!(is_kept(&replies, "c") && is_kept(&replies, "b"));
        carry_out(&replies, "d", 95);
        assert!(is_kept(&replies, "d") && !is_kept(&replies, "c"));
    }

    #[test]
    fn old_ones_go() {
        let replies = Replies::within(Bounds {
            time: Duration::ZERO,
            ..BOUNDS
        });
        carry_out(&replies, "a", 1);
        carry_out(&replies, "a", 1);
    }
}
