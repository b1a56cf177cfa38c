//! What becomes of a server and its data when the disk, the clock or a bit of a file fails.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/dice.rs"]
mod dice;
mod flips;
#[path = "../support/mod.rs"]
mod support;
#[cfg(target_os = "linux")]
mod system;
