//! Reading single values; each error is a sentence for the person who wrote the value.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::str::FromStr;

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::site::settings::{RetentionDays, SettingError};

/// Most worker threads that are accepted; far more than any machine makes use of.
const MOST_WORKERS: usize = 1024;

/// Bodies that Akismet clients send must fit (WordPress sends the content twice), and a body is
/// held in memory.
const BODY_SIZES: std::ops::RangeInclusive<usize> = 64 * 1024..=64 * 1024 * 1024;

/// A piece of the log is held in memory, and an object of its own costs a little.
const PIECES: std::ops::RangeInclusive<usize> = 4 * 1024..=64 * 1024 * 1024;

pub(super) fn listen(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse()
        .map_err(|_| "give an IP address and a port, such as 127.0.0.1:8181 or [::1]:8181")
}

pub(super) fn domain(text: &str) -> Result<String, &'static str> {
    let name = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if name.len() <= 253 && name.split('.').all(label_ok) {
        Ok(name)
    } else {
        Err("give a host name without scheme, port or path, such as spam.example.com")
    }
}

/// An origin as browsers send it, or `*`.
pub(super) fn origin(text: &str) -> Result<String, &'static str> {
    let text = text.trim().to_ascii_lowercase();
    let authority = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let plausible = |authority: &str| {
        let (host, port) = authority.split_once(':').unwrap_or((authority, "1"));
        domain(host).is_ok_and(|name| name == host) && port.parse::<u16>().is_ok()
    };
    if text == "*" || authority.is_some_and(plausible) {
        Ok(text)
    } else {
        Err("give a scheme and a host, such as https://admin.example.com, without a path, or *")
    }
}

/// A network, or a single address as the network of that alone.
pub(super) fn network(text: &str) -> Result<IpNet, &'static str> {
    let text = text.trim();
    let alone = |_| text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .or_else(alone)
        .map_err(|_| "give an IP address or a network, such as 127.0.0.1 or 10.0.0.0/8")
}

pub(super) fn workers(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .ok()
        .filter(|n: &NonZeroUsize| n.get() <= MOST_WORKERS)
        .ok_or_else(|| format!("give a whole number from 1 to {MOST_WORKERS}"))
}

pub(super) fn days(text: &str) -> Result<RetentionDays, String> {
    let days = text.parse::<u64>().ok().map(RetentionDays::try_from);
    match days {
        Some(Ok(days)) => Ok(days),
        _ => Err(SettingError::RetentionDays.to_string()),
    }
}

pub(super) fn probability(text: &str) -> Result<f64, &'static str> {
    text.parse()
        .ok()
        .filter(|p| (0.0..=1.0).contains(p))
        .ok_or("give a number from 0 to 1")
}

pub(super) fn size(text: &str) -> Result<usize, &'static str> {
    bytes(text)
        .filter(|size| BODY_SIZES.contains(size))
        .ok_or("give a size from 64KiB to 64MiB, in bytes or with KiB or MiB behind the number")
}

/// A number of bytes, or of KiB or MiB.
fn bytes(text: &str) -> Option<usize> {
    let (digits, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "k" | "kb" | "kib" => Some(1024),
        "m" | "mb" | "mib" => Some(1024 * 1024),
        _ => None,
    };
    factor.and_then(|factor: usize| digits.parse::<usize>().ok()?.checked_mul(factor))
}

/// After how much of a cluster's log a piece of it is put among its snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotSize(Option<usize>);

impl SnapshotSize {
    /// In bytes; `None` for never.
    pub fn bytes(self) -> Option<usize> {
        self.0
    }
}

impl FromStr for SnapshotSize {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self(None));
        }
        bytes(text)
            .filter(|size| PIECES.contains(size))
            .map(|size| Self(Some(size)))
            .ok_or("give a size from 4KiB to 64MiB, in bytes or with KiB or MiB behind the number, or off")
    }
}

/// Which log lines are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// The filter, for one subscriber.
    ///
    /// A bare level speaks of Chaffinch alone: at their lower levels the libraries would write
    /// out requests, and no comment may reach the log. The libraries of HTTP and NATS are silent at all of them:
    /// what they call an error is any stranger's line that is no request, or told by the cluster in its own words.
    pub fn to_env_filter(&self) -> EnvFilter {
        let Ok(level) = self.0.parse::<LevelFilter>() else {
            return EnvFilter::new(&self.0);
        };
        let libraries = level.min(LevelFilter::WARN);
        EnvFilter::new(format!(
            "{libraries},chaffinch={level},actix_http=off,async_nats=off"
        ))
    }
}

impl FromStr for LogFilter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A single word that is no level would be read as the name of a module to trace.
        let word_without_level = !text.contains(['=', ',']) && text.parse::<LevelFilter>().is_err();
        if text.trim().is_empty() || word_without_level || EnvFilter::try_new(text).is_err() {
            return Err(
                "give error, warn, info, debug, trace or off, or directives such as info,chaffinch::http=debug",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_unit() {
        assert_eq!(size("2MiB"), Ok(2 * 1024 * 1024));
        assert_eq!(size("100 kb"), Ok(100 * 1024));
        assert_eq!(size("1048576"), Ok(1024 * 1024));
        for text in ["", "MiB", "2GiB", "1", "99999999999999999999", "-1", "1.5M"] {
            assert!(size(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn probabilities_lie_between_0_and_1() {
        assert_eq!(probability("0.5"), Ok(0.5));
        for text in ["-0.1", "1.1", "NaN", "inf", "half", ""] {
            assert!(probability(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn domains_are_host_names() {
        assert_eq!(domain("Spam.Example.COM."), Ok("spam.example.com".into()));
        for text in ["", "http://a.example", "a.example:80", "a..b", "a/b", "*.a"] {
            assert!(domain(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn log_filters_are_levels_or_directives() {
        for text in [
            "info",
            "DEBUG",
            "off",
            "warn,chaffinch=debug",
            "chaffinch::http=trace",
        ] {
            assert!(text.parse::<LogFilter>().is_ok(), "{text:?}");
        }
        for text in ["", "loud", "chaffinch=loud", "3 4"] {
            assert!(text.parse::<LogFilter>().is_err(), "{text:?}");
        }
        for (text, filter) in [
            (
                "DEBUG",
                "async_nats=off,actix_http=off,chaffinch=debug,warn",
            ),
            (
                "error",
                "async_nats=off,actix_http=off,chaffinch=error,error",
            ),
            ("chaffinch=info", "chaffinch=info"),
        ] {
            let read = LogFilter(text.into()).to_env_filter();
            assert_eq!(read.to_string(), filter);
        }
    }

    #[test]
    fn origins_have_a_scheme_and_no_path() {
        for text in ["https://a.example", "http://localhost:3000", "*"] {
            assert_eq!(origin(text), Ok(text.into()));
        }
        for text in [
            "",
            "a.example",
            "https://a.example/",
            "https://",
            "ftp://a.example",
        ] {
            assert!(origin(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn networks_are_addresses_with_or_without_a_length() {
        let read = |text| network(text).map(|network| network.to_string());
        assert_eq!(read("10.0.0.0/8"), Ok("10.0.0.0/8".into()));
        assert_eq!(read(" ::1"), Ok("::1/128".into()));
        for text in ["", "10.0.0.0/33", "localhost", "10.0.0.1:80"] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn addresses_need_a_port() {
        assert!(listen("127.0.0.1:0").is_ok());
        assert!(listen("[::1]:80").is_ok());
        assert!(listen("127.0.0.1").is_err());
        assert!(listen(":8181").is_err());
    }
}
