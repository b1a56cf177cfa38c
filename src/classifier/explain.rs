//! Evidence in words: which words, links and properties moved the score, and how far.
//!
//! Every feature's weight goes to the place that it speaks of. Grams and pairs are shared out
//! over their characters, so that a word's weight is the sum of everything that touches it, and
//! strong neighbours become one phrase.

use std::collections::BTreeMap;

use crate::comment::Comment;
use crate::text::{Analyser, Clue};
use crate::verdict::Reason;

/// The most reasons that a verdict names.
const MOST: usize = 8;
/// Reasons weaker than this, in log-odds, are left out.
const WEAKEST: f64 = 0.02;
/// The most words of a phrase.
const LONGEST: usize = 4;

/// The strongest reasons, strongest first. `weights` has the weight of each of the analyser's
/// features, before calibration with `slope`.
pub(super) fn reasons(
    analyser: &Analyser,
    comment: &Comment,
    weights: &[f64],
    slope: f64,
) -> Vec<Reason> {
    let mut by_character = vec![0.0; analyser.text_length() + 1];
    let mut others = BTreeMap::<Clue, f64>::new();
    for (feature, weight) in analyser.seen().iter().zip(weights) {
        match feature.clue {
            Clue::Text(from, to) if to > from => {
                let share = weight / f64::from(to - from);
                // Differences; summed up below.
                by_character[from as usize] += share;
                by_character[to as usize] -= share;
            }
            clue => *others.entry(clue).or_default() += weight,
        }
    }
    let mut running = 0.0;
    for weight in &mut by_character {
        running += *weight;
        *weight = running;
    }
    let mut found: Vec<Reason> = phrases(analyser, &by_character)
        .into_iter()
        .map(|(detail, weight)| reason("text", detail, weight))
        .collect();
    for (clue, weight) in others {
        let (signal, detail) = describe(analyser, comment, clue);
        match found
            .iter_mut()
            .find(|r| r.signal == signal && r.detail == detail)
        {
            Some(known) => known.weight += weight,
            None => found.push(reason(signal, detail, weight)),
        }
    }
    for reason in &mut found {
        reason.weight *= slope;
    }
    found.retain(|r| r.weight.abs() >= WEAKEST && !r.detail.is_empty());
    found.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    found.truncate(MOST);
    for reason in &mut found {
        reason.weight = (reason.weight * 1_000.0).round() / 1_000.0;
    }
    found
}

fn reason(signal: &str, detail: String, weight: f64) -> Reason {
    Reason {
        signal: signal.to_owned(),
        detail,
        weight,
    }
}

/// Words with their weights; neighbours that are strong in the same direction joined.
fn phrases(analyser: &Analyser, by_character: &[f64]) -> Vec<(String, f64)> {
    let words: Vec<(std::ops::Range<usize>, f64)> = analyser
        .word_ranges()
        .map(|range| {
            let weight = by_character[range.clone()].iter().sum();
            (range, weight)
        })
        .collect();
    let strongest = words.iter().map(|(_, w)| w.abs()).fold(0.0, f64::max);
    let mut found: BTreeMap<String, f64> = BTreeMap::new();
    let mut at = 0;
    while at < words.len() {
        let (first, mut weight) = words[at].clone();
        let mut last = first.clone();
        let mut length = 1;
        while let Some((next, more)) = words.get(at + length)
            && length < LONGEST
            && weight * more > 0.0
            && more.abs() > strongest * 0.25
            && weight.abs() > strongest * 0.25
            && next.start <= last.end + 1
        {
            weight += more;
            last = next.clone();
            length += 1;
        }
        *found
            .entry(analyser.original(first.start..last.end))
            .or_default() += weight;
        at += length;
    }
    found.into_iter().collect()
}

fn describe(analyser: &Analyser, comment: &Comment, clue: Clue) -> (&'static str, String) {
    match clue {
        Clue::Text(..) => ("text", String::new()),
        Clue::Hidden => ("markup", "hidden text".to_owned()),
        Clue::Link(number) => ("link", analyser.link(number as usize)),
        Clue::Name => ("author", format!("name {}", shorten(&comment.author.name))),
        Clue::Home => (
            "author",
            format!("home page {}", shorten(&comment.author.url)),
        ),
        Clue::Mail => {
            let domain = comment.author.email.rsplit('@').next().unwrap_or_default();
            ("author", format!("e-mail at {}", shorten(domain)))
        }
        Clue::Shape(name, size) => shape(name, size),
    }
}

fn shorten(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    text.chars().take(59).chain(['…']).collect()
}

