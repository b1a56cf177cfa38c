//! Addresses, e-mail addresses and telephone numbers in running text.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::address::lower;
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

/// An expression in two forms. That for text in ASCII, which nearly all addresses are, is a small
/// automaton; classes of Unicode make a large one, and its word boundaries a slow one.
struct Pattern {
    ascii: regex::bytes::Regex,
    unicode: Regex,
}

impl Pattern {
    // The patterns are constants; a test runs each of them.
    #[allow(clippy::expect_used)]
    fn new(pattern: &str) -> Self {
        let ascii = pattern
            .replace(r"\p{L}", "a-z")
            .replace(r"\p{N}", "0-9")
            .replace("| точка", "");
        let ascii = format!("(?-u){ascii}");
        Self {
            ascii: regex::bytes::Regex::new(&ascii).expect("a valid pattern"),
            unicode: Regex::new(pattern).expect("a valid pattern"),
        }
    }

    /// Where the pattern matches, in order and without overlap.
    fn ranges(&self, text: &str) -> impl Iterator<Item = Range<usize>> {
        let ascii = text.is_ascii();
        let mut from = 0;
        std::iter::from_fn(move || {
            let range = match ascii {
                true => self.ascii.find_at(text.as_bytes(), from)?.range(),
                false => self.unicode.find_at(text, from)?.range(),
            };
            // No pattern matches nothing.
            from = range.end;
            Some(range)
        })
    }
}

