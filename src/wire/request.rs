//! What callers send.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::FieldError;
use crate::comment::{Author, Comment, Context};
use crate::site::Site;
use crate::verdict::Label;

/// A comment to be checked, in the form of `POST /v1/check`. Every field but `content` may be
/// missing or `null`; unknown fields are ignored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CheckRequest {
    /// Address of the front page of the blog, with or without scheme.
    #[schema(example = "https://blog.example.com/")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The text of the comment, possibly with markup. Required, though it may be empty.
    #[schema(
        required,
        nullable = false,
        example = "Cheap pills, no prescription: http://pills.example"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// `comment`, `forum-post`, `contact-form`, `signup`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Address of the page commented on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permalink: Option<String>,
    /// Value of the HTTP `Referer` header of the submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    /// Languages of the site, such as `en` or `en, fr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorRequest>,
    /// The entry commented on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<ContextRequest>,
    /// When it was written, in RFC 3339.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posted_at: Option<String>,
    /// Seconds between showing the form and its submission.
    #[schema(minimum = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_seconds: Option<f64>,
    /// What stood in a form field that people cannot see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honeypot: Option<String>,
    /// A test: judged, but neither counted, stored nor learned from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<bool>,
}

/// The author of a comment, in the form of `POST /v1/check`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AuthorRequest {
    /// The name signed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The author's home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The IP address that the comment came from.
    #[schema(example = "203.0.113.9")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The browser's `User-Agent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Roles on the site, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// The entry commented on, in the form of `POST /v1/check`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ContextRequest {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Some of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
    /// Its tags, categories or section.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

/// A correction, in the form of `POST /v1/corrections`: of a stored verdict by its id, or of a
/// comment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CorrectionRequest {
    /// The verdict's id. Either this or `comment` is required.
    #[schema(example = "01a204cd1c6d749b9517c0f231299576")]
    pub id: Option<String>,
    /// The comment as in a check.
    pub comment: Option<CheckRequest>,
    /// What it is: `ham` or `spam`. Required.
    #[schema(required, nullable = false)]
    pub label: Option<Label>,
    /// `false` says what a stored verdict is without teaching it to the filter. Goes with `id` alone.
    #[schema(default = true)]
    pub learn: Option<bool>,
}

impl TryFrom<CheckRequest> for Comment {
    type Error = FieldError;

    fn try_from(request: CheckRequest) -> Result<Self, FieldError> {
        let author = request.author.unwrap_or_default();
        let context = request.context.unwrap_or_default();
        Ok(Self {
            site: parsed("site", request.site, Site::parse)?,
            content: request
                .content
                .ok_or_else(|| FieldError::new("content", "is required"))?,
            kind: request.kind.unwrap_or_default(),
            permalink: request.permalink.unwrap_or_default(),
            referrer: request.referrer.unwrap_or_default(),
            language: request.language.unwrap_or_default(),
            author: Author {
                name: author.name.unwrap_or_default(),
                email: author.email.unwrap_or_default(),
                url: author.url.unwrap_or_default(),
                ip: parsed("author.ip", author.ip, |text| {
                    text.parse::<IpAddr>().map(|ip| ip.to_canonical())
                })?,
                user_agent: author.user_agent.unwrap_or_default(),
                role: author.role.unwrap_or_default(),
            },
            context: Context {
                title: context.title.unwrap_or_default(),
                excerpt: context.excerpt.unwrap_or_default(),
                tags: context.tags.unwrap_or_default(),
            },
            posted_at: parsed("posted_at", request.posted_at, |text| {
                text.parse::<Timestamp>()
            })?,
            form_seconds: request.form_seconds.map(seconds).transpose()?,
            honeypot: request.honeypot.unwrap_or_default(),
            test: request.test.unwrap_or_default(),
        })
    }
}

