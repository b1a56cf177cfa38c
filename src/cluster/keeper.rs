//! Who writes the snapshots: whichever replica gets the lock when another piece of the log is full. The stream then
//! lets go of what the pieces before it hold.
//!
//! All replicas have the same journal and cut it at the same places, so that it does not matter who does it.

use std::time::Duration;

use async_nats::jetstream::kv;
use async_nats::jetstream::stream::StorageType;
use tokio::task::yield_now;
use tokio::time::sleep;

use super::join::Joined;
use super::locate::{self, End, Located};
use super::snapshots::{Contents, Piece, Snapshots};
use super::state::State;
use super::stream::{self, REPLICAS};
use super::tail::{ANSWER, Broken, lost, within};
use crate::store::{self, Sequence, Store};

/// How often it is looked whether a piece is full.
const LOOK: Duration = Duration::from_secs(2);
/// Bytes read at once: the tail waits meanwhile.
const AT_ONCE: usize = 256 * 1024;
/// The bucket of the lock, and its key.
const LOCKS: &str = "chaffinch-locks";
const WRITER: &str = "snapshots";
/// Most pieces that are written while the lock is held.
const IN_A_TURN: usize = 16;
/// When the lock of somebody who was killed is free again.
const FORGOTTEN: Duration = Duration::from_secs(300);

/// Writes snapshots, one replica at a time.
pub(super) struct Keeper<'a> {
    joined: &'a Joined,
    store: &'a dyn Store,
    state: &'a State,
    /// Bytes of a piece.
    size: usize,
}

/// What is in no piece yet, as far as it was looked at.
struct Beyond {
    last: Sequence,
    bytes: usize,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(
        joined: &'a Joined,
        store: &'a dyn Store,
        state: &'a State,
        size: usize,
    ) -> Self {
        Self {
            joined,
            store,
            state,
            size,
        }
    }

