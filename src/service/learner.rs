//! Keeps the classifier's learned state equal to a replay of the log.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::classifier::{Classifier, Learned, Lesson};
use crate::store::{
    Applied, Change, LearnedState, LearnedStates, Lessons, ModelDigest, Observer, Sequence,
    StoreError, StoredLesson,
};
use crate::verdict::VerdictId;

/// Lessons as they come from the log.
pub(super) type LogLessons<'a> = dyn Iterator<Item = Result<Lesson, StoreError>> + 'a;

/// Makes the bytes of what was learned up to when it was asked for.
pub(super) type Writing = Box<dyn FnOnce() -> Vec<u8> + Send>;

/// A state is kept after so many lessons: as many are learned in about a tenth of a second.
const INTERVAL: u64 = 1000;

/// What can be taught. Equal sequences of lessons must give equal states.
pub(super) trait Pupil: Send + Sync {
    /// Learns one more lesson.
    fn learn(&self, lesson: &Lesson);
    /// Forgets everything and learns these lessons instead, in order, on top of a kept state if there
    /// is one. `false`, and nothing has changed, if that state is not one of this pupil's.
    /// If the lessons break off with an error, what was learned before stays.
    fn relearn(
        &self,
        from: Option<&[u8]>,
        lessons: &mut LogLessons<'_>,
    ) -> Result<bool, StoreError>;
    /// The next [`Self::relearn`] is on top of another base model, for whom has one.
    fn rebase(&self, _digest: ModelDigest) -> Result<(), StoreError> {
        Ok(())
    }
    /// What was learned up to now, to be written while learning goes on.
    fn state(&self) -> Writing;
}

impl Pupil for Arc<Classifier> {
    fn learn(&self, lesson: &Lesson) {
        Classifier::learn(self, lesson);
    }

    fn relearn(
        &self,
        from: Option<&[u8]>,
        lessons: &mut LogLessons<'_>,
    ) -> Result<bool, StoreError> {
        let from = match from.map(|state| self.recall(state)) {
            Some(None) => return Ok(false),
            Some(Some(recalled)) => recalled,
            None => Learned::default(),
        };
        self.relearn_from(from, lessons)?;
        Ok(true)
    }

    fn state(&self) -> Writing {
        let (classifier, learned) = (Arc::clone(self), self.learned());
        Box::new(move || classifier.state_of(&learned))
    }
}

/// Teaches a pupil what the log says. Its state is always that of [`Lessons::lessons`] up to the
/// last event applied.
pub(super) struct Learner {
    pupil: Box<dyn Pupil>,
    states: LearnedStates,
    interval: u64,
    learned: Mutex<Progress>,
    /// Writes a state.
    keeping: Mutex<Option<JoinHandle<()>>>,
    /// What [`Self::digest`] said last.
    digest: Mutex<Option<(Sequence, blake3::Hash)>>,
}

/// How far the pupil is.
#[derive(Default)]
struct Progress {
    /// The last event applied.
    at: Sequence,
    /// The corrected verdicts that were learned from.
    lessons: HashSet<VerdictId>,
    /// How many of them since a state was kept.
    unkept: u64,
    /// Whether something went wrong on the way: then the next event starts anew.
    behind: bool,
    /// The base model that is to be learned on top of, if another one is in use yet.
    model: Option<ModelDigest>,
}

impl Learner {
    /// Teaches everything up to `last`; later events come by [`Observer::apply`].
    pub(super) fn start(
        pupil: Box<dyn Pupil>,
        log: &dyn Lessons,
        last: Sequence,
        states: LearnedStates,
    ) -> Result<Self, StoreError> {
        let learner = Self {
            pupil,
            states,
            interval: INTERVAL,
            learned: Mutex::default(),
            keeping: Mutex::default(),
            digest: Mutex::default(),
        };
        let mut learned = learner.learned();
        learner.replay(&mut learned, log, Sequence::MAX, last)?;
        learner.keep_in_time(&mut learned);
        drop(learned);
        Ok(learner)
    }

    /// The last event applied, and a hash of everything that was learned: equal on every server that learned
    /// the same with the same model.
    pub(super) fn digest(&self) -> (Sequence, blake3::Hash) {
        let (at, writing) = {
            let learned = self.learned();
            (learned.at, self.pupil.state())
        };
        let mut digest = self.digest.lock().unwrap_or_else(PoisonError::into_inner);
        match *digest {
            Some(known) if known.0 == at => known,
            _ => *digest.insert((at, blake3::hash(&writing()))),
        }
    }

    /// The same, with states kept after another number of lessons.
    #[cfg(test)]
    pub(super) fn with_interval(self, interval: u64) -> Self {
        Self { interval, ..self }
    }

