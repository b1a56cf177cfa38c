//! The tail: what stands in the stream, message by message, into the store.
//!
//! A pull consumer of our own, begun anew where the last one ended after any error, and when a silence turns out
//! to be none. Messages that come again are passed over by their number, events by theirs.

use std::cell::Cell;
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::message::Message;
use async_nats::jetstream::stream::Stream;
use futures_util::{FutureExt, StreamExt};
use tokio::time::{sleep, timeout};

use super::join::Joined;
use super::locate::{End, Located};
use super::snapshots::Snapshots;
use super::state::State;
use super::{ClusterError, join, locate, models, stream, upload};
use crate::store::{LogHead, Sequence, Store, StoreError};

/// Silence after which the stream is asked where it ends.
pub(super) const SILENCE: Duration = Duration::from_secs(1);
/// How long it may take to say.
pub(super) const ANSWER: Duration = Duration::from_secs(1);
/// Before everything is begun anew.
pub(super) const PAUSE: Duration = Duration::from_millis(100);
/// The server's sign of life on an idle consumer.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// How long the server keeps a consumer that nobody asks.
const FORGOTTEN: Duration = Duration::from_secs(30);
/// How long the stream may seem to lack something before it is believed.
const DOUBT: Duration = Duration::from_secs(10);
/// Bytes handed over at once, if as many are there.
const AT_ONCE: usize = 256 * 1024;

/// Why the tail does not go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// It is begun anew.
    #[error("{0}")]
    Lost(String),
    /// Something seems to be missing.
    #[error("{0}")]
    Gap(String),
    /// Somebody has to look at it.
    #[error("{0}")]
    Alarm(String),
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

/// A store that follows the stream.
pub(super) struct Tail<'a> {
    joined: &'a Joined,
    store: &'a dyn Store,
    state: &'a State,
    /// Whether the stream must have everything that the store has.
    complete: Cell<bool>,
    /// Since when the stream seems to lack something.
    doubted: Cell<Option<Instant>>,
}

impl<'a> Tail<'a> {
    pub(super) fn new(joined: &'a Joined, store: &'a dyn Store, state: &'a State) -> Self {
        Self {
            joined,
            store,
            state,
            complete: Cell::new(joined.marked),
            doubted: Cell::default(),
        }
    }

    /// Works until the store is gone, or what the stream holds is not what it should be.
    pub(super) async fn run(&self) {
        let mut told = false;
        loop {
            let broken = match self.follow(&mut told).await {
                Ok(never) => match never {},
                Err(broken) => broken,
            };
            match broken {
                Broken::Closed => return,
                Broken::Alarm(why) => {
                    tracing::error!(
                        why,
                        "the cluster's log cannot be followed: checks go on, nothing else does"
                    );
                    self.state.alarm(why);
                    return;
                }
                Broken::Lost(why) | Broken::Gap(why) => {
                    // Once for each time that it is away, not for each attempt.
                    if !std::mem::replace(&mut told, true) {
                        tracing::warn!(why, "the cluster's log is lost from sight; looking for it");
                    }
                    self.state.lost();
                    sleep(PAUSE).await;
                }
            }
        }
    }

    async fn follow(&self, told: &mut bool) -> Result<std::convert::Infallible, Broken> {
        let stream = self.stream().await?;
        let mut place = self.begin(&stream).await?;
        self.hand_over(place, Vec::new()).await?;
        let mut messages = messages_after(&stream, place).await?;
        if std::mem::take(told) {
            tracing::info!(message = place, "the cluster's log is followed again");
        }
        loop {
            let Ok(next) = timeout(SILENCE, messages.next()).await else {
                // A consumer that its server forgot is as silent as one that has nothing to say.
                let ends_at = self.end_of(&stream).await?;
                self.state.heard(ends_at.saturating_sub(place));
                if ends_at > place {
                    return Err(Broken::Lost("messages do not arrive".to_owned()));
                }
                self.doubted.take();
                continue;
            };
            let mut arrived = Arrived {
                place,
                pending: 0,
                frames: Vec::new(),
            };
            arrived.take(next).map_err(|broken| self.weigh(broken))?;
            while arrived.frames.len() < AT_ONCE {
                let Some(more) = messages.next().now_or_never() else {
                    break;
                };
                arrived.take(more).map_err(|broken| self.weigh(broken))?;
            }
            let Arrived {
                place: reached,
                pending,
                frames,
            } = arrived;
            if reached > place {
                self.hand_over(reached, frames).await?;
                place = reached;
            }
            self.doubted.take();
            self.state.heard(pending);
        }
    }

