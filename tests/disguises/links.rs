//! Disguises of addresses. Each leaves a comment alone that has nothing of the kind.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::dice::Dice;
use crate::pieces::kept;

#[allow(clippy::unwrap_used)]
static URL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<scheme>https?://)(?P<host>[A-Za-z0-9.-]+)(?P<path>[/?][!-;=?-Z_a-z~]*)?")
        .unwrap()
});

#[allow(clippy::unwrap_used)]
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<a href=["']?([^"'> ]+)["']?>([^<]*)</a>|\[url=([^\]]+)\]([^\[]*)\[/url\]"#)
        .unwrap()
});

/// Every address put through `change`: scheme, host, path.
fn addresses(text: &str, change: impl Fn(&str, &str, &str) -> String) -> String {
    URL.replace_all(text, |caught: &Captures<'_>| {
        let part = |name| caught.name(name).map_or("", |part| part.as_str());
        change(part("scheme"), part("host"), part("path"))
    })
    .into_owned()
}

/// Links of markup written out: the label, then the address.
fn written_out(text: &str) -> String {
    LINK.replace_all(text, |caught: &Captures<'_>| {
        let part = |at| caught.get(at).map_or("", |part| part.as_str());
        format!("{}{} {}{}", part(2), part(4), part(1), part(3))
    })
    .into_owned()
}

/// Addresses in the text, put through `change`, with a space on each side.
fn bare(text: &str, change: impl Fn(&str, &str) -> String) -> String {
    addresses(&written_out(text), |_, host, path| {
        format!(" {} ", change(host, path))
    })
}

fn escaped(text: &str, every: usize) -> String {
    text.char_indices()
        .map(|(at, c)| match c {
            'a'..='z' if at % every == 1 => format!("%{:02X}", u32::from(c)),
            _ => c.to_string(),
        })
        .collect()
}

pub fn percent_escapes(text: &str, _: &mut Dice) -> String {
    addresses(text, |scheme, host, path| {
        let path = if path.len() < 2 { "/start" } else { path };
        format!("{scheme}{host}{}", escaped(path, 2))
    })
}

pub fn percent_escapes_in_host(text: &str, _: &mut Dice) -> String {
    addresses(text, |scheme, host, path| {
        format!("{scheme}{}{path}", escaped(host, 3))
    })
}

pub fn user_in_address(text: &str, _: &mut Dice) -> String {
    addresses(text, |scheme, host, path| {
        format!("{scheme}www.daily-courier.example@{host}{path}")
    })
}

pub fn through_a_redirect(text: &str, _: &mut Dice) -> String {
    addresses(text, |scheme, host, path| {
        let path = path.replace('/', "%2F");
        let scheme = scheme.replace("://", "%3A%2F%2F");
        format!("https://search.courier.example/url?q={scheme}{host}{path}&sa=D")
    })
}

pub fn capital_host(text: &str, _: &mut Dice) -> String {
    addresses(text, |scheme, host, path| {
        format!("{}{}{path}", scheme.to_uppercase(), host.to_uppercase())
    })
}

pub fn no_scheme(text: &str, _: &mut Dice) -> String {
    bare(text, |host, path| format!("{host}{path}"))
}

pub fn odd_scheme(text: &str, _: &mut Dice) -> String {
    bare(text, |host, path| format!("hxxps://{host}{path}"))
}

pub fn dot_in_words(text: &str, _: &mut Dice) -> String {
    bare(text, |host, _| host.replace('.', " dot "))
}

pub fn dot_in_brackets(text: &str, dice: &mut Dice) -> String {
    let dot = ["[.]", "(dot)", "[dot]", "{.}"][dice.below(4)];
    bare(text, |host, _| host.replace('.', dot))
}

pub fn spaces_round_dots(text: &str, _: &mut Dice) -> String {
    bare(text, |host, _| host.replace('.', " . "))
}

pub fn other_dots(text: &str, dice: &mut Dice) -> String {
    let dot = ["。", "．", "․", "｡"][dice.below(4)];
    bare(text, |host, path| {
        format!("{}{path}", host.replace('.', dot))
    })
}

pub fn zero_width_in_address(text: &str, _: &mut Dice) -> String {
    bare(text, |host, _| host.replace('.', "\u{200b}.\u{200b}"))
}

pub fn full_width_address(text: &str, _: &mut Dice) -> String {
    bare(text, |host, _| {
        host.chars()
            .map(|c| match c {
                'a'..='z' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
                _ => c,
            })
            .collect()
    })
}

pub fn no_links_at_all(text: &str, _: &mut Dice) -> String {
    bare(text, |host, _| {
        host.split('.').next().unwrap_or_default().to_owned()
    })
}

/// `name at gmail dot com`.
pub fn mail_in_words(text: &str, _: &mut Dice) -> String {
    kept(text, |piece| {
        let mail = piece.contains('@') && !piece.starts_with('@') && !piece.contains('/');
        if mail {
            piece.replace('@', " at ").replace(".com", " dot com")
        } else {
            piece.to_owned()
        }
    })
}

/// Digits of telephone numbers in full width or in circles.
pub fn styled_numbers(text: &str, dice: &mut Dice) -> String {
    let wide = dice.below(2) == 0;
    kept(text, |piece| {
        if !piece.starts_with('+') {
            return piece.to_owned();
        }
        piece
            .chars()
            .map(|c| match c.to_digit(10) {
                Some(digit) if wide => char::from_u32(0xFF10 + digit).unwrap_or(c),
                Some(0) => '⓪',
                Some(digit) => char::from_u32(0x245F + digit).unwrap_or(c),
                None => c,
            })
            .collect()
    })
}
