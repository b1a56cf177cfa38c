//! The classifier in use gives way to one with another base model when the log says so: at the same event on every
//! server that follows it.

use std::sync::{Arc, Mutex, PoisonError};

use super::learner::{LogLessons, Pupil, Writing};
use crate::classifier::{BaseModel, Classifier, Lesson};
use crate::filter::Seat;
use crate::store::{ModelDigest, Models, NamedModel, StoreError};

/// What is taught, whoever sits there.
pub(super) struct Seated {
    seat: Seat,
    models: Models,
    /// Who comes next, once it has learned what the log says.
    next: Mutex<Option<Arc<Classifier>>>,
}

impl Seated {
    pub(super) fn new(seat: Seat, models: Models) -> Self {
        Self {
            seat,
            models,
            next: Mutex::default(),
        }
    }
}

/// A classifier with the base model that the log names, which has learned nothing.
pub(super) fn named(models: &Models, digest: ModelDigest) -> Result<Arc<Classifier>, StoreError> {
    let unreadable = |reason: String| StoreError::Unreadable {
        what: "base model",
        reason,
    };
    let bytes = models.read(digest)?;
    let bytes = bytes.ok_or_else(|| unreadable(format!("there is no {digest} in models/")))?;
    let base = BaseModel::from_bytes(&bytes).map_err(|e| unreadable(e.to_string()))?;
    Ok(Arc::new(Classifier::new(Arc::new(base))))
}

/// The classifier to begin with: with the base model that the log names, or else the server's own.
pub(super) fn first(
    own: Arc<Classifier>,
    named_by_log: Option<NamedModel>,
    models: &Models,
) -> Arc<Classifier> {
    let Some(NamedModel { digest, version }) = named_by_log else {
        return own;
    };
    match named(models, digest) {
        Ok(classifier) => {
            if own.model() != version {
                tracing::warn!(
                    own = own.model(),
                    log = version,
                    "the log names another base model than this server has; that of the log is used"
                );
            }
            classifier
        }
        Err(error) => {
            tracing::error!(
                %error, version,
                "the base model that the log names cannot be used; give it again with PUT /v1/model"
            );
            own
        }
    }
}

impl Pupil for Seated {
    fn learn(&self, lesson: &Lesson) {
        self.seat.classifier().learn(lesson);
    }

    fn relearn(
        &self,
        from: Option<&[u8]>,
        lessons: &mut LogLessons<'_>,
    ) -> Result<bool, StoreError> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let target = next.clone().unwrap_or_else(|| self.seat.classifier());
        let done = target.relearn(from, lessons)?;
        if done && next.take().is_some() {
            tracing::info!(model = target.model(), "another base model is in use");
            self.seat.take(target);
        }
        Ok(done)
    }

    fn state(&self) -> Writing {
        self.seat.classifier().state()
    }

    fn rebase(&self, digest: ModelDigest) -> Result<(), StoreError> {
        let classifier = named(&self.models, digest)?;
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(classifier);
        Ok(())
    }
}
