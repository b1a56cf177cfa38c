//! Finding in the stream where a journal ends.
//!
//! A message holds one event or more, so that the messages' numbers are not those of the events; but both
//! rise, and a search by halves takes some twenty questions.

use async_nats::jetstream::stream::Stream;

use super::tail::Broken;
use crate::store::{self, Link, Sequence};

/// Where a journal ends in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Located {
    /// The last message that can be passed over.
    At(u64),
    /// The stream ends before the journal, with this event in this message.
    Short(u64, Sequence),
    /// The stream begins behind the journal, with this event.
    Behind(Sequence),
}

/// A journal to be found.
pub(super) struct End<F> {
    /// Its last event.
    pub(super) last: Sequence,
    /// The links of its events.
    pub(super) link: F,
}

impl<F: Fn(Sequence) -> Result<Option<Link>, Broken>> End<F> {
    /// Finds it in a stream of these messages. Number 1, if it still has that, is the head.
    pub(super) async fn find(
        &self,
        stream: &Stream,
        first: u64,
        last: u64,
    ) -> Result<Located, Broken> {
        let first = first.max(2);
        if last < first {
            return match last {
                0 | 1 if self.last == 0 => Ok(Located::At(1)),
                0 | 1 => Ok(Located::Short(1, 0)),
                _ => Err(Broken::Gap("the stream was emptied".to_owned())),
            };
        }
        let [(begins, _), _] = ends(stream, first).await?;
        if begins > self.last + 1 {
            return Ok(Located::Behind(begins));
        }
        if begins == self.last + 1 {
            return Ok(Located::At(first - 1));
        }
        // The last message that begins no later than with the last event.
        let (mut low, mut high) = (first, last);
        while low < high {
            let middle = high - (high - low) / 2;
            let [(first, _), _] = ends(stream, middle).await?;
            if first <= self.last {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        let [_, (end, link)] = ends(stream, low).await?;
        // A crash may have torn the journal in the midst of a message, which is then handed over again.
        if end > self.last {
            return Ok(Located::At(low - 1));
        }
        if (self.link)(end)? != Some(link) {
            let what = format!("event {end} of the stream is not the one in the journal");
            return Err(Broken::Alarm(what));
        }
        Ok(match end == self.last {
            true => Located::At(low),
            false => Located::Short(low, end),
        })
    }
}

/// The last event of a message; 0 for that of the head.
pub(super) async fn last_of(stream: &Stream, place: u64) -> Result<Sequence, Broken> {
    match place {
        1 => Ok(0),
        _ => Ok(ends(stream, place).await?[1].0),
    }
}

/// The first and the last event of a message.
pub(super) async fn ends(stream: &Stream, place: u64) -> Result<[(Sequence, Link); 2], Broken> {
    let body = message(stream, place).await?;
    store::ends(&body).ok_or_else(|| Broken::Alarm(format!("message {place} holds no events")))
}

/// The body of a message.
pub(super) async fn message(stream: &Stream, place: u64) -> Result<Vec<u8>, Broken> {
    let found = stream.get_raw_message(place).await;
    let found = found.map_err(|error| Broken::Lost(format!("message {place}: {error}")))?;
    Ok(found.payload.to_vec())
}
