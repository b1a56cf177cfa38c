//! Verdicts, from each replica to all others: in parcels, over a stream of their own that lets go of them when
//! the first site would. No check waits for it, and nothing is decided there: a verdict has a name of its own.

use std::convert::Infallible;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use futures_util::future::join3;
use futures_util::{FutureExt, StreamExt};
use tokio::time::{Instant, sleep, timeout};

use super::join::Joined;
use super::offers::hex;
use super::state::{State, age};
use super::tail::{ANSWER, Broken, Next, PAUSE, SILENCE, arrived, lost, messages_after, within};
use super::verdict_stream::{self, SUBJECT};
use crate::store::{Arrived, Parcel, Received, Store, StoreError};

/// How soon a verdict is handed on, if nothing else is under way.
const SOON: Duration = Duration::from_millis(50);
/// How often it is looked whether something is to be erased from the stream.
const LOOK: Duration = Duration::from_secs(1);
/// How often it is looked for how long sites want their comments kept.
const ANEW: Duration = Duration::from_secs(3600);
/// Bytes taken over at once: checks that are kept meanwhile wait for it.
const AT_ONCE: usize = 64 * 1024;
/// Verdicts younger than that stay for as long as the stream lets them.
const FRESH: Duration = Duration::from_secs(3600);
/// Tells the log that the verdicts belong to.
const LOG: &str = "Chaffinch-Log";

