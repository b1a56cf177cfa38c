//! Reading a request's body within bounds.

use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum BodyError {
    /// It is longer than allowed.
    #[error("the body is larger than allowed")]
    TooLarge,
    /// It did not arrive in time.
    #[error("the body did not arrive in time")]
    TooSlow,
    /// The connection broke, or the body's framing is wrong.
    #[error("the body could not be read")]
    Broken,
}

/// How much more than the limit is read and thrown away: a client that is still sending does not
/// read, and would see a broken connection in place of the refusal.
const PATIENCE: usize = 8;

/// The whole body.
pub(super) async fn read(
    mut payload: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin,
    limit: usize,
    time: Duration,
) -> Result<BytesMut, BodyError> {
    let reading = async {
        let mut body = BytesMut::new();
        let mut received = 0_usize;
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| BodyError::Broken)?;
            received = received.saturating_add(chunk.len());
            if received <= limit {
                body.extend_from_slice(&chunk);
            } else if received > limit.saturating_mul(PATIENCE) {
                break;
            }
        }
        if received > limit {
            return Err(BodyError::TooLarge);
        }
        Ok(body)
    };
    timeout(time, reading)
        .await
        .unwrap_or(Err(BodyError::TooSlow))
}
