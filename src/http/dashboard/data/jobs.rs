//! Work that takes longer than a page may: one at a time, on a thread of its own. What came of the last
//! one is kept in memory until the next begins.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use actix_web::rt::System;

use crate::key::KeyId;
use crate::service::{Caller, Import, Lessons, OwnFigures, Service, ServiceError};
use crate::site::Site;
use crate::training::Sample;

/// The work under way, what came of the last, and a file that waits for a word.
#[derive(Default)]
pub(in crate::http) struct Jobs {
    slot: Mutex<Slot>,
    pending: Mutex<Option<Pending>>,
}

#[derive(Default)]
enum Slot {
    #[default]
    Idle,
    Running(Work, Arc<Progress>),
    Over(Arc<Outcome>),
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Import,
    Evaluation,
}

/// How far it has come.
#[derive(Debug, Default)]
pub(super) struct Progress {
    done: AtomicUsize,
    of: AtomicUsize,
}

impl Progress {
    fn tell(&self, done: usize, of: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.of.store(of, Ordering::Relaxed);
    }

    /// In percent.
    pub(super) fn percent(&self) -> usize {
        let of = self.of.load(Ordering::Relaxed).max(1);
        self.done.load(Ordering::Relaxed) * 100 / of
    }
}

/// What came of it.
pub(super) enum Outcome {
    Imported { key: KeyId, comments: usize },
    Evaluated(Box<OwnFigures>),
    Failed(Work, ServiceError),
}

/// How things stand.
pub(super) enum Stand {
    Idle,
    Running(Work, Arc<Progress>),
    Over(Arc<Outcome>),
}

/// A file that was looked at and not yet taught.
pub(super) struct Pending {
    /// Who sent it.
    pub(super) by: Caller,
    pub(super) site: Option<Site>,
    pub(super) samples: Vec<Sample>,
}

/// Other work is under way.
pub(super) struct Busy;

impl Jobs {
    pub(super) fn stand(&self) -> Stand {
        match &*self.lock() {
            Slot::Idle => Stand::Idle,
            Slot::Running(work, progress) => Stand::Running(*work, Arc::clone(progress)),
            Slot::Over(outcome) => Stand::Over(Arc::clone(outcome)),
        }
    }

    /// Keeps a file until its sender says that it is to be taught, or another one comes.
    pub(super) fn put_off(&self, pending: Pending) {
        *self.pending() = Some(pending);
    }

    /// The file that somebody sent last, if no other came since.
    pub(super) fn take_pending(&self, caller: &Caller) -> Option<Pending> {
        self.pending()
            .take_if(|pending| pending.by.hash == caller.hash)
    }

    /// Looks at it, and leaves it.
    pub(super) fn look_at_pending<T>(
        &self,
        caller: &Caller,
        look: impl FnOnce(&Pending) -> T,
    ) -> Option<T> {
        let pending = self.pending();
        let own = pending.as_ref();
        own.filter(|pending| pending.by.hash == caller.hash)
            .map(look)
    }

    /// Teaches a file.
    pub(super) fn import(
        self: &Arc<Self>,
        service: &Arc<Service>,
        pending: Pending,
    ) -> Result<(), Busy> {
        let service = Arc::clone(service);
        self.begin(Work::Import, move |progress| {
            let taught = System::new().block_on(teach(&service, pending, progress));
            taught.map(|(key, comments)| Outcome::Imported { key, comments })
        })
    }

    /// Evaluates on the corrections.
    pub(super) fn evaluate(
        self: &Arc<Self>,
        service: &Arc<Service>,
        caller: Caller,
    ) -> Result<(), Busy> {
        let service = Arc::clone(service);
        self.begin(Work::Evaluation, move |progress| {
            let figures = service.evaluate_on_own(&caller, |done, of| progress.tell(done, of));
            figures.map(|figures| Outcome::Evaluated(Box::new(figures)))
        })
    }

    fn begin(
        self: &Arc<Self>,
        work: Work,
        run: impl FnOnce(&Progress) -> Result<Outcome, ServiceError> + Send + 'static,
    ) -> Result<(), Busy> {
        let progress = Arc::new(Progress::default());
        let mut slot = self.lock();
        if matches!(*slot, Slot::Running(..)) {
            return Err(Busy);
        }
        *slot = Slot::Running(work, Arc::clone(&progress));
        drop(slot);
        let jobs = Arc::clone(self);
        let begun = thread::Builder::new()
            .name("job".to_owned())
            .spawn(move || {
                // Whatever happens, the next one may begin.
                let mut ending = Ending(&jobs, None);
                let done = run(&progress);
                ending.1 = Some(done.unwrap_or_else(|error| Outcome::Failed(work, error)));
            });
        if let Err(error) = begun {
            tracing::error!(%error, "a thread could not be started");
            *self.lock() = Slot::Idle;
            return Err(Busy);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pending(&self) -> MutexGuard<'_, Option<Pending>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Frees the place at the end of the work, with what came of it, also after a panic.
struct Ending<'a>(&'a Jobs, Option<Outcome>);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        *self.0.lock() = match self.1.take() {
            Some(outcome) => Slot::Over(Arc::new(outcome)),
            None => Slot::Idle,
        };
    }
}

async fn teach(
    service: &Service,
    pending: Pending,
    progress: &Progress,
) -> Result<(KeyId, usize), ServiceError> {
    let import = service.import(&pending.by, pending.site, Lessons::All);
    let import = import.await?;
    let comments = pending.samples.len();
    let mut taught = 0;
    let mut samples = pending.samples.into_iter();
    loop {
        let some = samples.by_ref().take(Import::AT_ONCE);
        let some: Vec<_> = some.map(|sample| (sample.comment, sample.label)).collect();
        if some.is_empty() {
            return Ok((import.key(), taught));
        }
        taught += some.len();
        import.teach(some).await?;
        progress.tell(taught, comments);
    }
}
