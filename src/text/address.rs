//! Addresses: taken apart, and found in running text.

use std::net::IpAddr;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// The parts of a web address that say something about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// Host name in lower case, without `www.`.
    pub host: String,
    /// The part of the host that somebody registered, such as `example.co.uk`; the host itself
    /// for addresses without a known suffix.
    pub domain: String,
    /// The public suffix, such as `co.uk`; empty for IP addresses and unknown ones.
    pub suffix: String,
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
    /// A name in another alphabet, encoded.
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
        let host = host.trim_matches(['.', '[', ']']).to_lowercase();
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
                punycode: host.contains("xn--") || !host.is_ascii(),
                shortener: SHORTENERS.contains(&domain),
            },
            domain: domain.to_owned(),
            suffix: suffix.to_owned(),
            path: percent_encoding::percent_decode_str(path)
                .decode_utf8_lossy()
                .into_owned(),
            host: host.to_owned(),
        })
    }
}

/// What kind of address stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A web address.
    Web,
    /// A web address disguised as words, such as `example dot com`.
    Obfuscated,
    /// An e-mail address.
    Mail,
    /// A telephone number.
    Phone,
}

// The patterns are constants; a test runs each of them.
#[allow(clippy::expect_used)]
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?xi)
        (?P<url> \b (?: h(?:tt|xx)ps? | ftp ) : /{1,3} [^\s<>"'\]\[{}|]+ )
      | (?P<mail> [\w.+-]+ @ [\w-]+ (?: \. [\w-]+ )+ )
      | (?P<www> \b www\d? \. [^\s<>"'\]\[{}|]+ )
      | (?P<host> \b [\p{L}\p{N}] [\p{L}\p{N}-]* (?: \. [\p{L}\p{N}-]+ )* \. (?: [\p{L}]{2,18} | xn--[a-z0-9-]+ ) \b (?: : \d{2,5} )? (?: [/?\#] [^\s<>"'\]\[{}|]* )? )
      | (?P<ip> \b \d{1,3} (?: \. \d{1,3} ){3} (?: : \d{2,5} )? / [^\s<>"'\]\[]* )
    "#,
    )
    .expect("a valid pattern")
});

#[allow(clippy::expect_used)]
static OBFUSCATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b ( [\p{L}\p{N}-]{2,} ) \s*
        (?: \[ \s* (?: \. | dot | punkt | точка ) \s* \] | \( \s* (?: \. | dot | punkt | точка ) \s* \) | \{ \s* (?: \. | dot ) \s* \} | \s dot \s | \s точка \s | \s \. \s? )
        \s* ( com|net|org|info|biz|ru|co|io|me|top|xyz|online|site|club|shop|store|vip|win|bet|ly|uk|de|fr|pl|in|us|cc|tv ) \b",
    )
    .expect("a valid pattern")
});

#[allow(clippy::expect_used)]
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?x) \+? \(? \d (?: [\s().-]{0,2} \d ){7,16}").expect("a valid pattern")
});

/// Finds addresses in running text, in order and without overlap.
pub(super) fn find(text: &str, found: &mut Vec<(Range<usize>, Found)>) {
    found.clear();
    let dotted = text
        .as_bytes()
        .windows(3)
        .any(|w| w[1] == b'.' && !w[0].is_ascii_whitespace() && !w[2].is_ascii_whitespace());
    if dotted || text.contains("://") || text.contains('@') {
        for caught in ADDRESS.captures_iter(text) {
            let Some(whole) = caught.get(0) else { continue };
            let end = whole.start() + trim_end(whole.as_str());
            let kind = if caught.name("mail").is_some() {
                Found::Mail
            } else {
                Found::Web
            };
            let real = caught.name("host").is_none() || is_host(&text[whole.start()..end]);
            if real && end > whole.start() {
                found.push((whole.start()..end, kind));
            }
        }
    }
    if text.contains("dot")
        || text.contains("точка")
        || text.contains(['[', '(', '{'])
        || text.contains(" .")
    {
        merge(text, &OBFUSCATED, Found::Obfuscated, found);
    }
    if text.bytes().filter(u8::is_ascii_digit).take(8).count() == 8 {
        merge(text, &PHONE, Found::Phone, found);
    }
}

/// Adds matches that overlap nothing found before.
fn merge(text: &str, pattern: &Regex, kind: Found, found: &mut Vec<(Range<usize>, Found)>) {
    for caught in pattern.find_iter(text) {
        let range = caught.range();
        let first = caught
            .as_str()
            .split_whitespace()
            .next()
            .unwrap_or_default();
        if kind == Found::Obfuscated && ["the", "a", "pre", "post", "of"].contains(&first) {
            // "the dot com bubble"
            continue;
        }
        let at = found.partition_point(|(other, _)| other.end <= range.start);
        if found
            .get(at)
            .is_none_or(|(other, _)| other.start >= range.end)
        {
            found.insert(at, (range, kind));
        }
    }
}

/// Length without the punctuation that ends a sentence rather than an address.
fn trim_end(address: &str) -> usize {
    let mut kept = address;
    loop {
        let trimmed =
            kept.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '…', '»', '”', '’']);
        let trimmed = match trimmed.strip_suffix(')') {
            Some(inner) if inner.matches('(').count() <= inner.matches(')').count() => inner,
            _ => trimmed,
        };
        if trimmed.len() == kept.len() {
            return kept.len();
        }
        kept = trimmed;
    }
}

