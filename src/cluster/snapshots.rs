//! Snapshots: pieces of the log that lie in JetStream's object store, so that the stream need not keep
//! everything, and what was learned from them. Whoever joins begins with them.
//!
//! A piece is frames of the journal and named after its first and last event and the latter's link; which piece
//! holds what is in its name, and whether it does shows when its frames are taken over.

use std::io::Cursor;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::object_store::{self, ObjectMetadata, ObjectStore};
use async_nats::jetstream::stream::StorageType;
use futures_util::StreamExt;
use tokio::io::AsyncReadExt;

use super::offers::hex;
use super::stream::{self, REPLICAS};
use super::tail::{Broken, lost, within};
use super::{ClusterError, stream::head_from_bytes, stream::head_to_bytes};
use crate::store::{self, Link, LogHead, Sequence};

/// The bucket.
const BUCKET: &str = "chaffinch-snapshots";
/// The stream that the bucket is.
const STREAM: &str = "OBJ_chaffinch-snapshots";
/// The first message of the log's stream, which this no longer has.
const HEAD: &str = "head";
/// What was learned from the pieces; its description says up to which event.
const LEARNED: &str = "learned";
/// How long reading or writing one object may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The bucket of the snapshots.
pub(super) struct Snapshots {
    bucket: ObjectStore,
}

/// Events of the log, one behind the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Piece {
    pub(super) first: Sequence,
    pub(super) last: Sequence,
    /// The link of the last one, in hexadecimal.
    pub(super) link: String,
}

impl Piece {
    /// The name of some frames; `None` if they are damaged, or none.
    pub(super) fn of(frames: &[u8]) -> Option<Self> {
        let [(first, _), (last, link)] = store::ends(frames)?;
        let link = hex(&link);
        Some(Self { first, last, link })
    }

    pub(super) fn ends_with(&self, link: &Link) -> bool {
        self.link == hex(link)
    }

    pub(super) fn name(&self) -> String {
        format!("log-{:020}-{:020}-{}", self.first, self.last, self.link)
    }

    fn parse(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix("log-")?.split('-');
        let (first, last, link) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            first: first.parse().ok()?,
            last: last.parse().ok()?,
            link: link.to_owned(),
        })
    }
}

/// What the bucket holds.
#[derive(Default)]
pub(super) struct Contents {
    /// In order.
    pub(super) pieces: Vec<Piece>,
    /// The event up to which the state goes that was learned, if there is one.
    pub(super) learned: Option<Sequence>,
    /// What the chunks of all of it are called.
    pub(super) chunks: Vec<String>,
}

impl Snapshots {
    /// The bucket, if it is there.
    pub(super) async fn find(context: &Context) -> Result<Option<Self>, ClusterError> {
        if stream::get(context, STREAM).await?.is_none() {
            return Ok(None);
        }
        let bucket = context.get_object_store(BUCKET).await;
        let bucket = bucket.map_err(|error| stream::no_stream(STREAM, &error))?;
        Ok(Some(Self { bucket }))
    }

    /// The bucket, made if it is not there.
    pub(super) async fn open(context: &Context) -> Result<Self, ClusterError> {
        if let Some(found) = Self::find(context).await? {
            return Ok(found);
        }
        let made = context.create_object_store(object_store::Config {
            bucket: BUCKET.to_owned(),
            description: Some("What a new Chaffinch server begins with".to_owned()),
            storage: StorageType::File,
            num_replicas: REPLICAS,
            max_bytes: -1,
            ..object_store::Config::default()
        });
        let made = made.await;
        let bucket = made.map_err(|error| stream::no_stream(STREAM, &error))?;
        Ok(Self { bucket })
    }

    /// What the log begins with, if that was noted.
    pub(super) async fn head(&self) -> Result<Option<LogHead>, ClusterError> {
        let read = self.read(HEAD).await;
        match read.map_err(|broken| unreadable(&broken))? {
            Some(bytes) => head_from_bytes(&bytes).map(Some),
            None => Ok(None),
        }
    }

    pub(super) async fn put_head(&self, head: &LogHead) -> Result<(), Broken> {
        self.put(HEAD, "", &head_to_bytes(head)).await
    }

