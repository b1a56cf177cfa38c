//! Words of a normalised text.

use std::ops::Range;

use super::letters::{is_letter, is_letter_or_digit};
use super::stream::Script;

/// Longest word that is kept whole, in characters; longer ones are noise to a table of words.
pub(super) const LONGEST_WORD: usize = 24;

/// Finds the words: runs of letters and digits (with apostrophes inside), and each character
/// alone in scripts that put no space between words.
pub(super) fn words(chars: &[char], found: &mut Vec<Range<u32>>) {
    found.clear();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if !is_word(c) {
            at += 1;
            continue;
        }
        let start = at;
        if is_unspaced(c) {
            at += 1;
        } else {
            while at < chars.len()
                && !is_unspaced(chars[at])
                && (is_word(chars[at]) || is_inner_apostrophe(chars, at))
            {
                at += 1;
            }
        }
        // Comments are cut to far fewer characters than 32 bits count.
        found.push(start as u32..at as u32);
    }
}

fn is_word(c: char) -> bool {
    is_letter_or_digit(c) || c == '\u{1}'
}

pub(super) fn is_unspaced(c: char) -> bool {
    !c.is_ascii() && Script::of(c).is_unspaced()
}

fn is_inner_apostrophe(chars: &[char], at: usize) -> bool {
    matches!(chars[at], '\'' | '’')
        && at > 0
        && is_letter(chars[at - 1])
        && chars.get(at + 1).is_some_and(|&c| is_letter(c))
}

/// A word as it is meant, if it is written with digits for letters or with look-alikes of other
/// scripts; `None` for honest words.
pub(super) fn undisguise(word: &[char]) -> Option<String> {
    if word.iter().all(char::is_ascii_lowercase) {
        return halved(word);
    }
    let mut ascii = 0;
    let mut letters = 0;
    let mut digits = 0;
    let mut foreign = 0;
    for &c in word {
        ascii += usize::from(c.is_ascii_alphabetic());
        digits += usize::from(c.is_ascii_digit() || matches!(c, '@' | '$'));
        let letter = is_letter(c);
        letters += usize::from(letter);
        foreign += usize::from(letter && !c.is_ascii() && looks_latin(c));
    }
    if ascii > 0
        && foreign > 0
        && let Some(meant) = cyrillic(word)
    {
        return Some(meant);
    }
    if foreign > 0 && (ascii > 0 || foreign == word.len()) && word.len() > 1 {
        let text: String = word.iter().collect();
        let mixed = ascii > 0 || word.iter().all(|&c| is_odd(c));
        if mixed {
            let cured = decancer::cure(&text, decancer::Options::default()).ok()?;
            let cured = String::from(cured);
            return (cured != text).then_some(cured);
        }
    }
    if let Some(meant) = halved(word) {
        return Some(meant);
    }
    // c4s1no, v1agra, ca$h; but not mp3, 4th, b2b, 10am
    if digits > 0 && letters >= 3 && digits <= letters {
        let inside = |at: usize| {
            at > 0
                && at + 1 < word.len()
                && word[at - 1].is_alphabetic()
                && word[at + 1].is_alphabetic()
        };
        let hit = (0..word.len()).any(|at| leet(word[at]).is_some() && inside(at));
        if hit {
            return Some(word.iter().map(|&c| leet(c).unwrap_or(c)).collect());
        }
    }
    None
}

/// A Cyrillic word with Latin letters among its own, as it is meant. A word is Cyrillic if it has
/// a letter that passes for no Latin one, not even as a small capital.
fn cyrillic(word: &[char]) -> Option<String> {
    let own = |c: &char| "бгджзилпфцчшщъыьэюя".contains(*c);
    if !word.iter().any(own) {
        return None;
    }
    let twin = |&c: &char| {
        Some(match c {
            'a' => 'а',
            'b' => 'в',
            'c' => 'с',
            'e' => 'е',
            'h' => 'н',
            'k' => 'к',
            'm' => 'м',
            'o' => 'о',
            'p' => 'р',
            't' => 'т',
            'x' => 'х',
            'y' => 'у',
            _ if c.is_ascii_alphabetic() => return None,
            _ => c,
        })
    };
    word.iter().map(twin).collect()
}

/// A word in which every letter stands twice, with each once: `ccaassiinnoo`.
fn halved(word: &[char]) -> Option<String> {
    // Shorter ones are colours: #ffccaa.
    if word.len() < 8 || !word.len().is_multiple_of(2) {
        return None;
    }
    let mut meant = String::new();
    for pair in word.chunks_exact(2) {
        if pair[0] != pair[1] || !is_letter(pair[0]) {
            return None;
        }
        meant.push(pair[0]);
    }
    let first = word[0];
    word.iter().any(|&c| c != first).then_some(meant)
}

/// Letters of Cyrillic, Greek and other scripts that pass for Latin ones.
fn looks_latin(c: char) -> bool {
    matches!(Script::of(c), Script::Cyrillic | Script::Greek) || is_odd(c)
}

/// Letters that no language writes its words with: small capitals, enclosed letters and the like.
fn is_odd(c: char) -> bool {
    // African and Turkic languages do write ɓ, ɖ, ɗ, ɔ, ə, ɛ, ɣ, ɩ and ʋ.
    !matches!(c, 'ɓ' | 'ɖ' | 'ɗ' | 'ɔ' | 'ə' | 'ɛ' | 'ɣ' | 'ɩ' | 'ʋ')
        && matches!(u32::from(c), 0x180..=0x185 | 0x18C..=0x18F | 0x195 | 0x1BF | 0x250..=0x2AF
            | 0x1D00..=0x1DBF | 0x13A0..=0x13FF | 0x1F100..=0x1F1FF | 0xA4D0..=0xA4FF | 0x1950..=0x19DF)
        || Script::of(c) == Script::Other && (0x530..=0x58F).contains(&u32::from(c))
}

fn leet(c: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut found = Vec::new();
        words(&chars, &mut found);
        found
            .into_iter()
            .map(|r| chars[r.start as usize..r.end as usize].iter().collect())
            .collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(
            split(" don't stop, mp3 'quoted' "),
            ["don't", "stop", "mp3", "quoted"]
        );
        assert_eq!(split("很好abc 한국어"), ["很", "好", "abc", "한국어"]);
    }

    #[test]
    fn disguised_words_are_read_as_meant_and_honest_ones_left_alone() {
        let meant = |w: &str| undisguise(&w.chars().collect::<Vec<_>>());
        for (word, expected) in [
            ("c4s1no", "casino"),
            ("v1agra", "viagra"),
            ("сasino", "casino"),
            ("ᴄᴀsɪɴᴏ", "casino"),
            ("кaзинo", "казино"),
            ("ипotekа", "ипотека"),
            ("ccaassiinnoo", "casino"),
            ("ккааззиинноо", "казино"),
        ] {
            assert_eq!(meant(word).as_deref(), Some(expected), "{word}");
        }
        for word in [
            "mp3",
            "b2b",
            "10am",
            "2nd",
            "казино",
            "λόγος",
            "привет",
            "web2",
            "html5",
            "ffccaa",
            "mmmmmmmm",
        ] {
            assert_eq!(meant(word), None, "{word}");
        }
    }
}
