//! The promise that a write is durable.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use super::error::StoreError;

/// A write on its way: resolves once it is durable and has been told to the observers.
///
/// Await it, or [`wait`](Self::wait) for it outside of asynchronous code. Dropping it does not
/// take the write back.
#[derive(Debug)]
#[must_use = "a write may fail; wait for its acknowledgement"]
pub struct Ack<T>(oneshot::Receiver<Result<T, StoreError>>);

/// The other end of an [`Ack`], held by the engine.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

impl<T> Ack<T> {
    /// An open promise and the means to keep it.
    pub(crate) fn open() -> (Reply<T>, Self) {
        let (reply, ack) = oneshot::channel();
        (reply, Self(ack))
    }

    /// A promise that is broken from the start.
    pub(crate) fn failed(error: StoreError) -> Self {
        let (reply, ack) = Self::open();
        // The receiver is alive, so this cannot fail.
        let _ = reply.send(Err(error));
        ack
    }

    /// What became of the write, if that is known.
    pub(crate) fn now(&mut self) -> Option<Result<T, StoreError>> {
        match self.0.try_recv() {
            Ok(answer) => Some(answer),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(Err(StoreError::Closed)),
        }
    }

    /// Blocks until the write is durable. Must not be called from asynchronous code: there,
    /// await instead.
    pub fn wait(self) -> Result<T, StoreError> {
        self.0.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl<T> Future for Ack<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
    }
}