    /// What there is.
    pub(super) async fn contents(&self) -> Result<Contents, Broken> {
        let mut contents = Contents::default();
        let mut objects = within(PATIENCE, self.bucket.list()).await?.map_err(lost)?;
        while let Some(object) = within(PATIENCE, objects.next()).await? {
            let object = object.map_err(lost)?;
            if object.name == LEARNED {
                contents.learned = object.description.and_then(|at| at.parse().ok());
            }
            contents.pieces.extend(Piece::parse(&object.name));
            contents.chunks.push(object.nuid);
        }
        contents.pieces.sort_unstable();
        Ok(contents)
    }

    /// Hands over all pieces that follow on an event, one after the other. Answers with the last event then.
    pub(super) async fn bring(
        &self,
        mut last: Sequence,
        mut take: impl AsyncFnMut(Vec<u8>) -> Result<Sequence, Broken>,
    ) -> Result<Sequence, Broken> {
        for piece in self.contents().await?.pieces {
            if piece.last <= last || piece.first > last + 1 {
                continue;
            }
            if let Some(frames) = self.read(&piece.name()).await? {
                last = take(frames).await?;
                tracing::info!(event = last, "taken over from the cluster's snapshots");
            }
        }
        Ok(last)
    }

    /// What was learned from the pieces, as a replica's folder has it.
    pub(super) async fn learned(&self) -> Result<Option<Vec<u8>>, Broken> {
        self.read(LEARNED).await
    }

    pub(super) async fn put_learned(&self, at: Sequence, state: &[u8]) -> Result<(), Broken> {
        self.put(LEARNED, &at.to_string(), state).await
    }

    /// Puts a piece, and reads it again: the stream will let go of what it holds.
    pub(super) async fn put_piece(&self, piece: &Piece, frames: &[u8]) -> Result<(), Broken> {
        let name = piece.name();
        self.put(&name, "", frames).await?;
        match self.read(&name).await? {
            Some(found) if found == frames => Ok(()),
            _ => Err(Broken::Lost(format!("{name} is not what was written"))),
        }
    }

    pub(super) async fn remove(&self, piece: &Piece) -> Result<(), Broken> {
        let deleted = self.bucket.delete(piece.name());
        within(PATIENCE, deleted).await?.map_err(lost)
    }

    /// An object, whole and as it was written; `None` if it is not there.
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Broken> {
        let work = async {
            let mut object = match self.bucket.get(name).await {
                Ok(object) => object,
                Err(error) if error.kind() == object_store::GetErrorKind::NotFound => {
                    return Ok(None);
                }
                Err(error) => return Err(lost(error)),
            };
            let mut bytes = Vec::new();
            object.read_to_end(&mut bytes).await.map_err(lost)?;
            Ok(Some(bytes))
        };
        within(PATIENCE, work).await?
    }

    async fn put(&self, name: &str, description: &str, bytes: &[u8]) -> Result<(), Broken> {
        let meta = ObjectMetadata {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            ..ObjectMetadata::default()
        };
        let mut bytes = Cursor::new(bytes);
        let put = self.bucket.put(meta, &mut bytes);
        within(PATIENCE, put).await?.map_err(lost)?;
        Ok(())
    }
}

/// Removes chunks that belong to no object: of a write that broke off. To be called by whom alone writes.
pub(super) async fn sweep(context: &Context, contents: &Contents) -> Result<(), Broken> {
    let all = format!("$O.{BUCKET}.C.>");
    let stream = context.get_stream_no_info(STREAM).await.map_err(lost)?;
    let subjects = stream.info_with_subjects(&all).await.map_err(lost)?;
    let subjects: Vec<_> = subjects.collect().await;
    for subject in subjects {
        let (subject, _) = subject.map_err(lost)?;
        let name = subject.rsplit('.').next().unwrap_or_default();
        if !contents.chunks.iter().any(|known| known == name) {
            tracing::info!("removing what a broken write left among the cluster's snapshots");
            stream.purge().filter(&subject).await.map_err(lost)?;
        }
    }
    Ok(())
}

fn unreadable(broken: &Broken) -> ClusterError {
    ClusterError::NoStream {
        stream: STREAM,
        reason: broken.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_known_by_its_name_and_other_objects_are_none() {
        let piece = Piece {
            first: 7,
            last: 4096,
            link: hex(&[0xab; 16]),
        };
        assert_eq!(Piece::parse(&piece.name()), Some(piece));
        for other in [HEAD, LEARNED, "log-7", "log-a-b-c"] {
            assert_eq!(Piece::parse(other), None);
        }
    }
}
