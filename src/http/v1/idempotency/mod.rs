//! `Idempotency-Key`: a POST that is sent again gets the reply of the first time.
//!
//! A caller whose connection broke cannot know whether its call was carried out. With a key of its
//! own choice in this header it may send the same again: the first call is carried out to its end
//! whatever becomes of the connection, and its reply is kept for whoever asks again.

mod replies;

use actix_web::body::{BodySize, BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError, rt, web};

pub(in crate::http) use self::replies::Replies;
use self::replies::{Begun, CallName, Reply, Running};

use super::auth;
use super::problem::{ApiError, Problem};
use crate::http::body;
use crate::http::state::State;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Longest key, in bytes; a UUID has 36.
const LONGEST_KEY: usize = 255;

/// Largest reply that is kept, in bytes. Larger ones and those that are written piece by piece, such
/// as what is stored of a person, are made anew.
const LARGEST: u64 = 4 << 20;

/// Wraps every call of `/v1`.
pub(super) async fn idempotent(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method() != Method::POST || !is_named(request.request()) {
        let response = next.call(request).await?;
        return Ok(response.map_into_boxed_body());
    }
    match begun(&mut request).await {
        Ok(Begun::First(running)) => carried_out(request, next, running).await,
        Ok(Begun::Done(reply)) => Ok(request.into_response(replayed(&reply))),
        Ok(Begun::Running) => {
            let detail = "a call with this Idempotency-Key is still being answered";
            let error = ApiError::new(Problem::IdempotencyKeyInUse, detail);
            Ok(request.into_response(error.error_response()))
        }
        Ok(Begun::Other) => {
            let detail = "this Idempotency-Key came before with another path or body";
            let error = ApiError::new(Problem::IdempotencyKeyReused, detail);
            Ok(request.into_response(error.error_response()))
        }
        Err(error) => Ok(request.into_response(error.error_response())),
    }
}

/// Whether the call is one that may be sent again. Only a reply that is whole can be kept for it.
pub(super) fn is_named(request: &HttpRequest) -> bool {
    request.headers().contains_key(IDEMPOTENCY_KEY)
}

/// Reads the request whole, after its caller is known, and looks whether it came before.
async fn begun(request: &mut ServiceRequest) -> Result<Begun, ApiError> {
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else {
        return Err(ApiError::new(Problem::Internal, "the server has no state"));
    };
    let key = key_of(request.request())?;
    let caller = auth::caller(request.request(), &state)?;
    let (http, payload) = request.parts_mut();
    // The handler has the smaller limit of its own call.
    let limits = &state.limits;
    let body = body::read(&mut *payload, limits.batch_body, limits.body_timeout).await?;
    let call = CallName {
        caller: caller.hash,
        key,
    };
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(http.uri().to_string().as_bytes())
        .update(&[0]);
    hasher.update(&body);
    *payload = Payload::from(body.freeze());
    Ok(state.replies.begin(call, hasher.finalize()))
}

fn key_of(request: &HttpRequest) -> Result<String, ApiError> {
    let mut values = request.headers().get_all(IDEMPOTENCY_KEY);
    let value = values.next().and_then(|value| value.to_str().ok());
    match (value, values.next()) {
        (Some(key), None) if (1..=LONGEST_KEY).contains(&key.len()) => Ok(key.to_owned()),
        _ => Err(ApiError::new(
            Problem::InvalidIdempotencyKey,
            "give one Idempotency-Key of 1 to 255 ASCII characters, such as a UUID",
        )),
    }
}

/// Carries a call out to its end, also if the caller goes away meanwhile, and keeps a good reply. A
/// call that failed has changed nothing: it may be tried again.
async fn carried_out(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    running: Running,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let whole = rt::spawn(async move {
        let response = next.call(request).await?;
        if !matches!(response.response().body().size(), BodySize::Sized(size) if size <= LARGEST) {
            return Ok(response.map_into_boxed_body());
        }
        let (request, response) = response.into_parts();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body).await.map_err(|_| {
            // A body that is in memory can be read.
            ApiError::new(Problem::Internal, "the reply could not be written")
        })?;
        if head.status().is_success() {
            let headers = head.headers().iter();
            running.done(Reply {
                status: head.status(),
                headers: headers.map(|(n, v)| (n.clone(), v.clone())).collect(),
                body: bytes.clone(),
            });
        }
        let response = head.set_body(BoxBody::new(bytes));
        Ok::<_, Error>(ServiceResponse::new(request, response))
    });
    whole
        .await
        .unwrap_or_else(|_| Err(ApiError::new(Problem::Internal, "the call broke off").into()))
}

fn replayed(reply: &Reply) -> HttpResponse {
    let mut response = HttpResponse::build(reply.status);
    for (name, value) in &reply.headers {
        response.append_header((name.clone(), value.clone()));
    }
    response.insert_header((REPLAYED, HeaderValue::from_static("true")));
    response.body(reply.body.clone())
}
