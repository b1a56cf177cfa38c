//! WordPress' own export (WXR): RSS with elements of its own.

use super::draft::{Draft, append};
use super::input::Input;
use super::xml::{Piece, Xml};
use super::{Fault, Place, Row};
use crate::verdict::Label;

/// The comments of an export.
pub(super) struct Wordpress {
    xml: Xml,
    /// Address and title of the entry.
    link: String,
    title: String,
    comment: Option<Draft>,
    /// What a moderator said of it.
    approved: String,
    /// The element whose text is being read.
    element: String,
    over: bool,
}

impl Wordpress {
    pub(super) fn new(input: Input) -> Self {
        Self {
            xml: Xml::new(input),
            link: String::new(),
            title: String::new(),
            comment: None,
            approved: String::new(),
            element: String::new(),
            over: false,
        }
    }

    fn start(&mut self, name: String) {
        match name.as_str() {
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
        self.element = name;
    }

    fn text(&mut self, text: &str) {
        let Some(comment) = &mut self.comment else {
            match self.element.as_str() {
                "link" => append(&mut self.link, text),
                "title" => append(&mut self.title, text),
                _ => {}
            }
            return;
        };
        let part = match self.element.as_str() {
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

    /// The comment that ends here.
    fn end(&mut self, name: &str) -> Option<Result<Row, Fault>> {
        self.element.clear();
        if name != "wp:comment" {
            return None;
        }
        let mut draft = self.comment.take()?;
        draft.label = label(&self.approved);
        if draft.kind.trim().is_empty() {
            draft.kind = "comment".to_owned();
        }
        let input = self.xml.input();
        Some(draft.finish(Place::Line(input.line()), input.meter()))
    }
}

impl Iterator for Wordpress {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.over {
            match self.xml.next() {
                Ok(Some(Piece::Start(tag))) => self.start(tag.name),
                Ok(Some(Piece::Text(text))) => self.text(&text),
                Ok(Some(Piece::End(name))) => {
                    if let Some(row) = self.end(&name) {
                        return Some(row);
                    }
                }
                Ok(None) => self.over = true,
                Err(fault) => {
                    self.over = true;
                    return Some(Err(fault));
                }
            }
        }
        None
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