    /// Waits for the state that is being written, and keeps the last one. To be called when no more
    /// events come.
    pub(super) fn close(&self) {
        let writing = self.keeping().take();
        if writing.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("a thread that keeps what was learned ended by a fault");
        }
        let mut learned = self.learned();
        if learned.unkept > 0 && !learned.behind {
            self.keep(&mut learned)();
        }
    }

    /// Learns what the log says, from the newest kept state of before the event `before` on. One
    /// lesson at a time is held in memory, however long the log is.
    fn replay(
        &self,
        learned: &mut Progress,
        log: &dyn Lessons,
        before: Sequence,
        last: Sequence,
    ) -> Result<(), StoreError> {
        while let Some(kept) = self.states.newest(before, last)? {
            if self.replay_from(learned, Some(&kept), log, last)? {
                return Ok(());
            }
            // Of another model, or of a program that learned differently.
            self.states.remove(kept.at);
        }
        self.replay_from(learned, None, log, last).map(drop)
    }

    fn replay_from(
        &self,
        learned: &mut Progress,
        kept: Option<&LearnedState>,
        log: &dyn Lessons,
        last: Sequence,
    ) -> Result<bool, StoreError> {
        let mut progress = Progress {
            at: last,
            ..Progress::default()
        };
        let lessons = log.lessons(kept.map_or(0, |kept| kept.at), last)?;
        let mut lessons = lessons.map(|stored| {
            let stored = stored?;
            progress.lessons.insert(stored.verdict);
            progress.unkept += 1;
            Ok(lesson(stored))
        });
        let state = kept.map(|kept| &kept.state[..]);
        if !self.pupil.relearn(state, &mut lessons)? {
            return Ok(false);
        }
        drop(lessons);
        progress
            .lessons
            .extend(kept.iter().flat_map(|kept| &kept.lessons));
        *learned = progress;
        Ok(true)
    }

    fn follow(
        &self,
        learned: &mut Progress,
        events: &[Applied],
        log: &dyn Lessons,
        anew: bool,
    ) -> Result<(), StoreError> {
        let last = events.last().map_or(0, |applied| applied.sequence);
        let mut models = events
            .iter()
            .filter_map(|applied| match &applied.event.change {
                Change::BaseModel(model) => Some(model.digest),
                _ => None,
            });
        learned.model = models.next_back().or(learned.model);
        if let Some(digest) = learned.model {
            self.pupil.rebase(digest)?;
            return self.replay(learned, log, Sequence::MAX, last);
        }
        // Learning is a sequence of steps, each from where the last one ended, and what one site
        // teaches moves the steps of all: a lesson in the middle can only be taken out by going back
        // to before it and learning without it what came after.
        let replaced = events.iter().filter_map(|applied| applied.superseded);
        let unlearned = replaced.filter(|old| old.learned).map(|old| old.sequence);
        let before = match anew {
            true => Some(Sequence::MAX),
            false => unlearned.min(),
        };
        if let Some(before) = before {
            return self.replay(learned, log, before, last);
        }
        for applied in events {
            if let Change::Corrected {
                verdict,
                site,
                label,
                features,
                learned: true,
                ..
            } = &applied.event.change
            {
                self.pupil.learn(&Lesson {
                    site: site.clone(),
                    label: *label,
                    features: features.clone(),
                });
                learned.lessons.insert(*verdict);
                learned.unkept += 1;
            }
        }
        learned.at = last;
        Ok(())
    }

    /// Has a state written, if enough was learned since the last one and none is being written.
    fn keep_in_time(&self, learned: &mut Progress) {
        let mut keeping = self.keeping();
        let busy = keeping.as_ref().is_some_and(|thread| !thread.is_finished());
        if busy || learned.unkept < self.interval {
            return;
        }
        let thread = thread::Builder::new().name("learned-keeper".to_owned());
        match thread.spawn(self.keep(learned)) {
            Ok(thread) => *keeping = Some(thread),
            Err(error) => tracing::warn!(%error, "what was learned cannot be kept"),
        }
    }

    /// What writes the state that the pupil has now.
    fn keep(&self, learned: &mut Progress) -> impl FnOnce() + Send + 'static {
        learned.unkept = 0;
        let (at, writing) = (learned.at, self.pupil.state());
        let lessons = learned.lessons.iter().copied().collect();
        let (states, interval) = (self.states.clone(), self.interval);
        move || {
            let state = writing();
            let kept = LearnedState { at, lessons, state };
            if let Err(error) = states.keep(&kept, interval) {
                tracing::warn!(%error, "what was learned could not be kept; the next start learns it again");
            }
        }
    }

    fn learned(&self) -> MutexGuard<'_, Progress> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keeping(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.keeping.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Learner {
    fn apply(&self, events: &[Applied], log: &dyn Lessons) {
        let mut learned = self.learned();
        // A panic on the way leaves it set as well.
        let anew = std::mem::replace(&mut learned.behind, true);
        match self.follow(&mut learned, events, log, anew) {
            Ok(()) => {
                learned.behind = false;
                self.keep_in_time(&mut learned);
            }
            Err(error) => tracing::error!(
                %error,
                "the log could not be read to learn from; the next correction has it tried again"
            ),
        }
    }
}

fn lesson(stored: StoredLesson) -> Lesson {
    Lesson {
        site: stored.site,
        label: stored.label,
        features: stored.features,
    }
}

#[cfg(test)]
mod tests;
