//! Parameters in the query of an address.

use actix_web::HttpRequest;
use actix_web::web::Query;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::wire::FieldError;

/// The parameters of a request, each at most once; each is taken out by the one who reads it.
#[derive(Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Those of a request. What is not among `known` is refused: a mistyped filter must not look
    /// as if it had filtered.
    pub(super) fn of(request: &HttpRequest, known: &[&str]) -> Result<Self, FieldError> {
        let read = Query::<Vec<(String, String)>>::from_query(request.query_string());
        let pairs = read
            .map_err(|_| FieldError::new("query", "the query of the address cannot be read"))?
            .into_inner();
        for (at, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let message = format!("is unknown; there are {}", known.join(", "));
                return Err(FieldError::new(name, message));
            }
            if pairs[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(FieldError::new(name, "is given twice"));
            }
        }
        Ok(Self(pairs))
    }

    /// One of them; the empty text counts as not given.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        let found = pairs.find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// One of them in a form of its own.
    pub(super) fn parsed<T, E: ToString>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, FieldError> {
        let value = self.text(name).map(read).transpose();
        value.map_err(|error| FieldError::new(name, error.to_string()))
    }
}

/// A point in time in RFC 3339, or the beginning of a day in UTC.
pub(in crate::http) fn start(text: &str) -> Result<Timestamp, &'static str> {
    moment(text, 0)
}

/// A point in time in RFC 3339, or the end of a day in UTC.
pub(in crate::http) fn end(text: &str) -> Result<Timestamp, &'static str> {
    moment(text, 1)
}

fn moment(text: &str, days: i32) -> Result<Timestamp, &'static str> {
    let wrong = "give a day such as 2026-11-25, or a time such as 2026-11-25T10:00:00Z";
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let day: Date = text.parse().map_err(|_| wrong)?;
    let day = day.checked_add(days.days()).map_err(|_| wrong)?;
    let midnight = day.to_zoned(TimeZone::UTC).map_err(|_| wrong)?;
    Ok(midnight.timestamp())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reaches_from_its_beginning_to_its_end() {
        let day = "2026-11-25";
        assert_eq!(start(day).unwrap().to_string(), "2026-11-25T00:00:00Z");
        assert_eq!(end(day).unwrap().to_string(), "2026-11-26T00:00:00Z");
        let time = "2026-11-25T10:00:00+01:00";
        assert_eq!(start(time), end(time));
        assert!(start("yesterday").is_err() && end("9999-12-31").is_err());
    }
}