    /// Where to go on: behind the message with the journal's last event, which has to be the same.
    async fn begin(&self, stream: &Stream) -> Result<u64, Broken> {
        let (mut located, mut messages) = self.locate(stream).await?;
        if let Located::Behind(begins) = located {
            self.bring().await?;
            (located, messages) = self.locate(stream).await?;
            if let Located::Behind(_) = located {
                let own = self.store.events();
                return Err(self.doubt(format!(
                    "the stream begins with event {begins}, this journal ends with event {own}, \
                     and what lies between is in no snapshot"
                )));
            }
        }
        let place = match located {
            Located::At(place) => place,
            Located::Behind(_) => return Err(Broken::Lost("the stream moves on".to_owned())),
            Located::Short(place, event) if !self.complete.get() => {
                upload::upload(&self.joined.context, self.store, place, event).await?
            }
            Located::Short(_, event) => {
                let own = self.store.events();
                return Err(self.doubt(format!(
                    "the stream ends with event {event}, this journal with event {own}: \
                     what was acknowledged is missing there"
                )));
            }
        };
        if !self.complete.replace(true) {
            // Those that follow have none of its verdicts.
            self.store.hand_on_all().map_err(lost)?;
            self.store.mark_shared().map_err(lost)?;
        }
        self.state.heard(messages.saturating_sub(place));
        Ok(place)
    }

    /// Takes over what the stream let go of.
    async fn bring(&self) -> Result<(), Broken> {
        let snapshots = Snapshots::find(&self.joined.context).await.map_err(lost)?;
        let Some(snapshots) = snapshots else {
            return Ok(());
        };
        let taken = snapshots.bring(self.store.events(), async |frames| {
            self.hand_over(0, frames).await?;
            Ok(self.store.events())
        });
        taken.await.map(drop)
    }

    fn weigh(&self, broken: Broken) -> Broken {
        match broken {
            Broken::Gap(what) => self.doubt(what),
            broken => broken,
        }
    }

    /// What a server may say for a moment that was just elected, and a person has to look at if it stays so.
    fn doubt(&self, what: String) -> Broken {
        let since = self.doubted.get().unwrap_or_else(Instant::now);
        self.doubted.set(Some(since));
        match since.elapsed() < DOUBT {
            true => Broken::Lost(what),
            false => Broken::Alarm(what),
        }
    }

    /// The event that the stream ends with.
    pub(super) async fn ends_with(&self) -> Result<Sequence, ClusterError> {
        let stream = match stream::find(&self.joined.context).await? {
            Some(stream) if self.head_of(&stream).await?.is_some() => stream,
            _ => return Ok(0),
        };
        let found = async {
            match self.locate(&stream).await? {
                (Located::Short(_, event), _) => Ok(event),
                (Located::At(_) | Located::Behind(_), messages) => {
                    locate::last_of(&stream, messages).await
                }
            }
        };
        let found = found.await;
        found.map_err(|broken: Broken| ClusterError::Log(broken.to_string()))
    }

    async fn stream(&self) -> Result<Stream, Broken> {
        let stream = within(ANSWER, stream::find(&self.joined.context)).await?;
        stream
            .map_err(settled)?
            .ok_or_else(|| Broken::Lost(ClusterError::LogGone.to_string()))
    }

    /// Where the journal ends in the stream, and how many messages this has.
    async fn locate(&self, stream: &Stream) -> Result<(Located, u64), Broken> {
        let head = within(ANSWER * 2, self.head_of(stream))
            .await?
            .map_err(settled)?;
        if head.as_ref() != Some(&self.joined.head) {
            return Err(Broken::Alarm(
                "the stream is that of another log".to_owned(),
            ));
        }
        let end = End {
            last: self.store.events(),
            link: |at| self.store.link(at).map_err(lost),
        };
        let info = within(ANSWER, stream.get_info()).await?.map_err(lost)?;
        let (first, last) = (info.state.first_sequence, info.state.last_sequence);
        let found = within(ANSWER * 10, end.find(stream, first, last)).await?;
        let located = found.map_err(|broken| self.weigh(broken))?;
        Ok((located, last))
    }

