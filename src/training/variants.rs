//! What else an example could have looked like, so that training does not take for a mark of spam
//! or ham what only its sources happen to have: who wrote it, and a link.
//!
//! Variants follow from the comment, and of padded spam from the honest comment before it: the same
//! corpus gives the same ones.

use crate::comment::{Author, Comment};
use crate::verdict::Label;

/// A comment that differs in something that must not decide, and how much it counts beside the
/// original's 1.
pub(super) struct Variant {
    pub comment: Comment,
    pub weight: f32,
}

/// Weight of a comment of which less is known than of the original.
const BARE: f32 = 0.3;
/// Of each ten honest comments this many get a link, and as many a home page.
const LINKED_IN_TEN: u64 = 3;
/// Weight of an honest comment that was given a link.
const LINKED: f32 = 1.0;
/// Weight of an honest comment whose author was given a home page.
const HOUSED: f32 = 0.5;
/// Of each ten spam comments this many come padded as well. Few: padded spam also teaches that
/// ham's words are spam's.
const PADDED_IN_TEN: u64 = 1;
/// Weight of spam that was padded.
const PADDED: f32 = 0.7;

/// The variants of a comment; `others` is what somebody else honestly wrote in its language.
pub(super) fn of(
    comment: &Comment,
    label: Label,
    others: Option<&str>,
) -> impl Iterator<Item = Variant> {
    let mut dice = Dice::of(&comment.content);
    let bare = bare(comment, &mut dice).map(|comment| (comment, BARE));
    let honest = label == Label::Ham;
    let linked =
        (honest && dice.roll(10) < LINKED_IN_TEN).then(|| (linked(comment, &mut dice), LINKED));
    let housed =
        (honest && dice.roll(10) < LINKED_IN_TEN).then(|| (housed(comment, &mut dice), HOUSED));
    let padded = others
        .filter(|_| !honest && dice.roll(10) < PADDED_IN_TEN)
        .map(|others| (padded(comment, others, &mut dice), PADDED));
    [bare, linked, housed, padded]
        .into_iter()
        .flatten()
        .map(|(comment, weight)| Variant { comment, weight })
}

/// The comment as a client would send it that tells less of its author and page; `None` where
/// nothing is told.
fn bare(comment: &Comment, dice: &mut Dice) -> Option<Comment> {
    let author = &comment.author;
    if author.name.is_empty() && author.url.is_empty() && author.email.is_empty() {
        return None;
    }
    let keep = |text: &String, dice: &mut Dice| match dice.roll(2) {
        0 => String::new(),
        _ => text.clone(),
    };
    Some(Comment {
        author: Author {
            name: keep(&author.name, dice),
            email: String::new(),
            url: String::new(),
            ..author.clone()
        },
        permalink: keep(&comment.permalink, dice),
        ..comment.clone()
    })
}

/// An honest comment with a link behind it to a host that nobody has heard of: in the corpora
/// links stand in spam mostly, on real blogs people link to their own pages.
fn linked(comment: &Comment, dice: &mut Dice) -> Comment {
    const PATHS: [&str; 5] = ["", "about", "2012/05/notes", "index.html", "search?q=test"];
    let host = host(&comment.content, dice);
    let address = match dice.roll(6) {
        0 => format!("info@{host}"),
        n => format!(
            "http{}://{host}/{}",
            ["", "s"][(n % 2) as usize],
            dice.pick(&PATHS)
        ),
    };
    Comment {
        content: format!("{} {address}", comment.content),
        ..comment.clone()
    }
}

/// Spam that hides beside what somebody else honestly wrote.
fn padded(comment: &Comment, others: &str, dice: &mut Dice) -> Comment {
    let content = match dice.roll(2) {
        0 => format!("{others} {}", comment.content),
        _ => format!("{} {others}", comment.content),
    };
    Comment {
        content,
        ..comment.clone()
    }
}

