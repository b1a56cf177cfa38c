//! Of which comments a rule is true.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest pattern, in bytes.
const LONGEST: usize = 500;
/// Largest compiled expression, in bytes: beyond this it would slow down every check.
pub(crate) const EXPRESSION_SIZE: usize = 1 << 18;

/// What is compared, and with what. Case never counts.
///
/// What exists is valid: the same type is read from JSON and from the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Condition {
    /// The address that the comment came from lies in this network.
    Ip(IpNet),
    /// The author's e-mail address is this one.
    Email(String),
    /// It is at this domain or one below.
    EmailDomain(String),
    /// A link, or the author's home page, leads to this domain or one below.
    LinkDomain(String),
    /// The author's name is this one.
    Author(String),
    /// These words stand in the text, the author's name, home page or e-mail address.
    Word(String),
    /// This expression matches one of those.
    Regex(String),
}

/// The kinds of conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConditionKind {
    /// An IP address or a network such as `203.0.113.0/24`.
    Ip,
    /// An e-mail address.
    Email,
    /// The domain of an e-mail address.
    EmailDomain,
    /// The domain of a link.
    LinkDomain,
    /// An author's name.
    Author,
    /// A word, or several in this order.
    Word,
    /// A regular expression.
    Regex,
}

impl ConditionKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Ip,
        Self::Email,
        Self::EmailDomain,
        Self::LinkDomain,
        Self::Author,
        Self::Word,
        Self::Regex,
    ];
}

impl fmt::Display for ConditionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ip => "ip",
            Self::Email => "email",
            Self::EmailDomain => "email_domain",
            Self::LinkDomain => "link_domain",
            Self::Author => "author",
            Self::Word => "word",
            Self::Regex => "regex",
        })
    }
}

/// A text that names no kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("give one of ip, email, email_domain, link_domain, author, word, regex")]
pub struct ConditionKindError;

impl FromStr for ConditionKind {
    type Err = ConditionKindError;

    fn from_str(name: &str) -> Result<Self, ConditionKindError> {
        let mut known = Self::ALL.into_iter();
        known
            .find(|kind| kind.to_string() == name)
            .ok_or(ConditionKindError)
    }
}

/// Why a pattern cannot be used; what is expected stands in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// Nothing, or too much.
    #[error("give 1 to {LONGEST} bytes")]
    Length,
    /// No address or network.
    #[error("give an IP address or a network such as 203.0.113.0/24 or 2001:db8::/32")]
    Ip,
    /// No e-mail address.
    #[error("give one e-mail address without spaces")]
    Email,
    /// No domain.
    #[error("give a domain such as example.com, without scheme and path")]
    Domain,
    /// Nothing that could be found in a text.
    #[error("give at least one letter or digit")]
    Word,
    /// No expression.
    #[error("the expression cannot be used: {0}")]
    Regex(String),
    /// It is true of everything.
    #[error("the expression matches every text, the empty one too")]
    MatchesAll,
}

impl Condition {
    /// Reads what a person wrote.
    pub fn parse(kind: ConditionKind, pattern: &str) -> Result<Self, ConditionError> {
        let pattern = pattern.trim();
        if pattern.is_empty() || pattern.len() > LONGEST {
            return Err(ConditionError::Length);
        }
        Ok(match kind {
            ConditionKind::Ip => Self::Ip(network(pattern)?),
            ConditionKind::Email => Self::Email(email(pattern)?),
            ConditionKind::EmailDomain => Self::EmailDomain(domain(pattern)?),
            ConditionKind::LinkDomain => Self::LinkDomain(domain(pattern)?),
            ConditionKind::Author => Self::Author(pattern.to_owned()),
            ConditionKind::Word if pattern.contains(char::is_alphanumeric) => {
                Self::Word(pattern.to_owned())
            }
            ConditionKind::Word => return Err(ConditionError::Word),
            ConditionKind::Regex => {
                if expression(pattern)?.is_match("") {
                    return Err(ConditionError::MatchesAll);
                }
                Self::Regex(pattern.to_owned())
            }
        })
    }

    /// Its kind.
    pub fn kind(&self) -> ConditionKind {
        match self {
            Self::Ip(_) => ConditionKind::Ip,
            Self::Email(_) => ConditionKind::Email,
            Self::EmailDomain(_) => ConditionKind::EmailDomain,
            Self::LinkDomain(_) => ConditionKind::LinkDomain,
            Self::Author(_) => ConditionKind::Author,
            Self::Word(_) => ConditionKind::Word,
            Self::Regex(_) => ConditionKind::Regex,
        }
    }

