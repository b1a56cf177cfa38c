//! What a running server tells: the log, as structured lines on standard error, and [`metrics`].
//! [`events`] are told to both.
//!
//! A log line names what happened, how long it took and how it ended. It never holds the words of
//! a comment, a key, or the address of a person.

pub mod events;
pub mod metrics;

use std::io::IsTerminal;

use crate::config::{LogFormat, LogOptions};

/// Starts the log of this process, which panics are told to as well.
pub fn start(options: &LogOptions) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(options.log.to_env_filter())
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_writer(std::io::stderr)
        // What is said of a log that cannot be written would go the same way, and end the process.
        .log_internal_errors(false);
    // The message of a panic may quote what was worked on, a comment's words for one.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a fault inside the program");
    }));
    // The only failure is that a log runs already.
    let _ = match options.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}
