//! The address at which a site wants to hear of verdicts that change later.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::site::Site;

/// Longest address, in bytes.
const LONGEST: usize = 2048;

/// An `http` or `https` address (protocol section 2.8). Where it leads is looked at only when it is
/// called: names may come to mean other machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallbackUrl(String);

/// Why a text is no address to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("give an http or https address of at most {LONGEST} bytes, without a user name")]
pub struct CallbackUrlError;

impl CallbackUrl {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, CallbackUrlError> {
        let text = text.trim();
        let known_scheme = ["http://", "https://"].iter().any(|scheme| {
            text.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        let authority = text.split('/').nth(2).unwrap_or_default();
        if known_scheme
            && plain
            && text.len() <= LONGEST
            && !authority.is_empty()
            && !authority.contains(['@', '\\'])
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(CallbackUrlError)
        }
    }

    /// The address as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it leads to the site itself: host and port are the same.
    pub fn is_of(&self, site: &Site) -> bool {
        Site::parse(&self.0).is_ok_and(|own| own.host() == site.host())
    }
}

impl fmt::Display for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CallbackUrl {
    type Error = CallbackUrlError;

    fn try_from(text: String) -> Result<Self, CallbackUrlError> {
        Self::parse(&text)
    }
}

impl From<CallbackUrl> for String {
    fn from(url: CallbackUrl) -> Self {
        url.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_http_without_a_user() {
        for text in [
            "http://blog.example/wp-json/akismet/v1/webhook",
            "HTTPS://blog.example/index.php?rest_route=/akismet/v1/webhook",
        ] {
            assert!(CallbackUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "blog.example/webhook",
            "ftp://blog.example/",
            "http://",
            "http:///path",
            "http://user@blog.example/",
            "http://a.example\\@b.example/",
            "http://blog.example/a b",
            &format!("http://blog.example/{}", "a".repeat(2048)),
        ] {
            assert_eq!(CallbackUrl::parse(text), Err(CallbackUrlError), "{text}");
        }
    }

    #[test]
    fn only_the_site_s_own_host_and_port_belong_to_it() {
        let is_of = |url: &str, site: &str| {
            let site = Site::parse(site).unwrap();
            CallbackUrl::parse(url).is_ok_and(|url| url.is_of(&site))
        };
        assert!(is_of("https://Blog.example/x", "http://blog.example/blog"));
        assert!(is_of("http://blog.example:8080/", "blog.example:8080"));
        assert!(!is_of("http://blog.example:8080/", "blog.example"));
        assert!(!is_of("http://evil.example/blog.example", "blog.example"));
        assert!(!is_of("http://evil.example#@blog.example/", "blog.example"));
    }
}
