//! What became of a verdict, in words.

use jiff::Timestamp;

use crate::http::dashboard::queue::row::Row;
use crate::http::dashboard::visible::visible;
use crate::http::dashboard::words::{Words, fill};
use crate::service::{Actor, CallOutcome, Happening, Origin, Past, VerdictRecord};
use crate::verdict::Label;

/// Most characters of a name or of a reason.
const LONGEST: usize = 120;

/// A line of the history.
pub(super) struct Line {
    pub(super) time: String,
    pub(super) what: String,
    /// Who did it, where somebody did.
    pub(super) who: Option<String>,
}

impl Line {
    fn new(time: &str, what: impl Into<String>) -> Self {
        Self {
            time: time.to_owned(),
            what: what.into(),
            who: None,
        }
    }

    fn of(past: &Past, w: &'static Words) -> Self {
        Self {
            time: written(past.at),
            what: happened(&past.what, w),
            who: past.by.as_ref().map(|actor| who(actor, w)),
        }
    }
}

/// When what was said of it and by whom, oldest first.
pub(super) fn lines(
    record: &VerdictRecord,
    row: &Row,
    past: &[Past],
    w: &'static Words,
) -> Vec<Line> {
    let came = match record.origin {
        Origin::Checked => w.was_checked,
        Origin::Submitted => w.was_submitted,
        Origin::Imported => w.was_imported,
    };
    let checked = format!("{came}: {} ({} %)", row.verdict, row.percent);
    let mut lines = vec![Line::new(&row.time, checked)];
    if record.shadow {
        lines.push(Line::new(&row.time, w.was_shadow));
    }
    if record.callback.is_some() {
        lines.push(Line::new(&row.time, w.will_be_told));
    }
    lines.extend(past.iter().map(|past| Line::of(past, w)));
    lines
}

fn happened(what: &Happening, w: &'static Words) -> String {
    match what {
        Happening::Corrected { label, learned, .. } => {
            let text = match label {
                Label::Ham => w.you_said_ham,
                Label::Spam => w.you_said_spam,
            };
            match learned {
                true => text.to_owned(),
                false => format!("{text} ({})", w.not_learned),
            }
        }
        Happening::Retracted { .. } => w.was_taken_back.to_owned(),
        Happening::Called { outcome, reason } => {
            let text = match outcome {
                CallOutcome::Delivered => w.call_delivered,
                CallOutcome::Retry => w.call_retry,
                CallOutcome::GivenUp => w.call_given_up,
                CallOutcome::Refused => w.call_refused,
                CallOutcome::Dropped => w.call_dropped,
            };
            fill(text, visible(reason, LONGEST).0)
        }
    }
}

fn who(actor: &Actor, w: &'static Words) -> String {
    match &actor.name {
        Some(name) => visible(name, LONGEST).0,
        None => fill(w.key_of_id, actor.key),
    }
}

fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
