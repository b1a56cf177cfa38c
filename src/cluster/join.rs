//! Becoming part of a cluster, before the store is opened: the stream, its head, and the folder's.

use std::path::Path;
use std::time::{Duration, Instant};

use async_nats::Client;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{self, Context};
use tokio::time::sleep;

use super::servers::Servers;
use super::snapshots::Snapshots;
use super::stream::{self, NAME, SUBJECT};
use super::tail::{Broken, lost};
use super::{ClusterError, locate, models, verdict_stream};
use crate::store::{self, LogHead, Models, Replica, StoreError};

/// The oldest version of NATS that was tested; older ones lost acknowledged messages when killed.
const OLDEST: (i64, i64, i64) = (2, 14, 0);
const OLDEST_NAME: &str = "2.14";
/// The longest message that is sent: NATS' own default.
const LONGEST: usize = 1024 * 1024;
/// How long one question to JetStream may take.
const ANSWER: Duration = Duration::from_secs(2);
/// How long leaders may take to be elected, of JetStream and of a stream that was just made.
const PATIENCE: Duration = Duration::from_secs(15);
/// Before it is asked again.
const PAUSE: Duration = Duration::from_millis(250);

/// What becomes of events that the folder has and the stream no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Of a folder that was a replica before, nothing: somebody has to look at it.
    Refused,
    /// Nothing, and neither is anything else changed: it is only told.
    Examined,
    /// They are written into the stream again.
    MadeGood,
}

/// A connection, and the folder as it is now.
pub(super) struct Joined {
    pub(super) context: Context,
    pub(super) head: LogHead,
    /// Whether the stream must have all events of the folder: not if that never followed it.
    pub(super) marked: bool,
}

/// Connects, and makes the folder a replica of the stream's log if it is none.
pub(super) async fn join(
    servers: &Servers,
    data: &Path,
    loss: Loss,
) -> Result<Joined, ClusterError> {
    let mut replica = store::replica(data)?;
    if loss != Loss::Refused {
        replica.marked = false;
    }
    let client = match connect(servers, false).await {
        Ok(client) => client,
        Err(error) => {
            return match replica {
                Replica {
                    head: Some(head),
                    marked: true,
                } => {
                    tracing::warn!(%error, "the cluster is away: checks go on with what is here");
                    Ok(Joined {
                        context: context(connect(servers, true).await?),
                        head,
                        marked: true,
                    })
                }
                _ => Err(error),
            };
        }
    };
    let info = client.server_info();
    let server = format!("{}:{}", info.host, info.port);
    let (major, minor, patch) = OLDEST;
    if !client.is_server_compatible(major, minor, patch) {
        return Err(ClusterError::TooOld {
            server,
            found: info.version,
            needed: OLDEST_NAME,
        });
    }
    if info.max_payload < LONGEST {
        return Err(ClusterError::Payload {
            server,
            found: info.max_payload,
            needed: LONGEST,
        });
    }
    let context = context(client);
    let began = Instant::now();
    let head = loop {
        let agreed = match verdict_stream::find(&context).await {
            Ok(_) => agree(&context, &replica, loss).await,
            Err(error) => Err(error),
        };
        match agreed {
            Err(ClusterError::NoStream { .. }) if began.elapsed() < PATIENCE => sleep(PAUSE).await,
            agreed => break agreed?,
        }
    };
    match &replica.head {
        Some(own) if *own == head => {}
        Some(_) => return Err(StoreError::OtherLog(data.to_path_buf()).into()),
        None => store::prepare(data, &head)?,
    }
    if loss == Loss::Refused {
        // What cannot be had now the tail asks for again.
        match begin(&context, data).await {
            Ok(()) => {}
            Err(Broken::Lost(why)) => {
                tracing::warn!(why, "the cluster's snapshots cannot be read yet");
            }
            Err(broken) => return Err(ClusterError::Log(broken.to_string())),
        }
    }
    Ok(Joined {
        context,
        head,
        marked: replica.marked,
    })
}

