//! So many calls in such a time, as operators write it: `600/m`.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Most calls in one window. Far above what one machine answers; it keeps the time between two
/// calls above a nanosecond.
const MOST_CALLS: u32 = 1_000_000;

/// A number of calls in a window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate {
    calls: NonZeroU32,
    window: Window,
}

/// The windows in which calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Window {
    Second,
    Minute,
    Hour,
    Day,
}

/// A text is no rate; what is expected stands in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "give a number of calls from 1 to 1000000 and a unit of time, such as 10/s, 600/m, 5000/h or 20000/d"
)]
pub struct RateError;

impl Rate {
    /// `5/m`.
    pub(crate) const FIVE_A_MINUTE: Self = Self {
        calls: NonZeroU32::MIN.saturating_add(4),
        window: Window::Minute,
    };

    /// Calls in one window; so many may also come at once.
    pub fn calls(self) -> NonZeroU32 {
        self.calls
    }

    /// The window.
    pub fn window(self) -> Duration {
        Duration::from_secs(match self.window {
            Window::Second => 1,
            Window::Minute => 60,
            Window::Hour => 3600,
            Window::Day => 86_400,
        })
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (calls, window) = text.trim().split_once('/').ok_or(RateError)?;
        let window = match window.trim() {
            "s" | "second" => Window::Second,
            "m" | "minute" => Window::Minute,
            "h" | "hour" => Window::Hour,
            "d" | "day" => Window::Day,
            _ => return Err(RateError),
        };
        let calls: NonZeroU32 = calls.trim().parse().map_err(|_| RateError)?;
        if calls.get() > MOST_CALLS {
            return Err(RateError);
        }
        Ok(Self { calls, window })
    }
}

impl TryFrom<String> for Rate {
    type Error = RateError;

    fn try_from(text: String) -> Result<Self, RateError> {
        text.parse()
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.to_string()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.window {
            Window::Second => 's',
            Window::Minute => 'm',
            Window::Hour => 'h',
            Window::Day => 'd',
        };
        write!(f, "{}/{unit}", self.calls)
    }
}

/// A rate, or none: `off`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimit(pub Option<Rate>);

impl FromStr for RateLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "off" => Ok(Self(None)),
            rate => rate
                .parse()
                .map(|rate| Self(Some(rate)))
                .map_err(|error: RateError| format!("{error}, or off")),
        }
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(rate) => rate.fmt(f),
            None => f.write_str("off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_written_alike() {
        for text in ["1/s", "600/m", "5000/h", "1000000/d", "off"] {
            let read = text.parse::<RateLimit>();
            assert_eq!(read.map(|limit| limit.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("60 / minute".parse::<Rate>(), "60/m".parse());
        for text in [
            "",
            "600",
            "0/m",
            "-1/m",
            "1000001/d",
            "1/w",
            "1.5/s",
            "m/1",
            "Off",
        ] {
            assert!(text.parse::<RateLimit>().is_err(), "{text:?}");
        }
    }
}
