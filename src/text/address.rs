//! Addresses, taken apart.

use std::borrow::Cow;
use std::net::IpAddr;

use super::plain::plain;

/// The parts of a web address that say something about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// Host name in lower case, without `www.`.
    pub host: String,
    /// Where in the host its registered part begins.
    domain: usize,
    /// Where in the host its public suffix begins.
    suffix: usize,
    /// Everything after the host, percent-decoded.
    pub path: String,
    /// What is odd about it.
    pub oddities: Oddities,
}

/// What honest addresses seldom have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Oddities {
    /// A number instead of a name.
    pub ip: bool,
    /// A user name before the host, which makes it look like another host.
    pub user: bool,
    /// A port.
    pub port: bool,
    /// A name that is encoded, or in another alphabet.
    pub punycode: bool,
    /// A service that hides where the link goes.
    pub shortener: bool,
}

/// Well-known services that hide where a link goes.
const SHORTENERS: [&str; 26] = [
    "bit.ly",
    "tinyurl.com",
    "goo.gl",
    "t.co",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "adf.ly",
    "bit.do",
    "cutt.ly",
    "rebrand.ly",
    "shorturl.at",
    "rb.gy",
    "tiny.cc",
    "t.ly",
    "s.id",
    "v.gd",
    "clck.ru",
    "vk.cc",
    "j.mp",
    "x.co",
    "lnkd.in",
    "soo.gd",
    "bl.ink",
    "linktr.ee",
    "shrtco.de",
];

impl Address {
    /// Takes an address apart; `None` if there is no host in it.
    pub(super) fn parse(target: &str) -> Option<Self> {
        let target = target
            .trim()
            .trim_start_matches(['"', '\'', '\u{201d}', '\u{201c}']);
        let rest = match target.find("://") {
            Some(at) if at <= 12 => &target[at + 3..],
            _ => target.trim_start_matches('/'),
        };
        let (authority, path) = match rest.find(['/', '?', '#', '\\']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (user, host) = match authority.rsplit_once('@') {
            Some((_, host)) => (true, host),
            None => (false, authority),
        };
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => {
                (host, true)
            }
            _ => (host, false),
        };
        let decoded = percent_encoding::percent_decode_str(host).decode_utf8_lossy();
        let host = plain(&decoded);
        let disguised = matches!(decoded, Cow::Owned(_)) || matches!(host, Cow::Owned(_));
        let host = lower(host.trim_matches(['.', '[', ']']));
        let host = host.strip_prefix("www.").unwrap_or(&host);
        if host.is_empty() || !host.contains(char::is_alphanumeric) {
            return None;
        }
        let ip = host.parse::<IpAddr>().is_ok();
        let (domain, suffix) = if ip {
            (host, "")
        } else {
            let suffix = psl::suffix(host.as_bytes())
                .filter(psl::Suffix::is_known)
                .and_then(|s| std::str::from_utf8(s.as_bytes()).ok())
                .unwrap_or("");
            (psl::domain_str(host).unwrap_or(host), suffix)
        };
        Some(Self {
            oddities: Oddities {
                ip,
                user,
                port,
                punycode: disguised || host.contains("xn--") || !host.is_ascii(),
                shortener: SHORTENERS.contains(&domain),
            },
            // Both are what the host ends with.
            domain: host.len() - domain.len(),
            suffix: host.len() - suffix.len(),
            path: percent_encoding::percent_decode_str(path)
                .decode_utf8_lossy()
                .into_owned(),
            host: host.to_owned(),
        })
    }

    /// The part of the host that somebody registered, such as `example.co.uk`; the host itself
    /// for addresses without a known suffix.
    pub(super) fn domain(&self) -> &str {
        &self.host[self.domain..]
    }

    /// The public suffix, such as `co.uk`; empty for IP addresses and unknown ones.
    pub(super) fn suffix(&self) -> &str {
        &self.host[self.suffix..]
    }
}

/// A name in lower case; most are already.
pub(super) fn lower(name: &str) -> Cow<'_, str> {
    match name
        .bytes()
        .all(|b| b.is_ascii() && !b.is_ascii_uppercase())
    {
        true => Cow::Borrowed(name),
        false => Cow::Owned(name.to_lowercase()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let a = Address::parse("https://user@www.Shop.example.co.uk:8080/Buy%20now?x=1").unwrap();
        assert_eq!(
            (a.host.as_str(), a.domain(), a.suffix(), a.path.as_str()),
            (
                "shop.example.co.uk",
                "example.co.uk",
                "co.uk",
                "/Buy now?x=1"
            )
        );
        assert!(a.oddities.user && a.oddities.port);
        let ip = Address::parse("http://1.2.3.4/").unwrap();
        assert!(ip.oddities.ip && ip.suffix().is_empty() && ip.domain() == "1.2.3.4");
        assert!(
            Address::parse("https://bit.ly/x")
                .unwrap()
                .oddities
                .shortener
        );
        assert_eq!(Address::parse("http://"), None);
    }
}