/// Takes over from the snapshots what the stream let go of, before anything is opened: then what was learned from it
/// is there, too.
async fn begin(context: &Context, data: &Path) -> Result<(), Broken> {
    let broken = |error: StoreError| Broken::Alarm(error.to_string());
    let Some(stream) = stream::find(context).await.map_err(lost)? else {
        return Ok(());
    };
    let state = stream.cached_info().state.clone();
    if state.first_sequence <= 1 || state.messages == 0 {
        return Ok(());
    }
    let [(begins, _), _] = locate::ends(&stream, state.first_sequence).await?;
    if begins <= store::journal_end(data).map_err(broken)? + 1 {
        return Ok(());
    }
    let Some(snapshots) = Snapshots::find(context).await.map_err(lost)? else {
        return Ok(());
    };
    let mut behind = store::Behind::open(data).map_err(broken)?;
    let last = behind.last();
    let models = Models::of(data);
    let take = async |frames: Vec<u8>| {
        models::fetch(context, &models, &frames).await?;
        behind.take(&frames).map_err(broken)
    };
    snapshots.bring(last, take).await?;
    if let Some(state) = snapshots.learned().await? {
        behind.keep_learned(state).map_err(broken)?;
    }
    Ok(())
}

/// The head of the log: that of the stream, which is begun if it is not there.
async fn agree(context: &Context, replica: &Replica, loss: Loss) -> Result<LogHead, ClusterError> {
    let found = stream::find(context).await?;
    if let (Loss::Examined, Some(own)) = (loss, &replica.head) {
        let there = match &found {
            Some(stream) => head_of(context, stream).await?,
            None => None,
        };
        return Ok(there.unwrap_or_else(|| own.clone()));
    }
    if replica.marked && found.is_none() {
        return Err(ClusterError::LogGone);
    }
    let stream = match found {
        Some(stream) => stream,
        None => {
            if loss == Loss::MadeGood {
                // They may have what the folder that the log is given back from has not.
                Snapshots::discard(context).await?;
            }
            stream::make(context).await?
        }
    };
    if let Some(head) = head_of(context, &stream).await? {
        return Ok(head);
    }
    if replica.marked {
        return Err(ClusterError::LogGone);
    }
    let head = match &replica.head {
        Some(own) => own.clone(),
        None => LogHead::fresh()?,
    };
    let message = PublishMessage::build()
        .payload(stream::head_to_bytes(&head).into())
        .expected_last_sequence(0);
    let sent = match context.send_publish(SUBJECT, message).await {
        Ok(acknowledged) => acknowledged.await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(_) => Ok(head),
        // Another replica was faster.
        Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
            let head = head_of(context, &stream).await?;
            head.ok_or(ClusterError::Foreign(NAME))
        }
        Err(error) => Err(ClusterError::NoStream {
            stream: NAME,
            reason: error.to_string(),
        }),
    }
}

/// The head that stands in the stream, if anything does, or with the snapshots, if it has let go of it.
pub(super) async fn head_of(
    context: &Context,
    stream: &Stream,
) -> Result<Option<LogHead>, ClusterError> {
    let unreadable = |reason: String| ClusterError::NoStream {
        stream: NAME,
        reason,
    };
    let info = stream.get_info().await;
    let info = info.map_err(|error| unreadable(error.to_string()))?;
    if info.state.last_sequence == 0 {
        return Ok(None);
    }
    if info.state.first_sequence > 1 {
        let head = match Snapshots::find(context).await? {
            Some(snapshots) => snapshots.head().await?,
            None => None,
        };
        return head.map(Some).ok_or(ClusterError::Foreign(NAME));
    }
    let first = locate::message(stream, 1).await;
    let first = first.map_err(|lost| unreadable(lost.to_string()))?;
    stream::head_from_bytes(&first).map(Some)
}

fn context(client: Client) -> Context {
    jetstream::context::ContextBuilder::new()
        .timeout(ANSWER)
        .ack_timeout(Duration::from_secs(1))
        .build(client)
}

/// An error with what lies behind it, where that says more.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(behind) = source {
        let more = behind.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = behind.source();
    }
    text
}

async fn connect(servers: &Servers, patient: bool) -> Result<Client, ClusterError> {
    let mut options = servers
        .options()?
        .name("chaffinch")
        .connection_timeout(Duration::from_secs(2))
        // A server that is cut off says nothing; after two of these it is given up.
        .ping_interval(Duration::from_secs(2))
        .reconnect_delay_callback(|attempt| {
            let steps = u32::try_from(attempt.min(10)).unwrap_or(10);
            Duration::from_millis(100) * steps
        });
    if patient {
        options = options.retry_on_initial_connect();
    }
    let client = options.connect(servers.addresses()).await;
    let client = client.map_err(|error| ClusterError::Unreachable {
        servers: servers.to_string(),
        reason: whole(&error),
    })?;
    Ok(client)
}
