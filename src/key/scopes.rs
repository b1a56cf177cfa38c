//! What a key may be used for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Have comments judged.
    Check,
    /// Say what comments are, and take that back.
    Correct,
    /// Look at verdicts and counts.
    Read,
    /// Everything, keys and settings included.
    Admin,
    /// Look at and correct what any key asked for, as a person at the dashboard does. Includes
    /// `correct` and `read`.
    Moderate,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Check,
        Self::Correct,
        Self::Read,
        Self::Admin,
        Self::Moderate,
    ];

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Check => "check",
            Self::Correct => "correct",
            Self::Read => "read",
            Self::Admin => "admin",
            Self::Moderate => "moderate",
        })
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let mut known = Self::ALL.into_iter();
        known
            .find(|scope| scope.to_string() == text)
            .ok_or(ScopeError)
    }
}

/// A text that names no scope, or a list of none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("give at least one of check, correct, read, admin, moderate")]
pub struct ScopeError;

/// At least one scope. As a list where people read it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Scope>", into = "Vec<Scope>")]
pub struct Scopes(u8);

impl Scopes {
    /// What a site needs: all but managing the server.
    pub const SITE: Self = Self(0b0111);
    /// Everything.
    pub const ADMIN: Self = Self(0b0_1111);
    /// To say what comments are, and nothing else.
    pub const CORRECTOR: Self = Self(0b0_0010);
    /// What a moderator needs: to see what any key asked for, and to correct it.
    pub const MODERATOR: Self = Self(0b1_0110);

    /// Whether a call of this kind is allowed. `admin` allows every kind.
    pub fn allow(self, scope: Scope) -> bool {
        self.0 & (scope.bit() | Scope::Admin.bit()) != 0
    }

    /// Those that are set, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        let set = move |scope: &Scope| self.0 & scope.bit() != 0;
        Scope::ALL.into_iter().filter(set)
    }
}

impl TryFrom<Vec<Scope>> for Scopes {
    type Error = ScopeError;

    fn try_from(scopes: Vec<Scope>) -> Result<Self, ScopeError> {
        let bits = scopes.iter().fold(0, |bits, scope| bits | scope.bit());
        match bits {
            0 => Err(ScopeError),
            // Who may do everything may do each.
            bits if bits & Scope::Admin.bit() != 0 => Ok(Self::ADMIN),
            bits if bits & Scope::Moderate.bit() != 0 => Ok(Self(bits | Self::MODERATOR.0)),
            bits => Ok(Self(bits)),
        }
    }
}

impl From<Scopes> for Vec<Scope> {
    fn from(scopes: Scopes) -> Self {
        scopes.iter().collect()
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn scopes_survive_json_and_the_disk() {
        let scopes: Scopes = serde_json::from_str(r#"["read","check","read"]"#).unwrap();
        assert_eq!(
            serde_json::to_string(&scopes).unwrap(),
            r#"["check","read"]"#
        );
        let bytes = postcard::to_allocvec(&scopes).unwrap();
        assert_eq!(postcard::from_bytes::<Scopes>(&bytes).unwrap(), scopes);
        assert!(serde_json::from_str::<Scopes>("[]").is_err());
    }

    #[test]
    fn admin_allows_everything_and_nothing_else_does() {
        let admin = Scopes::try_from(vec![Scope::Admin]).unwrap();
        assert_eq!(admin, Scopes::ADMIN);
        assert!(Scope::ALL.into_iter().all(|scope| admin.allow(scope)));
        assert!(!Scopes::SITE.allow(Scope::Admin));
        let reader = Scopes::try_from(vec!["read".parse().unwrap()]).unwrap();
        assert!(reader.allow(Scope::Read) && !reader.allow(Scope::Check));
        let moderator = Scopes::try_from(vec![Scope::Moderate]).unwrap();
        assert_eq!(moderator, Scopes::MODERATOR);
        assert!(moderator.allow(Scope::Correct) && moderator.allow(Scope::Read));
        assert!(!moderator.allow(Scope::Check) && !moderator.allow(Scope::Admin));
    }
}
