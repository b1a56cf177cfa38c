//! A bar a day, drawn in SVG. Drawn here rather than by the library that draws `evaluate`'s plots:
//! that writes colours into the picture, these come from the page's style, for light and dark.

use jiff::civil::Date;

use crate::service::Counters;

/// Height of the drawing, in its own units; a day is ten wide.
const HEIGHT: f64 = 100.0;

/// One day of the chart and of the table behind it.
pub(super) struct Day {
    pub(super) day: Date,
    pub(super) counters: Counters,
    pub(super) x: usize,
    pub(super) ham: Bar,
    pub(super) unsure: Bar,
    pub(super) spam: Bar,
}

/// A part of a day's bar.
#[derive(Debug, PartialEq)]
pub(super) struct Bar {
    pub(super) y: String,
    pub(super) height: String,
}

/// The bars of some days, oldest first, and what the highest stands for.
pub(super) fn days(counted: Vec<(Date, Counters)>) -> (Vec<Day>, u64) {
    let most = counted
        .iter()
        .map(|(_, c)| c.checked)
        .max()
        .unwrap_or(0)
        .max(1);
    let drawn = counted
        .into_iter()
        .enumerate()
        .map(|(at, (day, counters))| {
            let mut below = 0;
            let mut bar = |count: u64| {
                below += count;
                let unit = HEIGHT / most as f64;
                Bar {
                    y: format!("{:.2}", HEIGHT - below as f64 * unit),
                    height: format!("{:.2}", count as f64 * unit),
                }
            };
            Day {
                day,
                x: at * 10,
                ham: bar(counters.ham),
                unsure: bar(counters.unsure),
                spam: bar(counters.spam),
                counters,
            }
        });
    (drawn.collect(), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_each_other_and_the_highest_reaches_the_top() {
        let day = Date::constant(2026, 11, 26);
        let counters = Counters {
            checked: 4,
            ham: 2,
            unsure: 1,
            spam: 1,
            ..Counters::default()
        };
        let (drawn, most) = days(vec![(day, Counters::default()), (day, counters)]);
        assert_eq!(most, 4);
        assert_eq!(drawn[0].spam.height, "0.00");
        let bar = |y: &str, height: &str| Bar {
            y: y.to_owned(),
            height: height.to_owned(),
        };
        assert_eq!(drawn[1].ham, bar("50.00", "50.00"));
        assert_eq!(drawn[1].spam, bar("0.00", "25.00"));
    }
}
