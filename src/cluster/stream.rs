//! The stream of the log: how it must be, and what stands in front of it.

use async_nats::jetstream::stream::{
    Config, DiscardPolicy, PersistenceMode, RetentionPolicy, StorageType, Stream,
};
use async_nats::jetstream::{Context, context::GetStreamErrorKind};
use std::time::Duration;

use super::ClusterError;
use crate::store::LogHead;

/// Its name.
pub(super) const NAME: &str = "chaffinch-log";
/// What it listens to.
pub(super) const SUBJECT: &str = "chaffinch.log";
/// Servers that keep each message.
pub(super) const REPLICAS: usize = 3;
/// How long a message that comes again is known as such. Its place is taken even after that.
const DUPLICATES: Duration = Duration::from_secs(120);
/// What the first message begins with; the last byte is a version.
const MAGIC: &[u8; 9] = b"CHAFFLOG\x01";

fn wanted() -> Config {
    Config {
        name: NAME.to_owned(),
        description: Some("What admins did, in order: the log of a Chaffinch cluster".to_owned()),
        subjects: vec![SUBJECT.to_owned()],
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        num_replicas: REPLICAS,
        discard: DiscardPolicy::New,
        duplicate_window: DUPLICATES,
        max_messages: -1,
        max_bytes: -1,
        max_messages_per_subject: -1,
        max_message_size: -1,
        max_consumers: -1,
        deny_delete: true,
        ..Config::default()
    }
}

/// The stream, if it is there; fails if it is not as it must be.
pub(super) async fn find(context: &Context) -> Result<Option<Stream>, ClusterError> {
    let found = get(context, NAME, NAME).await?;
    match found.as_ref().and_then(|s| faults(&s.cached_info().config)) {
        None => Ok(found),
        Some(what) => Err(ClusterError::Settings { stream: NAME, what }),
    }
}

/// A stream as it is, if it is there, and what it is called where it cannot be read.
pub(super) async fn get(
    context: &Context,
    called: &'static str,
    name: &str,
) -> Result<Option<Stream>, ClusterError> {
    match context.get_stream(name).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(said)
                if said.error_code() == async_nats::jetstream::ErrorCode::STREAM_NOT_FOUND =>
            {
                Ok(None)
            }
            _ => Err(no_stream(called, &error)),
        },
    }
}

/// Makes the stream. Somebody else may have done so at the same moment.
pub(super) async fn make(context: &Context) -> Result<Stream, ClusterError> {
    let made = context.create_stream(wanted()).await;
    made.map_err(|error| no_stream(NAME, &error))
}

pub(super) fn no_stream(stream: &'static str, error: &dyn std::error::Error) -> ClusterError {
    let mut reason = error.to_string();
    if let Some(source) = error.source() {
        reason = format!("{reason}: {source}");
    }
    ClusterError::NoStream { stream, reason }
}

/// What would lose events, or put others between them.
fn faults(config: &Config) -> Option<String> {
    let limited = |limit: i64| limit > 0 && config.discard != DiscardPolicy::New;
    let fault = if config.subjects != [SUBJECT] {
        format!("it listens to {:?} instead of {SUBJECT:?}", config.subjects)
    } else if config.storage != StorageType::File {
        "it lies in memory instead of files".to_owned()
    } else if config.num_replicas < REPLICAS {
        let found = config.num_replicas;
        format!("it has {found} replicas instead of {REPLICAS}")
    } else if config.persist_mode == Some(PersistenceMode::Async) {
        "its persist_mode is async, which acknowledges what is on no disk".to_owned()
    } else if config.retention != RetentionPolicy::Limits || !config.max_age.is_zero() {
        "it lets go of messages by itself".to_owned()
    } else if limited(config.max_messages) || limited(config.max_bytes) {
        "it lets go of old messages when it is full; it must refuse new ones".to_owned()
    } else if config.max_messages_per_subject > 0 {
        "it keeps only some messages of a subject".to_owned()
    } else if !config.deny_delete {
        "messages can be deleted from it (deny_delete)".to_owned()
    } else if config.mirror.is_some() || config.sources.is_some() {
        "it takes messages from another stream".to_owned()
    } else {
        return None;
    };
    Some(fault)
}

/// The first message.
pub(super) fn head_to_bytes(head: &LogHead) -> Vec<u8> {
    [&MAGIC[..], &head.to_bytes()].concat()
}

/// What [`head_to_bytes`] wrote.
pub(super) fn head_from_bytes(bytes: &[u8]) -> Result<LogHead, ClusterError> {
    let head = bytes.strip_prefix(MAGIC).and_then(LogHead::from_bytes);
    head.ok_or(ClusterError::Foreign(NAME))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn our_own_settings_will_do_and_dangerous_ones_are_named() {
        assert_eq!(faults(&wanted()), None);
        let with = |change: fn(&mut Config)| {
            let mut config = wanted();
            change(&mut config);
            faults(&config).unwrap_or_default()
        };
        assert!(with(|c| c.num_replicas = 1).contains("1 replicas instead of 3"));
        assert!(with(|c| c.storage = StorageType::Memory).contains("memory"));
        assert!(with(|c| c.max_age = Duration::from_secs(1)).contains("by itself"));
        assert!(with(|c| c.deny_delete = false).contains("deny_delete"));
        assert_eq!(with(|c| c.deny_purge = true), "", "it is never shortened");
        let full = |c: &mut Config| c.max_bytes = 1 << 40;
        assert_eq!(with(full), "", "a full stream refuses, and loses nothing");
    }

    #[test]
    fn a_head_is_read_as_it_was_written_and_nothing_else_is() {
        let head = LogHead::fresh().unwrap();
        let bytes = head_to_bytes(&head);
        assert_eq!(head_from_bytes(&bytes).unwrap(), head);
        assert!(head_from_bytes(&bytes[1..]).is_err());
        assert!(head_from_bytes(b"hello").is_err());
    }
}
