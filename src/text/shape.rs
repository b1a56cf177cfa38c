//! The shape of a comment: how long, how many links, which tricks; in coarse sizes, so that each
//! size is seen often enough to be learned.

use super::analysis::{Analyser, LINK_MARK};
use super::kind::{self, Kind};
use super::markup::Form;
use crate::comment::Comment;

/// The shapes that every comment has in one size, with the largest one: that of the bytes that are
/// read of a comment, or that of a share.
const MEASURES: [(&str, u32); 9] = [
    ("length", 15),
    ("words", 15),
    ("links", 15),
    ("capitals", 7),
    ("digits", 7),
    ("symbols", 7),
    ("exclamations", 15),
    ("questions", 15),
    ("lines", 15),
];

/// The shapes that every comment has in one size: the numbers of their features, by size.
pub(crate) fn measures() -> impl Iterator<Item = Vec<u32>> {
    MEASURES
        .into_iter()
        .map(|(name, largest)| numbers(name, largest).collect())
}

/// The features of how many links a comment has: that of none, then those of one and more.
pub(crate) fn links() -> impl Iterator<Item = u32> {
    let largest = MEASURES.into_iter().find(|(name, _)| *name == "links");
    numbers("links", largest.map_or(0, |(_, largest)| largest))
}

/// The features of a shape, by size.
fn numbers(name: &'static str, largest: u32) -> impl Iterator<Item = u32> {
    (0..=largest).map(move |size| kind::sized(Kind::Shape, name, size))
}

/// The size class of a count: 0, 1, 2, 3-4, 5-8, 9-16, …
pub(super) fn size(count: u32) -> u32 {
    match count {
        0 | 1 => count,
        _ => 33 - (count - 1).leading_zeros(),
    }
}

/// The size class of a part of a whole: in tenths below one half, then halves.
fn share(part: u32, whole: u32) -> u32 {
    if whole == 0 || part == 0 {
        return 0;
    }
    let percent = u64::from(part) * 100 / u64::from(whole);
    match percent {
        0..=1 => 1,
        2..=4 => 2,
        5..=9 => 3,
        10..=19 => 4,
        20..=34 => 5,
        35..=59 => 6,
        _ => 7,
    }
}

