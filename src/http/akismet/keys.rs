//! Where the key of an Akismet call stands: protocol sections 1.1 and 1.2.

use actix_web::HttpRequest;
use actix_web::http::header::HOST;

use super::form::Form;

/// In which order the places of the key are looked at; the first that is not empty wins.
///
/// WordPress appends its *stored* `api_key` to every body, so that `key=NEW&…&api_key=OLD` is
/// normal while a user changes keys, and on account calls `key` has to win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyOrder {
    /// verify-key, deactivate, get-stats, get-key-stats, get-subscription.
    Account,
    /// Every other call.
    Ordinary,
}

/// The key of a call as the caller wrote it; `None` if there is none anywhere.
pub(super) fn find_key<'a>(
    order: KeyOrder,
    body: &'a Form,
    query: &'a Form,
    host_label: Option<&'a str>,
) -> Option<&'a str> {
    let host = host_label.unwrap_or_default();
    let places = match order {
        KeyOrder::Account => [
            body.get("key"),
            body.get("api_key"),
            query.get("key"),
            query.get("api_key"),
            host,
        ],
        KeyOrder::Ordinary => [
            body.get("api_key"),
            query.get("api_key"),
            host,
            body.get("key"),
            "",
        ],
    };
    places
        .into_iter()
        .map(str::trim)
        .find(|key| !key.is_empty())
}

/// The host that a request names: that of an absolute-form target (a client redirected by
/// nothing but `HTTP_PROXY` sends one), else the `Host` header.
pub(super) fn requested_host(request: &HttpRequest) -> Option<&str> {
    let target = request.uri().authority().map(|a| a.as_str());
    target.or_else(|| request.headers().get(HOST)?.to_str().ok())
}

/// The key in the left-most label of a host name below one of the base domains (section 1.1),
/// in lower case: `123456789abc.rest.akismet.com:443` has `123456789abc`.
pub(super) fn key_label(host: &str, base_domains: &[String]) -> Option<String> {
    let host = host.rsplit('@').next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_key = |label: &&str| {
        label.len() == 12
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    // One base domain may lie below another: the label tells which is meant.
    base_domains.iter().find_map(|base| {
        let base = base.trim_matches('.').to_ascii_lowercase();
        let label = name.strip_suffix(&base)?.strip_suffix('.')?;
        Some(label).filter(is_key).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form {
        Form::from_encoded(None, text.as_bytes())
    }

    #[test]
    fn the_first_place_that_is_not_empty_wins() {
        let cases = [
            // body, query, host label, account call, other call
            ("key=n&api_key=o", "", None, Some("n"), Some("o")),
            ("api_key=o", "", None, Some("o"), Some("o")),
            ("key=&api_key=o", "", None, Some("o"), Some("o")),
            ("", "api_key=q", Some("h"), Some("q"), Some("q")),
            ("key=n", "", Some("h"), Some("n"), Some("h")),
            ("key=n", "api_key=q", Some("h"), Some("n"), Some("q")),
            ("key=n", "", None, Some("n"), Some("n")),
            ("", "key=q", None, Some("q"), None),
            ("", "", Some("h"), Some("h"), Some("h")),
            ("key&api_key=+", "", None, None, None),
        ];
        for (body, query, host, account, ordinary) in cases {
            let (body_form, query_form) = (form(body), form(query));
            let find = |order| find_key(order, &body_form, &query_form, host);
            assert_eq!(find(KeyOrder::Account), account, "account: {body} {query}");
            assert_eq!(find(KeyOrder::Ordinary), ordinary, "other: {body} {query}");
        }
    }

    #[test]
    fn the_label_is_found_below_the_base_domains_only() {
        let bases = ["akismet.com", "rest.akismet.com", "localhost"].map(str::to_owned);
        for (host, expected) in [
            ("123456789abc.rest.akismet.com", Some("123456789abc")),
            ("123456789ABC.Rest.Akismet.Com.:443", Some("123456789abc")),
            ("123456789abc.localhost:8099", Some("123456789abc")),
            ("rest.akismet.com", None),
            ("a.123456789abc.rest.akismet.com", None),
            ("123456789abc.example.com", None),
            ("123456789abcrest.akismet.com", None),
            ("short.rest.akismet.com", None),
            ("127.0.0.1:8099", None),
            ("", None),
        ] {
            assert_eq!(key_label(host, &bases).as_deref(), expected, "{host}");
        }
    }
}
