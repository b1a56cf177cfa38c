//! A comment with the evidence marked where it stands.

use regex::Regex;

use crate::http::dashboard::visible::visible;
use crate::verdict::Reason;

/// Most reasons that are looked for in the text.
const MOST: usize = 60;
/// Weaker ones, in log-odds, would only colour everything.
const WEAKEST: f64 = 0.15;
/// From here on a mark is a strong one.
const STRONG: f64 = 1.0;

/// A piece of the text, with the class of its mark or none.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http::dashboard) struct Piece {
    pub(in crate::http::dashboard) text: String,
    pub(in crate::http::dashboard) class: &'static str,
    /// The weight that it stands for, where it is marked.
    pub(in crate::http::dashboard) weight: String,
}

/// Cuts a text where its evidence begins and ends. What is strongest is marked first; marks do not
/// overlap.
pub(in crate::http::dashboard) fn marked(text: &str, reasons: &[Reason]) -> Vec<Piece> {
    let mut marks: Vec<(usize, usize, f64)> = Vec::new();
    let telling = reasons.iter().filter(|reason| {
        matches!(&*reason.signal, "text" | "link") && reason.weight.abs() >= WEAKEST
    });
    for reason in telling.take(MOST) {
        let Some(words) = finder(&reason.detail) else {
            continue;
        };
        for found in words.find_iter(text) {
            let (from, to) = (found.start(), found.end());
            let free = marks.iter().all(|(f, t, _)| to <= *f || *t <= from);
            if free && is_whole(text, from, to) {
                marks.push((from, to, reason.weight));
            }
        }
    }
    marks.sort_by_key(|mark| mark.0);
    let mut pieces = Vec::new();
    let mut at = 0;
    for (from, to, weight) in marks {
        pieces.push(piece(&text[at..from], None));
        pieces.push(piece(&text[from..to], Some(weight)));
        at = to;
    }
    pieces.push(piece(&text[at..], None));
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

fn piece(text: &str, weight: Option<f64>) -> Piece {
    Piece {
        text: visible(text, usize::MAX).0,
        class: match weight {
            None => "",
            Some(w) if w >= STRONG => "spam strong",
            Some(w) if w > 0.0 => "spam",
            Some(w) if w <= -STRONG => "ham strong",
            Some(_) => "ham",
        },
        weight: weight.map(|w| format!("{w:+.2}")).unwrap_or_default(),
    }
}

/// The words of a reason, however the text spaces them.
fn finder(detail: &str) -> Option<Regex> {
    let words: Vec<_> = detail.split_whitespace().map(regex::escape).collect();
    match words.is_empty() {
        true => None,
        false => Regex::new(&words.join(r"\s+")).ok(),
    }
}

/// Whether no word is cut. Scripts without spaces have no such limits.
fn is_whole(text: &str, from: usize, to: usize) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let (before, within, after) = (&text[..from], &text[from..to], &text[to..]);
    let cut_before = word(before.chars().next_back()) && word(within.chars().next());
    let cut_after = word(within.chars().next_back()) && word(after.chars().next());
    !cut_before && !cut_after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(signal: &'static str, detail: &str, weight: f64) -> Reason {
        Reason {
            signal: signal.into(),
            detail: detail.to_owned(),
            weight,
        }
    }

    #[test]
    fn evidence_is_marked_in_the_comments_own_words() {
        let reasons = [
            reason("text", "free casino", 3.0),
            reason("text", "casino", 2.0),
            reason("link", "win.example", 0.5),
            reason("text", "see", -0.4),
            reason("shape", "this", 9.0),
        ];
        let text = "this free\ncasino: oversee <b>win.example</b>\u{202e} see";
        let pieces = marked(text, &reasons);
        let shown: Vec<_> = pieces.iter().map(|p| (p.text.as_str(), p.class)).collect();
        assert_eq!(
            shown,
            [
                ("this ", ""),
                ("free\ncasino", "spam strong"),
                (": oversee <b>", ""),
                ("win.example", "spam"),
                ("</b>[U+202E] ", ""),
                ("see", "ham"),
            ]
        );
    }
}
