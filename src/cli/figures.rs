//! The figures of an evaluation as a person reads them.

use chaffinch::evaluation::bootstrap::Interval;
use chaffinch::evaluation::{Comparison, Course, Figures, MILESTONES, Mean, Outcome, Report};

use super::table::Table;

/// All tables of a report.
pub(super) fn render(report: &Report) -> String {
    let sets = sets(report);
    let mut main = Table::new(&[
        "source", "spam", "ham", "ROC area", "MCC", "caught", "blocked", "at 0.1 %", "0.5 %",
        "1 %", "2 %", "ECE", "LAM %",
    ]);
    let mut intervals = Table::new(&["95 % intervals", "ROC area", "MCC", "caught at 1 %"]);
    for (name, f) in &sets {
        let shares = [
            f.caught,
            f.blocked,
            f.caught_at_01,
            f.caught_at_05,
            f.caught_at_1,
            f.caught_at_2,
            f.ece,
        ];
        let numbers = [
            f.spam.to_string(),
            f.ham.to_string(),
            number(f.auc),
            number(f.auc.map(|_| f.mcc)),
        ];
        main.row(
            [name.clone()]
                .into_iter()
                .chain(numbers)
                .chain(shares.map(number))
                .chain([f.lam.map_or_else(missing, |lam| format!("{lam:.2}"))]),
        );
        if f.auc.is_some() {
            let i = &f.intervals;
            intervals.row([
                name.clone(),
                range(i.auc),
                range(i.mcc),
                range(i.caught_at_1),
            ]);
        }
    }
    let mut text = main.render();
    text.push_str(
        "caught, blocked, MCC, LAM: at the threshold; at 0.1 % and so on: spam caught where so much ham is blocked\n",
    );
    if !intervals.is_empty() {
        text.push('\n');
        text.push_str(&intervals.render());
    }
    if let Some(learning) = learning(report) {
        text.push('\n');
        text.push_str(&learning);
    }
    text.push('\n');
    text.push_str(&means(report));
    text
}

/// The sources, and what is made of several of them.
fn sets(report: &Report) -> Vec<(String, &Figures)> {
    let sources = report.sources.iter();
    let mut sets: Vec<_> = sources.map(|s| (s.source.clone(), &s.figures)).collect();
    sets.push(("ALL pooled".to_owned(), &report.pooled));
    sets.extend(report.blogs.iter().map(|f| ("BLOG pooled".to_owned(), f)));
    sets
}

fn means(report: &Report) -> String {
    let line = |what: &str, mean: &Option<Mean>| match mean {
        None => format!("{what}: no source has both ham and spam\n"),
        Some(mean) => format!(
            "{what} over {} sources: {:.4} (95 %: {})\n",
            mean.sources,
            mean.value,
            range(Some(mean.interval))
        ),
    };
    let area = line("mean ROC area", &report.macro_auc);
    format!("{area}{}", line("mean MCC", &report.mean_mcc))
}

/// What is missing to a ROC area of 1, in percent, on the way of learning.
fn learning(report: &Report) -> Option<String> {
    let mut heading = vec![
        "1 - ROC area, %".to_owned(),
        "corrections".to_owned(),
        "overall".to_owned(),
        "after 1/4".to_owned(),
        "at 0".to_owned(),
    ];
    heading.extend(MILESTONES.map(|n| n.to_string()));
    heading.push("all".to_owned());
    let mut table = Table::new(&heading.iter().map(String::as_str).collect::<Vec<_>>());
    let lacking =
        |area: Option<f64>| area.map_or_else(missing, |a| format!("{:.3}", 100.0 * (1.0 - a)));
    for source in &report.sources {
        let Some(Course {
            corrections,
            later_area,
            curve,
        }) = &source.course
        else {
            continue;
        };
        let at = |wanted: usize| {
            let found = curve.iter().find(|point| point.corrections == wanted);
            lacking(found.map(|point| point.auc))
        };
        let area = source.figures.auc;
        table.row(
            [
                source.source.clone(),
                corrections.to_string(),
                lacking(area),
                lacking(later_area.or(area)),
                at(0),
            ]
            .into_iter()
            .chain(MILESTONES.map(at))
            .chain([lacking(curve.last().map(|point| point.auc))]),
        );
    }
    (!table.is_empty()).then(|| {
        table.render()
            + "at N: the second half of the file, by what N corrections (or all) in its first half taught\n"
    })
}

/// Who won where.
pub(super) fn render_comparison(compared: &[Comparison], first: &str, second: &str) -> String {
    let mut table = Table::new(&["ROC area", first, second, "difference, 95 %", ""]);
    let mut totals = [0; 3];
    for c in compared {
        let (word, at) = match c.outcome {
            Outcome::Won => ("won", 0),
            Outcome::Tied => ("tied", 1),
            Outcome::Lost => ("lost", 2),
        };
        totals[at] += 1;
        let difference = format!("{:+.4} to {:+.4}", c.difference.low, c.difference.high);
        table.row([
            c.source.clone(),
            format!("{:.4}", c.auc),
            format!("{:.4}", c.other_auc),
            difference,
            word.to_owned(),
        ]);
    }
    let [won, tied, lost] = totals;
    format!(
        "{}{first}: won {won}, tied {tied}, lost {lost}\n",
        table.render()
    )
}

pub(super) fn number(value: Option<f64>) -> String {
    value.map_or_else(missing, |value| format!("{value:.4}"))
}

pub(super) fn range(interval: Option<Interval>) -> String {
    interval.map_or_else(missing, |i| format!("{:.4} to {:.4}", i.low, i.high))
}

pub(super) fn missing() -> String {
    "-".to_owned()
}
