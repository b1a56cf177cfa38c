//! Labelled comments, one JSON object a line, as `import`, `train` and `evaluate` read them.

use serde::Serialize;

use crate::comment::Comment;
use crate::verdict::{Label, VerdictId};

/// A labelled comment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelledLine<'a> {
    id: VerdictId,
    label: Label,
    source: &'a str,
    kind: &'a str,
    content: &'a str,
    lang: &'a str,
    author: &'a str,
    author_email: &'a str,
    author_url: &'a str,
    user_agent: &'a str,
    permalink: &'a str,
    title: &'a str,
}

impl<'a> LabelledLine<'a> {
    /// The line of a comment.
    pub fn new(id: VerdictId, label: Label, comment: &'a Comment) -> Self {
        let author = &comment.author;
        Self {
            id,
            label,
            source: comment.site.as_ref().map_or("", |site| site.as_str()),
            kind: &comment.kind,
            content: &comment.content,
            lang: &comment.language,
            author: &author.name,
            author_email: &author.email,
            author_url: &author.url,
            user_agent: &author.user_agent,
            permalink: &comment.permalink,
            title: &comment.context.title,
        }
    }

    /// Appends it to some bytes.
    pub fn write(&self, bytes: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(&mut *bytes, self)?;
        bytes.push(b'\n');
        Ok(())
    }
}
