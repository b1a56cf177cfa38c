//! What people fill in.

use actix_web::web::Query;
use actix_web::{HttpRequest, web};

use super::failure::{Failure, Kind};
use super::visitor::{Visitor, is_same_origin};
use super::words::Words;
use crate::http::body;
use crate::http::state::State;

/// Longest form, in bytes. The longest has a comment to be tried in it.
const LONGEST: usize = 256 * 1024;

/// The fields of a form or of an address.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Those of the address. What cannot be read counts as not given.
    pub(super) fn of_address(request: &HttpRequest) -> Self {
        Self::read(request.query_string()).unwrap_or_default()
    }

    /// Those of a form of somebody who signed in.
    pub(super) async fn of_form(
        visitor: &Visitor,
        request: &HttpRequest,
        payload: web::Payload,
        state: &State,
    ) -> Result<Self, Failure> {
        let fields = Self::of_open_form(visitor.words, request, payload, state).await?;
        let token = fields.text("token").unwrap_or_default();
        match state.sessions.is_form_token(&visitor.session, token) {
            true => Ok(fields),
            false => Err(visitor.failure(Kind::Stale)),
        }
    }

    /// Those of a form that anybody may send from our own pages.
    pub(super) async fn of_open_form(
        words: &'static Words,
        request: &HttpRequest,
        payload: web::Payload,
        state: &State,
    ) -> Result<Self, Failure> {
        let stale = || Failure {
            kind: Kind::Stale,
            words,
        };
        if !is_same_origin(request) {
            return Err(stale());
        }
        let body = body::read(payload, LONGEST, state.limits.body_timeout).await;
        let body = body.map_err(|_| stale())?;
        std::str::from_utf8(&body)
            .ok()
            .and_then(Self::read)
            .ok_or_else(stale)
    }

    /// Those that were read in another way.
    pub(super) fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    fn read(encoded: &str) -> Option<Self> {
        let pairs = Query::<Vec<(String, String)>>::from_query(encoded).ok()?;
        Some(Self(pairs.into_inner()))
    }

    /// A field, if something stands in it.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every field of that name in which something stands.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(known, _)| known == name);
        named
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }
}
