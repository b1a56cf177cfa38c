//! Keeps the classifier's learned state equal to a replay of the log.

use std::sync::Arc;

use crate::classifier::{Classifier, Lesson};
use crate::store::{Applied, Change, Lessons, Observer, Sequence, StoreError, StoredLesson};

/// What can be taught. Equal sequences of lessons must give equal states.
pub(super) trait Pupil: Send + Sync {
    /// Learns one more lesson.
    fn learn(&self, lesson: &Lesson);
    /// Forgets everything and learns these lessons instead, in order.
    fn relearn(&self, lessons: &[Lesson]);
}

impl Pupil for Classifier {
    fn learn(&self, lesson: &Lesson) {
        Self::learn(self, lesson);
    }

    fn relearn(&self, lessons: &[Lesson]) {
        Self::relearn(self, lessons);
    }
}

/// Teaches a pupil what the log says. Its state is always that of [`Lessons::lessons`] up to the
/// last event applied.
pub(super) struct Learner {
    pupil: Arc<dyn Pupil>,
}

impl Learner {
    /// Teaches everything up to `last`; later events come by [`Observer::apply`].
    pub(super) fn start(
        pupil: Arc<dyn Pupil>,
        log: &dyn Lessons,
        last: Sequence,
    ) -> Result<Self, StoreError> {
        let learner = Self { pupil };
        learner.replay(log, last)?;
        Ok(learner)
    }

    fn replay(&self, log: &dyn Lessons, last: Sequence) -> Result<(), StoreError> {
        let mut lessons = Vec::new();
        log.lessons(last, &mut |stored| lessons.push(lesson(stored)))?;
        self.pupil.relearn(&lessons);
        Ok(())
    }
}

impl Observer for Learner {
    fn apply(&self, events: &[Applied], log: &dyn Lessons) {
        // Learning is a sequence of steps, each from where the last one ended: a lesson in the
        // middle can only be taken out by starting again without it.
        let unlearns = events.iter().any(|applied| applied.superseded.is_some());
        if unlearns {
            let last = events.last().map_or(0, |applied| applied.sequence);
            if let Err(error) = self.replay(log, last) {
                tracing::error!(%error, "the log could not be read to learn from; restart to have it tried again");
            }
            return;
        }
        for applied in events {
            if let Change::Corrected {
                site,
                label,
                features,
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
    }
}

fn lesson(stored: StoredLesson) -> Lesson {
    Lesson {
        site: stored.site,
        label: stored.label,
        features: stored.features,
    }
}