/// The exchange of one replica.
pub(super) struct Exchange<'a> {
    context: &'a Context,
    store: &'a dyn Store,
    state: &'a State,
    log: String,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(joined: &'a Joined, store: &'a dyn Store, state: &'a State) -> Self {
        Self {
            context: &joined.context,
            store,
            state,
            log: hex(&joined.head.first),
        }
    }

    /// Works until the store is gone.
    pub(super) async fn run(&self) {
        join3(self.hand_on(), self.receive(), self.clear()).await;
    }

    /// Hands on what the store gives, one parcel after the other.
    async fn hand_on(&self) {
        let mut trouble = Trouble::new("verdicts are not handed on at the moment; trying on");
        loop {
            let parcel = match self.store.parcel() {
                Ok(parcel) => parcel,
                Err(error) => {
                    trouble.wait(&error).await;
                    continue;
                }
            };
            let oldest = parcel.as_ref().and_then(|parcel| parcel.names.first());
            self.state.waits(oldest.map(|id| id.unix_millis()));
            let Some(parcel) = parcel else {
                sleep(SOON).await;
                continue;
            };
            let sent = self.send(&parcel).await;
            match sent.and_then(|()| self.store.handed_on(&parcel.names).map_err(lost)) {
                Ok(()) => trouble.over(),
                Err(error) => trouble.wait(&error).await,
            }
        }
    }

    /// Returns when NATS has it.
    async fn send(&self, parcel: &Parcel) -> Result<(), Broken> {
        let Some(oldest) = parcel.names.first().filter(|_| !parcel.body.is_empty()) else {
            return Ok(());
        };
        // The same verdicts again are the same message.
        let mut message = PublishMessage::build()
            .payload(parcel.body.clone().into())
            .header(LOG, self.log.as_str())
            .message_id(blake3::hash(&parcel.body).to_hex());
        let age = age(oldest.unix_millis());
        if age > FRESH {
            match self.store.shortest_stay().map_err(lost)?.checked_sub(age) {
                Some(left) if left > FRESH => message = message.ttl(left),
                // Nobody who joins later may have it any more.
                _ => return Ok(()),
            }
        }
        let sent = self.context.send_publish(SUBJECT, message).await;
        sent.map_err(lost)?.await.map_err(lost)?;
        Ok(())
    }

    /// Has the store keep what the others hand on.
    async fn receive(&self) {
        let mut trouble = Trouble::new("verdicts of other servers do not arrive at the moment");
        loop {
            match self.follow(&mut trouble).await {
                Ok(never) => match never {},
                Err(Broken::Closed) => return,
                Err(error) => {
                    trouble.tell(&error);
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// The stream, with verdicts that stay for as long as every site allows.
    async fn stream(&self) -> Result<Stream, Broken> {
        let stay = self.store.shortest_stay().map_err(lost)?;
        let stream = verdict_stream::open(self.context, stay);
        within(ANSWER * 2, stream).await?.map_err(lost)
    }

    /// Where to go on in the stream.
    fn begin(&self, stream: &Stream) -> Result<u64, Broken> {
        let info = stream.cached_info();
        let this = i64::try_from(info.created.unix_timestamp_nanos()).unwrap_or_default();
        let Arrived { stream, place } = self.store.arrived().map_err(lost)?;
        if stream != this {
            self.store.begin(this).map_err(lost)?;
            return Ok(0);
        }
        if place > 0 {
            let gone = info.state.first_sequence.saturating_sub(place + 1);
            self.state.missed(gone);
        }
        Ok(place)
    }

    async fn follow(&self, trouble: &mut Trouble) -> Result<Infallible, Broken> {
        let stream = self.stream().await?;
        let mut place = self.begin(&stream)?;
        let mut messages = messages_after(&stream, place).await?;
        trouble.over();
        let mut looked = Instant::now();
        loop {
            if looked.elapsed() > ANEW {
                looked = Instant::now();
                self.stream().await?;
            }
            let Ok(next) = timeout(SILENCE, messages.next()).await else {
                let info = within(ANSWER, stream.get_info()).await?.map_err(lost)?;
                if info.state.messages > 0 && info.state.last_sequence > place {
                    return Err(Broken::Lost("messages do not arrive".to_owned()));
                }
                continue;
            };
            let begins = place + 1;
            let mut parcels = Parcels {
                log: &self.log,
                place: &mut place,
                received: Vec::new(),
                bytes: 0,
            };
            let first = parcels.take(next)?;
            while parcels.bytes < AT_ONCE {
                let Some(more) = messages.next().now_or_never() else {
                    break;
                };
                parcels.take(more)?;
            }
            let received = parcels.received;
            if first > begins && begins > 1 {
                // Erased ones leave gaps, too; they are not in front of everything.
                let info = within(ANSWER, stream.get_info()).await?.map_err(lost)?;
                let gone = info.state.first_sequence.min(first).saturating_sub(begins);
                self.state.missed(gone);
            }
            self.keep(received).await?;
        }
    }

    async fn keep(&self, parcels: Vec<Received>) -> Result<(), Broken> {
        loop {
            match self.store.receive(parcels.clone()).await {
                Ok(unreadable) => {
                    self.state.missed(unreadable);
                    return Ok(());
                }
                Err(StoreError::Busy) => sleep(PAUSE).await,
                Err(StoreError::Closed) => return Err(Broken::Closed),
                Err(error) => {
                    sleep(SILENCE).await;
                    return Err(lost(error));
                }
            }
        }
    }

    /// Sees to it that nothing that was erased stays in the stream. Each replica does, so that it is done
    /// whichever of them goes away; the first one leaves nothing to the others.
    async fn clear(&self) {
        let mut trouble = Trouble::new("what was erased is not out of the stream yet; trying on");
        loop {
            match self.clear_next().await {
                Ok(true) => trouble.over(),
                Ok(false) => sleep(LOOK).await,
                Err(error) => trouble.wait(&error).await,
            }
        }
    }

    async fn clear_next(&self) -> Result<bool, Broken> {
        let Some(place) = self.store.to_clear().map_err(lost)? else {
            return Ok(false);
        };
        let stream = self.stream().await?;
        match within(ANSWER, stream.get_raw_message(place)).await? {
            Ok(message) => {
                let rest = self.store.clear(&message.payload).map_err(lost)?;
                self.send(&rest).await?;
                // NATS writes over it.
                let deleted = within(ANSWER, stream.delete_message(place)).await?;
                deleted.map_err(lost)?;
            }
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => {}
            Err(error) => return Err(lost(error)),
        }
        self.store.cleared(place).map_err(lost)?;
        Ok(true)
    }
}

/// Parcels that came one after the other.
struct Parcels<'a> {
    log: &'a str,
    place: &'a mut u64,
    received: Vec<Received>,
    bytes: usize,
}

impl Parcels<'_> {
    /// Answers with the place of the message.
    fn take(&mut self, next: Next) -> Result<u64, Broken> {
        let message = arrived(next)?;
        let at = message.info().map_err(lost)?.stream_sequence;
        if at > *self.place {
            *self.place = at;
            let headers = message.headers.as_ref();
            let log = headers.and_then(|headers| headers.get(LOG));
            if log.is_some_and(|log| log.as_str() == self.log) {
                self.bytes += message.payload.len();
                self.received.push(Received {
                    place: at,
                    body: message.payload.to_vec(),
                });
            }
        }
        Ok(at)
    }
}

/// Something that does not work for a while: told once, not with each attempt.
struct Trouble {
    what: &'static str,
    told: bool,
}

impl Trouble {
    fn new(what: &'static str) -> Self {
        Self { what, told: false }
    }

    fn tell(&mut self, why: &dyn std::fmt::Display) {
        if !std::mem::replace(&mut self.told, true) {
            tracing::warn!(%why, "{}", self.what);
        }
    }

    async fn wait(&mut self, why: &dyn std::fmt::Display) {
        self.tell(why);
        sleep(SILENCE).await;
    }

    fn over(&mut self) {
        self.told = false;
    }
}