    async fn head_of(&self, stream: &Stream) -> Result<Option<LogHead>, ClusterError> {
        join::head_of(&self.joined.context, stream).await
    }

    /// The number of the stream's last message.
    async fn end_of(&self, stream: &Stream) -> Result<u64, Broken> {
        let info = within(ANSWER, stream.get_info()).await?.map_err(lost)?;
        Ok(info.state.last_sequence)
    }

    async fn hand_over(&self, place: u64, frames: Vec<u8>) -> Result<(), Broken> {
        models::fetch(&self.joined.context, &self.store.models(), &frames).await?;
        loop {
            match self.store.follow(place, frames.clone()).await {
                Ok(_) => break,
                Err(StoreError::Busy) => sleep(Duration::from_millis(5)).await,
                Err(StoreError::Closed) => return Err(Broken::Closed),
                Err(error @ (StoreError::Parted(_) | StoreError::Unreadable { .. })) => {
                    return Err(Broken::Alarm(error.to_string()));
                }
                // A full disk, for one: tried until there is room.
                Err(error) => {
                    sleep(SILENCE).await;
                    return Err(lost(error));
                }
            }
        }
        self.state.reached(place);
        Ok(())
    }
}

/// What a consumer has to say.
pub(super) type Next = Option<Result<Message, pull::MessagesError>>;

/// The messages of a stream behind a place of it, as they come.
pub(super) async fn messages_after(stream: &Stream, place: u64) -> Result<pull::Stream, Broken> {
    let consumer = stream.create_consumer(pull::Config {
        deliver_policy: DeliverPolicy::ByStartSequence {
            start_sequence: place + 1,
        },
        ack_policy: AckPolicy::None,
        memory_storage: true,
        num_replicas: 1,
        inactive_threshold: FORGOTTEN,
        ..pull::Config::default()
    });
    let consumer = within(ANSWER, consumer).await?.map_err(lost)?;
    let messages = consumer.stream().heartbeat(HEARTBEAT).messages();
    within(ANSWER, messages).await?.map_err(lost)
}

/// The message, if it is one.
pub(super) fn arrived(next: Next) -> Result<Message, Broken> {
    match next {
        Some(message) => message.map_err(lost),
        None => Err(Broken::Lost("the consumer ended".to_owned())),
    }
}

/// Messages that came one after the other.
struct Arrived {
    /// The number of the last one.
    place: u64,
    /// How many more there are, as the server knows.
    pending: u64,
    frames: Vec<u8>,
}

impl Arrived {
    fn take(&mut self, next: Next) -> Result<(), Broken> {
        let message = arrived(next)?;
        let info = message.info().map_err(lost)?;
        self.pending = info.pending;
        match info.stream_sequence.checked_sub(self.place) {
            // It came before.
            None | Some(0) => {}
            Some(1) => {
                self.place += 1;
                self.frames.extend_from_slice(&message.payload);
            }
            Some(_) => {
                return Err(Broken::Gap(format!(
                    "message {} follows on message {}",
                    info.stream_sequence, self.place
                )));
            }
        }
        Ok(())
    }
}

pub(super) fn lost(error: impl std::fmt::Display) -> Broken {
    Broken::Lost(error.to_string())
}

/// What will not become right by waiting is an alarm.
fn settled(error: ClusterError) -> Broken {
    match error {
        ClusterError::NoStream { .. } => Broken::Lost(error.to_string()),
        error => Broken::Alarm(error.to_string()),
    }
}

pub(super) async fn within<T>(
    patience: Duration,
    work: impl Future<Output = T>,
) -> Result<T, Broken> {
    let done = timeout(patience, work).await;
    done.map_err(|_| Broken::Lost("no answer in time".to_owned()))
}
