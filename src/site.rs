//! The identity of a site: its front page without scheme, in one spelling.

pub mod settings;

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest identity kept, in bytes: a host name has at most 253, the rest is the path.
const LONGEST: usize = 512;

/// A site: lower-case host, port if it is unusual, and path of its front page without a slash
/// at the end, such as `blog.example.com` or `example.com/blog`.
///
/// Protocol section 2.1: blog engines write the same site with and without scheme, `www.` apart,
/// with or without a slash at the end; all of these are one site.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(example = "blog.example.com")]
pub struct Site(String);

/// Why a text is not the address of a site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// Nothing but white space was given.
    #[error("the site is empty; give the address of its front page")]
    Empty,
    /// There is no host name in it.
    #[error("the site has no host name; give the address of its front page")]
    NoHost,
    /// It is longer than any real front page's address.
    #[error("the site's address is longer than {LONGEST} bytes")]
    TooLong,
}

impl Site {
    /// Reads the address of a front page, with or without scheme.
    pub fn parse(address: &str) -> Result<Self, SiteError> {
        let address = address.trim();
        if address.is_empty() {
            return Err(SiteError::Empty);
        }
        let (scheme, rest) = match address.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => (String::new(), address.trim_start_matches("//")),
        };
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host_and_port = authority.rsplit('@').next().unwrap_or_default();
        let host_and_port = match scheme.as_str() {
            "http" => host_and_port.strip_suffix(":80").unwrap_or(host_and_port),
            "https" => host_and_port.strip_suffix(":443").unwrap_or(host_and_port),
            _ => host_and_port,
        };
        let host = host_and_port.trim_end_matches('.').to_lowercase();
        let plausible = host.chars().any(char::is_alphanumeric)
            && !host
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>\"'`{}|\\^".contains(c));
        if !plausible {
            return Err(SiteError::NoHost);
        }
        let path: String = path
            .split('/')
            // White space at its ends would be lost when an identity is read again.
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .flat_map(|part| ["/", part])
            .collect();
        let identity = format!("{host}{path}");
        if identity.len() > LONGEST {
            return Err(SiteError::TooLong);
        }
        Ok(Self(identity))
    }

    /// The identity as text, such as `blog.example.com`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, with its port if that is unusual.
    pub fn host(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Site {
    type Error = SiteError;

    fn try_from(address: String) -> Result<Self, SiteError> {
        Self::parse(&address)
    }
}

impl From<Site> for String {
    fn from(site: Site) -> String {
        site.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_site_are_one() {
        for address in [
            "http://blog.example.com/",
            "https://blog.example.com",
            "HTTPS://Blog.Example.COM:443/",
            "blog.example.com",
            "//blog.example.com/",
            " http://user@blog.example.com./?utm=1#top ",
            "http://blog.example.com:80",
        ] {
            assert_eq!(
                Site::parse(address).map(|s| s.to_string()),
                Ok("blog.example.com".into()),
                "{address}"
            );
        }
    }

    #[test]
    fn path_and_unusual_port_tell_sites_apart() {
        let parsed = |a| Site::parse(a).map(String::from);
        assert_eq!(parsed("http://e.org/blog//en/"), Ok("e.org/blog/en".into()));
        assert_eq!(parsed("http://e.org:8080/"), Ok("e.org:8080".into()));
        assert_eq!(parsed("e.org/ b /\u{2000}?"), Ok("e.org/b".into()));
    }

    #[test]
    fn what_is_no_site_is_refused_with_a_reason() {
        assert_eq!(Site::parse("  "), Err(SiteError::Empty));
        assert_eq!(Site::parse("http://"), Err(SiteError::NoHost));
        assert_eq!(Site::parse("http:///path"), Err(SiteError::NoHost));
        assert_eq!(Site::parse("<script>"), Err(SiteError::NoHost));
        assert_eq!(Site::parse(&"a".repeat(600)), Err(SiteError::TooLong));
    }

    proptest! {
        #[test]
        fn an_identity_parses_to_itself(address in "\\PC{0,80}") {
            if let Ok(site) = Site::parse(&address) {
                prop_assert_eq!(Site::parse(site.as_str()), Ok(site));
            }
        }
    }
}