    /// Works for ever.
    pub(super) async fn run(&self) {
        let mut beyond: Option<Beyond> = None;
        let mut told = false;
        loop {
            sleep(LOOK).await;
            let standing = self.state.standing();
            if !standing.connected || standing.behind > 0 {
                continue;
            }
            if let Some(beyond) = &mut beyond
                && matches!(self.count(beyond).await, Ok(bytes) if bytes < self.size)
            {
                continue;
            }
            match self.work().await {
                Ok(Some(last)) => (beyond, told) = (Some(Beyond { last, bytes: 0 }), false),
                Ok(None) => {}
                Err(error) => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::warn!(%error, "the cluster's log is not kept in snapshots at the moment");
                    }
                }
            }
        }
    }

    /// Bytes of the journal behind the last piece.
    async fn count(&self, beyond: &mut Beyond) -> Result<usize, Broken> {
        while beyond.bytes < self.size {
            let more = self.store.frames_after(beyond.last, AT_ONCE);
            let more = more.map_err(lost)?;
            let Some([_, (end, _)]) = store::ends(&more) else {
                break;
            };
            *beyond = Beyond {
                last: end,
                bytes: beyond.bytes + more.len(),
            };
            yield_now().await;
        }
        Ok(beyond.bytes)
    }

    /// Does what there is to do, unless somebody else does. Answers with the last event that is in a piece.
    async fn work(&self) -> Result<Option<Sequence>, Broken> {
        let context = &self.joined.context;
        let snapshots = Snapshots::open(context).await.map_err(lost)?;
        let contents = snapshots.contents().await?;
        if let Some(last) = self.end_of(&contents)?
            && self.piece_after(last).await?.is_none()
        {
            self.shorten(&snapshots, &contents).await?;
            return Ok(Some(last));
        }
        let locks = context.create_or_update_key_value(kv::Config {
            bucket: LOCKS.to_owned(),
            description: "Who does what all Chaffinch servers could do".to_owned(),
            history: 1,
            max_age: FORGOTTEN,
            storage: StorageType::File,
            num_replicas: REPLICAS,
            ..kv::Config::default()
        });
        let locks = within(ANSWER * 5, locks).await?.map_err(lost)?;
        match within(ANSWER * 5, locks.create(WRITER, "".into())).await? {
            Ok(_) => {}
            Err(error) if error.kind() == kv::CreateErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(lost(error)),
        }
        let kept = self.keep(&snapshots).await;
        within(ANSWER * 5, locks.delete(WRITER))
            .await?
            .map_err(lost)?;
        let contents = kept?;
        self.shorten(&snapshots, &contents).await?;
        self.end_of(&contents)
    }

    /// The last event that the pieces hold without a gap; `None` if some are not known to be of this log.
    fn end_of(&self, contents: &Contents) -> Result<Option<Sequence>, Broken> {
        let mut end = 0;
        for piece in &contents.pieces {
            if self.is_ours(piece)? != Some(true) {
                return Ok(None);
            }
            if piece.first <= end + 1 {
                end = end.max(piece.last);
            }
        }
        Ok(Some(end))
    }

    /// Whether a piece is of this log; `None` if it ends with an event that is not here.
    fn is_ours(&self, piece: &Piece) -> Result<Option<bool>, Broken> {
        let link = self.store.link(piece.last).map_err(lost)?;
        Ok(link.map(|link| piece.ends_with(&link)))
    }

    async fn keep(&self, snapshots: &Snapshots) -> Result<Contents, Broken> {
        let mut contents = snapshots.contents().await?;
        let head = snapshots.head().await.map_err(lost)?;
        let same_log = head.as_ref() == Some(&self.joined.head);
        if !same_log {
            snapshots.put_head(&self.joined.head).await?;
        }
        for piece in &contents.pieces {
            match self.is_ours(piece)? {
                Some(true) => {}
                // Another replica is ahead.
                None if same_log => return Ok(contents),
                // Of a log that was lost, and is another one since.
                _ => snapshots.remove(piece).await?,
            }
        }
        contents = snapshots.contents().await?;
        let mut end = self.end_of(&contents)?.unwrap_or_default();
        for _ in 0..IN_A_TURN {
            let Some((piece, frames)) = self.piece_after(end).await? else {
                break;
            };
            snapshots.put_piece(&piece, &frames).await?;
            tracing::info!(
                from = piece.first,
                to = piece.last,
                "a piece of the cluster's log is kept as a snapshot"
            );
            end = piece.last;
        }
        let known = contents.learned.unwrap_or_default();
        let learned = self.store.learned_states().whole(end);
        if let Some((at, state)) = learned.filter(|(at, _)| *at > known) {
            snapshots.put_learned(at, &state).await?;
        }
        contents = snapshots.contents().await?;
        snapshots.sweep(&self.joined.context, &contents).await?;
        Ok(contents)
    }

    /// The next full piece behind an event, if there is one.
    async fn piece_after(&self, event: Sequence) -> Result<Option<(Piece, Vec<u8>)>, Broken> {
        let mut frames = Vec::new();
        let mut last = event;
        while frames.len() < self.size {
            let more = self.store.frames_after(last, AT_ONCE.min(self.size));
            let more = more.map_err(lost)?;
            let Some([_, (end, _)]) = store::ends(&more) else {
                return Ok(None);
            };
            frames.extend(more);
            last = end;
            yield_now().await;
        }
        Ok(Piece::of(&frames).map(|piece| (piece, frames)))
    }

    /// Has the stream let go of what the pieces hold, but for the last one: who was away for a short time only
    /// finds what it needs in the stream.
    async fn shorten(&self, snapshots: &Snapshots, contents: &Contents) -> Result<(), Broken> {
        let [old @ .., _] = contents.pieces.as_slice() else {
            return Ok(());
        };
        let Some(newest) = old.last() else {
            return Ok(());
        };
        let Some(stream) = stream::find(&self.joined.context).await.map_err(lost)? else {
            return Ok(());
        };
        let info = stream.cached_info();
        if info.config.deny_purge {
            return Ok(());
        }
        let end = End {
            last: newest.last,
            link: |at| self.store.link(at).map_err(lost),
        };
        let (first, last) = (info.state.first_sequence, info.state.last_sequence);
        if let Located::At(place) = end.find(&stream, first, last).await?
            && place >= first.max(2)
            && place < last
        {
            let [(begins, _), _] = locate::ends(&stream, first.max(2)).await?;
            for piece in old.iter().filter(|piece| piece.last >= begins) {
                snapshots.verify(piece).await?;
            }
            let purged = stream.purge().sequence(place + 1);
            within(ANSWER * 5, purged.into_future())
                .await?
                .map_err(lost)?;
            tracing::info!(
                message = place,
                "the cluster's log lets go of what snapshots hold"
            );
        }
        Ok(())
    }
}
