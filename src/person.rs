//! Whose comments an erasure or an export is about.

use std::fmt;
use std::net::IpAddr;

/// What identifies a person, as far as a comment form asks.
#[derive(Clone, PartialEq, Eq)]
pub enum Person {
    /// The e-mail address given; case does not count.
    Email(String),
    /// The address that the comments came from.
    Ip(IpAddr),
    /// The name signed with; case does not count.
    Author(String),
}

/// Why a text identifies nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// No IP address.
    #[error("is no IP address")]
    Ip,
}

impl Person {
    /// Whoever gave this e-mail address.
    pub fn email(text: &str) -> Result<Self, PersonError> {
        folded(text).map(Self::Email)
    }

    /// Whoever signed with this name.
    pub fn author(text: &str) -> Result<Self, PersonError> {
        folded(text).map(Self::Author)
    }

    /// Whoever wrote from this address.
    pub fn ip(text: &str) -> Result<Self, PersonError> {
        match text.trim() {
            "" => Err(PersonError::Empty),
            text => text
                .parse::<IpAddr>()
                .map(|ip| Self::Ip(ip.to_canonical()))
                .map_err(|_| PersonError::Ip),
        }
    }
}

/// The spelling in which e-mail addresses and names are compared.
fn folded(text: &str) -> Result<String, PersonError> {
    match text.trim() {
        "" => Err(PersonError::Empty),
        text => Ok(text.to_lowercase()),
    }
}

/// Never shows who it is: it may end up in a log.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email(_) => "Email(…)",
            Self::Ip(_) => "Ip(…)",
            Self::Author(_) => "Author(…)",
        })
    }
}
