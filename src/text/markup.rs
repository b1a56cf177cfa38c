//! Markup apart from text: what a reader sees, where its links go, what is hidden.
//!
//! HTML, BBCode and Markdown links are read in one pass. This is no validating parser: comments
//! are full of broken markup, and whatever is not understood stays text.

use std::ops::Range;

use super::tags::{attribute, find_end_tag, hides, tag_end};

/// A comment's text with its markup taken out.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// What a reader sees, entities decoded.
    pub text: String,
    /// The links that markup makes, in order.
    pub links: Vec<Link>,
    /// What a reader does not see: scripts, styles, elements that a style hides.
    pub hidden: String,
    /// Whether markup of these kinds was used.
    pub markup: Markup,
}

/// The kinds of markup that a page uses.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Markup {
    /// HTML tags that only format.
    pub html: bool,
    /// BBCode tags that only format.
    pub bbcode: bool,
    /// Code, in HTML or Markdown.
    pub code: bool,
    /// Pictures.
    pub image: bool,
    /// Quotations, in HTML, BBCode or with `>`.
    pub quote: bool,
    /// Scripts, event handlers or frames.
    pub script: bool,
}

/// A link that stands in markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// Where it goes, as written.
    pub target: String,
    /// The text that it stands on, as a range of [`Page::text`]; empty if there is none.
    pub label: Range<usize>,
    /// How it was written.
    pub form: Form,
}

/// How a link is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// `<a href="…">`
    Html,
    /// `[url=…]`, `[link=…]`
    BbCode,
    /// `[label](…)`
    Markdown,
    /// An address in the text.
    Bare,
    /// An address made unreadable for programs, such as `example dot com`.
    Obfuscated,
}

/// A link or hidden element whose end has not come yet.
#[derive(Debug)]
struct Open {
    tag: &'static str,
    link: Option<usize>,
}

/// Tags that start a new line or cell, and so part words.
const BLOCKS: [&str; 22] = [
    "p",
    "br",
    "div",
    "li",
    "ul",
    "ol",
    "td",
    "tr",
    "th",
    "table",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "section",
    "article",
    "center",
];

/// BBCode tags that format.
const BBCODE: [&str; 14] = [
    "b", "i", "u", "s", "quote", "code", "size", "color", "font", "list", "center", "img", "h1",
    "email",
];

impl Page {
    /// Reads a comment's content.
    pub(super) fn read(&mut self, content: &str) {
        self.text.clear();
        self.links.clear();
        self.hidden.clear();
        self.markup = Markup::default();
        Reader {
            page: self,
            rest: content,
            open: Vec::new(),
        }
        .run();
    }
}

struct Reader<'a, 'p> {
    page: &'p mut Page,
    rest: &'a str,
    open: Vec<Open>,
}