/// An honest comment whose author has a home page that nobody has heard of.
fn housed(comment: &Comment, dice: &mut Dice) -> Comment {
    let words = format!("{} {}", comment.author.name, comment.permalink);
    Comment {
        author: Author {
            url: format!("https://{}/", host(&words, dice)),
            ..comment.author.clone()
        },
        ..comment.clone()
    }
}

/// The name of a host of up to three of these words, or of any letters where there is none.
fn host(words: &str, dice: &mut Dice) -> String {
    const SUFFIXES: [&str; 20] = [
        "com", "com", "com", "org", "net", "de", "fr", "it", "es", "pl", "com.br", "com.tr",
        "co.id", "jp", "co.uk", "io", "me", "info", "ru", "blog",
    ];
    let known: Vec<String> = words
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| (3..12).contains(&word.len()))
        .map(str::to_ascii_lowercase)
        .collect();
    let mut parts: Vec<String> = Vec::new();
    if !known.is_empty() {
        for _ in 0..1 + dice.roll(3) {
            parts.push(dice.pick(&known).clone());
        }
    }
    if parts.is_empty() {
        let letters = 6 + dice.roll(6);
        parts.push(
            (0..letters)
                .map(|_| char::from(b'a' + dice.roll(26) as u8))
                .collect(),
        );
    }
    let before = ["", "", "www.", "blog."][dice.roll(4) as usize];
    let between = ["-", ""][dice.roll(2) as usize];
    format!("{before}{}.{}", parts.join(between), dice.pick(&SUFFIXES))
}

/// Numbers that follow from a text alone.
struct Dice(blake3::OutputReader);

impl Dice {
    fn of(text: &str) -> Self {
        Self(blake3::Hasher::new().update(text.as_bytes()).finalize_xof())
    }

    /// A number from 0 to below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % sides
    }

    /// One of several; there has to be one.
    fn pick<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        &several[self.roll(several.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(content: &str) -> Comment {
        Comment {
            content: content.to_owned(),
            author: Author {
                name: "Marta".to_owned(),
                url: "https://marta.example/".to_owned(),
                ..Author::default()
            },
            ..Comment::default()
        }
    }

    #[test]
    fn variants_tell_less_of_the_author_and_link_some_ham() {
        let (mut linked, mut housed) = (0, 0);
        for number in 0..200 {
            let original = comment(&format!("Currants, bed {number}"));
            let variants: Vec<Comment> =
                of(&original, Label::Ham, None).map(|v| v.comment).collect();
            assert!(variants[0].author.url.is_empty());
            assert_eq!(variants[0].content, original.content);
            for variant in &variants[1..] {
                linked += u32::from(variant.content != original.content);
                housed += u32::from(variant.author.url != original.author.url);
            }
            assert_eq!(of(&original, Label::Spam, None).count(), 1);
        }
        assert!((30..90).contains(&linked) && (30..90).contains(&housed));
    }

    #[test]
    fn some_spam_is_padded_with_what_others_wrote() {
        let padded = (0..200).filter(|number| {
            let original = comment(&format!("Cheap pills {number}"));
            let others = "The roof is being repaired at last.";
            of(&original, Label::Spam, Some(others)).any(|variant| {
                let content = &variant.comment.content;
                content.contains(&original.content) && content.contains(others)
            })
        });
        assert!((5..50).contains(&padded.count()));
    }

    #[test]
    fn who_tells_nothing_has_no_bare_variant() {
        let anonymous = Comment {
            author: Author::default(),
            ..comment("first!")
        };
        assert_eq!(of(&anonymous, Label::Spam, None).count(), 0);
    }

    #[test]
    fn hosts_are_made_of_the_words_at_hand() {
        let mut dice = Dice::of("x");
        for _ in 0..50 {
            let host = host("Un ve maya", &mut dice);
            assert!(host.contains("maya"), "{host}");
            assert!(!super::host("中文", &mut dice).starts_with('.'));
        }
    }
}
