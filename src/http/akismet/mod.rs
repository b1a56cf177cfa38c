//! Akismet.
mod comment;
pub mod form;
mod keys;
