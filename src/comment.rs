//! A comment as the filter sees it: what was written, by whom, where.
//!
//! Every field but the content may be missing: blog engines differ in what they send, and the
//! filter treats a missing field as no evidence either way.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::site::Site;

/// A comment to be judged or taught.
///
/// Text fields are kept as they were sent (decoded to UTF-8, at most the size limit of the
/// surface that parsed them); an empty string means "not given".
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// The blog that the comment was written to; `None` when the caller named none.
    pub site: Option<Site>,
    /// The text, possibly with HTML, BBCode or Markdown in it.
    pub content: String,
    /// What kind of content it is, in the words of the caller: `comment`, `forum-post`,
    /// `contact-form`, `signup`, `trackback`, …
    pub kind: String,
    /// Address (or slug) of the page that was commented on.
    pub permalink: String,
    /// Value of the HTTP `Referer` header of the submission.
    pub referrer: String,
    /// Languages of the site as the caller gave them, such as `en` or `en, fr_ca`.
    pub language: String,
    /// Who wrote it.
    pub author: Author,
    /// The entry that was commented on.
    pub context: Context,
    /// When it was written, if the caller said so in a form that could be read.
    pub posted_at: Option<Timestamp>,
    /// Seconds between showing the form and its submission; finite and not negative.
    pub form_seconds: Option<f32>,
    /// What stood in a form field that people cannot see; not empty means that a bot filled it.
    pub honeypot: String,
    /// A test: judged like any other, but never learned from, counted or stored as traffic.
    pub test: bool,
}

/// The author of a comment, as far as the caller told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Author {
    /// The name signed with.
    pub name: String,
    /// The e-mail address, or a hash of it.
    pub email: String,
    /// The address that the author gave as a home page.
    pub url: String,
    /// The address that the comment came from.
    pub ip: Option<IpAddr>,
    /// The browser's `User-Agent`.
    pub user_agent: String,
    /// The author's roles on the site, separated by commas.
    pub role: String,
}

impl Author {
    /// Whether the site calls the author an administrator, whose comments are always ham
    /// (protocol sections 2.2 and 2.10: any element of the list counts, and WordPress'
    /// network administrators are treated alike).
    pub fn is_administrator(&self) -> bool {
        self.role
            .split(',')
            .map(str::trim)
            .any(|role| matches!(role, "administrator" | "super_admin"))
    }
}

/// The entry under which a comment stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// The entry's title.
    pub title: String,
    /// Some of the entry's text.
    pub excerpt: String,
    /// Tags, categories or the section of the page.
    pub tags: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_element_of_the_role_list_makes_an_administrator() {
        for (role, expected) in [
            ("administrator", true),
            ("administrator,super_admin", true),
            ("editor, administrator", true),
            ("super_admin", true),
            ("subscriber", false),
            ("administrators", false),
            ("", false),
        ] {
            let author = Author {
                role: role.into(),
                ..Author::default()
            };
            assert_eq!(author.is_administrator(), expected, "{role:?}");
        }
    }
}
