//! Verdicts on their way between the stores of one log: each keeps those of all others.
//!
//! Nothing waits for it. What was given here is noted until the others can have it, and leaves in parcels, which
//! stand in a stream for a while. Whoever joins later reads them there, and so an erasure has to reach them too:
//! a parcel with something erased in it is replaced by one without.

use std::time::Duration;

use super::ack::Ack;
use super::error::StoreError;
use crate::verdict::VerdictId;

/// Verdicts on their way.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Which ones, oldest first; also those of which nothing is left to be sent.
    pub names: Vec<VerdictId>,
    /// What is sent; empty if nothing is left of them.
    pub body: Vec<u8>,
}

/// A parcel that stands in the stream.
#[derive(Debug, Clone)]
pub struct Received {
    /// Where.
    pub place: u64,
    /// What was sent.
    pub body: Vec<u8>,
}

/// Up to where parcels have arrived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arrived {
    /// What tells the stream from others of its name.
    pub stream: i64,
    /// The place of the last one; 0 before the first.
    pub place: u64,
}

/// The store's side of it.
pub trait Exchange {
    /// The next verdicts that the others do not have yet; `None` if there are none.
    fn parcel(&self) -> Result<Option<Parcel>, StoreError>;

    /// Notes that the others can have these verdicts.
    fn handed_on(&self, names: &[VerdictId]) -> Result<(), StoreError>;

    /// Notes every stored verdict as one that the others do not have.
    fn hand_on_all(&self) -> Result<(), StoreError>;

    /// Up to where parcels have arrived.
    fn arrived(&self) -> Result<Arrived, StoreError>;

    /// Begins with another stream: what is noted of places in the last one is void.
    fn begin(&self, stream: i64) -> Result<(), StoreError>;

    /// Keeps the verdicts of parcels that follow on the last ones. What is here already, or was erased, is passed
    /// over. Answers with how many parcels could not be read: those of a newer version.
    fn receive(&self, parcels: Vec<Received>) -> Ack<u64>;

    /// The place of a parcel in which something was erased since; `None` if there is none.
    fn to_clear(&self) -> Result<Option<u64>, StoreError>;

    /// A parcel without what was erased.
    fn clear(&self, body: &[u8]) -> Result<Parcel, StoreError>;

    /// Notes that nothing erased is in that place any more.
    fn cleared(&self, place: u64) -> Result<(), StoreError>;

    /// How long every site lets its comments be kept, from when they are checked.
    fn shortest_stay(&self) -> Result<Duration, StoreError>;
}
