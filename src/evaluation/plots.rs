//! Plots as SVG: the ROC curve, calibration, learning curves. Text stays text, in whatever sans-serif
//! font the reader has.

use std::fmt::Display;

use plotters::chart::{ChartContext, SeriesLabelPosition};
use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;

use super::metrics::{BINS, Scored, bins, count, roc_curve};
use super::{EvaluationError, Judged};

/// Width and height of a plot, in pixels of the SVG.
const SIZE: (u32, u32) = (840, 600);

/// Left end of the logarithmic axis of blocked ham: finer than any corpus here can show.
const LEAST_BLOCKED: f64 = 0.0005;

/// Colours that people with impaired colour vision can tell apart (Okabe, Ito 2008), without the
/// yellow that hardly shows on white.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    RGBColor(0, 0, 0),
];

/// A set of comments and what it is called in the legend.
pub type Named<'a> = (String, &'a [Scored]);

fn failed(cause: impl Display) -> EvaluationError {
    EvaluationError::Plot(cause.to_string())
}

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
    let x = (LEAST_BLOCKED..1.0).log_scale();
    let titles = Titles {
        chart: "ROC curve",
        x: "ham blocked (logarithmic)",
        y: "spam caught",
    };
    draw(
        &titles,
        x,
        0.0..1.0,
        percent,
        percent,
        &curves.collect::<Vec<_>>(),
        false,
    )
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
    draw(&titles, 0.0..1.0, 0.0..1.0, percent, percent, &curves, true)
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
                .map(|at| (at.corrections as f64, 100.0 * (1.0 - at.auc)))
                .collect();
            (!points.is_empty()).then(|| (source.name.clone(), points))
        })
        .collect();
    let most = |of: fn(&(f64, f64)) -> f64, least: f64| {
        let all = curves.iter().flat_map(|(_, points)| points).map(of);
        all.fold(least, f64::max)
    };
    if curves.is_empty() {
        return Ok(None);
    }
    let (corrections, missing) = (most(|p| p.0, 10.0), most(|p| p.1, 0.1));
    let titles = Titles {
        chart: "Learning curves: the second half of each source",
        x: "corrections in its first half",
        y: "1 - ROC area",
    };
    let number = |n: &f64| format!("{n:.0}");
    let percents = |n: &f64| format!("{} %", (n * 100.0).round() / 100.0);
    let range = 0.0..missing * 1.05;
    draw(
        &titles,
        0.0..corrections,
        range,
        number,
        percents,
        &curves,
        true,
    )
    .map(Some)
}

fn percent(share: &f64) -> String {
    // At most two digits behind the point, and only those that are needed.
    format!("{} %", (share * 10_000.0).round() / 100.0)
}

type Curve = (String, Vec<(f64, f64)>);

struct Titles {
    chart: &'static str,
    x: &'static str,
    y: &'static str,
}

fn draw<X, Y>(
    titles: &Titles,
    x: X,
    y: Y,
    x_label: impl Fn(&f64) -> String,
    y_label: impl Fn(&f64) -> String,
    curves: &[Curve],
    dots: bool,
) -> Result<String, EvaluationError>
where
    X: AsRangedCoord<Value = f64>,
    Y: AsRangedCoord<Value = f64>,
    X::CoordDescType: ValueFormatter<f64>,
    Y::CoordDescType: ValueFormatter<f64>,
{
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(titles.chart, ("sans-serif", 24))
            .margin(16)
            .x_label_area_size(56)
            .y_label_area_size(72)
            .build_cartesian_2d(x, y)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .x_desc(titles.x)
            .y_desc(titles.y)
            .axis_desc_style(("sans-serif", 17))
            .label_style(("sans-serif", 15))
            .light_line_style(WHITE)
            .x_label_formatter(&x_label)
            .y_label_formatter(&y_label)
            .draw()
            .map_err(failed)?;
        for (number, (name, points)) in curves.iter().enumerate() {
            add(
                &mut chart,
                name,
                points,
                COLOURS[number % COLOURS.len()],
                dots,
            )?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .label_font(("sans-serif", 15))
            .background_style(WHITE.mix(0.85))
            .border_style(BLACK.mix(0.3))
            .draw()
            .map_err(failed)?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

fn add<X: Ranged<ValueType = f64>, Y: Ranged<ValueType = f64>>(
    chart: &mut ChartContext<'_, SVGBackend<'_>, Cartesian2d<X, Y>>,
    name: &str,
    points: &[(f64, f64)],
    colour: RGBColor,
    dots: bool,
) -> Result<(), EvaluationError> {
    let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2));
    chart
        .draw_series(line.point_size(if dots { 3 } else { 0 }))
        .map_err(failed)?
        .label(name)
        .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
    Ok(())
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
