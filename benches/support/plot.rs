//! Plots of what benches measure.

use std::path::Path;

use plotters::prelude::*;

/// Colours that people with impaired colour vision can tell apart (Okabe, Ito 2008).
const COLOURS: [RGBColor; 3] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
];

/// Draws curves with a logarithmic axis to the right, beginning at zero upwards; titles of the plot and of
/// the two axes.
pub(crate) fn draw(file: &Path, titles: [&str; 3], curves: &[(String, Vec<(f64, f64)>)]) {
    let points = || curves.iter().flat_map(|(_, points)| points);
    let least = points().map(|(x, _)| *x).fold(f64::INFINITY, f64::min);
    let [most, high] = [0, 1].map(|axis| points().map(|p| [p.0, p.1][axis]).fold(0.0, f64::max));
    let area = SVGBackend::new(file, (840, 480)).into_drawing_area();
    area.fill(&WHITE).unwrap();
    let mut chart = ChartBuilder::on(&area)
        .caption(titles[0], ("sans-serif", 26))
        .margin(16)
        .margin_right(36)
        .x_label_area_size(56)
        .y_label_area_size(72)
        .build_cartesian_2d((least..most).log_scale(), 0.0..high * 1.1)
        .unwrap();
    chart
        .configure_mesh()
        .x_desc(titles[1])
        .y_desc(titles[2])
        .axis_desc_style(("sans-serif", 20))
        .label_style(("sans-serif", 18))
        .light_line_style(WHITE)
        .draw()
        .unwrap();
    for ((name, points), colour) in curves.iter().zip(COLOURS) {
        let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2));
        chart
            .draw_series(line.point_size(3))
            .unwrap()
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font(("sans-serif", 18))
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .draw()
        .unwrap();
    area.present().unwrap();
}
