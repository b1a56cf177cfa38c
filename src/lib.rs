//! Chaffinch separates the chaff from the grain: a comment spam filter.
//!
//! The way of a comment, and the map of this crate:
//!
//! ```text
//! bytes -> http -> Comment -> filter -> Judgement -> http -> bytes
//!                             |- text        comment -> features
//!                             |- classifier  features -> evidence -> probability
//!                  store      verdicts, the log of corrections, keys
//! ```
//!
//! Dependencies point one way: `http` and `cli` call `service`, that calls `filter`,
//! that calls `classifier`, that reads [`text`]. [`wire`] is the JSON that `http` and `cli` share.
//! [`telemetry`] is the log and the metrics of all of these.
//! [`training`] makes base models of labelled comments, [`evaluation`] measures them.
//! [`store`] and the words of the domain
//! ([`comment`], [`site`], [`verdict`], [`key`], [`rate`], [`callback`]) stand at the ground.

pub mod callback;
pub mod classifier;
pub mod clock;
pub mod cluster;
pub mod comment;
pub mod config;
pub mod evaluation;
pub mod filter;
pub mod http;
pub mod import;
pub mod key;
pub mod person;
pub mod rate;
pub mod rule;
pub mod service;
pub mod site;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod training;
mod varint;
pub mod verdict;
pub mod wire;
