//! Evidence in words: which words, links and properties moved the score, and how far.
//!
//! Every feature's weight goes to the place that it speaks of. Grams and pairs are shared out
//! over their characters, so that a word's weight is the sum of everything that touches it, and
//! strong neighbours become one phrase.

use std::ops::Range;

use crate::comment::Comment;
use crate::text::{Analyser, Clue};
use crate::verdict::Reason;

/// The most reasons that a verdict names.
const MOST: usize = 8;
/// Reasons weaker than this, in log-odds, are left out.
const WEAKEST: f64 = 0.02;
/// The most words of a phrase.
const LONGEST: usize = 4;

/// The property of having text that readers do not see; words of it are of the same subject.
const HIDDEN: &str = "hidden";
/// The property of ending with a link; that a label is the end comes to the same.
const LINK_LAST: &str = "link last";

/// A word, phrase or property, and how far it moved the score.
type Part = (Subject, f64);

/// What a reason is about, before it is put into words.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Subject {
    /// Characters of the normalised text, from and to.
    Phrase(u32, u32),
    /// The link of that number, and those to the same host.
    Link(usize),
    /// The author's name.
    Name,
    /// The author's home page.
    Home,
    /// The author's e-mail address.
    Mail,
    /// A property of the whole comment, by name and size.
    Property(&'static str, u32),
}

/// Buffers that are used again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// What each character of the text weighs.
    by_character: Vec<f64>,
    /// What each place outside of the text weighs, and each property.
    others: Vec<(Clue, f64)>,
    words: Vec<(Range<usize>, f64)>,
    phrases: Vec<Part>,
    /// The hash of each phrase, and which one it is of.
    hashes: Vec<(u64, usize)>,
}

/// The strongest of the [`reasons`], for people.
pub(super) fn strongest(
    analyser: &Analyser,
    comment: &Comment,
    weights: &[f64],
    slope: f64,
    scratch: &mut Scratch,
) -> Vec<Reason> {
    let mut parts = parts(analyser, weights, slope, scratch);
    parts.retain(|(_, weight)| weight.abs() >= WEAKEST);
    let mut found = Vec::with_capacity(MOST);
    found.extend(in_words(analyser, comment, parts).take(MOST));
    for reason in &mut found {
        reason.weight = (reason.weight * 1_000.0).round() / 1_000.0;
    }
    found
}

/// All reasons that have words, strongest first. `weights` has the weight of each of the
/// analyser's features, before calibration with `slope`.
pub(super) fn reasons(
    analyser: &Analyser,
    comment: &Comment,
    weights: &[f64],
    slope: f64,
    scratch: &mut Scratch,
) -> Vec<Reason> {
    let mut parts = parts(analyser, weights, slope, scratch);
    parts.retain(|(_, weight)| *weight != 0.0);
    in_words(analyser, comment, parts).collect()
}

/// Puts parts into words, the strongest first. Few are wanted of hundreds, so that they are put into
/// order and into words as they are asked for.
fn in_words(
    analyser: &Analyser,
    comment: &Comment,
    mut parts: Vec<Part>,
) -> impl Iterator<Item = Reason> {
    /// As many as are put into order at once.
    const SORTED: usize = 2 * MOST;
    let stronger = |a: &Part, b: &Part| b.1.abs().total_cmp(&a.1.abs());
    (0..parts.len()).filter_map(move |at| {
        if at % SORTED == 0 {
            let rest = &mut parts[at..];
            let next = rest.len().min(SORTED);
            rest.select_nth_unstable_by(next - 1, stronger);
            rest[..next].sort_by(stronger);
        }
        let (subject, weight) = parts[at];
        let (signal, detail) = describe(analyser, comment, subject);
        (!detail.is_empty()).then(|| Reason::new(signal, detail, weight))
    })
}

/// What the weights of all features come to, each phrase and each property once.
fn parts(analyser: &Analyser, weights: &[f64], slope: f64, scratch: &mut Scratch) -> Vec<Part> {
    let Scratch {
        by_character,
        others,
        ..
    } = scratch;
    by_character.clear();
    by_character.resize(analyser.text_length() + 1, 0.0);
    others.clear();
    for (feature, &weight) in analyser.seen().iter().zip(weights) {
        match feature.clue {
            Clue::Text(from, to) if to > from => {
                let share = weight * part_of(to - from);
                // Differences; summed up below.
                by_character[from as usize] += share;
                by_character[to as usize] -= share;
            }
            // Features of one place come one after the other.
            clue => match others.last_mut().filter(|(last, _)| *last == clue) {
                Some((_, sum)) => *sum += weight,
                None => others.push((clue, weight)),
            },
        }
    }
    let mut running = 0.0;
    for weight in &mut *by_character {
        running += *weight;
        *weight = running;
    }
    let mut parts = phrases(analyser, scratch);
    let phrases = parts.len();
    for &(clue, weight) in &scratch.others {
        let subject = Subject::of(analyser, clue);
        let known = match subject.is_met_once() {
            true => None,
            false => parts[phrases..].iter_mut().find(|(s, _)| *s == subject),
        };
        match known {
            Some((_, sum)) => *sum += weight,
            None => parts.push((subject, weight)),
        }
    }
    for (_, weight) in &mut parts {
        *weight *= slope;
    }
    parts
}

