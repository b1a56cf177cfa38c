//! Words, all of them looked for at once.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::text::is_spaced_letter;

/// Words and the rules that they stand for.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// `None` where there are none.
    automaton: Option<AhoCorasick>,
    words: Vec<(String, usize)>,
}

impl Words {
    /// Compiles folded words.
    pub(super) fn compile(words: Vec<(String, usize)>) -> Self {
        let patterns = words.iter().map(|(word, _)| word);
        let built = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(patterns);
        let automaton = match built {
            Ok(automaton) => Some(automaton).filter(|_| !words.is_empty()),
            Err(error) => {
                // Only beyond two thousand million states.
                tracing::error!(%error, "the words of the rules cannot be looked for");
                None
            }
        };
        Self { automaton, words }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.automaton.is_none()
    }

    /// The rules whose words stand in a folded text, as words of their own.
    pub(super) fn found_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> + 'a {
        let found = self
            .automaton
            .iter()
            .flat_map(move |automaton| automaton.find_overlapping_iter(text));
        found
            .filter(move |at| stands_alone(text, at.start(), at.end()))
            .filter_map(|at| self.words.get(at.pattern().as_usize()))
            .map(|(_, rule)| *rule)
    }
}

/// Whether neither end of a range is in the middle of a word. Scripts without spaces have no such
/// middle.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let (before, rest) = text.split_at(start);
    let (word, after) = rest.split_at(end - start);
    let joined = |left: Option<char>, right: Option<char>| {
        left.is_some_and(is_spaced_letter) && right.is_some_and(is_spaced_letter)
    };
    !joined(before.chars().next_back(), word.chars().next())
        && !joined(word.chars().next_back(), after.chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_as_words_of_their_own() {
        let list = ["pills", "buy now", "c++", "赌场", ".example"];
        let numbered = list.iter().enumerate();
        let words = Words::compile(numbered.map(|(n, w)| ((*w).to_owned(), n)).collect());
        for (text, expected) in [
            ("cheap pills!", &[0][..]),
            ("pillsbury", &[]),
            ("buy now: pills", &[1, 0]),
            ("buy nowhere", &[]),
            ("c++ and more", &[2]),
            ("澳门赌场网站", &[3]),
            ("shop.example", &[4]),
            ("shop.examples", &[]),
        ] {
            assert_eq!(words.found_in(text).collect::<Vec<_>>(), expected, "{text}");
        }
        assert!(Words::compile(Vec::new()).is_empty());
    }
}
