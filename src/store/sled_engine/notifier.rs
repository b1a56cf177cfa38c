//! The thread that tells observers of durable events and then acknowledges them: apart from the
//! writer, so that slow learning holds up no verdict.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError, RwLock};

use super::command::Request;
use crate::store::{Applied, Lessons, Observer};

/// Whoever wants to know of events.
pub(super) type Observers = Arc<RwLock<Vec<Arc<dyn Observer>>>>;

/// Events that became durable together, and who waits for them.
pub(super) struct Group {
    pub(super) applied: Vec<Applied>,
    pub(super) done: Vec<Request>,
}

/// Works until the writer is gone.
pub(super) fn run(groups: &Receiver<Group>, observers: &Observers, log: &dyn Lessons) {
    while let Ok(Group {
        mut applied,
        mut done,
    }) = groups.recv()
    {
        // All that has come meanwhile is told at once: an observer that must look far back does
        // so once for all of them.
        for more in groups.try_iter() {
            applied.extend(more.applied);
            done.extend(more.done);
        }
        if !applied.is_empty() {
            let observers = observers
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            for observer in observers {
                let told = catch_unwind(AssertUnwindSafe(|| observer.apply(&applied, log)));
                if told.is_err() {
                    tracing::error!("an observer of the log failed; restart to have it catch up");
                }
            }
        }
        for request in done {
            request.answer(Ok(()));
        }
    }
}