/// One of so many: a division takes longer than all else that is done to a feature here.
#[inline]
fn part_of(whole: u32) -> f64 {
    const PARTS: [f64; 32] = {
        let mut parts = [1.0; 32];
        let mut whole = 1;
        while whole < parts.len() {
            parts[whole] = 1.0 / whole as f64;
            whole += 1;
        }
        parts
    };
    let known = PARTS.get(whole as usize);
    known.copied().unwrap_or_else(|| 1.0 / f64::from(whole))
}

impl Subject {
    /// The subject of a clue; the same one for clues that would be put into the same words.
    fn of(analyser: &Analyser, clue: Clue) -> Self {
        match clue {
            Clue::Text(from, to) => Self::Phrase(from, to),
            Clue::Hidden => Self::Property(HIDDEN, 1),
            Clue::Link(number) => Self::Link(analyser.first_alike(number.into())),
            Clue::Name => Self::Name,
            Clue::Home => Self::Home,
            Clue::Mail => Self::Mail,
            Clue::Shape(number) => match analyser.shape(number) {
                ("label last", size) => Self::Property(LINK_LAST, size),
                (name, size) => Self::Property(name, size),
            },
        }
    }

    /// Whether no other clue has the same subject.
    fn is_met_once(self) -> bool {
        matches!(self, Self::Property(name, _) if name != HIDDEN && name != LINK_LAST)
    }
}

/// Words with their weights; neighbours that are strong in the same direction joined, and what
/// stands in several places named once.
fn phrases(analyser: &Analyser, scratch: &mut Scratch) -> Vec<Part> {
    let Scratch {
        by_character,
        words,
        phrases,
        hashes,
        ..
    } = scratch;
    words.clear();
    words.extend(analyser.word_ranges().map(|range| {
        let weight = by_character[range.clone()].iter().sum();
        (range, weight)
    }));
    let strongest = words.iter().map(|(_, w)| w.abs()).fold(0.0, f64::max);
    phrases.clear();
    hashes.clear();
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
        at += length;
        hashes.push((analyser.hash(first.start..last.end), phrases.len()));
        // Comments are cut to far fewer characters than 32 bits count.
        let phrase = Subject::Phrase(first.start as u32, last.end as u32);
        phrases.push((phrase, weight));
    }
    hashes.sort_unstable();
    let alike = hashes.chunk_by(|(hash, _), (next, _)| hash == next);
    let found = alike.map(|alike| {
        let weight = alike.iter().map(|&(_, at)| phrases[at].1).sum();
        (phrases[alike[0].1].0, weight)
    });
    found.collect()
}

