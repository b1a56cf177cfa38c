//! A form with a file in it.

use actix_multipart::Multipart;
use actix_web::rt::time::timeout;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;

use crate::http::dashboard::failure::{Failure, Kind};
use crate::http::dashboard::fields::Fields;
use crate::http::dashboard::visitor::{Visitor, is_same_origin};
use crate::http::state::State;

/// Longest file, in bytes.
const LONGEST_FILE: usize = 16 << 20;
/// Longest of the other fields, in bytes.
const LONGEST_FIELD: usize = 4 << 10;
/// Most fields.
const MOST: usize = 10;

/// The fields of a form, and the file that came with it.
pub(super) struct Upload {
    pub(super) fields: Fields,
    pub(super) file: Bytes,
}

impl Upload {
    /// That of somebody who signed in.
    pub(super) async fn read(
        visitor: &Visitor,
        request: &HttpRequest,
        payload: web::Payload,
        state: &State,
    ) -> Result<Self, Failure> {
        if !is_same_origin(request) {
            return Err(visitor.failure(Kind::Stale));
        }
        let form = Multipart::new(request.headers(), payload);
        let reading = timeout(state.limits.body_timeout, Self::parts(form, visitor));
        let upload = reading
            .await
            .map_err(|_| visitor.failure(Kind::Stale))
            .flatten()?;
        let token = upload.fields.text("token").unwrap_or_default();
        match state.sessions.is_form_token(&visitor.session, token) {
            true => Ok(upload),
            false => Err(visitor.failure(Kind::Stale)),
        }
    }

    async fn parts(mut form: Multipart, visitor: &Visitor) -> Result<Self, Failure> {
        let broken = || visitor.failure(Kind::Stale);
        let mut pairs = Vec::new();
        let mut file = Bytes::new();
        while let Some(part) = form.next().await {
            let mut part = part.map_err(|_| broken())?;
            let name = part.name().unwrap_or_default().to_owned();
            let limit = match name.as_str() {
                "file" => LONGEST_FILE,
                _ => LONGEST_FIELD,
            };
            let too_long =
                |_| visitor.failure(Kind::Invalid(visitor.words.wrong_file_size.to_owned()));
            let read = part.bytes(limit).await.map_err(too_long)?;
            let bytes = read.map_err(|_| broken())?;
            match name.as_str() {
                "file" => file = bytes,
                _ if pairs.len() < MOST => {
                    let text = String::from_utf8(bytes.to_vec()).map_err(|_| broken())?;
                    pairs.push((name, text));
                }
                _ => return Err(broken()),
            }
        }
        Ok(Self {
            fields: Fields::from_pairs(pairs),
            file,
        })
    }
}
