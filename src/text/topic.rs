//! How the comment stands to the entry: does it speak of what the entry speaks of?

use std::borrow::Cow;
use std::ops::Range;

use super::grams::split_words;
use super::kind::Kind;
use super::sink::Sink;
use crate::comment::Comment;

/// Words shorter than this say nothing about a topic.
const SHORTEST: usize = 4;

pub(super) fn features(comment: &Comment, chars: &[char], words: &[Range<u32>], sink: &mut Sink) {
    let title = if comment.context.title.is_empty() {
        slug(&comment.permalink)
    } else {
        &comment.context.title
    };
    let topic: Vec<Cow<str>> = split_words(title)
        .filter(|w| {
            w.chars().count() >= SHORTEST && !w.starts_with('0') && !matches!(&**w, "aspx" | "html")
        })
        .take(16)
        .collect();
    if topic.is_empty() || words.is_empty() {
        return;
    }
    let mut hits = 0;
    for wanted in &topic {
        let hit = words.iter().any(|range| {
            let word = &chars[range.start as usize..range.end as usize];
            word.len() >= SHORTEST && starts_alike(word, wanted)
        });
        hits += u32::from(hit);
    }
    sink.shape(Kind::Topic, "title words", hits.min(4));
    if hits as usize == topic.len() && topic.len() > 2 {
        sink.shape(Kind::Topic, "whole title", 1);
    }
}

/// Whether two words begin alike, so that `note` and `notes` count as one.
fn starts_alike(word: &[char], wanted: &str) -> bool {
    // Most words do not.
    if wanted.chars().next() != word.first().copied() {
        return false;
    }
    let same = word
        .iter()
        .zip(wanted.chars())
        .take_while(|(a, b)| **a == *b)
        .count();
    let shorter = word.len().min(wanted.chars().count());
    same >= SHORTEST && same + 1 >= shorter && word.len().abs_diff(wanted.chars().count()) <= 3
}

/// The words of an address' last part, or of a slug that is no address.
fn slug(permalink: &str) -> &str {
    let path = match permalink.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => permalink,
    };
    path.split(['?', '#'])
        .next()
        .unwrap_or_default()
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default()
}
