//! A judgement as a person reads it.

use std::fmt::Write;

use chaffinch::verdict::{Action, Judgement, Verdict};

const RED: &str = "\x1b[1;31m";
const GREEN: &str = "\x1b[1;32m";
const YELLOW: &str = "\x1b[1;33m";
const PLAIN: &str = "\x1b[0m";

/// A few aligned lines: the verdict, how sure it is, and why.
pub(super) fn render(judgement: &Judgement, colour: bool) -> String {
    let verdict = match judgement.verdict {
        Verdict::Ham => ("ham", GREEN),
        Verdict::Unsure => ("unsure", YELLOW),
        Verdict::Spam => ("spam", RED),
    };
    let action = match judgement.action {
        Action::Publish => "publish it",
        Action::Hold => "hold it for a person to look at",
        Action::Discard => "drop it unseen",
    };
    let verdict = if colour {
        format!("{}{}{PLAIN}", verdict.1, verdict.0)
    } else {
        verdict.0.to_owned()
    };
    let mut text = format!(
        "verdict      {verdict}: {action}\nprobability  {} of spam\n",
        percent(judgement.probability.get())
    );
    let width = judgement
        .reasons
        .iter()
        .map(|r| r.signal.len())
        .max()
        .unwrap_or(0);
    for (index, reason) in judgement.reasons.iter().enumerate() {
        let heading = if index == 0 { "reasons" } else { "" };
        let _ = writeln!(
            text,
            "{heading:11}  {:+6.2}  {:width$}  {}",
            reason.weight,
            reason.signal,
            printable(&reason.detail)
        );
    }
    text
}

/// A percentage that is 0 or 100 only if the probability is.
fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    if probability > 0.0 && percent < 0.01 {
        "less than 0.01 %".to_owned()
    } else if probability < 1.0 && percent > 99.99 {
        "more than 99.99 %".to_owned()
    } else {
        format!("{percent:.2} %")
    }
}

/// The words of a comment without what would steer the terminal: control characters and those
/// that turn the direction of writing.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                '\u{fffd}'
            }
            c if c.is_whitespace() => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use chaffinch::verdict::{Probability, Reason};

    use super::*;

    fn judgement() -> Judgement {
        let reason = |signal: &'static str, detail: &str, weight| Reason {
            signal: signal.into(),
            detail: detail.into(),
            weight,
        };
        Judgement {
            verdict: Verdict::Spam,
            action: Action::Hold,
            probability: Probability::from_log_odds(3.0),
            reasons: vec![
                reason("text", "cheap pills\x1b[2J", 3.125),
                reason("author", "\u{202e}eoj", -10.5),
            ],
            model: "m".into(),
            learned_from: 0,
        }
    }

    #[test]
    fn a_report_is_aligned_and_steers_no_terminal() {
        assert_eq!(
            render(&judgement(), false),
            "verdict      spam: hold it for a person to look at\n\
             probability  95.26 % of spam\n\
             reasons       +3.12  text    cheap pills\u{fffd}[2J\n             -10.50  author  \u{fffd}eoj\n"
        );
    }

    #[test]
    fn colour_is_on_the_verdict_only() {
        let text = render(&judgement(), true);
        assert!(text.starts_with("verdict      \x1b[1;31mspam\x1b[0m: hold"));
        assert_eq!(text.matches('\x1b').count(), 2);
    }

    #[test]
    fn certainty_is_not_rounded_up() {
        assert_eq!(percent(0.999_999), "more than 99.99 %");
        assert_eq!(percent(1.0), "100.00 %");
        assert_eq!(percent(0.000_001), "less than 0.01 %");
        assert_eq!(percent(0.25), "25.00 %");
    }
}
