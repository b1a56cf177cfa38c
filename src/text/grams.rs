//! Runs of characters, words of addresses, pairs of words: the smallest pieces, as features.

use super::clue::Clue;
use super::kind::{self, Kind};
use super::sink::Sink;
use super::words::LONGEST_WORD;

/// Three or four letters in a row of a name.
pub(super) fn letters_of(name: &str, kind: Kind, clue: Clue, sink: &mut Sink) {
    let padded: Vec<char> = std::iter::once(' ')
        .chain(name.chars().flat_map(char::to_lowercase).take(40))
        .chain(std::iter::once(' '))
        .collect();
    for size in [3, 4] {
        for gram in padded.windows(size) {
            let state = gram
                .iter()
                .fold(kind::seed(kind), |s, &c| kind::mix(s, u64::from(c)));
            sink.put_id(kind.number(state), clue);
        }
    }
}

/// Words of an address or label: letters and digits, small; numbers by their length only.
pub(super) fn split_words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| {
            if w.bytes().all(|b| b.is_ascii_digit()) {
                "0".repeat(w.len().min(9))
            } else {
                w.chars()
                    .take(LONGEST_WORD)
                    .flat_map(char::to_lowercase)
                    .collect()
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
