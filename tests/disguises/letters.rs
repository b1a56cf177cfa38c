//! Disguises of single letters and of what stands between them.

use unicode_normalization::UnicodeNormalization;

use crate::dice::Dice;
use crate::pieces::{key_words, words};

/// Latin letters and the Cyrillic ones that look the same.
const CYRILLIC: &[(char, char)] = &[
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('o', 'о'),
    ('p', 'р'),
    ('x', 'х'),
    ('y', 'у'),
    ('i', 'і'),
    ('j', 'ј'),
    ('s', 'ѕ'),
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('H', 'Н'),
    ('I', 'І'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('T', 'Т'),
    ('X', 'Х'),
    ('Y', 'У'),
    ('S', 'Ѕ'),
    ('J', 'Ј'),
];

/// Latin letters and the Greek ones that look the same or nearly so.
const GREEK: &[(char, char)] = &[
    ('a', 'α'),
    ('i', 'ι'),
    ('k', 'κ'),
    ('n', 'η'),
    ('o', 'ο'),
    ('p', 'ρ'),
    ('u', 'υ'),
    ('v', 'ν'),
    ('x', 'χ'),
    ('A', 'Α'),
    ('B', 'Β'),
    ('E', 'Ε'),
    ('H', 'Η'),
    ('I', 'Ι'),
    ('K', 'Κ'),
    ('M', 'Μ'),
    ('N', 'Ν'),
    ('O', 'Ο'),
    ('P', 'Ρ'),
    ('T', 'Τ'),
    ('X', 'Χ'),
    ('Y', 'Υ'),
    ('Z', 'Ζ'),
];

const SMALL_CAPITALS: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘqʀsᴛᴜᴠᴡxʏᴢ";

/// A letter as another list has it.
fn swap(c: char, list: &[(char, char)]) -> char {
    list.iter().find(|(a, _)| *a == c).map_or(c, |(_, b)| *b)
}

/// A letter as the list has it the other way round.
fn swap_back(c: char, list: &[(char, char)]) -> char {
    list.iter().find(|(_, b)| *b == c).map_or(c, |(a, _)| *a)
}

fn each(word: &str, change: impl FnMut(char) -> char) -> String {
    word.chars().map(change).collect()
}

/// Cyrillic letters in Latin words and Latin ones in Cyrillic words.
fn cyrillic(c: char) -> char {
    let there = swap(c, CYRILLIC);
    if there == c {
        swap_back(c, CYRILLIC)
    } else {
        there
    }
}

pub fn look_alikes_in_all_words(text: &str, _: &mut Dice) -> String {
    words(text, |word| each(word, cyrillic))
}

pub fn look_alikes_in_key_words(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| each(word, cyrillic))
}

pub fn look_alikes_greek(text: &str, _: &mut Dice) -> String {
    words(text, |word| each(word, |c| swap(c, GREEK)))
}

/// One letter of another script in each word.
pub fn mixed_scripts(text: &str, dice: &mut Dice) -> String {
    words(text, |word| {
        let mut letters: Vec<char> = word.chars().collect();
        let able: Vec<usize> = (0..letters.len())
            .filter(|&at| cyrillic(letters[at]) != letters[at])
            .collect();
        if letters.len() > 2 && !able.is_empty() {
            let at = able[dice.below(able.len())];
            letters[at] = cyrillic(letters[at]);
        }
        letters.into_iter().collect()
    })
}

pub fn small_capitals(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| {
        each(word, |c| {
            let small = c.to_ascii_lowercase();
            if small.is_ascii_lowercase() {
                let at = usize::from(small as u8 - b'a');
                SMALL_CAPITALS.chars().nth(at).unwrap_or(c)
            } else {
                c
            }
        })
    })
}

/// Letters and digits of a block that holds the alphabet once more.
fn styled(word: &str, capital: u32, small: u32, digit: Option<u32>) -> String {
    each(word, |c| {
        let from = |start: u32, first: u8| char::from_u32(start + u32::from(c as u8 - first));
        match c {
            'A'..='Z' => from(capital, b'A'),
            'a'..='z' => from(small, b'a'),
            '0'..='9' => digit.and_then(|start| from(start, b'0')),
            _ => None,
        }
        .unwrap_or(c)
    })
}

pub fn mathematical_bold(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| styled(word, 0x1D400, 0x1D41A, Some(0x1D7CE)))
}

pub fn mathematical_sans(text: &str, _: &mut Dice) -> String {
    words(text, |word| styled(word, 0x1D63C, 0x1D656, Some(0x1D7EC)))
}

pub fn full_width(text: &str, _: &mut Dice) -> String {
    words(text, |word| styled(word, 0xFF21, 0xFF41, Some(0xFF10)))
}

pub fn circled(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| styled(word, 0x24B6, 0x24D0, None))
}

pub fn squared(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| styled(word, 0x1F170, 0x1F170, None))
}

/// Something between the letters of a word.
fn between(word: &str, what: &str) -> String {
    let letters: Vec<String> = word.chars().map(String::from).collect();
    letters.join(what)
}

pub fn zero_width_in_key_words(text: &str, dice: &mut Dice) -> String {
    key_words(text, |word| {
        between(
            word,
            ["\u{200b}", "\u{200c}", "\u{2060}", "\u{feff}"][dice.below(4)],
        )
    })
}

