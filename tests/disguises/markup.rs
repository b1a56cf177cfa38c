//! Disguises by entities and tags.

use crate::dice::Dice;
use crate::pieces::{key_words, words};

pub fn decimal_entities(text: &str, _: &mut Dice) -> String {
    words(text, |word| {
        word.chars()
            .map(|c| format!("&#{};", u32::from(c)))
            .collect()
    })
}

pub fn some_hexadecimal_entities(text: &str, dice: &mut Dice) -> String {
    key_words(text, |word| {
        word.chars()
            .map(|c| match dice.below(2) {
                0 => format!("&#x{:x};", u32::from(c)),
                _ => c.to_string(),
            })
            .collect()
    })
}

/// Entities whose ampersand was itself encoded, as some plugins do.
pub fn encoded_twice(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| {
        word.chars()
            .map(|c| format!("&amp;#{};", u32::from(c)))
            .collect()
    })
}

/// Something in the middle of a word that no reader sees.
fn inside(word: &str, what: &str) -> String {
    let half = word.chars().count() / 2;
    let mut text: String = word.chars().take(half).collect();
    text.push_str(what);
    text.extend(word.chars().skip(half));
    text
}

pub fn tags_in_words(text: &str, dice: &mut Dice) -> String {
    key_words(text, |word| {
        inside(word, ["<b></b>", "<i></i>", "<span></span>"][dice.below(3)])
    })
}

pub fn html_comments_in_words(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| inside(word, "<!-- garden -->"))
}

pub fn bbcode_in_words(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| inside(word, "[b][/b]"))
}

pub fn letters_in_tags(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| {
        word.chars().map(|c| format!("<b>{c}</b>")).collect()
    })
}

/// Harmless words inside the word, hidden by a style.
pub fn hidden_words_in_words(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| {
        inside(word, r#"<span style="display:none">weather</span>"#)
    })
}

pub fn word_break_tags(text: &str, _: &mut Dice) -> String {
    key_words(text, |word| inside(word, "<wbr>"))
}
