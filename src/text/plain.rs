//! Addresses in plain spelling: what keeps programs from finding an address that people and
//! browsers still read is undone.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::stream::is_invisible;

/// A text in which addresses are spelled plainly.
pub(super) struct Plain {
    pub(super) text: String,
    /// For each byte, and the end, where it stood.
    pub(super) origins: Vec<usize>,
}

impl Plain {
    /// Undoes what keeps programs from finding an address that people or browsers still read:
    /// invisible characters in it, styled letters, dots of other scripts. `None` if there is
    /// nothing to undo.
    pub(super) fn of(text: &str) -> Option<Self> {
        let suspect = |c: char| is_invisible(c) || is_dot(c) || unstyled(c) != c;
        if text.is_ascii() || !text.chars().any(suspect) {
            return None;
        }
        let chars: Vec<(usize, char)> = text
            .char_indices()
            .map(|(at, c)| (at, unstyled(c)))
            .collect();
        let mut after = vec![' '; chars.len()];
        for at in (1..chars.len()).rev() {
            let next = chars[at].1;
            after[at - 1] = if is_invisible(next) { after[at] } else { next };
        }
        let mut plain = Self {
            text: String::with_capacity(text.len()),
            origins: Vec::with_capacity(text.len() + 1),
        };
        let part = |c: char| c.is_ascii_alphanumeric() || is_dot(c) || ".:/-@".contains(c);
        let mut before = ' ';
        for (&(at, c), &after) in chars.iter().zip(&after) {
            let mut c = c;
            if is_invisible(c) {
                if part(before) && part(after) {
                    continue;
                }
            } else {
                if is_dot(c) && before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric() {
                    c = '.';
                }
                before = c;
            }
            plain.text.push(c);
            plain.origins.resize(plain.text.len(), at);
        }
        plain.origins.push(text.len());
        (plain.text != text).then_some(plain)
    }
}

/// An address as [`Plain`] spells it.
pub(super) fn plain(address: &str) -> Cow<'_, str> {
    match Plain::of(address) {
        Some(plain) => Cow::Owned(plain.text),
        None => Cow::Borrowed(address),
    }
}

/// The ASCII letter or digit that a mathematical or full-width one stands for.
fn unstyled(c: char) -> char {
    match u32::from(c) {
        0x1D400..=0x1D7FF | 0xFF10..=0xFF19 | 0xFF21..=0xFF3A | 0xFF41..=0xFF5A => {
            let plain = std::iter::once(c).nfkc().next();
            plain.filter(char::is_ascii_alphanumeric).unwrap_or(c)
        }
        _ => c,
    }
}

/// Dots of other scripts; browsers take the first three for a full stop in an address.
fn is_dot(c: char) -> bool {
    matches!(c, '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{2024}')
}