impl<'a> Reader<'a, '_> {
    fn run(&mut self) {
        while !self.rest.is_empty() {
            let next =
                memchr::memchr3(b'<', b'[', b'`', self.rest.as_bytes()).unwrap_or(self.rest.len());
            let (plain, rest) = self.rest.split_at(next);
            self.plain(plain);
            self.rest = rest;
            let understood = match rest.as_bytes().first() {
                Some(b'<') => self.html(),
                Some(b'[') => self.bracket(),
                Some(_) => {
                    self.page.markup.code = true;
                    false
                }
                None => true,
            };
            if !understood {
                let (mark, rest) = self.rest.split_at(1);
                self.plain(mark);
                self.rest = rest;
            }
        }
        while let Some(open) = self.open.pop() {
            self.close(&open);
        }
    }

    /// Takes over text between tags.
    fn plain(&mut self, text: &str) {
        if text.contains('&') {
            let decoded = htmlize::unescape(text);
            // What was encoded twice, some blogs show decoded twice.
            if decoded.contains("&#") {
                self.page.text.push_str(&htmlize::unescape(&*decoded));
            } else {
                self.page.text.push_str(&decoded);
            }
        } else {
            self.page.text.push_str(text);
        }
    }

    fn close(&mut self, open: &Open) {
        if let Some(link) = open.link
            && let Some(link) = self.page.links.get_mut(link)
        {
            link.label.end = self.page.text.len();
        }
    }

    fn open_link(&mut self, target: &str, form: Form, tag: &'static str) {
        let start = self.page.text.len();
        self.open.push(Open {
            tag,
            link: Some(self.page.links.len()),
        });
        self.page.links.push(Link {
            target: htmlize::unescape(target.trim()).into_owned(),
            label: start..start,
            form,
        });
    }

    fn close_tag(&mut self, tag: &str) {
        if let Some(at) = self.open.iter().rposition(|open| open.tag == tag) {
            for open in self.open.split_off(at) {
                self.close(&open);
            }
        }
    }

    /// Reads a tag of HTML at the start of the rest; whether there was one.
    fn html(&mut self) -> bool {
        let inner = &self.rest[1..];
        if let Some(comment) = inner.strip_prefix("!--") {
            let end = comment.find("-->").map_or(comment.len(), |end| end + 3);
            self.rest = &comment[end..];
            return true;
        }
        let (closing, inner) = match inner.strip_prefix('/') {
            Some(inner) => (true, inner),
            None => (false, inner),
        };
        let name_end = inner
            .bytes()
            .position(|b| !b.is_ascii_alphanumeric())
            .unwrap_or(inner.len());
        let (name, after) = inner.split_at(name_end);
        let tag_like = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
            && name.len() <= 12
            && after
                .bytes()
                .next()
                .is_none_or(|b| b == b'>' || b == b'/' || b.is_ascii_whitespace());
        if !tag_like {
            return false;
        }
        let Some(end) = tag_end(after) else {
            return false;
        };
        let (attributes, rest) = (&after[..end], &after[end + 1..]);
        let name = name.to_ascii_lowercase();
        self.rest = rest;
        if BLOCKS.contains(&name.as_str()) {
            self.page.text.push('\n');
        }
        match (name.as_str(), closing) {
            ("a", false) => {
                self.close_tag("a");
                if let Some(href) = attribute(attributes, "href") {
                    self.open_link(href, Form::Html, "a");
                }
            }
            ("a", true) => self.close_tag("a"),
            ("script" | "style" | "iframe" | "object" | "noscript" | "textarea", false) => {
                self.page.markup.script = true;
                self.hide_until(&name);
            }
            ("img", _) => self.page.markup.image = true,
            ("code" | "pre", _) => self.page.markup.code = true,
            ("blockquote", _) => self.page.markup.quote = true,
            ("p" | "br", _) => {}
            _ => self.page.markup.html = true,
        }
        if !attributes.is_empty() && !closing {
            let lower = attributes.to_ascii_lowercase();
            if lower.contains("onmouse") || lower.contains("onload") || lower.contains("onerror") {
                self.page.markup.script = true;
            }
            if name != "a" && hides(&lower) {
                self.hide_until(&name);
            }
        }
        true
    }

    /// Puts everything up to the end tag aside.
    fn hide_until(&mut self, name: &str) {
        let end = find_end_tag(self.rest, name);
        self.page.hidden.push_str(&self.rest[..end]);
        self.page.hidden.push(' ');
        self.rest = &self.rest[end..];
    }

    /// Reads a tag of BBCode, a Markdown link or a wiki link at the start of the rest.
    fn bracket(&mut self) -> bool {
        let Some(end) = self.rest[1..]
            .bytes()
            .take(2_000)
            .position(|b| b == b']' || b == b'\n')
            .map(|end| end + 1)
        else {
            return false;
        };
        if self.rest.as_bytes()[end] != b']' {
            return false;
        }
        let (inner, after) = (&self.rest[1..end], &self.rest[end + 1..]);
        if let Some(target) = after.strip_prefix('(')
            && let Some(close) = target.bytes().take(2_000).position(|b| b == b')')
            && inner.len() <= 500
        {
            let target = &target[..close];
            let address = target.split_whitespace().next().unwrap_or_default();
            if address.contains('.') || address.contains("://") {
                let start = self.page.text.len();
                self.plain(inner);
                let label = start..self.page.text.len();
                self.page.links.push(Link {
                    target: address.to_owned(),
                    label,
                    form: Form::Markdown,
                });
                self.rest = &after[close + 2..];
                return true;
            }
        }
        let (closing, tag) = match inner.strip_prefix('/') {
            Some(tag) => (true, tag),
            None => (false, inner),
        };
        let (name, value) = tag.split_once('=').unwrap_or((tag, ""));
        let name = name.trim().to_ascii_lowercase();
        match name.as_str() {
            "url" | "link" => {
                self.rest = after;
                self.page.markup.bbcode = true;
                if closing {
                    self.close_tag("url");
                } else if value.is_empty() {
                    // [url]address[/url]: the address is in the text and found there.
                    self.page.text.push(' ');
                } else {
                    let target = value.split_whitespace().next().unwrap_or_default();
                    self.open_link(target.trim_matches(['"', '\'']), Form::BbCode, "url");
                }
                true
            }
            tag if BBCODE.contains(&tag) => {
                self.rest = after;
                self.page.markup.bbcode = true;
                self.page.markup.image |= tag == "img";
                self.page.markup.code |= tag == "code";
                self.page.markup.quote |= tag == "quote";
                true
            }
            tag if (tag.starts_with("http://") || tag.starts_with("https://"))
                && inner.contains(' ') =>
            {
                // [http://address label], as wikis write it: both stay text.
                self.page.text.push(' ');
                self.rest = &self.rest[1..];
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(content: &str) -> Page {
        let mut page = Page::default();
        page.read(content);
        page
    }

    fn links(content: &str) -> Vec<(String, String, Form)> {
        let page = read(content);
        let label = |l: &Link| page.text[l.label.clone()].to_owned();
        page.links
            .iter()
            .map(|l| (l.target.clone(), label(l), l.form))
            .collect()
    }

    #[test]
    fn links_of_every_form_are_found_with_their_labels() {
        for (content, target, label, form) in [
            (
                r#"see <a href="http://a.example/x">this <b>page</b></a>!"#,
                "http://a.example/x",
                "this page",
                Form::Html,
            ),
            (
                "<A rel=nofollow HREF=http://a.example/x>this",
                "http://a.example/x",
                "this",
                Form::Html,
            ),
            (
                "<a href='http://a.example/?a=1&amp;b=2'>x</a>",
                "http://a.example/?a=1&b=2",
                "x",
                Form::Html,
            ),
            (
                "[url=http://a.example]pills[/url]",
                "http://a.example",
                "pills",
                Form::BbCode,
            ),
            (
                "[link=\"http://a.example\"]pills[/link]",
                "http://a.example",
                "pills",
                Form::BbCode,
            ),
            (
                r#"[gates](http://a.example/g "gates")"#,
                "http://a.example/g",
                "gates",
                Form::Markdown,
            ),
        ] {
            let expected = (target.to_owned(), label.to_owned(), form);
            assert_eq!(links(content), [expected], "{content}");
        }
    }

    #[test]
    fn tags_part_words_only_where_a_reader_sees_a_gap() {
        assert_eq!(read("ca<b>si</b>no").text, "casino");
        assert_eq!(read("one<br>two").text, "one\ntwo");
        assert_eq!(read("a<!-- x -->b").text, "ab");
    }

    #[test]
    fn what_only_looks_like_markup_stays_text() {
        for text in [
            "a < b and c > d",
            "if (x[0] <3) {}",
            "<3 you",
            "[sic] yes",
            "1 <2",
            "a<b",
        ] {
            assert_eq!(read(text).text, text);
        }
    }

    #[test]
    fn entities_are_decoded() {
        assert_eq!(read("I&#39;m &lt;here&gt; &eacute;").text, "I'm <here> é");
        assert_eq!(
            read("&amp;#99;&amp;#x61;sino &amp;amp; co").text,
            "casino & co"
        );
        assert_eq!(read("fish &amp;amp; chips").text, "fish &amp; chips");
    }

    #[test]
    fn hidden_text_is_put_aside() {
        let page = read("hi <div style='display: none'>buy pills</div> there");
        assert!(!page.text.contains("pills") && page.hidden.contains("pills"));
        assert!(!read("<script>evil()</script>ok").text.contains("evil"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic_and_labels_are_in_it(
            content in r#"(<a href=|</a>|<div style="display:none">|\[url=|\]|\[/url\]|\[|\(|\)|&amp;|"|'|>|<|`|\PC|é){0,40}"#
        ) {
            let page = read(&content);
            for link in &page.links {
                prop_assert!(page.text.get(link.label.clone()).is_some());
            }
        }
    }
}