static ADDRESS: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::new(
        r#"(?xi)
        (?: h(?:tt|xx)ps? | ftp ) : /{1,3} [^\s<>"'\]\[{}|]+
      | [\w.+-]+ @ [\w-]+ (?: \. [\w-]+ )+
      | \b www\d? \. [^\s<>"'\]\[{}|]+
      | \b [\p{L}\p{N}] [\p{L}\p{N}-]* (?: \. [\p{L}\p{N}-]+ )* \. (?: [\p{L}]{2,18} | xn--[a-z0-9-]+ ) \b (?: : \d{2,5} )? (?: [/?\#] [^\s<>"'\]\[{}|]* )?
      | \b \d{1,3} (?: \. \d{1,3} ){3} (?: : \d{2,5} )? / [^\s<>"'\]\[]*
    "#,
    )
});

static OBFUSCATED: LazyLock<Pattern> = LazyLock::new(|| {
    let dot = r"\[ \s* (?: \. | dot | punkt | точка ) \s* \] | \( \s* (?: \. | dot | punkt | точка ) \s* \) | \{ \s* (?: \. | dot ) \s* \}";
    Pattern::new(&format!(
        r"(?xi) \b (?: [\p{{L}}\p{{N}}-]+ \s* (?: {dot} ) \s* )+ [\p{{L}}]{{2,18}} \b
        | \b ( [\p{{L}}\p{{N}}-]{{2,}} ) \s* (?: {dot} | \s (?: dot | точка ) \s | \s \. \s? )
        \s* ( com|net|org|info|biz|ru|co|io|me|top|xyz|online|site|club|shop|store|vip|win|bet|ly|uk|de|fr|pl|in|us|cc|tv ) \b
        | \b t \s dot \s me \b",
    ))
});

static PHONE: LazyLock<Pattern> =
    LazyLock::new(|| Pattern::new(r"(?x) \+? \(? \d (?: [\s().-]{0,2} \d ){7,16}"));

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
    let mut from = 0;
    while let Some(part) = next_candidate(text, from) {
        from = part.end;
        for range in ADDRESS.ranges(&text[part.clone()]) {
            let written = &text[part.start + range.start..part.start + range.end];
            let start = part.start + range.start;
            let end = start + trim_end(written);
            let (kind, sure) = kind_of(written);
            if end > start && (sure || is_host(&text[start..end])) {
                found.push((start..end, kind));
            }
        }
    }
    for part in near_dots(text) {
        merge(text, part, &OBFUSCATED, Found::Obfuscated, found);
    }
    if may_be_phone(text) {
        for part in numbers(text) {
            merge(text, part, &PHONE, Found::Phone, found);
        }
    }
}

/// What kind of address one is that was found, and whether it is one for sure: a host without a
/// scheme may be anything that has a dot in it.
fn kind_of(written: &str) -> (Found, bool) {
    let host = match written.find(['/', '?', '#', ':']) {
        Some(at) => &written[..at],
        None => written,
    };
    if host.len() == written.len() && host.contains('@') {
        return (Found::Mail, true);
    }
    let scheme = written[host.len()..].starts_with(":/");
    let first = host.split('.').next().unwrap_or_default();
    let www = first
        .get(..3)
        .is_some_and(|www| www.eq_ignore_ascii_case("www"))
        && matches!(first.as_bytes()[3..], [] | [b'0'..=b'9']);
    let number = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (Found::Web, scheme || www || number)
}

/// The next run of characters without white space that may hold an address, from there on: the
/// expression costs more than all else that is done to a comment, and most words have no sign of one.
fn next_candidate(text: &str, mut from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    loop {
        let at = from + memchr::memchr3(b'.', b'@', b':', &bytes[from..])?;
        let after = bytes.get(at + 1).copied().unwrap_or(b' ');
        let before = &bytes[..at];
        let sign = match bytes[at] {
            b'@' => true,
            b':' => after == b'/',
            // After `www.` nearly everything is an address.
            _ => {
                let www = |at: &usize| matches!(before.get(*at), Some(b'w' | b'W'));
                let behind = [at.wrapping_sub(1), at.wrapping_sub(2)];
                after == b'-'
                    || after.is_ascii_alphanumeric()
                    || !after.is_ascii()
                    || behind.iter().any(www)
            }
        };
        if !sign {
            from = at + 1;
            continue;
        }
        let before = text[..at].rfind(char::is_whitespace);
        let start = before.map_or(0, |space| text.ceil_char_boundary(space + 1));
        let length = text[at..].find(char::is_whitespace);
        let end = length.map_or(text.len(), |length| at + length);
        return Some(start..end);
    }
}

/// The parts of a text around dots that are written as a word, in brackets or after a space: all that can
/// belong to an address with such a dot. Some comments have a sign of one, and few an address; over the
/// whole of a long one in another alphabet, the expression would take longer than all else together.
fn near_dots(text: &str) -> Vec<Range<usize>> {
    // `example [ dot ] com` has three words before the dot and as many from it on, at most.
    const WORDS: usize = 4;
    let is_dot = |bracket: &usize| {
        let rest = text[bracket + 1..].trim_start();
        let first = rest.chars().next();
        first.is_some_and(|c| matches!(c, '.' | 'd' | 'D' | 'p' | 'P' | 'т' | 'Т'))
    };
    let bytes = text.as_bytes();
    let mut dots: Vec<usize> = memchr::memmem::find_iter(bytes, "dot")
        .chain(memchr::memmem::find_iter(bytes, " ."))
        .chain(memchr::memchr3_iter(b'[', b'(', b'{', bytes).filter(is_dot))
        .chain(memchr::memmem::find_iter(bytes, "точка"))
        .collect();
    dots.sort_unstable();
    let mut parts: Vec<Range<usize>> = Vec::new();
    for dot in dots {
        let (mut before, mut after) = text.split_at(dot);
        for _ in 0..WORDS {
            before = before.trim_end().trim_end_matches(is_no_space);
            after = after.trim_start().trim_start_matches(is_no_space);
        }
        let end = text.len() - after.len();
        match parts.last_mut().filter(|last| before.len() <= last.end) {
            Some(last) => last.end = end,
            None => parts.push(before.len()..end),
        }
    }
    parts
}

fn is_no_space(c: char) -> bool {
    !c.is_whitespace()
}

/// The parts of a text that have nothing in them but what telephone numbers are written with, and
/// digits enough for one.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let belongs =
        |c: char| c.is_numeric() || c.is_whitespace() || matches!(c, '(' | ')' | '.' | '-' | '+');
    let mut parts = Vec::new();
    let (mut start, mut digits) = (0, 0);
    for (at, c) in text.char_indices().chain([(text.len(), 'x')]) {
        if belongs(c) {
            digits += usize::from(c.is_numeric());
            continue;
        }
        if digits >= 8 {
            parts.push(start..at);
        }
        (start, digits) = (at + c.len_utf8(), 0);
    }
    parts
}

/// Whether eight digits stand close to each other.
fn may_be_phone(text: &str) -> bool {
    // Two characters of white space between digits have so many bytes at most.
    const GAP: usize = 6;
    let (mut run, mut gap) = (0, 0);
    for byte in text.bytes() {
        if byte.is_ascii_digit() {
            run += 1;
            gap = 0;
            if run == 8 {
                return true;
            }
        } else {
            gap += 1;
            if gap > GAP {
                run = 0;
            }
        }
    }
    false
}

/// Adds matches in a part of the text that overlap nothing found before.
fn merge(
    text: &str,
    part: Range<usize>,
    pattern: &Pattern,
    kind: Found,
    found: &mut Vec<(Range<usize>, Found)>,
) {
    for range in pattern.ranges(&text[part.clone()]) {
        let range = part.start + range.start..part.start + range.end;
        let written = &text[range.clone()];
        if kind == Found::Obfuscated {
            let first = written.split_whitespace().next().unwrap_or_default();
            if ["the", "a", "pre", "post", "of"].contains(&first) {
                // "the dot com bubble"
                continue;
            }
            let brackets = written.contains(['[', '(', '{']);
            if brackets && !has_suffix(&deobfuscated(written)) {
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
    let lower = lower(host);
    psl::suffix(lower.as_bytes()).is_some_and(|s| s.is_known()) && psl::domain_str(&lower).is_some()
}

/// Whether `a.b` without a scheme is an address and not a missing space or a file name.
fn is_host(text: &str) -> bool {
    let (host, path) = match text.find(['/', '?', '#', ':']) {
        Some(at) => (&text[..at], true),
        None => (text, false),
    };
    let lower = lower(host);
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
            ("visit WWW2.shop.zz!", "WWW2.shop.zz", Found::Web),
            ("see 10.1.2.3/x.", "10.1.2.3/x", Found::Web),
            ("me at example.com/@joe", "example.com/@joe", Found::Web),
            (
                "write to jö@mail.example.com,",
                "jö@mail.example.com",
                Found::Mail,
            ),
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
            assert_eq!(address.domain(), "pills.com", "{target}");
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
            "wwwhy.not",
            "3.14",
            "wait...what",
            "the dot com bubble of 2000",
            "an array[dot]length",
            "终于写完了。com 组件",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    fn in_parts(pattern: &Pattern, text: &str, parts: Vec<Range<usize>>) -> Vec<Range<usize>> {
        let found = parts.into_iter().flat_map(|part| {
            let ranges: Vec<_> = pattern.ranges(&text[part.clone()]).collect();
            let moved = ranges.into_iter();
            moved.map(move |range| part.start + range.start..part.start + range.end)
        });
        found.collect()
    }

    proptest! {
        #[test]
        fn parts_of_a_text_have_all_that_the_whole_has(
            text in r"( |  |dot|\[|\]|\(|\)|\.|com|точка|[a-zé]{1,3}|[0-9]{1,9}|\+|-|,){0,30}",
        ) {
            let whole: Vec<_> = OBFUSCATED.unicode.find_iter(&text).map(|m| m.range()).collect();
            prop_assert_eq!(in_parts(&OBFUSCATED, &text, near_dots(&text)), whole);
            let whole: Vec<_> = PHONE.unicode.find_iter(&text).map(|m| m.range()).collect();
            prop_assert_eq!(in_parts(&PHONE, &text, numbers(&text)), whole);
        }

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
