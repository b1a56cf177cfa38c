//! What a reader sees of a comment at a glance: the text and where its links lead. For rules, which
//! need no features.

use std::borrow::Cow;
use std::cell::RefCell;

use unicode_normalization::UnicodeNormalization;

use super::address::Address;
use super::analysis::Analyser;
use super::stream::{Script, is_invisible};

/// A comment's content as a browser shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glance {
    /// The text without markup.
    pub text: String,
    /// Hosts of all links, written out or behind words, in lower case and without `www.`.
    pub hosts: Vec<String>,
}

thread_local! {
    static ANALYSER: RefCell<Analyser> = RefCell::default();
}

impl Glance {
    /// Reads a content.
    pub fn at(content: &str) -> Self {
        ANALYSER.with_borrow_mut(|analyser| {
            analyser.read(content);
            let addresses = analyser
                .links
                .iter()
                .filter_map(|(_, address)| address.as_ref());
            Self {
                text: analyser.page.text.clone(),
                hosts: addresses.map(|address| address.host.clone()).collect(),
            }
        })
    }
}

/// The host of an address, as in [`Glance::hosts`].
pub fn host_of(address: &str) -> Option<String> {
    Address::parse(address).map(|address| address.host)
}

/// The registrable domain of a host, such as `example.co.uk`.
pub fn domain_of(host: &str) -> Option<String> {
    Address::parse(host).map(|address| address.domain().to_owned())
}

/// A text in which spellings that look alike are equal: lower case, compatible forms of letters,
/// nothing that is not drawn.
pub fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return match text.bytes().any(|b| b.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    let drawn = text.nfkc().filter(|c| !is_invisible(*c));
    Cow::Owned(drawn.flat_map(char::to_lowercase).collect())
}

/// Whether a character is part of a word that white space sets apart from the next: not so in
/// scripts such as Chinese and Thai.
pub fn is_spaced_letter(c: char) -> bool {
    c.is_alphanumeric() && !Script::of(c).is_unspaced()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_gone_and_links_are_found_in_and_behind_the_text() {
        let glance = Glance::at(
            "<p>Buy <b>cas</b>ino <a href='https://www.Shop.example/x'>here</a> or at pills.example.com</p>",
        );
        assert!(glance.text.contains("casino here"), "{glance:?}");
        assert_eq!(glance.hosts, ["shop.example", "pills.example.com"]);
        assert_eq!(
            Glance::at("nothing"),
            Glance {
                text: "nothing".into(),
                hosts: Vec::new(),
            }
        );
    }

    #[test]
    fn spellings_that_look_alike_are_equal() {
        for text in ["CASINO", "ｃａｓｉｎｏ", "cas\u{200b}ino", "Casino"] {
            assert_eq!(folded(text), "casino", "{text:?}");
        }
    }
}
