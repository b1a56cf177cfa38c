//! Letters and digits, as [`char::is_alphabetic`] and [`char::is_alphanumeric`] know them. Those look
//! long for what is not ASCII, and a text in another alphabet is asked for each of its characters, again and again.

/// [`char::is_alphabetic`], at once for what most people write with.
#[inline]
pub(super) fn is_letter(c: char) -> bool {
    is_common(c) || (!c.is_ascii() && c.is_alphabetic())
}

/// [`char::is_alphanumeric`], likewise.
#[inline]
pub(super) fn is_letter_or_digit(c: char) -> bool {
    c.is_ascii_digit() || is_common(c) || (!c.is_ascii() && c.is_alphanumeric())
}

/// Whether a character is one of the letters that are written most; there are others.
#[inline]
fn is_common(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(c,
            // Latin with accents, Greek, Cyrillic
            '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}' | '\u{3A3}'..='\u{3E1}' | '\u{400}'..='\u{481}'
            // Hebrew, Arabic, Hindi, Thai
            | '\u{5D0}'..='\u{5EA}' | '\u{620}'..='\u{657}' | '\u{904}'..='\u{939}' | '\u{93D}'..='\u{94C}' | '\u{E01}'..='\u{E3A}'
            // Parts of Hangul, kana, Chinese characters, Hangul
            | '\u{1100}'..='\u{11FF}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7A3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_standard_library() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(is_letter_or_digit(c), c.is_alphanumeric(), "{c:?}");
        }
    }
}
