//! The JSON of `/v1` and of `chaffinch check --json`: what a comment looks like to callers, and
//! what they are told of it. Knows the domain and the service's words, but no HTTP.

mod counts;
mod explanation;
mod keys;
mod labelled;
mod page;
mod persons;
mod reply;
mod request;
mod rules;
pub mod sites;

use serde::Deserialize;
use serde_json::error::Category;

pub use counts::{CountsReply, ModelReply, SiteDayReply, SiteLessonsReply, StatsReply};
pub use explanation::{EvidenceReply, ExplanationReply, NowReply};
pub use keys::{KeyReply, KeyRequest, RotateRequest, TakenBackReply};
pub use labelled::LabelledLine;
pub use page::{Page, PageRequest};
pub use persons::{ErasureReply, ExportReply, PersonRequest};
pub use reply::{CheckReply, CorrectionReply, CorrectionView, ShadowReply, VerdictReply};
pub use request::{AuthorRequest, CheckRequest, ContextRequest, CorrectionRequest};
pub use rules::{ByCorrection, ByVerdict, DryRunReply, RuleReply, RuleRequest, SuspensionReply};
pub use sites::{SiteReply, SiteRequest};

/// What is wrong with a request: a field, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct FieldError {
    /// Path of the field, such as `author.ip`; `.` for the whole request.
    pub field: String,
    /// What is expected of it.
    pub message: String,
}

impl FieldError {
    /// Says that a field is wrong, and how.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// Reads a JSON object; an error names the field whose type is wrong.
///
/// # Errors
/// The text is no JSON object (the field is then `.`), or a field in it has another type than it
/// should.
pub fn from_json<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, FieldError> {
    // serde would read a list as the fields in order, which is nothing we promise.
    if text.trim_ascii_start().first() != Some(&b'{') {
        return Err(FieldError::new(".", "a JSON object is expected"));
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = match error.inner().classify() {
            Category::Data => error.path().to_string(),
            Category::Io | Category::Syntax | Category::Eof => ".".to_owned(),
        };
        FieldError::new(field, error.inner().to_string())
    })?;
    json.end()
        .map_err(|error| FieldError::new(".", error.to_string()))?;
    Ok(value)
}