/// A field of text in a form of its own; the empty text counts as not given.
fn parsed<T, E: ToString>(
    field: &str,
    text: Option<String>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, FieldError> {
    text.as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(parse)
        .transpose()
        .map_err(|error| FieldError::new(field, error.to_string()))
}

#[expect(clippy::cast_possible_truncation, reason = "checked just before")]
fn seconds(value: f64) -> Result<f32, FieldError> {
    if (0.0..=f64::from(f32::MAX)).contains(&value) {
        Ok(value as f32)
    } else {
        Err(FieldError::new("form_seconds", "must not be negative"))
    }
}

impl From<Comment> for CheckRequest {
    fn from(comment: Comment) -> Self {
        let given = |text: String| (!text.is_empty()).then_some(text);
        let author = AuthorRequest {
            name: given(comment.author.name),
            email: given(comment.author.email),
            url: given(comment.author.url),
            ip: comment.author.ip.map(|ip| ip.to_string()),
            user_agent: given(comment.author.user_agent),
            role: given(comment.author.role),
        };
        let context = ContextRequest {
            title: given(comment.context.title),
            excerpt: given(comment.context.excerpt),
            tags: (!comment.context.tags.is_empty()).then_some(comment.context.tags),
        };
        Self {
            site: comment.site.map(String::from),
            content: Some(comment.content),
            kind: given(comment.kind),
            permalink: given(comment.permalink),
            referrer: given(comment.referrer),
            language: given(comment.language),
            author: (author != AuthorRequest::default()).then_some(author),
            context: (context != ContextRequest::default()).then_some(context),
            posted_at: comment.posted_at.map(|at| at.to_string()),
            form_seconds: comment.form_seconds.map(f64::from),
            honeypot: given(comment.honeypot),
            test: comment.test.then_some(true),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::wire::from_json;

    fn comment(json: &str) -> Result<Comment, FieldError> {
        from_json::<CheckRequest>(json.as_bytes())?.try_into()
    }

    #[test]
    fn a_full_request_is_read_whole() {
        let read = comment(
            r#"{"site":"https://blog.example.com/","content":"Hello","kind":"comment",
                "permalink":"p","referrer":"r","language":"en","unknown":[1],
                "author":{"name":"n","email":"e","url":"u","ip":"::ffff:192.0.2.1","user_agent":"ua","role":"editor"},
                "context":{"title":"t","excerpt":"x","tags":["a","b"]},
                "posted_at":"2026-11-22T10:00:00Z","form_seconds":12.5,"honeypot":"h","test":true}"#,
        )
        .unwrap();
        assert_eq!(read.site.unwrap().as_str(), "blog.example.com");
        assert_eq!(read.author.ip, Some("192.0.2.1".parse().unwrap()));
        assert_eq!(read.context.tags, ["a", "b"]);
        assert_eq!(read.form_seconds, Some(12.5));
        assert_eq!(read.posted_at.unwrap().to_string(), "2026-11-22T10:00:00Z");
        assert!(read.test);
    }

    #[test]
    fn content_alone_is_enough_and_null_is_missing() {
        let read = comment(r#"{"content":"x","author":null,"test":null,"site":""}"#).unwrap();
        assert_eq!(
            read,
            Comment {
                content: "x".into(),
                ..Comment::default()
            }
        );
    }

    #[test]
    fn a_fault_names_its_field() {
        for (json, field) in [
            ("{}", "content"),
            (r#"{"content":5}"#, "content"),
            (r#"{"content":"x","author":{"ip":"nonsense"}}"#, "author.ip"),
            (r#"{"content":"x","author":{"ip":5}}"#, "author.ip"),
            (
                r#"{"content":"x","context":{"tags":["a",5]}}"#,
                "context.tags[1]",
            ),
            (r#"{"content":"x","site":"<b>"}"#, "site"),
            (r#"{"content":"x","posted_at":"yesterday"}"#, "posted_at"),
            (r#"{"content":"x","form_seconds":-1}"#, "form_seconds"),
            (r#"{"content":"x","form_seconds":"1"}"#, "form_seconds"),
            (r#"{"content":"x","test":"yes"}"#, "test"),
            ("[]", "."),
            ("", "."),
            ("{} x", "."),
            (r#"{"content":"x""#, "."),
            (r#"{"content":"x","author":{"ip":tru"#, "."),
        ] {
            assert_eq!(comment(json).unwrap_err().field, field, "{json}");
        }
    }
}