/// A property of the whole comment in words.
fn shape(name: &'static str, size: u32) -> (&'static str, String) {
    let counted = |what: &str| match size {
        0 => format!("no {what}"),
        1 => format!("one of: {what}"),
        2 => format!("two {what}"),
        _ => {
            let from = (1u32 << (size.min(30) - 2)) + 1;
            format!("{from} or more {what}")
        }
    };
    let shared = |what: &str| {
        let part = [
            "no",
            "hardly any",
            "few",
            "some",
            "several",
            "many",
            "mostly",
            "nearly only",
        ];
        format!("{} {what}", part[size.min(7) as usize])
    };
    match name {
        "length" => ("shape", counted("characters")),
        "words" => ("shape", counted("words")),
        "lines" => ("shape", counted("line breaks")),
        "exclamations" => ("shape", counted("exclamation marks")),
        "questions" => ("shape", counted("question marks")),
        "emoji" => ("shape", counted("emoji")),
        "money" => ("shape", counted("currency signs")),
        "mails" => ("shape", counted("e-mail addresses in the text")),
        "phones" => ("shape", counted("telephone numbers")),
        "capitals" => ("shape", shared("capital letters")),
        "digits" => ("shape", shared("digits")),
        "symbols" => ("shape", shared("punctuation")),
        "invisible" => ("disguise", counted("invisible characters")),
        "styled" => ("disguise", counted("letters from symbol alphabets")),
        "piled" => ("disguise", counted("piled-up accents")),
        "repeated" => ("disguise", counted("repeated characters")),
        "disguised" => ("disguise", counted("disguised words")),
        "script" => ("shape", format!("written in {}", script(size))),
        "scripts mixed" => ("disguise", "scripts mixed".to_owned()),
        "html" => ("markup", "HTML formatting".to_owned()),
        "bbcode" => ("markup", "BBCode".to_owned()),
        "code" => ("markup", "program code".to_owned()),
        "image" => ("markup", "a picture".to_owned()),
        "quote" => ("markup", "a quotation".to_owned()),
        "script tag" => ("markup", "scripts".to_owned()),
        "hidden" => ("markup", "hidden text".to_owned()),
        "links" => ("link", counted("links")),
        "domains" => ("link", counted("linked domains")),
        "links html" => ("link", counted("HTML links")),
        "links bbcode" => ("link", counted("BBCode links")),
        "links markdown" => ("link", counted("Markdown links")),
        "links bare" => ("link", counted("addresses in the text")),
        "links obfuscated" => ("link", counted("disguised addresses")),
        "link forms" => ("link", format!("links in {size} different notations")),
        "link labels" => ("link", shared("link text")),
        "words a link" => ("link", counted("words for each link")),
        "link first" => ("link", "begins with a link".to_owned()),
        "link last" | "label last" => ("link", "ends with a link".to_owned()),
        "link depth" => ("link", counted("parts in a link's path")),
        "link to number" => ("link", "link to a bare IP address".to_owned()),
        "link with user" => ("link", "link with a user name in it".to_owned()),
        "link with port" => ("link", "link to an unusual port".to_owned()),
        "link encoded" => ("link", "link to a name in another alphabet".to_owned()),
        "link shortened" => ("link", "shortened link".to_owned()),
        "link broken" => ("link", "broken link".to_owned()),
        "form seconds" => ("timing", counted("seconds to fill the form")),
        "title words" => ("context", counted("words of the entry's title")),
        "whole title" => ("context", "repeats the entry's whole title".to_owned()),
        "name words" => ("author", counted("words in the name")),
        "name capitals" => ("author", "capitals of the name".to_owned()),
        "name digits" => ("author", "digits in the name".to_owned()),
        "name is address" => ("author", "the name is an address".to_owned()),
        "name script" => ("author", format!("name written in {}", script(size))),
        "name is label" => ("author", "the name is also a link's text".to_owned()),
        "name in home" => (
            "author",
            counted("words of the name in the home page's address"),
        ),
        "home depth" => ("author", counted("parts in the home page's path")),
        "home hyphens" => ("author", counted("hyphens in the home page's domain")),
        "home linked in text" => ("author", "links to the own home page".to_owned()),
        "mail free" => (
            "author",
            if size == 1 {
                "free e-mail provider"
            } else {
                "own e-mail domain"
            }
            .to_owned(),
        ),
        "mail digits" => ("author", counted("digits in the e-mail address")),
        other => ("shape", other.to_owned()),
    }
}

fn script(number: u32) -> &'static str {
    let names = [
        "Latin letters",
        "Cyrillic letters",
        "Greek letters",
        "Chinese or Japanese characters",
        "Korean letters",
        "Arabic or Hebrew letters",
        "a script of South or South-East Asia",
        "other letters",
    ];
    names
        .get(number as usize)
        .copied()
        .unwrap_or("other letters")
}