fn describe(analyser: &Analyser, comment: &Comment, subject: Subject) -> (&'static str, String) {
    let author = &comment.author;
    match subject {
        Subject::Phrase(from, to) => ("text", analyser.original(from as usize..to as usize)),
        Subject::Link(number) => ("link", analyser.link(number)),
        Subject::Name => ("author", format!("name {}", shorten(&author.name))),
        Subject::Home => ("author", format!("home page {}", shorten(&author.url))),
        Subject::Mail => {
            let domain = author.email.rsplit('@').next().unwrap_or_default();
            ("author", format!("e-mail at {}", shorten(domain)))
        }
        Subject::Property(name, size) => property(name, size),
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
fn property(name: &'static str, size: u32) -> (&'static str, String) {
    let counted = |one: &str, many: &str| match size {
        0 => format!("no {many}"),
        1 => format!("one {one}"),
        2 => format!("two {many}"),
        _ => {
            let to = 1u64 << (size.min(40) - 1);
            format!("{} to {to} {many}", to / 2 + 1)
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
        "length" => ("shape", counted("character", "characters")),
        "words" => ("shape", counted("word", "words")),
        "lines" => ("shape", counted("line break", "line breaks")),
        "exclamations" => ("shape", counted("exclamation mark", "exclamation marks")),
        "questions" => ("shape", counted("question mark", "question marks")),
        "emoji" => ("shape", counted("emoji", "emoji")),
        "money" => ("shape", counted("currency sign", "currency signs")),
        "mails" => (
            "shape",
            counted("e-mail address in the text", "e-mail addresses in the text"),
        ),
        "phones" => ("shape", counted("telephone number", "telephone numbers")),
        "capitals" => ("shape", shared("capital letters")),
        "digits" => ("shape", shared("digits")),
        "symbols" => ("shape", shared("punctuation")),
        "invisible" => (
            "disguise",
            counted("invisible character", "invisible characters"),
        ),
        "styled" => (
            "disguise",
            counted(
                "letter from a symbol alphabet",
                "letters from symbol alphabets",
            ),
        ),
        "piled" => ("disguise", counted("piled-up accent", "piled-up accents")),
        "repeated" => (
            "disguise",
            counted("repeated character", "repeated characters"),
        ),
        "disguised" => ("disguise", counted("disguised word", "disguised words")),
        "quotations" => ("shape", counted("quotation", "quotations")),
        "script" => ("shape", format!("written in {}", script(size))),
        "scripts mixed" => ("disguise", "scripts mixed".to_owned()),
        "html" => ("markup", "HTML formatting".to_owned()),
        "bbcode" => ("markup", "BBCode".to_owned()),
        "code" => ("markup", "program code".to_owned()),
        "image" => ("markup", "a picture".to_owned()),
        "quote" => ("markup", "a quotation".to_owned()),
        "script tag" => ("markup", "scripts".to_owned()),
        HIDDEN => ("markup", "hidden text".to_owned()),
        "links" => ("link", counted("link", "links")),
        "domains" => ("link", counted("linked domain", "linked domains")),
        "links html" => ("link", counted("HTML link", "HTML links")),
        "links bbcode" => ("link", counted("BBCode link", "BBCode links")),
        "links markdown" => ("link", counted("Markdown link", "Markdown links")),
        "links bare" => (
            "link",
            counted("address in the text", "addresses in the text"),
        ),
        "links obfuscated" => ("link", counted("disguised address", "disguised addresses")),
        "link forms" => ("link", format!("links in {size} different notations")),
        "link labels" => ("link", shared("link text")),
        "words a link" => ("link", counted("word for each link", "words for each link")),
        "link first" => ("link", "begins with a link".to_owned()),
        LINK_LAST => ("link", "ends with a link".to_owned()),
        "link depth" => (
            "link",
            counted("part in a link's path", "parts in a link's path"),
        ),
        "link to number" => ("link", "link to a bare IP address".to_owned()),
        "link with user" => ("link", "link with a user name in it".to_owned()),
        "link with port" => ("link", "link to an unusual port".to_owned()),
        "link encoded" => ("link", "link to a name in another alphabet".to_owned()),
        "link shortened" => ("link", "shortened link".to_owned()),
        "link broken" => ("link", "broken link".to_owned()),
        "form seconds" => (
            "timing",
            counted("second to fill the form", "seconds to fill the form"),
        ),
        "title words" => (
            "context",
            counted("word of the entry's title", "words of the entry's title"),
        ),
        "whole title" => ("context", "repeats the entry's whole title".to_owned()),
        "name words" => ("author", counted("word in the name", "words in the name")),
        "name capitals" => ("author", "capitals of the name".to_owned()),
        "name digits" => ("author", "digits in the name".to_owned()),
        "name is address" => ("author", "the name is an address".to_owned()),
        "name script" => ("author", format!("name written in {}", script(size))),
        "name is label" => ("author", "the name is also a link's text".to_owned()),
        "name in home" => (
            "author",
            counted(
                "word of the name in the home page's address",
                "words of the name in the home page's address",
            ),
        ),
        "home depth" => (
            "author",
            counted(
                "part in the home page's path",
                "parts in the home page's path",
            ),
        ),
        "home hyphens" => (
            "author",
            counted(
                "hyphen in the home page's domain",
                "hyphens in the home page's domain",
            ),
        ),
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
        "mail digits" => (
            "author",
            counted(
                "digit in the e-mail address",
                "digits in the e-mail address",
            ),
        ),
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::classifier::Classifier;
    use crate::comment::{Author, Comment};

    #[test]
    fn reasons_are_the_comments_own_words() {
        let comment = Comment {
            content:
                "Best <b>CASINO bonus</b>: <a href=\"http://win-big.example/x\">free spins</a>"
                    .into(),
            author: Author {
                name: "Lucky Slots".into(),
                ..Author::default()
            },
            ..Comment::default()
        };
        let reasons = Classifier::embedded().unwrap().judge(&comment).reasons;
        let strongest = &reasons[0];
        assert_eq!(strongest.signal, "text");
        assert!(strongest.detail.contains("CASINO"), "{reasons:?}");
        assert!(strongest.weight > 0.0);
        assert!(reasons.is_sorted_by(|a, b| a.weight.abs() >= b.weight.abs()));
        for reason in &reasons {
            assert!(!reason.detail.contains('<'), "{reason:?}");
        }
    }

    #[test]
    fn any_comment_is_explained_without_panic() {
        let classifier = Classifier::embedded().unwrap();
        for content in [
            "",
            " ",
            "\u{200b}",
            "a",
            "http://",
            "[url=",
            "<a href=>",
            "१२३ 很好 ok",
        ] {
            let comment = Comment {
                content: content.into(),
                ..Comment::default()
            };
            let opinion = classifier.judge(&comment);
            assert!(opinion.log_odds.is_finite(), "{content:?}");
        }
    }
}
