//! How the author presents themselves: name, home page, e-mail address.
//!
//! What is missing gives no feature: imported comments lack what others have, and that says
//! nothing about them.

use std::borrow::Cow;

use super::address::{Address, lower};
use super::clue::Clue;
use super::grams::{letters_of, split_words};
use super::kind::Kind;
use super::markup::Link;
use super::sink::Sink;
use super::stream::Script;
use crate::comment::Comment;

/// Domains at which anybody gets an address.
const FREE_MAIL: [&str; 16] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "live.com",
    "mail.ru",
    "yandex.ru",
    "bk.ru",
    "inbox.ru",
    "list.ru",
    "gmx.de",
    "web.de",
    "aol.com",
    "proton.me",
    "icloud.com",
];

pub(super) fn features(
    comment: &Comment,
    text: &str,
    links: &[(Link, Option<Address>)],
    sink: &mut Sink,
) {
    let author = &comment.author;
    let home = Address::parse(&author.url);
    let name = author.name.trim();
    if !name.is_empty() {
        name_features(name, home.as_ref(), text, links, sink);
    }
    if let Some(home) = &home {
        home_features(home, links, sink);
    }
    mail_features(author.email.trim(), sink);
}

fn name_features(
    name: &str,
    home: Option<&Address>,
    text: &str,
    links: &[(Link, Option<Address>)],
    sink: &mut Sink,
) {
    let words: Vec<Cow<str>> = split_words(name).take(12).collect();
    for word in &words {
        sink.put(Kind::NameWord, word, Clue::Name);
    }
    letters_of(name, Kind::NameGram, Clue::Name, sink);
    let shape = |sink: &mut Sink, what, size| sink.shape(Kind::NameShape, what, size);
    shape(sink, "name words", (words.len() as u32).min(6));
    let letters = || name.chars().filter(|c| c.is_alphabetic());
    let capitals = letters().filter(|c| c.is_uppercase()).count();
    let all = letters().count();
    let case = match capitals {
        0 => 0,
        _ if capitals == all => 1,
        _ if capitals <= words.len() => 2,
        _ => 3,
    };
    shape(sink, "name capitals", case);
    if name.chars().any(|c| c.is_ascii_digit()) {
        shape(sink, "name digits", 1);
    }
    if name.contains("://") || name.contains("www.") || name.contains(".com") {
        shape(sink, "name is address", 1);
    }
    if let Some(first) = letters().next() {
        shape(sink, "name script", Script::of(first) as u32);
    }
    let labelled = links.iter().any(|(link, _)| {
        let label = text.get(link.label.clone()).unwrap_or_default();
        label.len() > 3 && label.eq_ignore_ascii_case(name)
    });
    if labelled {
        shape(sink, "name is label", 1);
    }
    if let Some(home) = home {
        let in_home = |word: &str| home.host.contains(word) || home.path.contains(word);
        let hits = words.iter().filter(|w| w.len() > 3 && in_home(w)).count();
        shape(sink, "name in home", (hits as u32).min(3));
    }
}

fn home_features(home: &Address, links: &[(Link, Option<Address>)], sink: &mut Sink) {
    sink.put(Kind::HomeDomain, home.domain(), Clue::Home);
    if !home.suffix().is_empty() {
        sink.put(Kind::HomeSuffix, home.suffix(), Clue::Home);
    }
    for word in split_words(&home.host)
        .chain(split_words(&home.path))
        .take(20)
    {
        sink.put(Kind::HomeWord, &word, Clue::Home);
    }
    letters_of(home.domain(), Kind::LinkGram, Clue::Home, sink);
    let depth = home.path.split('/').filter(|p| !p.is_empty()).count();
    sink.shape(Kind::NameShape, "home depth", (depth as u32).min(4));
    let hyphens = home.domain().matches('-').count();
    sink.shape(Kind::NameShape, "home hyphens", (hyphens as u32).min(3));
    let linked = links.iter().any(|(_, address)| {
        address
            .as_ref()
            .is_some_and(|a| a.domain() == home.domain())
    });
    if linked {
        sink.shape(Kind::NameShape, "home linked in text", 1);
    }
}

fn mail_features(mail: &str, sink: &mut Sink) {
    // A hash of an address says as little as none.
    let Some((local, domain)) = mail.rsplit_once('@') else {
        return;
    };
    let domain = lower(domain);
    sink.put(Kind::MailDomain, &domain, Clue::Mail);
    let free = FREE_MAIL.contains(&&*domain);
    sink.shape(Kind::NameShape, "mail free", u32::from(free));
    let digits = local.bytes().filter(u8::is_ascii_digit).count();
    sink.shape(Kind::NameShape, "mail digits", (digits as u32).min(4));
}
