//! `POST /v1/check/batch`.

use std::fmt;

use actix_web::rt::task::yield_now;
use actix_web::{HttpRequest, web};
use futures_util::future::join_all;
use serde::de::{Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::problem::{ApiError, Errors, Problem, ProblemBody};
use super::{auth, check};
use crate::http::body;
use crate::http::state::State;
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

/// The replies in the order of the comments.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct BatchReply {
    /// One for each comment.
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

/// Judges many comments.
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
) -> Result<web::Json<BatchReply>, ApiError> {
    let caller = &auth::caller(&request, &state)?;
    let state: &State = &state;
    let limits = &state.limits;
    let body = body::read(payload, limits.batch_body, limits.body_timeout).await?;
    let batch: BatchRequest<'_> = wire::from_json(&body)?;
    if batch.comments.count > limits.batch_comments {
        return Err(ApiError {
            problem: Problem::TooManyComments,
            detail: format!("at most {} are allowed", limits.batch_comments),
            field: Some("comments".to_owned()),
        });
    }
    let count = batch.comments.count;
    state.throttle.charge_batch(&request, caller, count)?;
    let items: Vec<_> = batch.comments.kept.iter().enumerate().collect();
    let mut results = Vec::with_capacity(items.len());
    for some in items.chunks(AT_ONCE) {
        let replies = some.iter().map(|&(index, item)| async move {
            match one(item, caller, state).await {
                Ok(reply) => ItemReply::Checked(reply),
                Err(error) => ItemReply::Failed {
                    error: error.within(&format!("comments[{index}]")).body(),
                },
            }
        });
        results.extend(join_all(replies).await);
        // A long batch must not keep the other connections of this worker waiting.
        yield_now().await;
    }
    Ok(web::Json(BatchReply { results }))
}

async fn one(item: &RawValue, caller: &Caller, state: &State) -> Result<CheckReply, ApiError> {
    let request = wire::from_json(item.get().as_bytes()).map_err(|mut error| {
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
