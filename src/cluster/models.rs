//! The base models that the log names lie in an object store: there before the event that names one, and in each
//! replica's folder before that takes the event over.

use async_nats::jetstream::Context;

use super::objects::Objects;
use super::tail::{Broken, lost};
use crate::store::{self, ModelDigest, Models};

/// The bucket.
const BUCKET: &str = "chaffinch-models";

/// Sees to it that the others can have the models that some frames name.
pub(super) async fn share(context: &Context, models: &Models, frames: &[u8]) -> Result<(), Broken> {
    for digest in store::models_in(frames) {
        let objects = Objects::open(context, BUCKET).await.map_err(lost)?;
        let name = digest.to_string();
        if objects.has(&name).await? {
            continue;
        }
        // Of a log that was begun with a restored folder the bytes may be nowhere.
        if let Some(bytes) = models.read(digest).map_err(lost)? {
            objects.put(&name, "", &bytes).await?;
        }
    }
    Ok(())
}

/// Sees to it that the models are here that some frames name.
pub(super) async fn fetch(context: &Context, models: &Models, frames: &[u8]) -> Result<(), Broken> {
    for digest in store::models_in(frames) {
        if models.has(digest) {
            continue;
        }
        let objects = Objects::find(context, BUCKET).await.map_err(lost)?;
        let bytes = match objects {
            Some(objects) => objects.read(&digest.to_string()).await?,
            None => None,
        };
        match bytes.filter(|bytes| ModelDigest::of(bytes) == digest) {
            Some(bytes) => drop(models.keep(&bytes).map_err(lost)?),
            None => tracing::error!(%digest, "a base model that the log names is nowhere"),
        }
    }
    Ok(())
}
