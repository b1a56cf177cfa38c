//! Finding the check that feedback without an id means (protocol section 2.3).
//!
//! Only keyed hashes are indexed: who has the index but not the secret cannot test guesses.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::comment::Comment;
use crate::key::KeyHash;

/// A keyed hash of 16 bytes.
pub(crate) type Hash = [u8; 16];

/// The secret of this data directory.
#[derive(Clone)]
pub(crate) struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a comment is recognised by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    /// Of the key and all fields.
    pub(crate) exact: Hash,
    /// Of the key and the content.
    pub(crate) content: Hash,
    /// Whether there is any content to go by.
    pub(crate) has_content: bool,
    /// Of the other fields.
    pub(crate) fields: Fields,
}

/// Keyed hashes of the fields beside the content, cut to 8 bytes; 0 for an empty field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fields {
    site: u64,
    kind: u64,
    /// Author's name, e-mail, URL and IP address, permalink, date.
    telling: [u64; 6],
}

impl Secret {
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As 64 hexadecimal digits, for a backup.
    pub(crate) fn to_hex(&self) -> String {
        blake3::Hash::from_bytes(self.0).to_string()
    }

    pub(crate) fn from_hex(digits: &str) -> Option<Self> {
        let hash = blake3::Hash::from_hex(digits).ok()?;
        Some(Self(*hash.as_bytes()))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn hash(&self, purpose: &str, parts: &[&[u8]]) -> Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in [purpose.as_bytes()].iter().chain(parts) {
            // With its length, so that no two lists of parts run together alike.
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut hash = Hash::default();
        hasher.finalize_xof().fill(&mut hash);
        hash
    }

    fn field(&self, purpose: &str, value: &str) -> u64 {
        let value = value.trim();
        if value.is_empty() {
            return 0;
        }
        let hash = self.hash(purpose, &[value.as_bytes()]);
        let (head, _) = hash.split_at(8);
        // 0 means "empty"; a hash of 0 counts as 1.
        head.iter()
            .fold(0u64, |number, &byte| number << 8 | u64::from(byte))
            .max(1)
    }

    /// What stands in the store in place of an IP address.
    pub(crate) fn ip(&self, ip: IpAddr) -> Hash {
        self.hash("ip", &[ip.to_canonical().to_string().as_bytes()])
    }

    /// What a comment of a key is recognised by.
    pub(crate) fn fingerprint(&self, key: &KeyHash, comment: &Comment) -> Fingerprint {
        let author = &comment.author;
        let ip = author.ip.map(|ip| ip.to_canonical().to_string());
        let date = comment.posted_at.map(|at| at.as_second().to_string());
        let fields = Fields {
            site: self.field("site", comment.site.as_ref().map_or("", |s| s.as_str())),
            kind: self.field("kind", &comment.kind),
            telling: [
                self.field("name", &author.name),
                self.field("email", &author.email),
                self.field("url", &author.url),
                self.field("author ip", &ip.unwrap_or_default()),
                self.field("permalink", &comment.permalink),
                self.field("date", &date.unwrap_or_default()),
            ],
        };
        // WordPress sends feedback from its database, where line ends and the space around a
        // comment may have changed.
        let text = comment.content.replace("\r\n", "\n");
        let text = text.trim();
        let content = self.hash("content", &[key.as_bytes(), text.as_bytes()]);
        let numbers = [fields.site, fields.kind].map(u64::to_le_bytes).concat();
        let telling = fields.telling.map(u64::to_le_bytes).concat();
        Fingerprint {
            exact: self.hash("exact", &[&content, &numbers, &telling]),
            content,
            has_content: !text.is_empty(),
            fields,
        }
    }
}

impl Fields {
    /// How well a checked comment of the same content fits feedback: the number of equal fields,
    /// `None` if it cannot be meant.
    ///
    /// It cannot if it is of another site than the one named, or if nothing but the kind agrees:
    /// nearly every comment is of the kind `comment`.
    pub(crate) fn likeness(&self, checked: &Self) -> Option<usize> {
        if self.site != 0 && self.site != checked.site {
            return None;
        }
        let same = |(a, b): (&u64, &u64)| *a != 0 && a == b;
        let telling = self
            .telling
            .iter()
            .zip(&checked.telling)
            .filter(|&pair| same(pair))
            .count();
        let kind = usize::from(same((&self.kind, &checked.kind)));
        (telling > 0).then_some(telling + kind)
    }
}
