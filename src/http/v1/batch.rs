//! `POST /v1/check/batch`.

use std::convert::Infallible;
use std::fmt;

use actix_web::rt::task::yield_now;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::future::join_all;
use futures_util::{TryStreamExt as _, stream};
use serde::de::{Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::problem::{ApiError, Errors, Problem, ProblemBody};
use super::{append, auth, check, idempotency};
use crate::http::body;
use crate::http::state::State;
use crate::http::turn;
use crate::service::Caller;
use crate::wire::{self, CheckReply, CheckRequest};

/// Comments to be judged, still as text: one that cannot be read shall spoil only itself.
#[derive(Deserialize, ToSchema)]
struct BatchRequest<'a> {
    /// The comments, each as in a check.
    #[serde(borrow)]
    #[schema(value_type = Vec<CheckRequest>)]
    comments: Items<'a>,
}

// Written piece by piece: this is for the description alone.
/// The replies in the order of the comments.
#[derive(ToSchema)]
pub(in crate::http) struct BatchReply {
    /// One for each comment.
    #[allow(dead_code, reason = "only its description is used")]
    results: Vec<ItemReply>,
}

/// The reply to one comment.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum ItemReply {
    /// The verdict.
    Checked(CheckReply),
    /// Why this comment has none.
    Failed {
        /// As the body of an error.
        error: ProblemBody,
    },
}

/// Comments judged side by side: they share one write to the disk, and the time that they hold up
/// this worker's other connections stays small.
const AT_ONCE: usize = 16;

/// Judges many comments. Each result is sent as soon as it is there.
#[utoipa::path(
    post,
    path = "/v1/check/batch",
    tag = "Comments",
    request_body = BatchRequest,
    responses((status = 200, description = "A result for each comment, in the same order", body = BatchReply), Errors)
)]
pub(in crate::http) async fn check_batch(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let limits = &state.limits;
    let body = body::read(payload, limits.batch_body, limits.body_timeout).await?;
    let body = body.freeze();
    let comments = wire::from_json::<BatchRequest<'_>>(&body)?.comments;
    if comments.count > limits.batch_comments {
        return Err(ApiError {
            problem: Problem::TooManyComments,
            detail: format!("at most {} are allowed", limits.batch_comments),
            field: Some("comments".to_owned()),
        });
    }
    // Once for all of them: what was begun is finished.
    turn::may_begin(&state.service)?;
    let count = comments.count;
    state.throttle.charge_batch(&request, &caller, count)?;
    let kept = comments.kept.into_iter();
    let items: Vec<Bytes> = kept
        .map(|item| body.slice_ref(item.get().as_bytes()))
        .collect();
    let pieces = stream::unfold(Pieces::new(items, caller, state), |mut pieces| async move {
        let piece = pieces.next().await?;
        Some((Ok::<_, Infallible>(piece), pieces))
    });
    let mut response = HttpResponse::Ok();
    response.content_type("application/json");
    if idempotency::is_named(&request) {
        // A reply that is to be kept is made whole first.
        let Ok(whole) = pieces.try_collect::<Vec<Bytes>>().await;
        return Ok(response.body(whole.concat()));
    }
    Ok(response.streaming(Box::pin(pieces)))
}

/// The reply to a batch on its way out.
struct Pieces {
    items: Vec<Bytes>,
    caller: Caller,
    state: web::Data<State>,
    /// How many items are answered.
    answered: usize,
    /// What stands before the next result; nothing once the end is written.
    before: Option<&'static str>,
}

impl Pieces {
    fn new(items: Vec<Bytes>, caller: Caller, state: web::Data<State>) -> Self {
        Self {
            items,
            caller,
            state,
            answered: 0,
            before: Some("{\"results\":["),
        }
    }

    /// The next results, and around them what makes the whole a JSON object.
    async fn next(&mut self) -> Option<Bytes> {
        let mut before = self.before?;
        let (first, state, caller) = (self.answered, &self.state, &self.caller);
        let some = self.items.iter().enumerate().skip(first).take(AT_ONCE);
        let replies = join_all(some.map(|(index, item)| async move {
            match one(item, caller, state).await {
                Ok(reply) => ItemReply::Checked(reply),
                Err(error) => ItemReply::Failed {
                    error: error.within(&format!("comments[{index}]")).body(),
                },
            }
        }))
        .await;
        let mut piece = Vec::new();
        for reply in &replies {
            piece.extend_from_slice(before.as_bytes());
            append(&mut piece, reply);
            before = ",";
        }
        self.answered += replies.len();
        self.before = Some(before);
        if self.answered >= self.items.len() {
            if self.items.is_empty() {
                piece.extend_from_slice(before.as_bytes());
            }
            piece.extend_from_slice(b"]}");
            self.before = None;
        }
        // A long batch must not keep the other connections of this worker waiting.
        yield_now().await;
        Some(piece.into())
    }
}

async fn one(item: &[u8], caller: &Caller, state: &State) -> Result<CheckReply, ApiError> {
    let request = wire::from_json(item).map_err(|mut error| {
        // Its JSON was read before, so that the item itself is a field with a wrong value.
        if error.field == "." {
            error.message = "is not an object".to_owned();
        }
        let mut error = ApiError::from(error);
        error.problem = Problem::InvalidField;
        error
    })?;
    check::judged(request, caller, state).await
}

/// The elements of a list, kept up to a bound and only counted from there on: eight million
/// bytes of `0,0,0…` must not become millions of elements.
struct Items<'a> {
    kept: Vec<&'a RawValue>,
    count: usize,
}

/// Elements kept at most, whatever the configured limit.
const MOST_KEPT: usize = 100_000;

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ItemsVisitor)
    }
}

struct ItemsVisitor;

impl<'de> Visitor<'de> for ItemsVisitor {
    type Value = Items<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of comments")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Items<'de>, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < MOST_KEPT {
            match elements.next_element()? {
                Some(element) => kept.push(element),
                None => {
                    let count = kept.len();
                    return Ok(Items { kept, count });
                }
            }
        }
        let mut count = kept.len();
        while elements.next_element::<IgnoredAny>()?.is_some() {
            count = count
                .checked_add(1)
                .ok_or_else(|| A::Error::custom("too many comments"))?;
        }
        Ok(Items { kept, count })
    }
}
