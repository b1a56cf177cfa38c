//! From the fields of an Akismet call to a [`Comment`]: protocol section 2.2.

use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::form::Form;
use crate::comment::{Author, Comment, Context};
use crate::site::Site;

/// Reads a comment. Nothing is required here and nothing fails: fields that make no sense count
/// as not given, and unknown fields are ignored.
pub(super) fn comment_from(form: &Form) -> Comment {
    let text = |name| form.get(name).to_owned();
    Comment {
        site: Site::parse(form.get("blog")).ok(),
        content: text("comment_content"),
        kind: kind(form).to_owned(),
        permalink: text("permalink"),
        referrer: text("referrer"),
        language: text("blog_lang"),
        author: Author {
            name: text("comment_author"),
            email: text("comment_author_email"),
            url: text("comment_author_url"),
            ip: address(form.get("user_ip")),
            user_agent: text("user_agent"),
            role: text("user_role"),
        },
        context: Context {
            // WordPress sends the names of categories and tags HTML-escaped (section 1.3).
            tags: form
                .list("comment_context")
                .map(|tag| htmlize::unescape(tag).into_owned())
                .collect(),
            ..Context::default()
        },
        posted_at: moment(form.get("comment_date_gmt")),
        form_seconds: form_seconds(form),
        honeypot: honeypot(form).to_owned(),
        test: is_truthy(form.get("is_test")),
    }
}

/// Discourse and pykismet3 name the field wrongly.
fn kind(form: &Form) -> &str {
    match form.get("comment_type") {
        "" => form.get("content_type"),
        kind => kind,
    }
}

/// Whether a flag is set. `False`, `0`, the empty text and everything else mean no.
pub(super) fn is_truthy(value: &str) -> bool {
    matches!(value, "1" | "true" | "True" | "TRUE" | "yes" | "on")
}

/// What stood in the form field that people cannot see: the field that the caller names, the
/// fixed name that some clients use whatever they announce, or that of WordPress' own script.
fn honeypot(form: &Form) -> &str {
    let named = match form.get("honeypot_field_name") {
        "" => "",
        name => form.get(name),
    };
    [
        named,
        form.get("hidden_honeypot_field"),
        form.get("POST_ak_hp_textarea"),
    ]
    .into_iter()
    .find(|value| !value.is_empty())
    .unwrap_or_default()
}

/// An IP address, also with a port or brackets, or as the first of a list as proxies write it.
fn address(text: &str) -> Option<IpAddr> {
    let first = text.split(',').next().unwrap_or_default().trim();
    let bare = first.trim_start_matches('[').trim_end_matches(']');
    let parsed: Result<IpAddr, _> = bare.parse();
    parsed
        .ok()
        .or_else(|| first.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .map(|ip| ip.to_canonical())
}

/// A moment in any of the forms seen on the wire: ISO 8601 with a zone or, meaning UTC, without
/// one; `T` or a space; fractions; Unix seconds, or milliseconds where seconds would lie beyond
/// the year 9999.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        let seconds = Timestamp::from_second(number);
        return seconds
            .or_else(|_| Timestamp::from_millisecond(number))
            .ok();
    }
    let zoned: Option<Timestamp> = text.parse().ok();
    zoned.or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