pub fn zero_width_in_all_words(text: &str, dice: &mut Dice) -> String {
    words(text, |word| {
        word.chars()
            .map(|c| {
                if dice.below(2) == 0 {
                    format!("{c}\u{200b}")
                } else {
                    c.to_string()
                }
            })
            .collect()
    })
}

pub fn soft_hyphens(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| between(word, "\u{ad}"))
}

pub fn variation_selectors(text: &str, _: &mut Dice) -> String {
    words(text, |word| between(word, "\u{fe0e}"))
}

pub fn spaced_out(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| between(word, " "))
}

pub fn dotted_out(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| between(word, "."))
}

pub fn other_signs_between(text: &str, dice: &mut Dice) -> String {
    key_words(text, |word| {
        between(word, ["-", "*", "_", "|", "·", "~"][dice.below(6)])
    })
}

pub fn broken_in_two(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| {
        let half = word.chars().count() / 2;
        let (left, right): (Vec<_>, Vec<_>) =
            word.chars().enumerate().partition(|(at, _)| *at < half);
        let part = |part: Vec<(usize, char)>| part.into_iter().map(|(_, c)| c).collect::<String>();
        format!("{}-{}", part(left), part(right))
    })
}

pub fn leet_digits(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| {
        each(word, |c| match c.to_lowercase().next().unwrap_or(c) {
            'a' | 'ч' => '4',
            'e' | 'з' => '3',
            'i' | 'l' => '1',
            'o' | 'о' => '0',
            's' => '5',
            't' => '7',
            'б' => '6',
            _ => c,
        })
    })
}

pub fn leet_one_digit(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| {
        let mut done = false;
        let mut first = true;
        each(word, |c| {
            let inside = !std::mem::take(&mut first);
            let digit = match c {
                'a' => '4',
                'e' | 'з' => '3',
                'i' => '1',
                'o' | 'о' => '0',
                _ => return c,
            };
            if done || !inside {
                return c;
            }
            done = true;
            digit
        })
    })
}

pub fn leet_signs(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| {
        each(word, |c| match c {
            'a' | 'A' => '@',
            's' | 'S' => '$',
            'i' => '!',
            'o' | 'о' => '0',
            _ => c,
        })
    })
}

pub fn repeated_letters(text: &str, dice: &mut Dice) -> String {
    key_words(text, |word| {
        let at = dice.below(word.chars().count());
        word.chars()
            .enumerate()
            .map(|(n, c)| c.to_string().repeat(if n == at { 5 } else { 1 }))
            .collect()
    })
}

pub fn doubled_letters(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| word.chars().flat_map(|c| [c, c]).collect())
}

pub fn random_capitals(text: &str, dice: &mut Dice) -> String {
    words(text, |word| {
        word.chars()
            .flat_map(|c| {
                let big: Vec<char> = c.to_uppercase().collect();
                if dice.below(2) == 0 { big } else { vec![c] }
            })
            .collect()
    })
}

pub fn all_capitals(text: &str, _: &mut Dice) -> String {
    words(text, str::to_uppercase)
}

/// Two accents on every letter.
pub fn piled_accents(text: &str, dice: &mut Dice) -> String {
    const ACCENTS: [char; 8] = [
        '\u{300}', '\u{302}', '\u{308}', '\u{30a}', '\u{323}', '\u{32d}', '\u{336}', '\u{35c}',
    ];
    key_words(text, |word| {
        word.chars()
            .flat_map(|c| [c, ACCENTS[dice.below(8)], ACCENTS[dice.below(8)]])
            .collect()
    })
}

/// Vowels with an accent of another language, as one character.
pub fn foreign_accents(text: &str, dice: &mut Dice) -> String {
    key_words(text, |word| {
        word.chars()
            .flat_map(|c| {
                let accent = ['\u{301}', '\u{308}', '\u{304}'][dice.below(3)];
                if matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u') {
                    vec![c, accent]
                } else {
                    vec![c]
                }
            })
            .nfc()
            .collect()
    })
}

/// Letters with a stroke or a hook, which no decomposition takes apart.
pub fn stroked_letters(text: &str, _: &mut Dice) -> String {
    const STROKED: &[(char, char)] = &[
        ('a', 'ɑ'),
        ('b', 'ƀ'),
        ('c', 'ƈ'),
        ('d', 'đ'),
        ('e', 'ɇ'),
        ('g', 'ǥ'),
        ('h', 'ħ'),
        ('i', 'ɨ'),
        ('k', 'ƙ'),
        ('l', 'ł'),
        ('n', 'ɲ'),
        ('o', 'ø'),
        ('r', 'ɍ'),
        ('s', 'ʂ'),
        ('t', 'ŧ'),
        ('y', 'ɏ'),
        ('z', 'ƶ'),
    ];
    key_words(text, |word| each(word, |c| swap(c, STROKED)))
}

/// Written backwards behind a sign that turns it round again on the screen.
pub fn right_to_left(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| {
        let back: String = word.chars().rev().collect();
        format!("\u{202e}{back}\u{202c}")
    })
}

pub fn emoji_between_words(text: &str, dice: &mut Dice) -> String {
    words(text, |word| {
        format!("{word}{}", ["🔥", "💰", "", "", "✅", "🎰"][dice.below(6)])
    })
}

/// Several disguises on one comment.
pub fn several_at_once(text: &str, dice: &mut Dice) -> String {
    let text = random_capitals(text, dice);
    let text = mixed_scripts(&text, dice);
    let text = key_words(&text, |word| between(word, "\u{200b}"));
    piled_accents(&text, dice)
}
