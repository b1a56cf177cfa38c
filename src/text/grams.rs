//! Runs of characters, words of addresses, pairs of words: the smallest pieces, as features.

use std::borrow::Cow;

use super::clue::Clue;
use super::kind::{self, Kind};
use super::sink::Sink;
use super::words::LONGEST_WORD;

/// Letters of a name that are read.
const NAME: usize = 40;

/// Three or four letters in a row of a name.
pub(super) fn letters_of(name: &str, kind: Kind, clue: Clue, sink: &mut Sink) {
    // A space before and one after.
    let mut padded = [' '; NAME + 2];
    let mut length = 2;
    for (place, c) in padded[1..=NAME]
        .iter_mut()
        .zip(name.chars().flat_map(char::to_lowercase))
    {
        *place = c;
        length += 1;
    }
    for size in [3, 4] {
        for gram in padded[..length].windows(size) {
            let state = gram
                .iter()
                .fold(kind::seed(kind), |s, &c| kind::mix(s, u64::from(c)));
            sink.put_id(kind.number(state), clue);
        }
    }
}

/// Words of an address or label: letters and digits, small; numbers by their length only.
pub(super) fn split_words(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| {
            if w.bytes().all(|b| b.is_ascii_digit()) {
                Cow::Borrowed(&"000000000"[..w.len().min(9)])
            } else if w.len() <= LONGEST_WORD
                && w.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            {
                Cow::Borrowed(w)
            } else {
                let letters = w.chars().take(LONGEST_WORD);
                Cow::Owned(letters.flat_map(char::to_lowercase).collect())
            }
        })
}

/// The word as text (numbers by their length, endless words cut), and its hash for pairs.
pub(super) fn word_hash(word: &[char], text: &mut String) -> u64 {
    text.clear();
    if word.iter().all(char::is_ascii_digit) {
        text.extend(word.iter().take(9).map(|_| '0'));
    } else {
        text.extend(word.iter().take(LONGEST_WORD));
    }
    kind::mix_bytes(0, text.as_bytes())
}

pub(super) fn pair(kind: Kind, first: u64, second: u64) -> u32 {
    kind::text_number(kind::mix(kind::mix(kind::seed(kind), first), second))
}

/// Three, four and five characters in a row; `clue` if all of them come from one word.
pub(super) fn grams(chars: &[char], start: u32, clue: Option<Clue>, sink: &mut Sink) {
    for at in 0..chars.len().saturating_sub(2) {
        let [a, b, c] = [chars[at], chars[at + 1], chars[at + 2]].map(u64::from);
        let place = start + at as u32;
        let clue = |size: u32| clue.unwrap_or(Clue::Text(place, place + size));
        let mut state = kind::mix(kind::seed(Kind::Gram3), a | b << 21 | c << 42);
        sink.put_id(kind::text_number(state), clue(3));
        if let Some(&d) = chars.get(at + 3) {
            state = kind::mix(state, u64::from(d));
            sink.put_id(kind::text_number(state ^ Kind::Gram4 as u64), clue(4));
            if let Some(&e) = chars.get(at + 4) {
                state = kind::mix(state, u64::from(e));
                sink.put_id(kind::text_number(state ^ Kind::Gram5 as u64), clue(5));
            }
        }
    }
}
