//! Rules that can be made of a comment.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::comment::Comment;
use crate::http::dashboard::visible::visible;
use crate::rule::{Condition, ConditionKind};
use crate::verdict::Reason;

/// Most rules of one kind.
const MOST: usize = 4;

/// A rule that can be made, and where.
pub(super) struct Offer {
    pub(super) kind: ConditionKind,
    pub(super) pattern: String,
    pub(super) address: String,
}

/// A rule for each of its links, for its author in several ways, and for its most telling words.
pub(super) fn offers(comment: &Comment, reasons: &[Reason]) -> Vec<Offer> {
    let author = &comment.author;
    let of_signal = |signal: &'static str, weight: f64| {
        let found = reasons
            .iter()
            .filter(move |r| r.signal == signal && r.weight >= weight);
        found.map(|reason| reason.detail.clone())
    };
    let hosts =
        of_signal("link", f64::NEG_INFINITY).filter(|d| d.contains('.') && !d.contains(' '));
    let hosts = hosts
        .take(MOST)
        .map(|host| (ConditionKind::LinkDomain, host));
    let words = of_signal("text", 0.5).take(MOST);
    let words = words.map(|word| (ConditionKind::Word, word));
    let ip = author.ip.map(|ip| (ConditionKind::Ip, ip.to_string()));
    let domain = author.email.rsplit_once('@');
    let domain = domain.map(|(_, host)| (ConditionKind::EmailDomain, host.to_owned()));
    let whole = [
        (ConditionKind::Email, author.email.clone()),
        (ConditionKind::Author, author.name.clone()),
    ];
    let all = hosts.chain(words).chain(domain).chain(whole).chain(ip);
    all.filter_map(|(kind, pattern)| {
        let condition = Condition::parse(kind, &pattern).ok()?;
        let encoded = utf8_percent_encode(&pattern, NON_ALPHANUMERIC);
        Some(Offer {
            kind,
            address: format!("/rules/new?match={kind}&pattern={encoded}"),
            pattern: visible(&condition.pattern(), 60).0,
        })
    })
    .collect()
}
