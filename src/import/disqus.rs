//! The export of Disqus: first the pages (`thread`), then the comments (`post`).

use std::collections::HashMap;

use super::draft::{Draft, append};
use super::input::Input;
use super::xml::{Piece, Tag, Xml};
use super::{Fault, Place, Row};
use crate::verdict::Label;

/// Most pages whose addresses are remembered.
const MOST_PAGES: usize = 1_000_000;

/// The comments of an export.
pub(super) struct Disqus {
    xml: Xml,
    pages: HashMap<String, Page>,
    within: Within,
    /// The element whose text is being read.
    element: String,
    over: bool,
}

/// A page that was commented on.
#[derive(Clone, Default)]
struct Page {
    link: String,
    title: String,
}

enum Within {
    Nothing,
    Thread { id: String, page: Page },
    Post(Box<Post>),
}

/// A comment while it is read.
#[derive(Default)]
struct Post {
    draft: Draft,
    thread: String,
    is_spam: String,
    is_deleted: String,
}

impl Disqus {
    pub(super) fn new(input: Input) -> Self {
        Self {
            xml: Xml::new(input),
            pages: HashMap::new(),
            within: Within::Nothing,
            element: String::new(),
            over: false,
        }
    }

    fn start(&mut self, tag: Tag) {
        match (&mut self.within, tag.name.as_str()) {
            (Within::Nothing, "thread") => {
                let page = Page::default();
                self.within = Within::Thread { id: tag.id, page };
            }
            (Within::Nothing, "post") => self.within = Within::Post(Box::default()),
            (Within::Post(post), "thread") => post.thread = tag.id,
            _ => {}
        }
        self.element = tag.name;
    }

    fn text(&mut self, text: &str) {
        let part = match (&mut self.within, self.element.as_str()) {
            (Within::Thread { page, .. }, "link") => &mut page.link,
            (Within::Thread { page, .. }, "title") => &mut page.title,
            (Within::Post(post), name) => match name {
                "message" => &mut post.draft.content,
                "createdAt" => &mut post.draft.date,
                "ipAddress" => &mut post.draft.ip,
                "email" => &mut post.draft.email,
                "name" => &mut post.draft.author,
                "isSpam" => &mut post.is_spam,
                "isDeleted" => &mut post.is_deleted,
                _ => return,
            },
            _ => return,
        };
        append(part, text);
    }

    /// The comment that ends here.
    fn end(&mut self, name: &str) -> Option<Result<Row, Fault>> {
        self.element.clear();
        match (std::mem::replace(&mut self.within, Within::Nothing), name) {
            (Within::Thread { id, page }, "thread") => {
                if self.pages.len() < MOST_PAGES {
                    self.pages.insert(id, page);
                }
                None
            }
            (Within::Post(post), "post") => Some(self.row(*post)),
            (within, _) => {
                self.within = within;
                None
            }
        }
    }

    fn row(&self, post: Post) -> Result<Row, Fault> {
        let page = self.pages.get(&post.thread).cloned().unwrap_or_default();
        let draft = Draft {
            content: post.draft.content.trim().to_owned(),
            kind: "comment".to_owned(),
            permalink: page.link,
            title: page.title,
            label: match (post.is_spam.trim(), post.is_deleted.trim()) {
                ("true", _) => Some(Label::Spam),
                ("false", "false") => Some(Label::Ham),
                _ => None,
            },
            ..post.draft
        };
        let input = self.xml.input();
        draft.finish(Place::Line(input.line()), input.meter())
    }
}

impl Iterator for Disqus {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.over {
            match self.xml.next() {
                Ok(Some(Piece::Start(tag))) => self.start(tag),
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
