//! One verdict as a row of a list.

use jiff::Timestamp;

use crate::http::dashboard::reasons;
use crate::http::dashboard::visible::visible;
use crate::http::dashboard::words::Words;
use crate::service::{Correction, VerdictView};
use crate::verdict::{Label, Probability, Reason, Verdict, VerdictId};

/// Most characters of the comment that a row shows; the page of the verdict shows all.
const TEXT: usize = 600;
/// Most characters of a name or address.
const FIELD: usize = 80;
/// Most reasons of a row.
const REASONS: usize = 4;

/// What a row shows.
pub(in crate::http::dashboard) struct Row {
    pub(in crate::http::dashboard) id: VerdictId,
    /// `ham`, `unsure` or `spam`: also the class in the style.
    pub(in crate::http::dashboard) class: Verdict,
    pub(in crate::http::dashboard) verdict: &'static str,
    /// In percent.
    pub(in crate::http::dashboard) percent: String,
    pub(in crate::http::dashboard) time: String,
    pub(in crate::http::dashboard) moment: String,
    pub(in crate::http::dashboard) site: String,
    pub(in crate::http::dashboard) author: String,
    pub(in crate::http::dashboard) entry: String,
    /// `None` once the comment is no longer kept.
    pub(in crate::http::dashboard) text: Option<String>,
    pub(in crate::http::dashboard) reasons: Vec<Lean>,
    pub(in crate::http::dashboard) said: Option<Correction>,
}

/// A reason, and the way it leans.
pub(in crate::http::dashboard) struct Lean {
    pub(in crate::http::dashboard) signal: String,
    pub(in crate::http::dashboard) detail: String,
    pub(in crate::http::dashboard) weight: String,
    /// `spam` or `ham`: the class in the style.
    pub(in crate::http::dashboard) way: &'static str,
}

impl Lean {
    pub(in crate::http::dashboard) fn of(reason: &Reason, w: &Words) -> Self {
        Self::cut(reason, FIELD, w)
    }

    /// The same with so many characters of it.
    pub(in crate::http::dashboard) fn cut(reason: &Reason, longest: usize, w: &Words) -> Self {
        Self {
            signal: reasons::signal(&reason.signal, w),
            detail: visible(&reasons::detail(&reason.signal, &reason.detail, w), longest).0,
            weight: format!("{:+.2}", reason.weight),
            way: if reason.weight > 0.0 { "spam" } else { "ham" },
        }
    }
}

impl Row {
    pub(in crate::http::dashboard) fn of(view: &VerdictView, words: &'static Words) -> Self {
        let record = &view.record;
        let comment = record.comment.as_ref();
        let field = |text: &str| visible(text.trim(), FIELD).0;
        let judgement = &record.judgement;
        let (moment, time) = moments(record.id);
        Self {
            id: record.id,
            class: judgement.verdict,
            verdict: verdict_word(judgement.verdict, words),
            percent: percent(judgement.probability),
            moment,
            time,
            site: record
                .site
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            author: comment.map(|c| field(&c.author.name)).unwrap_or_default(),
            entry: comment
                .map(|c| field(first_of(&c.context.title, &c.permalink)))
                .unwrap_or_default(),
            text: comment.map(|c| {
                let (text, cut) = visible(c.content.trim(), TEXT);
                if cut { format!("{text} …") } else { text }
            }),
            reasons: judgement
                .reasons
                .iter()
                .take(REASONS)
                .map(|reason| Lean::of(reason, words))
                .collect(),
            said: view.correction,
        }
    }

    /// Whether the correction in force is this.
    pub(in crate::http::dashboard) fn is_said(&self, label: &str) -> bool {
        self.said
            .is_some_and(|said| said.label.to_string() == label)
    }

    /// What was said, in words.
    pub(in crate::http::dashboard) fn said_text(&self, words: &'static Words) -> String {
        let Some(said) = self.said else {
            return String::new();
        };
        let text = match said.label {
            Label::Ham => words.you_said_ham,
            Label::Spam => words.you_said_spam,
        };
        match said.learned {
            true => text.to_owned(),
            false => format!("{text} ({})", words.not_learned),
        }
    }
}

fn first_of<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.trim().is_empty() { b } else { a }
}

pub(in crate::http::dashboard) fn verdict_word(
    verdict: Verdict,
    words: &'static Words,
) -> &'static str {
    match verdict {
        Verdict::Ham => words.ham,
        Verdict::Unsure => words.unsure,
        Verdict::Spam => words.spam,
    }
}

/// A probability in percent; what is nearly sure is never shown as sure.
pub(in crate::http::dashboard) fn percent(probability: Probability) -> String {
    let percent = (probability.get() * 100.0).clamp(0.0, 100.0);
    match percent {
        p if p > 99.9 && p < 100.0 => "99.9".to_owned(),
        p if p < 0.1 && p > 0.0 => "0.1".to_owned(),
        p => format!("{p:.1}"),
    }
}

/// When a verdict was given: for programs, and for people (UTC).
pub(in crate::http::dashboard) fn moments(id: VerdictId) -> (String, String) {
    let time = Timestamp::from_millisecond(id.unix_millis()).unwrap_or(Timestamp::UNIX_EPOCH);
    (
        time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        time.strftime("%Y-%m-%d %H:%M").to_string(),
    )
}
