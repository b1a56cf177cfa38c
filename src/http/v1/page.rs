//! Which page of a list a request wants: `?limit=&cursor=`.

use actix_web::HttpRequest;

use crate::http::akismet::form::Form;
use crate::wire::{FieldError, PageRequest};

/// What is said of a cursor that nobody gave out.
pub(super) const UNKNOWN_CURSOR: &str = "give the next_cursor of the page before, or none";

/// The page that a request wants.
pub(super) fn wanted(request: &HttpRequest) -> Result<PageRequest, FieldError> {
    let query = Form::from_encoded(None, request.query_string().as_bytes());
    let limit = match query.get("limit") {
        "" => PageRequest::USUAL,
        text => text
            .parse()
            .ok()
            .filter(|limit| (1..=PageRequest::MOST).contains(limit))
            .ok_or_else(|| {
                let most = PageRequest::MOST;
                FieldError::new("limit", format!("give a number from 1 to {most}"))
            })?,
    };
    let cursor = Some(query.get("cursor")).filter(|cursor| !cursor.is_empty());
    Ok(PageRequest {
        limit,
        cursor: cursor.map(str::to_owned),
    })
}
