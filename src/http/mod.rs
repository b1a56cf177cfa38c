//! HTTP.
pub mod akismet;
