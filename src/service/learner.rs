//! Keeps the classifier's learned state equal to a replay of the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::classifier::{Classifier, Lesson};
use crate::store::{Applied, Change, Lessons, Observer, Sequence, StoreError, StoredLesson};

/// Lessons as they come from the log.
pub(super) type LogLessons<'a> = dyn Iterator<Item = Result<Lesson, StoreError>> + 'a;

/// What can be taught. Equal sequences of lessons must give equal states.
pub(super) trait Pupil: Send + Sync {
    /// Learns one more lesson.
    fn learn(&self, lesson: &Lesson);
    /// Forgets everything and learns these lessons instead, in order.
    /// If they break off with an error, what was learned before stays.
    fn relearn(&self, lessons: &mut LogLessons<'_>) -> Result<(), StoreError>;
}

impl Pupil for Classifier {
    fn learn(&self, lesson: &Lesson) {
        Self::learn(self, lesson);
    }

    fn relearn(&self, lessons: &mut LogLessons<'_>) -> Result<(), StoreError> {
        Self::relearn(self, lessons)
    }
}

/// Teaches a pupil what the log says. Its state is always that of [`Lessons::lessons`] up to the
/// last event applied.
pub(super) struct Learner {
    pupil: Arc<dyn Pupil>,
    /// Whether something went wrong on the way to that state: then the next event starts anew.
    behind: AtomicBool,
}

impl Learner {
    /// Teaches everything up to `last`; later events come by [`Observer::apply`].
    pub(super) fn start(
        pupil: Arc<dyn Pupil>,
        log: &dyn Lessons,
        last: Sequence,
    ) -> Result<Self, StoreError> {
        let learner = Self {
            pupil,
            behind: AtomicBool::new(false),
        };
        learner.replay(log, last)?;
        Ok(learner)
    }

    /// One lesson at a time is held in memory, however long the log is.
    fn replay(&self, log: &dyn Lessons, last: Sequence) -> Result<(), StoreError> {
        let mut lessons = log.lessons(last)?.map(|stored| stored.map(lesson));
        self.pupil.relearn(&mut lessons)
    }

    fn follow(&self, events: &[Applied], log: &dyn Lessons, anew: bool) -> Result<(), StoreError> {
        // Learning is a sequence of steps, each from where the last one ended: a lesson in the
        // middle can only be taken out by starting again without it.
        let unlearns = |applied: &Applied| applied.superseded.is_some_and(|old| old.learned);
        if anew || events.iter().any(unlearns) {
            let last = events.last().map_or(0, |applied| applied.sequence);
            return self.replay(log, last);
        }
        for applied in events {
            if let Change::Corrected {
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
            }
        }
        Ok(())
    }
}

impl Observer for Learner {
    fn apply(&self, events: &[Applied], log: &dyn Lessons) {
        // A panic on the way leaves it set as well.
        let anew = self.behind.swap(true, Ordering::Relaxed);
        match self.follow(events, log, anew) {
            Ok(()) => self.behind.store(false, Ordering::Relaxed),
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
