//! The export of Disqus: first the pages (`thread`), then the comments (`post`).

use std::collections::HashMap;

use super::draft::{Draft, append};
use super::xml::{Elements, Tag};
use crate::verdict::Label;

/// Most pages whose addresses are remembered.
const MOST_PAGES: usize = 1_000_000;

/// The elements of an export.
#[derive(Default)]
pub(super) struct Disqus {
    pages: HashMap<String, Page>,
    within: Within,
}

/// A page that was commented on.
#[derive(Clone, Default)]
struct Page {
    link: String,
    title: String,
}

#[derive(Default)]
enum Within {
    #[default]
    Nothing,
    Thread {
        id: String,
        page: Page,
    },
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

impl Elements for Disqus {
    fn start(&mut self, tag: &Tag) {
        match (&mut self.within, tag.name.as_str()) {
            (Within::Nothing, "thread") => {
                let (id, page) = (tag.id.clone(), Page::default());
                self.within = Within::Thread { id, page };
            }
            (Within::Nothing, "post") => self.within = Within::Post(Box::default()),
            (Within::Post(post), "thread") => post.thread.clone_from(&tag.id),
            _ => {}
        }
    }

    fn text(&mut self, element: &str, text: &str) {
        let part = match (&mut self.within, element) {
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

    fn end(&mut self, name: &str) -> Option<Draft> {
        match (std::mem::take(&mut self.within), name) {
            (Within::Thread { id, page }, "thread") => {
                if self.pages.len() < MOST_PAGES {
                    self.pages.insert(id, page);
                }
                None
            }
            (Within::Post(post), "post") => Some(self.draft(*post)),
            (within, _) => {
                self.within = within;
                None
            }
        }
    }
}

impl Disqus {
    fn draft(&self, post: Post) -> Draft {
        let page = self.pages.get(&post.thread).cloned().unwrap_or_default();
        Draft {
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
        }
    }
}