    /// What it compares with, as text.
    pub fn pattern(&self) -> String {
        match self {
            Self::Ip(network) => network.to_string(),
            Self::Email(text)
            | Self::EmailDomain(text)
            | Self::LinkDomain(text)
            | Self::Author(text)
            | Self::Word(text)
            | Self::Regex(text) => text.clone(),
        }
    }
}

/// `email_domain example.com`
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.pattern())
    }
}

/// An expression as rules use it: case does not count, and its size is bounded.
fn expression(pattern: &str) -> Result<Regex, ConditionError> {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(EXPRESSION_SIZE)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                ConditionError::Regex("it is too large once compiled".to_owned())
            }
            // The library draws where the fault lies, over several lines; the last says what it is.
            error => {
                let text = error.to_string();
                let last = text.lines().next_back().unwrap_or_default();
                ConditionError::Regex(last.trim_start_matches("error: ").to_owned())
            }
        })
}

fn network(pattern: &str) -> Result<IpNet, ConditionError> {
    let network = match pattern.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address.to_canonical()),
        Err(_) => IpNet::from_str(pattern).map_err(|_| ConditionError::Ip)?,
    };
    Ok(network.trunc())
}

fn email(pattern: &str) -> Result<String, ConditionError> {
    match pattern.contains(char::is_whitespace) {
        false => Ok(pattern.to_lowercase()),
        true => Err(ConditionError::Email),
    }
}

fn domain(pattern: &str) -> Result<String, ConditionError> {
    let name = pattern.trim_start_matches(['@', '*', '.']);
    let name = name.trim_end_matches('.').to_lowercase();
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    match name.split('.').all(label) {
        true => Ok(name),
        false => Err(ConditionError::Domain),
    }
}

/// A condition before anyone has looked at it.
#[derive(Serialize, Deserialize)]
struct Written {
    kind: ConditionKind,
    pattern: String,
}

impl TryFrom<Written> for Condition {
    type Error = ConditionError;

    fn try_from(written: Written) -> Result<Self, ConditionError> {
        Self::parse(written.kind, &written.pattern)
    }
}

impl From<Condition> for Written {
    fn from(condition: Condition) -> Self {
        Self {
            kind: condition.kind(),
            pattern: condition.pattern(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::ConditionKind::*;
    use super::*;

    #[test]
    fn patterns_are_read_in_all_their_spellings() {
        for (kind, written, read) in [
            (Ip, "203.0.113.9", "203.0.113.9/32"),
            (Ip, "203.0.113.9/24", "203.0.113.0/24"),
            (Ip, "::ffff:203.0.113.9", "203.0.113.9/32"),
            (Ip, "2001:db8::/32", "2001:db8::/32"),
            (Email, " Joe@Example.com ", "joe@example.com"),
            (EmailDomain, "@Mail.example.", "mail.example"),
            (LinkDomain, "*.Example.com", "example.com"),
            (LinkDomain, "ru", "ru"),
            (Word, "Buy now", "Buy now"),
            (Regex, r"^cas+ino\b", r"^cas+ino\b"),
        ] {
            assert_eq!(Condition::parse(kind, written).unwrap().pattern(), read);
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let error = |kind, pattern: &str| Condition::parse(kind, pattern).unwrap_err();
        assert_eq!(error(Ip, "example.com"), ConditionError::Ip);
        assert_eq!(error(Ip, "203.0.113.0/33"), ConditionError::Ip);
        assert_eq!(error(Email, "a b"), ConditionError::Email);
        assert_eq!(error(LinkDomain, "http://e.org/"), ConditionError::Domain);
        assert_eq!(error(Word, "!!!"), ConditionError::Word);
        assert_eq!(error(Word, " "), ConditionError::Length);
        assert_eq!(error(Regex, "a*"), ConditionError::MatchesAll);
        assert_eq!(error(Regex, "casino|"), ConditionError::MatchesAll);
        let unclosed = error(Regex, "(").to_string();
        assert!(unclosed.ends_with("unclosed group"), "{unclosed}");
        let huge = error(Regex, r"(\w{100}){100}").to_string();
        assert!(huge.ends_with("too large once compiled"), "{huge}");
    }

    proptest! {
        #[test]
        fn a_condition_survives_the_disk(number in 0usize..7, pattern in "\\PC{1,30}") {
            if let Ok(condition) = Condition::parse(ConditionKind::ALL[number], &pattern) {
                let bytes = postcard::to_allocvec(&condition).unwrap();
                prop_assert_eq!(postcard::from_bytes::<Condition>(&bytes).unwrap(), condition);
            }
        }
    }
}
