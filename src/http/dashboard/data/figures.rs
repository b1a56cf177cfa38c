//! The figures of an evaluation as a table.

use crate::evaluation::Figures;
use crate::evaluation::bootstrap::Interval;
use crate::http::dashboard::words::{Words, fill};
use crate::service::OwnFigures;

/// A figure of each way of judging.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) cells: [String; 3],
}

/// Of how many comments they are.
pub(super) fn counted(own: &OwnFigures, w: &Words) -> String {
    let Figures { ham, spam, .. } = own.then;
    fill(&fill(&fill(w.evaluated_of, ham + spam), ham), spam)
}

pub(super) fn lines(own: &OwnFigures, w: &'static Words) -> Vec<Line> {
    let line = |name, cell: &dyn Fn(&Figures) -> String| Line {
        name,
        cells: [&own.then, &own.base, &own.learning].map(cell),
    };
    vec![
        line(w.roc_area, &|of| {
            let interval = of.intervals.auc;
            match of.auc {
                Some(area) => match interval {
                    Some(Interval { low, high }) => format!("{area:.3} ({low:.3}–{high:.3})"),
                    None => format!("{area:.3}"),
                },
                None => "–".to_owned(),
            }
        }),
        line(w.caught_at_1, &|of| {
            percent(of.caught_at_1, of.intervals.caught_at_1)
        }),
        line(w.caught_spam, &|of| percent(of.caught, None)),
        line(w.blocked_of_ham, &|of| percent(of.blocked, None)),
        line(w.calibration_error, &|of| percent(of.ece, None)),
    ]
}

fn percent(share: Option<f64>, interval: Option<Interval>) -> String {
    let Some(share) = share.map(|share| share * 100.0) else {
        return "–".to_owned();
    };
    match interval {
        Some(Interval { low, high }) => format!(
            "{share:.1}\u{a0}% ({:.1}–{:.1}\u{a0}%)",
            low * 100.0,
            high * 100.0
        ),
        None => format!("{share:.1}\u{a0}%"),
    }
}
