//! Who gets a turn to be checked when more is asked for than the machine can do.
//!
//! A check that comes too late is of no use to a blog, and a server that tries to do everything does all of it
//! too late. So each worker watches how long whoever asks now would wait, and turns checks away at once while
//! that is too long; what it takes on it answers in time. As soon as less is asked for it takes on
//! everything again.
//!
//! The wait has two parts. A worker is one thread that goes through all that is ready: how long a round takes
//! is seen by a task that wants its turn every few milliseconds. And a check waits for its verdict to be
//! written: seen by the checks themselves.

use std::cell::Cell;
use std::time::{Duration, Instant};

use actix_web::rt;

use crate::service::Service;
use crate::telemetry::events::TurnedAway;

/// Checks are turned away while they would wait longer than this. What was taken on just before may take
/// as long again, which keeps it within the 250 ms that are promised.
const PATIENCE: Duration = Duration::from_millis(60);
/// Fewer checks than this on a worker are no crowd: then it is the machine that is slow, and a late answer is
/// better than none.
const CROWD: usize = 32;
/// How often the watching task wants its turn.
const EVERY: Duration = Duration::from_millis(10);
/// How long it goes on watching after the last check: an idle server sleeps.
const LINGERS: Duration = Duration::from_secs(1);
/// In this time what was seen of the writing is half forgotten.
const HALF_LIFE: Duration = Duration::from_millis(50);

thread_local! {
    /// That of this worker.
    static WORKER: Worker = Worker::default();
}

#[derive(Default)]
struct Worker {
    /// When the watching task last had its turn, and how late that was.
    round: Cell<Option<(Instant, Duration)>>,
    /// When a check last ended, and how long checks took of late.
    checks: Cell<Option<(Instant, Duration)>>,
    /// How many are being done.
    in_work: Cell<usize>,
    /// How many were asked for in the round under way, and in the one before it.
    asked: Cell<[usize; 2]>,
    /// When one was asked for last.
    last: Cell<Option<Instant>>,
}

/// There are too many checks.
pub(super) struct TooBusy;

/// A check that is being done; to be held until it is answered.
pub(super) struct Turn(Instant);

/// Takes a check on, or turns it away.
pub(super) fn take(service: &Service) -> Result<Turn, TooBusy> {
    let began = may_begin(service)?;
    WORKER.with(|worker| worker.in_work.update(|n| n + 1));
    Ok(Turn(began))
}

/// Whether checks are taken on now.
pub(super) fn may_begin(service: &Service) -> Result<Instant, TooBusy> {
    let now = Instant::now();
    let too_busy = WORKER.with(|worker| {
        worker.watch(now);
        worker.crowd() >= CROWD && worker.wait(now) > PATIENCE
    });
    if too_busy {
        service.metrics().report(&TurnedAway);
        return Err(TooBusy);
    }
    Ok(now)
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = Instant::now();
        let took = now - self.0;
        // The worker's end is the end of all of this.
        let _ = WORKER.try_with(|worker| {
            let before = faded(worker.checks.get(), now);
            worker.checks.set(Some((now, took.max(before))));
            worker.in_work.update(|n| n.saturating_sub(1));
        });
    }
}

impl Worker {
    /// How long a check would take that begins now.
    fn wait(&self, now: Instant) -> Duration {
        let round = self.round.get().map_or(Duration::ZERO, |(at, late)| {
            // The round that is under way counts as well.
            late.max((now - at).saturating_sub(EVERY))
        });
        round + faded(self.checks.get(), now)
    }

    /// How many checks this worker has before it at about the same time.
    fn crowd(&self) -> usize {
        let [now, before] = self.asked.get();
        self.in_work.get() + now.max(before)
    }

    /// Takes note of a check that is asked for, and starts the watching task unless it is there.
    fn watch(&self, now: Instant) {
        self.last.set(Some(now));
        self.asked.update(|[now, before]| [now + 1, before]);
        if self.round.get().is_none() {
            self.round.set(Some((now, Duration::ZERO)));
            rt::spawn(watch());
        }
    }
}

async fn watch() {
    loop {
        let due = Instant::now() + EVERY;
        rt::time::sleep_until(due.into()).await;
        let now = Instant::now();
        let idle = WORKER.with(|worker| {
            let last = worker.last.get();
            let idle = last.is_none_or(|last| now - last > LINGERS);
            worker.asked.update(|[now, _]| [0, now]);
            let late = now.saturating_duration_since(due);
            worker.round.set((!idle).then_some((now, late)));
            idle
        });
        if idle {
            return;
        }
    }
}

/// What is left of what was seen some time ago.
fn faded(seen: Option<(Instant, Duration)>, now: Instant) -> Duration {
    let Some((at, took)) = seen else {
        return Duration::ZERO;
    };
    let halves = now.saturating_duration_since(at).as_secs_f64() / HALF_LIFE.as_secs_f64();
    took.mul_f64(0.5f64.powf(halves))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_that_of_the_round_and_of_the_writing_and_passes() {
        let worker = Worker::default();
        let began = Instant::now();
        let ms = Duration::from_millis;
        assert_eq!(worker.wait(began), Duration::ZERO);
        worker.round.set(Some((began, ms(30))));
        assert_eq!(worker.wait(began), ms(30));
        // The task has not had its turn since.
        assert_eq!(worker.wait(began + ms(90)), ms(80));
        worker.checks.set(Some((began, ms(100))));
        assert_eq!(worker.wait(began), ms(130));
        worker.round.set(Some((began + HALF_LIFE, Duration::ZERO)));
        assert_eq!(worker.wait(began + HALF_LIFE), ms(50));
        assert!(
            worker.wait(began + 20 * HALF_LIFE) > PATIENCE,
            "a standstill"
        );
        worker.round.set(None);
        assert!(worker.wait(began + 20 * HALF_LIFE) < ms(1));
    }
}