/// Seconds between opening the page and submitting the form, as WordPress' form script measured
/// them (`POST_ak_js` is the clock at the opening, `POST_ak_bfs` at the submission, both in
/// milliseconds since 1970). An opening clock of 0 to 250 means that the script never ran.
fn form_seconds(form: &Form) -> Option<f32> {
    const FIRST_PLAUSIBLE: i64 = 1_000_000_000_000; // the year 2001
    const LONGEST: i64 = 7 * 86_400_000; // a page left open for a week
    let clock = |name| -> Option<i64> {
        let millis: i64 = form.get(name).trim().parse().ok()?;
        (FIRST_PLAUSIBLE..10 * FIRST_PLAUSIBLE)
            .contains(&millis)
            .then_some(millis)
    };
    let millis = clock("POST_ak_bfs")? - clock("POST_ak_js")?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a week in milliseconds to 1/16 s"
    )]
    (0..=LONGEST)
        .contains(&millis)
        .then(|| millis as f32 / 1000.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn comment(text: &str) -> Comment {
        comment_from(&Form::from_encoded(None, text.as_bytes()))
    }

    #[test]
    fn all_fields_find_their_place() {
        let read = comment(
            "blog=http://b.example/&user_ip=203.0.113.9&user_agent=UA&referrer=R&permalink=P\
             &comment_type=reply&content_type=x&comment_author=A&comment_author_email=E\
             &comment_author_url=U&comment_content=C&blog_lang=en&user_role=editor\
             &comment_context[]=a%26amp%3Bb&comment_date_gmt=1767323045&is_test=1",
        );
        let expected = Comment {
            site: Some(Site::parse("b.example").unwrap()),
            content: "C".into(),
            kind: "reply".into(),
            permalink: "P".into(),
            referrer: "R".into(),
            language: "en".into(),
            author: Author {
                name: "A".into(),
                email: "E".into(),
                url: "U".into(),
                ip: Some("203.0.113.9".parse().unwrap()),
                user_agent: "UA".into(),
                role: "editor".into(),
            },
            context: Context {
                tags: vec!["a&b".into()],
                ..Context::default()
            },
            posted_at: Some(Timestamp::from_second(1_767_323_045).unwrap()),
            test: true,
            ..Comment::default()
        };
        assert_eq!(read, expected);
        assert_eq!(comment("content_type=forum-post").kind, "forum-post");
    }

    #[test]
    fn dates_are_read_in_all_forms_seen_and_nonsense_is_passed_over() {
        for text in [
            "1767323045",
            "1767323045000",
            "2026-01-02T03:04:05",
            "2026-01-02 03:04:05",
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05+00:00",
            "2026-01-02T05:04:05+02:00",
            "2026-01-02T03:04:05.000Z",
        ] {
            let seconds = moment(text).map(Timestamp::as_second);
            assert_eq!(seconds, Some(1_767_323_045), "{text}");
        }
        let micros = moment("2026-01-02T03:04:05.123456").unwrap();
        assert_eq!(micros.as_microsecond(), 1_767_323_045_123_456);
        for text in [
            "",
            "next tuesday",
            "99999999999999999999",
            "0000-00-00 00:00:00",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn only_the_listed_words_make_a_test() {
        for (text, expected) in [
            ("is_test=1", true),
            ("is_test=true", true),
            ("is_test=on", true),
            ("is_test=False", false),
            ("is_test=0", false),
            ("is_test", false),
            ("", false),
        ] {
            assert_eq!(comment(text).test, expected, "{text}");
        }
    }

    #[test]
    fn the_honeypot_is_found_under_its_three_names() {
        for (text, expected) in [
            ("honeypot_field_name=hp&hp=filled", "filled"),
            ("honeypot_field_name=hp&hp=", ""),
            ("honeypot_field_name&hp=filled", ""),
            ("honeypot_field_name=hp&hidden_honeypot_field=bot", "bot"),
            ("hidden_honeypot_field=bot", "bot"),
            ("POST_ak_hp_textarea=x", "x"),
            ("POST_ak_hp_textarea", ""),
        ] {
            assert_eq!(comment(text).honeypot, expected, "{text}");
        }
    }

    #[test]
    fn addresses_may_have_ports_brackets_and_followers() {
        for (text, expected) in [
            ("203.0.113.9", Some("203.0.113.9")),
            (" 203.0.113.9:4711 ", Some("203.0.113.9")),
            ("203.0.113.9, 10.0.0.1", Some("203.0.113.9")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("::ffff:203.0.113.9", Some("203.0.113.9")),
            ("unknown", None),
            ("", None),
        ] {
            assert_eq!(
                address(text),
                expected.map(|ip| ip.parse().unwrap()),
                "{text}"
            );
        }
    }

    #[test]
    fn the_time_in_the_form_is_measured_from_opening_to_submission() {
        let seconds = |js: &str, bfs: &str| {
            comment(&format!("POST_ak_js={js}&POST_ak_bfs={bfs}")).form_seconds
        };
        assert_eq!(seconds("1767323045000", "1767323057500"), Some(12.5));
        assert_eq!(seconds("120", "1767323057500"), None);
        assert_eq!(seconds("1767323057500", "1767323045000"), None);
        assert_eq!(seconds("1767323045000", ""), None);
        assert_eq!(seconds("1000000000000", "1767323045000"), None);
    }

    proptest! {
        #[test]
        fn any_fields_are_some_comment(ip in "\\PC{0,20}", date in "[0-9TZ: .+-]{0,30}", js in "[0-9-]{0,20}") {
            let read = comment(&format!(
                "user_ip={ip}&comment_date_gmt={date}&POST_ak_js={js}&POST_ak_bfs=1767323057500"
            ));
            prop_assert!(read.form_seconds.is_none_or(|s| s.is_finite() && s >= 0.0));
        }
    }
}