/// Whether `a.b` without a scheme is an address and not a missing space or a file name.
fn is_host(text: &str) -> bool {
    let (host, path) = match text.find(['/', '?', '#', ':']) {
        Some(at) => (&text[..at], true),
        None => (text, false),
    };
    let lower = host.to_lowercase();
    let known = psl::suffix(lower.as_bytes()).is_some_and(|s| s.is_known());
    if !known || psl::domain_str(&lower).is_none() {
        return false;
    }
    // `file.py`, `readme.md` and `asp.net` are more often files and names than addresses, and so
    // is `end.Start` of a sentence.
    let last = lower.rsplit('.').next().unwrap_or_default();
    let file = [
        "py", "md", "rs", "sh", "pl", "cc", "ps", "mm", "so", "zip", "mov", "java", "name",
    ]
    .contains(&last);
    let sentence = host.rsplit('.').next().is_some_and(|l| {
        l.starts_with(char::is_uppercase) && l.chars().skip(1).all(char::is_lowercase)
    });
    path || !(file || sentence || lower.ends_with("asp.net"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(&str, Found)> {
        let mut all = Vec::new();
        find(text, &mut all);
        all.into_iter().map(|(r, kind)| (&text[r], kind)).collect()
    }

    #[test]
    fn addresses_are_found_in_running_text() {
        for (text, address, kind) in [
            (
                "go to http://a.example.com/x?y=1, now",
                "http://a.example.com/x?y=1",
                Found::Web,
            ),
            (
                "(see https://en.example.org/wiki/A_(b))",
                "https://en.example.org/wiki/A_(b)",
                Found::Web,
            ),
            ("hxxp://evil.com.", "hxxp://evil.com", Found::Web),
            ("visit www.shop.ru!", "www.shop.ru", Found::Web),
            ("cheap-pills.com has it", "cheap-pills.com", Found::Web),
            ("на сайт казино.рф заходи", "казино.рф", Found::Web),
            ("http://1.2.3.4/x", "http://1.2.3.4/x", Found::Web),
            (
                "casino dot com is best",
                "casino dot com",
                Found::Obfuscated,
            ),
            ("casino[.]com", "casino[.]com", Found::Obfuscated),
            (
                "write to joe.doe@mail.example.com.",
                "joe.doe@mail.example.com",
                Found::Mail,
            ),
            (
                "call +1 (888) 555-0123 now",
                "+1 (888) 555-0123",
                Found::Phone,
            ),
        ] {
            assert_eq!(found(text), [(address, kind)], "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_left_alone() {
        for text in [
            "e.g. this",
            "version 1.2.3",
            "done.Next we go",
            "edit main.py and readme.md",
            "I use asp.net daily",
            "a.b",
            "3.14",
            "wait...what",
            "the dot com bubble of 2000",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn addresses_are_taken_apart() {
        let a = Address::parse("https://user@www.Shop.example.co.uk:8080/Buy%20now?x=1").unwrap();
        assert_eq!(
            (
                a.host.as_str(),
                a.domain.as_str(),
                a.suffix.as_str(),
                a.path.as_str()
            ),
            (
                "shop.example.co.uk",
                "example.co.uk",
                "co.uk",
                "/Buy now?x=1"
            )
        );
        assert!(a.oddities.user && a.oddities.port);
        let ip = Address::parse("http://1.2.3.4/").unwrap();
        assert!(ip.oddities.ip && ip.suffix.is_empty() && ip.domain == "1.2.3.4");
        assert!(
            Address::parse("https://bit.ly/x")
                .unwrap()
                .oddities
                .shortener
        );
        assert_eq!(Address::parse("http://"), None);
    }

    proptest! {
        #[test]
        fn finding_and_parsing_never_panic(text in r"(\PC|http://|www\.|\.com|@|\[dot\]| dot |/|:|\d){0,40}") {
            let mut all = Vec::new();
            find(&text, &mut all);
            let mut end = 0;
            for (range, _) in all {
                prop_assert!(range.start >= end && range.end > range.start);
                prop_assert!(text.get(range.clone()).is_some());
                let _ = Address::parse(&text[range.clone()]);
                end = range.end;
            }
            let _ = Address::parse(&text);
        }
    }
}
