//! Plots as SVG: the ROC curve, calibration, learning curves. Text stays text, in whatever sans-serif
//! font the reader has.

pub mod chart;

use chart::{Axes, Curve, Style, Titles, draw};
use plotters::coord::combinators::IntoLogRange as _;

use super::metrics::{BINS, Scored, bins, count, roc_curve};
use super::{EvaluationError, Judged, MILESTONES};

/// Left end of the logarithmic axis of blocked ham: finer than any corpus here can show.
const LEAST_BLOCKED: f64 = 0.0005;

/// A set of comments and what it is called in the legend.
pub type Named<'a> = (String, &'a [Scored]);

/// Spam caught over ham blocked, the latter on a logarithmic scale: what matters happens where
/// hardly any is.
///
/// # Errors
/// A set lacks a class.
pub fn roc(sets: &[Named<'_>]) -> Result<String, EvaluationError> {
    for (name, scored) in sets {
        let (spam, ham) = count(scored);
        if spam == 0 || ham == 0 {
            return Err(EvaluationError::OneClass {
                name: name.clone(),
                ham,
                spam,
                purpose: "a ROC curve",
            });
        }
    }
    let curves = sets.iter().map(|(name, scored)| {
        let corners = roc_curve(scored);
        let mut steps = Vec::with_capacity(corners.len() * 2);
        for pair in corners.windows(2) {
            // Every step is drawn as one; ties between the classes are slanted.
            steps.extend([pair[0], pair[1]]);
        }
        let steps = steps
            .into_iter()
            .map(|(blocked, caught)| (blocked.max(LEAST_BLOCKED), caught));
        (name.clone(), steps.collect())
    });
    let titles = Titles {
        chart: "ROC curve",
        x: "ham blocked (logarithmic)",
        y: "spam caught",
    };
    let axes = Axes {
        x: (LEAST_BLOCKED..1.0).log_scale(),
        y: 0.0..1.0,
        x_label: percent,
        y_label: percent,
    };
    draw(&titles, axes, &curves.collect::<Vec<_>>(), Style::Steps)
}

/// Real over foretold share of spam, bin by bin; on the diagonal a probability means what it says.
///
/// # Errors
/// The drawing fails.
pub fn calibration(sets: &[Named<'_>]) -> Result<String, EvaluationError> {
    let mut curves: Vec<Curve> = sets
        .iter()
        .map(|(name, scored)| {
            let filled = bins(scored).into_iter().filter(|bin| bin.comments > 0);
            let points = filled.map(|bin| {
                let all = bin.comments as f64;
                (bin.foretold / all, bin.spam as f64 / all)
            });
            (format!("{name}, {BINS} bins"), points.collect())
        })
        .collect();
    curves.push(("as it should be".to_owned(), vec![(0.0, 0.0), (1.0, 1.0)]));
    let titles = Titles {
        chart: "Calibration",
        x: "probability of spam foretold",
        y: "share that is spam",
    };
    let axes = Axes {
        x: 0.0..1.0,
        y: 0.0..1.0,
        x_label: percent,
        y_label: percent,
    };
    draw(&titles, axes, &curves, Style::Rising)
}

/// What ROC area is missing over the number of corrections, source by source. `None` if there is
/// no curve to draw.
///
/// # Errors
/// The drawing fails.
pub fn learning(judged: &[Judged]) -> Result<Option<String>, EvaluationError> {
    let curves: Vec<Curve> = judged
        .iter()
        .filter_map(|source| {
            let curve = &source.course.as_ref()?.curve;
            let points: Vec<(f64, f64)> = curve
                .iter()
                .map(|at| (place(at.corrections), 100.0 * (1.0 - at.auc)))
                .collect();
            (!points.is_empty()).then(|| (source.name.clone(), points))
        })
        .collect();
    if curves.is_empty() {
        return Ok(None);
    }
    let most = |of: fn(&(f64, f64)) -> f64, least: f64| {
        let all = curves.iter().flat_map(|(_, points)| points).map(of);
        all.fold(least, f64::max)
    };
    let titles = Titles {
        chart: "Learning curves: the second half of each source",
        x: "corrections in its first half",
        y: "1 - ROC area",
    };
    let axes = Axes {
        x: 0.0..most(|p| p.0, 1.0),
        y: 0.0..most(|p| p.1, 0.1) * 1.05,
        x_label: at_place,
        y_label: |n: &f64| format!("{} %", (n * 100.0).round() / 100.0),
    };
    draw(&titles, axes, &curves, Style::Falling).map(Some)
}

/// Where a number of corrections stands on the axis: the milestones at equal distances, above
/// the last one doubles of it.
fn place(corrections: usize) -> f64 {
    let mut below = 0;
    for (at, milestone) in MILESTONES.into_iter().enumerate() {
        if corrections <= milestone {
            let part = (corrections - below) as f64 / (milestone - below) as f64;
            return at as f64 + part;
        }
        below = milestone;
    }
    MILESTONES.len() as f64 + (corrections as f64 / below as f64).log2()
}

/// The number of corrections at a whole place of the axis.
fn at_place(place: &f64) -> String {
    if place.fract() != 0.0 {
        return String::new();
    }
    let last = MILESTONES.len();
    match *place as usize {
        0 => "0".to_owned(),
        at if at <= last => MILESTONES[at - 1].to_string(),
        at => (MILESTONES[last - 1] << (at - last)).to_string(),
    }
}

fn percent(share: &f64) -> String {
    // At most two digits behind the point, and only those that are needed.
    format!("{} %", (share * 10_000.0).round() / 100.0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Course, Milestone};
    use super::*;

    fn scored() -> Vec<Scored> {
        (0..40)
            .map(|n| Scored {
                probability: f64::from(n) / 40.0,
                spam: n % 5 != 0 && n > 10,
            })
            .collect()
    }

    #[test]
    fn plots_name_their_axes_and_curves() {
        let scored = scored();
        let sets = [("all < sources".to_owned(), scored.as_slice())];
        for (svg, words) in [
            (
                roc(&sets).unwrap(),
                ["ham blocked", "spam caught", "all &lt; sources"],
            ),
            (
                calibration(&sets).unwrap(),
                ["foretold", "share that is", "as it should be"],
            ),
        ] {
            assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
            for word in words {
                assert!(svg.contains(word), "{word}");
            }
        }
    }

    #[test]
    fn milestones_stand_at_equal_distances() {
        for (corrections, at) in [
            (0, 0.0),
            (5, 0.5),
            (10, 1.0),
            (35, 2.5),
            (200, 5.0),
            (800, 7.0),
        ] {
            assert_eq!(place(corrections), at);
        }
        let labels = [0.0, 1.0, 5.0, 7.0, 0.5].map(|at| at_place(&at));
        assert_eq!(labels, ["0", "10", "200", "800", ""]);
    }

    #[test]
    fn learning_curves_need_a_course() {
        let point = |corrections, auc| Milestone {
            corrections,
            checked: corrections,
            auc,
        };
        let mut judged = Judged {
            name: "a-source".to_owned(),
            ids: Vec::new(),
            scored: Vec::new(),
            course: None,
        };
        assert_eq!(learning(std::slice::from_ref(&judged)).unwrap(), None);
        judged.course = Some(Course {
            corrections: 20,
            later_area: None,
            curve: vec![point(0, 0.9), point(10, 0.95), point(20, 0.99)],
        });
        let svg = learning(std::slice::from_ref(&judged)).unwrap().unwrap();
        assert!(svg.contains("a-source") && svg.contains("corrections"));
    }

    #[test]
    fn a_roc_curve_needs_both_classes() {
        let ham: Vec<Scored> = scored().into_iter().filter(|s| !s.spam).collect();
        let error = roc(&[("b".to_owned(), &ham)]).unwrap_err().to_string();
        assert!(error.starts_with("b has "), "{error}");
    }
}
