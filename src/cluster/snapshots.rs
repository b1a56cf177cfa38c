//! Snapshots: pieces of the log that lie in JetStream's object store, so that the stream need not keep
//! everything, and what was learned from them. Whoever joins begins with them.
//!
//! A piece is frames of the journal and named after its first and last event and the latter's link; which piece
//! holds what is in its name, and whether it does shows when its frames are taken over.

use async_nats::jetstream::Context;
use async_nats::jetstream::object_store::ObjectInfo;

use super::ClusterError;
use super::objects::Objects;
use super::offers::hex;
use super::stream::{head_from_bytes, head_to_bytes};
use super::tail::Broken;
use crate::store::{self, Link, LogHead, Sequence};

/// The bucket.
const BUCKET: &str = "chaffinch-snapshots";
/// The first message of the log's stream, which this no longer has.
const HEAD: &str = "head";
/// What was learned from the pieces; its description says up to which event.
const LEARNED: &str = "learned";

/// The bucket of the snapshots.
pub(super) struct Snapshots(Objects);

/// Events of the log, one behind the other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Piece {
    pub(super) first: Sequence,
    pub(super) last: Sequence,
    /// The link of the last one, in hexadecimal.
    link: String,
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

    fn name(&self) -> String {
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
pub(super) struct Contents {
    /// In order.
    pub(super) pieces: Vec<Piece>,
    /// The event up to which the state goes that was learned, if there is one.
    pub(super) learned: Option<Sequence>,
    objects: Vec<ObjectInfo>,
}

impl Snapshots {
    /// The bucket, if it is there.
    pub(super) async fn find(context: &Context) -> Result<Option<Self>, ClusterError> {
        Ok(Objects::find(context, BUCKET).await?.map(Self))
    }

    /// The bucket, made if it is not there.
    pub(super) async fn open(context: &Context) -> Result<Self, ClusterError> {
        Objects::open(context, BUCKET).await.map(Self)
    }

    /// Removes the bucket with all that is in it, if it is there.
    pub(super) async fn discard(context: &Context) -> Result<(), ClusterError> {
        Objects::discard(context, BUCKET).await
    }

    /// What the log begins with, if that was noted.
    pub(super) async fn head(&self) -> Result<Option<LogHead>, ClusterError> {
        let read = self.0.read(HEAD).await;
        let read = read.map_err(|broken| ClusterError::NoStream {
            stream: BUCKET,
            reason: broken.to_string(),
        });
        read?.map(|bytes| head_from_bytes(&bytes)).transpose()
    }

    pub(super) async fn put_head(&self, head: &LogHead) -> Result<(), Broken> {
        self.0.put(HEAD, "", &head_to_bytes(head)).await
    }

    /// What there is.
    pub(super) async fn contents(&self) -> Result<Contents, Broken> {
        let objects = self.0.list().await?;
        let pieces = objects.iter().map(|object| Piece::parse(&object.name));
        let mut pieces: Vec<_> = pieces.flatten().collect();
        pieces.sort_unstable();
        let learned = objects.iter().find(|object| object.name == LEARNED);
        let learned = learned.and_then(|object| object.description.as_ref()?.parse().ok());
        Ok(Contents {
            pieces,
            learned,
            objects,
        })
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
            if let Some(frames) = self.0.read(&piece.name()).await? {
                last = take(frames).await?;
                tracing::info!(event = last, "taken over from the cluster's snapshots");
            }
        }
        Ok(last)
    }

    /// What was learned from the pieces, as a replica's folder has it.
    pub(super) async fn learned(&self) -> Result<Option<Vec<u8>>, Broken> {
        self.0.read(LEARNED).await
    }

    pub(super) async fn put_learned(&self, at: Sequence, state: &[u8]) -> Result<(), Broken> {
        self.0.put(LEARNED, &at.to_string(), state).await
    }

    pub(super) async fn put_piece(&self, piece: &Piece, frames: &[u8]) -> Result<(), Broken> {
        self.0.put(&piece.name(), "", frames).await
    }

    /// Reads a piece again: the stream will let go of what it holds. Fails if it is not there, as a server may say
    /// of one that was just written, and removes it if it is not what it should be.
    pub(super) async fn verify(&self, piece: &Piece) -> Result<(), Broken> {
        let name = piece.name();
        let Some(frames) = self.0.read(&name).await? else {
            return Err(Broken::Lost(format!("{name} cannot be read yet")));
        };
        if Piece::of(&frames).as_ref() == Some(piece) {
            return Ok(());
        }
        self.0.remove(&name).await?;
        Err(Broken::Lost(format!("{name} was not what was written")))
    }

    pub(super) async fn remove(&self, piece: &Piece) -> Result<(), Broken> {
        self.0.remove(&piece.name()).await
    }

    /// Removes what belongs to nothing of this. To be called by whom alone writes.
    pub(super) async fn sweep(&self, context: &Context, contents: &Contents) -> Result<(), Broken> {
        self.0.sweep(context, &contents.objects).await
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