/// Puts the shapes of a comment that was read, by name and size.
pub(super) fn features(
    seen: &Analyser,
    comment: &Comment,
    put: &mut impl FnMut(&'static str, u32),
) {
    let census = seen.stream.census;
    let tricks = seen.stream.tricks;
    let chars = seen.stream.chars.len() as u32;
    let words = seen.words.len() as u32;
    let links = seen.links.len() as u32;
    put("length", size(chars));
    put("words", size(words));
    put("links", size(links));
    put("capitals", share(census.capitals, census.letters));
    put("digits", share(census.digits, chars));
    put("symbols", share(census.symbols, chars));
    put("exclamations", size(census.exclamations));
    put("questions", size(census.questions));
    put("lines", size(census.lines));
    for (name, count) in [
        ("emoji", census.pictures),
        ("money", census.money),
        ("mails", seen.contacts.mails),
        ("phones", seen.contacts.phones),
        ("invisible", tricks.invisible),
        ("styled", tricks.styled),
        ("piled", tricks.piled),
        ("repeated", tricks.repeated),
        ("disguised", seen.disguised),
        ("quotations", seen.quotations.len() as u32),
    ] {
        if count > 0 {
            put(name, size(count).min(6));
        }
    }
    let markup = seen.page.markup;
    for (name, used) in [
        ("html", markup.html),
        ("bbcode", markup.bbcode),
        ("code", markup.code),
        ("image", markup.image),
        ("quote", markup.quote),
        ("script tag", markup.script),
        ("hidden", !seen.page.hidden.is_empty()),
    ] {
        if used {
            put(name, 1);
        }
    }
    scripts(&census.scripts, put);
    if links > 0 {
        link_shape(seen, put);
    }
    if let Some(seconds) = comment.form_seconds {
        put("form seconds", size(seconds.min(100_000.0) as u32));
    }
}

fn scripts(counts: &[u32; 8], put: &mut impl FnMut(&'static str, u32)) {
    let all: u32 = counts.iter().sum();
    let (main, most) = counts
        .iter()
        .enumerate()
        .max_by_key(|&(_, count)| count)
        .unwrap_or((0, &0));
    if all > 0 {
        put("script", main as u32);
        if most * 20 < all * 19 {
            put("scripts mixed", 1);
        }
    }
}

fn link_shape(seen: &Analyser, put: &mut impl FnMut(&'static str, u32)) {
    let mut forms = [0u32; 5];
    let mut domains: Vec<&str> = Vec::new();
    let mut label_chars = 0;
    for (link, address) in &seen.links {
        forms[link.form as usize] += 1;
        label_chars += link.label.len() as u32;
        let Some(address) = address else {
            put("link broken", 1);
            continue;
        };
        if !domains.contains(&address.domain()) && domains.len() < 20 {
            domains.push(address.domain());
        }
        let odd = address.oddities;
        for (name, is) in [
            ("link to number", odd.ip),
            ("link with user", odd.user),
            ("link with port", odd.port),
            ("link encoded", odd.punycode),
            ("link shortened", odd.shortener),
        ] {
            if is {
                put(name, 1);
            }
        }
        let depth = address.path.split('/').filter(|p| !p.is_empty()).count();
        put("link depth", (depth as u32).min(4));
    }
    put("domains", size(domains.len() as u32));
    let mut used = 0;
    for (form, name) in [
        (Form::Html, "links html"),
        (Form::BbCode, "links bbcode"),
        (Form::Markdown, "links markdown"),
        (Form::Bare, "links bare"),
        (Form::Obfuscated, "links obfuscated"),
    ] {
        let count = forms[form as usize];
        if count > 0 {
            used += 1;
            put(name, size(count).min(4));
        }
    }
    if used > 1 {
        put("link forms", used);
    }
    let chars = seen.stream.chars.len() as u32;
    put("link labels", share(label_chars, chars.max(1)));
    put(
        "words a link",
        size(seen.words.len() as u32 / seen.links.len() as u32),
    );
    let mark = |c: Option<&char>| c == Some(&LINK_MARK);
    let text: &[char] = &seen.stream.chars;
    let inner = text.iter().filter(|c| **c != ' ');
    if mark(inner.clone().next()) {
        put("link first", 1);
    }
    if mark(inner.clone().next_back()) {
        put("link last", 1);
    }
    let end = seen.page.text.trim_end().len();
    if seen
        .links
        .iter()
        .any(|(l, _)| !l.label.is_empty() && l.label.end >= end)
    {
        put("label last", 1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::clue::{Clue, Feature};
    use super::*;

    #[test]
    fn every_comment_has_each_measure_once() {
        let mut seen = Analyser::default();
        for content in ["", "hi", "BUY http://pills.example/ NOW!!! 100%\nreally?"] {
            let comment = Comment {
                content: content.to_owned(),
                ..Comment::default()
            };
            seen.analyse(&comment);
            for ((name, _), sizes) in MEASURES.iter().zip(measures()) {
                let of =
                    |f: &&Feature| matches!(f.clue, Clue::Shape(at) if seen.shape(at).0 == *name);
                let found: Vec<_> = seen.seen().iter().filter(of).collect();
                assert_eq!(found.len(), 1, "{name} of {content}");
                assert!(sizes.contains(&found[0].id), "{name} of {content}");
            }
        }
    }

    #[test]
    fn sizes_are_coarse() {
        let sizes = [0, 1, 2, 3, 4, 5, 8, 9, 16, 17].map(size);
        assert_eq!(sizes, [0, 1, 2, 3, 3, 4, 4, 5, 5, 6]);
        assert_eq!(
            [share(0, 9), share(1, 200), share(1, 2), share(9, 9)],
            [0, 1, 6, 7]
        );
        assert_eq!(share(1, 0), 0);
    }
}
