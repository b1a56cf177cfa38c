//! WordPress' own export (WXR): RSS with elements of its own.

use super::draft::{Draft, append};
use super::xml::{Elements, Tag};
use crate::verdict::Label;

/// The elements of an export.
#[derive(Default)]
pub(super) struct Wordpress {
    /// Address and title of the entry.
    link: String,
    title: String,
    comment: Option<Draft>,
    /// What a moderator said of it.
    approved: String,
}

impl Elements for Wordpress {
    fn start(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "item" => {
                self.link.clear();
                self.title.clear();
            }
            "wp:comment" => {
                self.approved.clear();
                self.comment = Some(Draft {
                    permalink: self.link.clone(),
                    title: self.title.clone(),
                    ..Draft::default()
                });
            }
            _ => {}
        }
    }

    fn text(&mut self, element: &str, text: &str) {
        let Some(comment) = &mut self.comment else {
            match element {
                "link" => append(&mut self.link, text),
                "title" => append(&mut self.title, text),
                _ => {}
            }
            return;
        };
        let part = match element {
            "wp:comment_content" => &mut comment.content,
            "wp:comment_author" => &mut comment.author,
            "wp:comment_author_email" => &mut comment.email,
            "wp:comment_author_url" => &mut comment.url,
            "wp:comment_author_IP" => &mut comment.ip,
            "wp:comment_date_gmt" => &mut comment.date,
            "wp:comment_type" => &mut comment.kind,
            "wp:comment_approved" => &mut self.approved,
            _ => return,
        };
        append(part, text);
    }

    fn end(&mut self, name: &str) -> Option<Draft> {
        if name != "wp:comment" {
            return None;
        }
        let mut draft = self.comment.take()?;
        draft.label = label(&self.approved);
        if draft.kind.trim().is_empty() {
            draft.kind = "comment".to_owned();
        }
        Some(draft)
    }
}

/// What the column `comment_approved` says. What waits, and what lies in the trash for whatever reason,
/// has no label.
pub(super) fn label(approved: &str) -> Option<Label> {
    match approved.trim() {
        "1" | "approve" => Some(Label::Ham),
        "spam" => Some(Label::Spam),
        _ => None,
    }
}
