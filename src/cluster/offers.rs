//! Publishing what the store offers, until its place in the stream is taken.
//!
//! What the server says is no more than a hint: a message whose acknowledgement got lost may be there, and one that
//! was refused may have been refused for another that then did not come about. What counts is what the
//! tail brings.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::models;
use super::state::State;
use super::stream::SUBJECT;
use super::tail::{Broken, lost};
use crate::store::{Models, Offer, Store};

/// How long the tail may take to bring what is in the stream, before it is sent again.
const AGAIN: Duration = Duration::from_millis(250);

/// Works until the store is gone.
pub(super) async fn run(
    context: &Context,
    mut offers: mpsc::UnboundedReceiver<Offer>,
    state: &State,
    store: &dyn Store,
) {
    let mut places = state.places();
    while let Some(offer) = offers.recv().await {
        let mut told = false;
        loop {
            let sent = publish(context, &offer, &store.models()).await;
            let taken = places.wait_for(|place| *place > offer.place);
            if timeout(AGAIN, taken).await.is_ok() {
                break;
            }
            if let Err(error) = sent
                && !told
            {
                told = true;
                tracing::warn!(%error, "events are not in the cluster's log yet; trying on");
            }
        }
    }
}

async fn publish(context: &Context, offer: &Offer, models: &Models) -> Result<(), Broken> {
    // Who takes the event over wants the model that it names.
    models::share(context, models, &offer.frames).await?;
    let message = PublishMessage::build()
        .payload(offer.frames.to_vec().into())
        .message_id(hex(&offer.id))
        .expected_last_sequence(offer.place);
    let sent = match context.send_publish(SUBJECT, message).await {
        Ok(acknowledged) => acknowledged.await,
        Err(error) => Err(error),
    };
    match sent {
        Err(error) if error.kind() != PublishErrorKind::WrongLastSequence => Err(lost(error)),
        _ => Ok(()),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
