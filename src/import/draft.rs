//! A comment while its parts are read.

use std::sync::atomic::Ordering;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::input::Meter;
use super::utf8::unmangled;
use super::{Fault, Place, Row};
use crate::comment::{Author, Comment, Context};
use crate::verdict::Label;

/// Longest text of a part, in bytes. Of longer ones the start is kept.
const LONGEST: usize = 1 << 20;

/// Days before this are those of clocks that were not set.
const FIRST_YEAR: i16 = 1990;

/// The parts, as they stand in the export.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) content: String,
    pub(super) kind: String,
    pub(super) permalink: String,
    pub(super) title: String,
    pub(super) language: String,
    pub(super) author: String,
    pub(super) email: String,
    pub(super) url: String,
    pub(super) ip: String,
    pub(super) user_agent: String,
    pub(super) date: String,
    pub(super) label: Option<Label>,
}

impl Draft {
    /// The row, if there is a text to learn from.
    pub(super) fn finish(mut self, place: Place, meter: &Meter) -> Result<Row, Fault> {
        if self.content.len() > LONGEST {
            self.content
                .truncate(self.content.floor_char_boundary(LONGEST));
        }
        for text in [&mut self.content, &mut self.author, &mut self.title] {
            if let Some(meant) = unmangled(text) {
                *text = meant;
                meter.mended.fetch_add(1, Ordering::Relaxed);
            }
        }
        // Unlabelled ones are not learned from: it does not matter what they lack.
        if self.content.trim().is_empty() && self.label.is_some() {
            return Err(Fault::row(place, "the comment has no text"));
        }
        let comment = Comment {
            content: self.content,
            kind: self.kind,
            permalink: self.permalink,
            language: self.language,
            author: Author {
                name: self.author,
                email: self.email,
                url: self.url,
                ip: self.ip.trim().parse().ok(),
                user_agent: self.user_agent,
                role: String::new(),
            },
            context: Context {
                title: self.title,
                ..Context::default()
            },
            posted_at: time(&self.date),
            ..Comment::default()
        };
        Ok(Row {
            place,
            comment,
            label: self.label,
        })
    }
}

/// Appends to a part, as far as there is room.
pub(super) fn append(part: &mut String, more: &str) {
    let room = LONGEST.saturating_sub(part.len());
    part.push_str(&more[..more.floor_char_boundary(room)]);
}

/// A time as exports write it: RFC 3339, a date and a time of UTC, or seconds or milliseconds since 1970.
/// `None` for what is none, and for those that a program writes that does not know it.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let at = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| since_1970(text))
        .or_else(|| civil(text))?;
    let day = at.to_zoned(TimeZone::UTC).date();
    let tomorrow = Timestamp::now().checked_add(24.hours()).ok()?;
    (day.year() >= FIRST_YEAR && at < tomorrow).then_some(at)
}

fn since_1970(text: &str) -> Option<Timestamp> {
    let number: f64 = text.parse().ok()?;
    let seconds = match number.abs() < 1e11 {
        true => number,
        false => number / 1000.0,
    };
    // What is no number or too large has no place in a day that anybody wrote a comment on.
    Timestamp::from_second(seconds as i64).ok()
}

fn civil(text: &str) -> Option<Timestamp> {
    // PostgreSQL: 2023-05-06 07:08:09.123456+00.
    let local = text.strip_suffix("+00").unwrap_or(text);
    let time: DateTime = local.trim_end_matches(" UTC").parse().ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_exports_write_them() {
        let expected: Timestamp = "2023-05-06T07:08:09Z".parse().unwrap();
        for text in [
            "2023-05-06T07:08:09Z",
            "2023-05-06T09:08:09+02:00",
            "2023-05-06 07:08:09",
            "2023-05-06 07:08:09 UTC",
            "2023-05-06 07:08:09+00",
            "1683356889",
            "1683356889.0",
            "1683356889000",
        ] {
            assert_eq!(time(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "0",
            "1970-01-01 00:00:00",
            "0000-00-00 00:00:00",
            "yesterday",
            "NaN",
            "1e300",
            "9999-12-31 23:59:59",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
