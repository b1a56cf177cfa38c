//! Text of strangers, made harmless for the eye: the templates take care of markup, this of
//! characters that hide or turn round what stands beside them.

/// The text with control and bidirectional characters written out, and cut at so many characters.
pub(super) fn visible(text: &str, longest: usize) -> (String, bool) {
    let mut shown = String::new();
    let mut chars = text.chars();
    for c in chars.by_ref().take(longest) {
        match c {
            '\r' => {}
            '\n' | '\t' => shown.push(c),
            c if hides(c) => shown.push_str(&format!("[U+{:04X}]", u32::from(c))),
            c => shown.push(c),
        }
    }
    (shown, chars.next().is_some())
}

/// Controls, and what Unicode calls default-ignorable or a bidirectional control. Joiners are
/// left alone: several scripts and many pictures need them.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{061c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_written_out() {
        let (shown, cut) = visible("a\u{202e}b\u{0}\r\nc", 100);
        assert_eq!((shown.as_str(), cut), ("a[U+202E]b[U+0000]\nc", false));
        assert_eq!(visible("äöü", 2), ("äö".to_owned(), true));
        assert_eq!(visible("می\u{200c}خواهم", 100).0, "می\u{200c}خواهم");
    }
}
