//! A journal into the stream: of a server that was alone until now, or of a replica that has more than is left
//! of the stream.

use async_nats::jetstream::Context;
use async_nats::jetstream::message::PublishMessage;

use super::models;
use super::stream::SUBJECT;
use super::tail::Broken;
use crate::store::{self, Sequence, Store};

/// Longest message, in bytes, unless one event alone takes more.
const LONGEST: usize = 512 * 1024;

/// Appends all events of the journal after one, which stands in the stream's last message. Answers with the
/// message that is the last now.
pub(super) async fn upload(
    context: &Context,
    store: &dyn Store,
    mut place: u64,
    mut event: Sequence,
) -> Result<u64, Broken> {
    let last = store.events();
    tracing::info!(
        from = event + 1,
        to = last,
        "writing the journal into the cluster's log"
    );
    while event < last {
        let lost = |error: &dyn std::fmt::Display| Broken::Lost(error.to_string());
        let frames = store.frames_after(event, LONGEST).map_err(|e| lost(&e))?;
        let [_, (end, _)] = store::ends(&frames)
            .ok_or_else(|| Broken::Alarm(format!("event {event} of the journal is damaged")))?;
        models::share(context, &store.models(), &frames).await?;
        let message = PublishMessage::build()
            .payload(frames.into())
            .expected_last_sequence(place);
        let sent = context.send_publish(SUBJECT, message).await;
        // Without an acknowledgement all is begun anew, behind what is there then.
        let acknowledged = sent.map_err(|e| lost(&e))?.await.map_err(|e| lost(&e))?;
        place = acknowledged.sequence;
        event = end;
    }
    Ok(place)
}
