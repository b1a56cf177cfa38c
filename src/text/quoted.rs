//! Quotations: what a comment repeats of others is not what it says itself.

use std::ops::Range;

use super::letters::is_letter_or_digit;
use super::words::is_unspaced;

/// Fewest words between quotation marks that are a quotation; fewer are a name or irony.
const FEWEST_WORDS: usize = 3;
/// Characters that make a word where words stand without spaces.
const UNSPACED_WORD: usize = 2;
/// Most of a text's characters, in tenths, that may be quoted: a text that is all quotation says
/// what it quotes.
const MOST_TENTHS: usize = 7;

/// Finds the quotations, as ranges of the characters between the marks. A line's end closes
/// nothing: a mark without its fellow within the text quotes nothing.
pub(super) fn quotations(chars: &[char], found: &mut Vec<Range<usize>>) {
    found.clear();
    let mut at = 0;
    while at < chars.len() {
        let Some(closing) = closing(chars[at]).filter(|_| opens(chars, at)) else {
            at += 1;
            continue;
        };
        let rest = &chars[at + 1..];
        let Some(length) = rest.iter().position(|c| closing.contains(c)) else {
            at += 1;
            continue;
        };
        if words(&rest[..length]) >= FEWEST_WORDS {
            found.push(at + 1..at + 1 + length);
        }
        at += length + 2;
    }
    let quoted: usize = found.iter().map(Range::len).sum();
    if quoted * 10 > chars.len() * MOST_TENTHS {
        found.clear();
    }
}

fn words(chars: &[char]) -> usize {
    let unspaced = chars.iter().filter(|c| is_unspaced(**c)).count();
    let spaced = chars.split(|c| *c == ' ').filter(|w| !w.is_empty());
    spaced.count() + unspaced / UNSPACED_WORD
}

/// A mark that opens stands at a word's beginning, unless it looks unlike those that close.
fn opens(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map_or(' ', |before| chars[before]);
    !is_letter_or_digit(before) || !matches!(chars[at], '"' | '“' | '”')
}

/// The marks that may close what a mark opens, in the habits of all languages.
fn closing(mark: char) -> Option<&'static [char]> {
    Some(match mark {
        '"' => &['"'],
        '“' | '”' => &['”'],
        '„' => &['“', '”'],
        '«' => &['»'],
        '»' => &['«'],
        '「' => &['」'],
        '『' => &['』'],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut ranges = Vec::new();
        quotations(&chars, &mut ranges);
        let texts = ranges.into_iter().map(|r| chars[r].iter().collect());
        texts.collect()
    }

    #[test]
    fn what_stands_between_fellow_marks_is_quoted() {
        for (text, quoted) in [
            (
                " he wrote \"buy cheap pills here\" again, forty times ",
                "buy cheap pills here",
            ),
            (
                " ich las „jetzt sofort kaufen“ und ging lieber ",
                "jetzt sofort kaufen",
            ),
            (
                " on lit « argent facile ici » partout, c'est trop ",
                " argent facile ici ",
            ),
            (
                "今朝も「無料カジノ登録はこちら」が三十件も来ていた ",
                "無料カジノ登録はこちら",
            ),
            (
                " so he said “free money for all” and nobody laughed ",
                "free money for all",
            ),
        ] {
            assert_eq!(found(text), [quoted], "{text}");
        }
    }

    #[test]
    fn names_lone_marks_and_what_is_all_quotation_are_not() {
        for text in [
            " the film \"the matrix\" is old ",
            " a 7\" screen and a 9\" screen are too small for me ",
            " he said \"buy cheap pills here and never looked back again ",
            " \"buy cheap pills here\" ok ",
            "",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
