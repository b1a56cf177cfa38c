//! Addresses, e-mail addresses and telephone numbers in running text.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::plain::Plain;

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
        (?P<url> (?: h(?:tt|xx)ps? | ftp ) : /{1,3} [^\s<>"'\]\[{}|]+ )
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
    let dot = r"\[ \s* (?: \. | dot | punkt | точка ) \s* \] | \( \s* (?: \. | dot | punkt | точка ) \s* \) | \{ \s* (?: \. | dot ) \s* \}";
    Regex::new(&format!(
        r"(?xi) (?P<brackets> \b (?: [\p{{L}}\p{{N}}-]+ \s* (?: {dot} ) \s* )+ \p{{L}}{{2,18}} \b )
        | \b ( [\p{{L}}\p{{N}}-]{{2,}} ) \s* (?: {dot} | \s dot \s | \s точка \s | \s \. \s? )
        \s* ( com|net|org|info|biz|ru|co|io|me|top|xyz|online|site|club|shop|store|vip|win|bet|ly|uk|de|fr|pl|in|us|cc|tv ) \b
        | \b t \s dot \s me \b",
    ))
    .expect("a valid pattern")
});

#[allow(clippy::expect_used)]
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?x) \+? \(? \d (?: [\s().-]{0,2} \d ){7,16}").expect("a valid pattern")
});

/// Finds addresses in running text, in order and without overlap.
pub(super) fn find(text: &str, found: &mut Vec<(Range<usize>, Found)>) {
    match Plain::of(text) {
        Some(plain) => {
            find_plain(&plain.text, found);
            for (range, _) in found {
                *range = plain.origins[range.start]..plain.origins[range.end];
            }
        }
        None => find_plain(text, found),
    }
}

fn find_plain(text: &str, found: &mut Vec<(Range<usize>, Found)>) {
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
    for caught in pattern.captures_iter(text) {
        let Some(whole) = caught.get(0) else { continue };
        let range = whole.range();
        if kind == Found::Obfuscated {
            let first = whole.as_str().split_whitespace().next().unwrap_or_default();
            if ["the", "a", "pre", "post", "of"].contains(&first) {
                // "the dot com bubble"
                continue;
            }
            if caught.name("brackets").is_some() && !has_suffix(&deobfuscated(whole.as_str())) {
                continue;
            }
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

/// The host that is meant by `example [dot] com` and the like.
pub(super) fn deobfuscated(written: &str) -> String {
    let is_dot = |part: &str| matches!(part.to_lowercase().as_str(), "dot" | "punkt" | "точка");
    let parts: Vec<&str> = written
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|part| !part.is_empty() && !is_dot(part))
        .collect();
    parts.join(".")
}

/// Whether somebody can have registered a host of that name.
fn has_suffix(host: &str) -> bool {
    let lower = host.to_lowercase();
    psl::suffix(lower.as_bytes()).is_some_and(|s| s.is_known()) && psl::domain_str(&lower).is_some()
}

/// Whether `a.b` without a scheme is an address and not a missing space or a file name.
fn is_host(text: &str) -> bool {
    let (host, path) = match text.find(['/', '?', '#', ':']) {
        Some(at) => (&text[..at], true),
        None => (text, false),
    };
    let lower = host.to_lowercase();
    if !has_suffix(&lower) {
        return false;
    }
    // `file.py`, `readme.md` and `asp.net` are more often files and names than addresses, and so
    // is `end.Start` of a sentence.
    let last = lower.rsplit('.').next().unwrap_or_default();
    let file = [
        "py", "md", "rs", "sh", "cc", "ps", "mm", "so", "zip", "mov", "java", "name",
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

    use super::super::address::Address;
    use super::super::plain::plain;
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
    fn disguised_addresses_are_found_as_they_were_written() {
        for (text, address, kind, host) in [
            (
                "at pills\u{200b}.\u{200b}example.com now",
                "pills\u{200b}.\u{200b}example.com",
                Found::Web,
                "pills.example.com",
            ),
            (
                "ｐｉｌｌｓ．ｃｏｍ",
                "ｐｉｌｌｓ．ｃｏｍ",
                Found::Web,
                "pills.com",
            ),
            ("注册 pills。com 吧", "pills。com", Found::Web, "pills.com"),
            ("pills․top", "pills․top", Found::Web, "pills.top"),
            (
                "𝐡𝐭𝐭𝐩𝐬://𝐩𝐢𝐥𝐥𝐬.com/x",
                "𝐡𝐭𝐭𝐩𝐬://𝐩𝐢𝐥𝐥𝐬.com/x",
                Found::Web,
                "pills.com",
            ),
            ("t(dot)me", "t(dot)me", Found::Obfuscated, "t.me"),
            ("t dot me", "t dot me", Found::Obfuscated, "t.me"),
            (
                "pills[.]com[.]br !",
                "pills[.]com[.]br",
                Found::Obfuscated,
                "pills.com.br",
            ),
            (
                "pills {dot} to",
                "pills {dot} to",
                Found::Obfuscated,
                "pills.to",
            ),
        ] {
            assert_eq!(found(text), [(address, kind)], "{text}");
            let target = match kind {
                Found::Obfuscated => deobfuscated(address),
                _ => plain(address).into_owned(),
            };
            assert_eq!(Address::parse(&target).unwrap().host, host, "{text}");
        }
        for target in [
            "https://%70ills.com/",
            "https://ｐｉｌｌｓ.com/",
            "https://pi\u{200b}lls.com",
        ] {
            let address = Address::parse(target).unwrap();
            assert_eq!(address.domain, "pills.com", "{target}");
            assert!(address.oddities.punycode);
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
            "an array[dot]length",
            "终于写完了。com 组件",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
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
