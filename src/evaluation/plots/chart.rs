//! One chart: axes, curves, a legend.

use std::fmt::Display;

use plotters::chart::{ChartContext, SeriesLabelPosition};
use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;

use crate::evaluation::EvaluationError;

/// Width and height of a plot, in pixels of the SVG.
const SIZE: (u32, u32) = (840, 600);

/// Colours that people with impaired colour vision can tell apart (Okabe, Ito 2008), without the
/// yellow that hardly shows on white; then some of Tol's muted ones (2021).
const COLOURS: [RGBColor; 12] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    RGBColor(0, 0, 0),
    RGBColor(136, 34, 85),
    RGBColor(153, 153, 51),
    RGBColor(51, 34, 136),
    RGBColor(68, 170, 153),
    RGBColor(136, 136, 136),
];

fn failed(cause: impl Display) -> EvaluationError {
    EvaluationError::Plot(cause.to_string())
}

/// A curve and what it is called in the legend.
pub type Curve = (String, Vec<(f64, f64)>);

/// What is written over the chart and beside its axes.
pub struct Titles {
    /// Over the chart.
    pub chart: &'static str,
    /// Below it.
    pub x: &'static str,
    /// On its left.
    pub y: &'static str,
}

/// The ranges of the axes and how places on them are written.
pub struct Axes<X, Y> {
    /// To the right.
    pub x: X,
    /// Upwards.
    pub y: Y,
    /// How a place to the right is written.
    pub x_label: fn(&f64) -> String,
    /// How a place upwards is written.
    pub y_label: fn(&f64) -> String,
}

/// How curves run, which tells where the legend is out of their way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Up, in small steps.
    Steps,
    /// Up, from dot to dot.
    Rising,
    /// Down, from dot to dot.
    Falling,
}

/// Draws curves as one chart, in SVG.
///
/// # Errors
/// The chart cannot be drawn, such as on axes without an extent.
pub fn draw<X, Y>(
    titles: &Titles,
    axes: Axes<X, Y>,
    curves: &[Curve],
    style: Style,
) -> Result<String, EvaluationError>
where
    X: AsRangedCoord<Value = f64>,
    Y: AsRangedCoord<Value = f64>,
    X::CoordDescType: ValueFormatter<f64>,
    Y::CoordDescType: ValueFormatter<f64>,
{
    let (dots, legend) = match style {
        Style::Steps => (0, SeriesLabelPosition::LowerRight),
        Style::Rising => (3, SeriesLabelPosition::UpperLeft),
        Style::Falling => (3, SeriesLabelPosition::UpperRight),
    };
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(titles.chart, ("sans-serif", 28))
            .margin(16)
            // Room for half of the last label.
            .margin_right(36)
            .x_label_area_size(56)
            .y_label_area_size(72)
            .build_cartesian_2d(axes.x, axes.y)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .x_desc(titles.x)
            .y_desc(titles.y)
            .axis_desc_style(("sans-serif", 20))
            .label_style(("sans-serif", 18))
            .light_line_style(WHITE)
            .x_label_formatter(&axes.x_label)
            .y_label_formatter(&axes.y_label)
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
            .position(legend)
            .label_font(("sans-serif", 18))
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
    dots: u32,
) -> Result<(), EvaluationError> {
    let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2));
    chart
        .draw_series(line.point_size(dots))
        .map_err(failed)?
        .label(name)
        .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
    Ok(())
}
