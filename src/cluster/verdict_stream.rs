//! The stream of verdicts: how it must be, and how long they stay in it.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};

use super::{ClusterError, stream};

/// Its name.
pub(super) const NAME: &str = "chaffinch-verdicts";
/// What it listens to.
pub(super) const SUBJECT: &str = "chaffinch.verdicts";

fn wanted(stay: Duration) -> Config {
    Config {
        name: NAME.to_owned(),
        description: Some("Verdicts on their way between Chaffinch servers".to_owned()),
        subjects: vec![SUBJECT.to_owned()],
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        num_replicas: stream::REPLICAS,
        discard: DiscardPolicy::Old,
        max_age: stay,
        allow_message_ttl: true,
        max_messages: -1,
        max_bytes: -1,
        max_messages_per_subject: -1,
        max_message_size: -1,
        max_consumers: -1,
        ..Config::default()
    }
}

/// The stream, made if it is not there, with verdicts that stay so long; fails if it is not as it must be.
pub(super) async fn open(context: &Context, stay: Duration) -> Result<Stream, ClusterError> {
    let Some(found) = find(context).await? else {
        let made = context.create_stream(wanted(stay)).await;
        return made.map_err(|error| stream::no_stream(NAME, &error));
    };
    let mut config = found.cached_info().config.clone();
    if config.max_age != stay {
        config.max_age = stay;
        // Asked for in vain, it is asked for again with the next look.
        let updated = context.update_stream(&config).await;
        updated.map_err(|error| stream::no_stream(NAME, &error))?;
    }
    Ok(found)
}

/// The stream, if it is there; fails if it is not as it must be.
pub(super) async fn find(context: &Context) -> Result<Option<Stream>, ClusterError> {
    let found = stream::get(context, NAME, NAME).await?;
    match found.as_ref().and_then(|s| faults(&s.cached_info().config)) {
        None => Ok(found),
        Some(what) => Err(ClusterError::Settings { stream: NAME, what }),
    }
}

/// What would keep verdicts from arriving, or comments from going. It may be smaller than everything.
fn faults(config: &Config) -> Option<String> {
    let fault = if config.subjects != [SUBJECT] {
        format!("it listens to {:?} instead of {SUBJECT:?}", config.subjects)
    } else if config.retention != RetentionPolicy::Limits {
        "it lets go of messages that somebody has read".to_owned()
    } else if config.max_messages_per_subject > 0 {
        "it keeps only some messages of a subject".to_owned()
    } else if !config.allow_message_ttl {
        "messages in it cannot have a time of their own (allow_msg_ttl)".to_owned()
    } else if config.deny_delete || config.sealed {
        "what people ask to be erased cannot be deleted from it (deny_delete, sealed)".to_owned()
    } else if config.mirror.is_some() || config.sources.is_some() {
        "it takes messages from another stream".to_owned()
    } else {
        return None;
    };
    Some(fault)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn our_own_settings_will_do_and_what_keeps_comments_is_named() {
        let ours = || wanted(Duration::from_hours(1));
        assert_eq!(faults(&ours()), None);
        let smaller = Config {
            max_bytes: 1 << 30,
            num_replicas: 1,
            ..ours()
        };
        assert_eq!(faults(&smaller), None);
        for (config, said) in [
            (
                Config {
                    deny_delete: true,
                    ..ours()
                },
                "erased",
            ),
            (
                Config {
                    allow_message_ttl: false,
                    ..ours()
                },
                "allow_msg_ttl",
            ),
            (
                Config {
                    subjects: Vec::new(),
                    ..ours()
                },
                "listens to",
            ),
        ] {
            assert!(faults(&config).unwrap().contains(said), "{said}");
        }
    }
}
