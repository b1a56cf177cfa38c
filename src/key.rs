//! Secrets that callers show: site keys and admin tokens. Only their hashes are kept.

mod scopes;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;

pub use scopes::{Scope, ScopeError, Scopes};

/// A site's key: 12 characters of `[a-z0-9]`; those made here have 48 random bits.
///
/// WordPress accepts no other length, and clients that put the key into the host name need one
/// that is a DNS label; case does not count (protocol sections 0.10 and 8).
#[derive(Clone, PartialEq, Eq)]
pub struct SiteKey(String);

/// An admin's token: opens what a site key does not.
#[derive(Clone, PartialEq, Eq)]
pub struct AdminToken(String);

/// Why a text cannot be a secret of that kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Wrong length or characters for a site key.
    #[error("a site key has exactly 12 characters, each a letter a to z or a digit")]
    SiteKey,
    /// Too short or long, or with white space, for an admin token.
    #[error("an admin token has 16 to 128 visible ASCII characters")]
    AdminToken,
}

/// BLAKE3 hash of a secret. Secrets are random and long, so that no slow hash is needed.
///
/// In texts it has 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyHash([u8; 32]);

impl Serialize for KeyHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(&blake3::Hash::from_bytes(self.0)),
            false => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for KeyHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return Deserialize::deserialize(deserializer).map(Self);
        }
        let text = String::deserialize(deserializer)?;
        let hash = blake3::Hash::from_hex(text).map_err(serde::de::Error::custom)?;
        Ok(Self(*hash.as_bytes()))
    }
}

impl SiteKey {
    /// A new random key: of the digits of Akismet's own, as its settings form for WordPress drops
    /// every letter after f. That leaves 48 bits, guessed against a limited rate of failures.
    pub fn generate() -> Result<Self, getrandom::Error> {
        random_text(b"0123456789abcdef", 12).map(Self)
    }

    /// The key itself, to be shown once to whom it belongs.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored and compared.
    pub fn hash(&self) -> KeyHash {
        KeyHash::of("site key", &self.0)
    }
}

impl FromStr for SiteKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(KeyError::SiteKey)
        }
    }
}

impl AdminToken {
    /// A new random token of 40 characters.
    pub fn generate() -> Result<Self, getrandom::Error> {
        random_text(b"abcdefghijklmnopqrstuvwxyz0123456789", 40).map(Self)
    }

    /// The token itself, to be shown once to whom it belongs.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored and compared.
    pub fn hash(&self) -> KeyHash {
        KeyHash::of("admin token", &self.0)
    }
}

impl FromStr for AdminToken {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(KeyError::AdminToken)
        }
    }
}

/// By what name people and `/v1/keys` call a key: 12 hexadecimal digits, drawn from its hash.
///
/// It tells 48 bits about a secret of 62 or more, and is shown to admins alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 6]);

/// A text that is not the name of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key's id has 12 hexadecimal digits")]
pub struct KeyIdError;

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        let digits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let number = digits.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        let [_, _, id @ ..] = number.ok_or(KeyIdError)?.to_be_bytes();
        Ok(Self(id))
    }
}

/// What people call a key: 1 to 100 characters. Names that a start gives are not to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

/// A text that cannot be the name of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "give a name of 1 to 100 characters that does not begin with \"first \" or \"configured \""
)]
pub struct KeyNameError;

impl KeyName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyNameError;

    fn from_str(text: &str) -> Result<Self, KeyNameError> {
        let name = text.trim();
        let length = name.chars().count();
        let printable = !name.chars().any(char::is_control);
        let free = !name.starts_with("first ") && !name.starts_with("configured ");
        match (1..=100).contains(&length) && printable && free {
            true => Ok(Self(name.to_owned())),
            false => Err(KeyNameError),
        }
    }
}

/// Characters drawn evenly from an alphabet by the operating system's generator.
fn random_text(alphabet: &[u8], length: usize) -> Result<String, getrandom::Error> {
    // Bytes past the largest multiple of the alphabet's size would favour its first letters.
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bytes = [0u8; 64];
        getrandom::fill(&mut bytes)?;
        let letters = bytes.iter().map(|&b| usize::from(b)).filter(|&b| b < fair);
        text.extend(
            letters
                .map(|b| char::from(alphabet[b % alphabet.len()]))
                .take(length - text.len()),
        );
    }
    Ok(text)
}

impl KeyHash {
    fn of(kind: &str, secret: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("chaffinch 2026-11-22 secrets");
        hasher.update(kind.as_bytes()).update(&[0]);
        hasher.update(secret.as_bytes());
        Self(*hasher.finalize().as_bytes())
    }

    /// Reads the 32 bytes that [`Self::as_bytes`] gave.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What people call the key.
    pub fn id(&self) -> KeyId {
        let [a, b, c, d, e, f, ..] = blake3::derive_key("chaffinch 2026-11-25 key id", &self.0);
        KeyId([a, b, c, d, e, f])
    }

    /// Whether both are the hash of one secret, in a time that does not tell where they differ.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyHash({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

impl fmt::Debug for SiteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SiteKey(…)")
    }
}

impl fmt::Debug for AdminToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_secrets_are_valid_and_differ() -> Result<(), Box<dyn std::error::Error>> {
        let (a, b) = (SiteKey::generate()?, SiteKey::generate()?);
        assert_eq!(a.reveal().parse(), Ok(a.clone()));
        assert_ne!(a.hash(), b.hash());
        let token = AdminToken::generate()?;
        assert_eq!(token.reveal().parse(), Ok(token));
        Ok(())
    }

    #[test]
    fn case_of_a_site_key_does_not_count() {
        assert_eq!("ABC123def456".parse::<SiteKey>(), "abc123DEF456".parse());
    }

    #[test]
    fn other_lengths_and_letters_are_no_site_key() {
        for text in ["", "short", "123456789abcd", "12345678 abc", "12345678éab"] {
            assert_eq!(text.parse::<SiteKey>(), Err(KeyError::SiteKey), "{text:?}");
        }
    }

    #[test]
    fn an_id_is_read_as_it_is_written() -> Result<(), KeyError> {
        let id = "123456789abc".parse::<SiteKey>()?.hash().id();
        assert_eq!(id.to_string().len(), 12);
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in [
            "",
            "12345678901",
            "1234567890123",
            "+23456789012",
            "x23456789012",
        ] {
            assert_eq!(text.parse::<KeyId>(), Err(KeyIdError), "{text:?}");
        }
        Ok(())
    }

    #[test]
    fn debug_output_never_shows_a_secret() -> Result<(), KeyError> {
        let key: SiteKey = "123456789abc".parse()?;
        assert!(!format!("{key:?} {:?}", key.hash()).contains("123456789abc"));
        Ok(())
    }
}
