//! What is known of a comment besides its text.

use crate::comment::Comment;
use crate::http::dashboard::visible::visible;
use crate::http::dashboard::words::Words;

/// Most characters of one of them.
const LONGEST: usize = 400;

/// Each that was given, with its name.
pub(super) fn facts(comment: &Comment, w: &'static Words) -> Vec<(&'static str, String)> {
    let (author, context) = (&comment.author, &comment.context);
    let ip = author.ip.map(|ip| ip.to_string()).unwrap_or_default();
    let seconds = comment
        .form_seconds
        .map(|s| format!("{s:.0} s"))
        .unwrap_or_default();
    let tags = context.tags.join(", ");
    let all = [
        (w.author, author.name.as_str()),
        (w.email, &author.email),
        (w.home_page, &author.url),
        (w.ip, &ip),
        (w.role, &author.role),
        (w.user_agent, &author.user_agent),
        (w.entry, &context.title),
        (w.permalink, &comment.permalink),
        (w.tags, &tags),
        (w.referrer, &comment.referrer),
        (w.kind, &comment.kind),
        (w.language, &comment.language),
        (w.time_to_write, &seconds),
        (w.honeypot, &comment.honeypot),
    ];
    let given = all
        .into_iter()
        .filter(|(_, value)| !value.trim().is_empty());
    given
        .map(|(name, value)| (name, visible(value.trim(), LONGEST).0))
        .collect()
}
