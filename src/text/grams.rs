//! Runs of characters, words of addresses, pairs of words: the smallest pieces, as features.

use std::borrow::Cow;

use super::clue::Clue;
use super::kind::{self, Kind};
use super::sink::{Room, Sink};
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

/// The word as it is hashed: numbers by their length, endless words cut.
pub(super) fn spell(word: &[char], text: &mut Vec<u8>) {
    text.clear();
    let kept = &word[..word.len().min(LONGEST_WORD)];
    if word.iter().all(char::is_ascii_digit) {
        text.extend(word.iter().take(9).map(|_| b'0'));
    } else if kept.iter().all(char::is_ascii) {
        text.extend(kept.iter().map(|&c| c as u8));
    } else {
        let mut bytes = [0; 4];
        for c in kept {
            text.extend_from_slice(c.encode_utf8(&mut bytes).as_bytes());
        }
    }
}

pub(super) fn pair(kind: Kind, first: u64, second: u64) -> u32 {
    kind::text_number(kind::mix(kind::mix(kind::seed(kind), first), second))
}

/// Three, four and five characters in a row; `clue` if all of them come from one word.
pub(super) fn grams(chars: &[char], start: u32, clue: Option<Clue>, sink: &mut Sink) {
    let room = sink.make_room(3 * chars.len());
    match clue {
        Some(clue) => all_grams(chars, |_, _| clue, room),
        None => {
            let clue = |at, size| Clue::Text(start + at, start + at + size);
            all_grams(chars, clue, room);
        }
    }
}

/// With the clue of those at a place and of a size.
#[inline]
fn all_grams(chars: &[char], clue: impl Fn(u32, u32) -> Clue, mut room: Room<'_>) {
    for at in 0..chars.len() {
        // The last characters have fewer after them.
        let [a, b, c, more @ ..] = &chars[at..] else {
            break;
        };
        // Comments are cut to far fewer characters than 32 bits count.
        let at = at as u32;
        let three = u64::from(*a) | u64::from(*b) << 21 | u64::from(*c) << 42;
        let state = kind::mix(kind::seed(Kind::Gram3), three);
        room.put(kind::text_number(state), clue(at, 3));
        let [d, more @ ..] = more else { continue };
        let state = kind::mix(state, (*d).into());
        room.put(kind::text_number(state ^ Kind::Gram4 as u64), clue(at, 4));
        let [e, ..] = more else { continue };
        let state = kind::mix(state, (*e).into());
        room.put(kind::text_number(state ^ Kind::Gram5 as u64), clue(at, 5));
    }
}
