//! What a person wrote and who it was, sealed under a key of its own in the [vault](super::vault).

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce};
use serde::{Deserialize, Serialize};

use super::codec::{decode, encode};
use super::error::StoreError;
use super::fingerprint::{Fingerprint, Hash};
use super::vault::Key;
use crate::callback::CallbackUrl;
use crate::comment::Comment;
use crate::verdict::VerdictId;

/// The personal part of a stored verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Personal {
    pub(crate) comment: Comment,
    pub(crate) ip_hash: Option<Hash>,
    pub(crate) callback: Option<CallbackUrl>,
    /// The details of the reasons, in their order: they quote the comment.
    pub(crate) details: Vec<String>,
    /// What the comment is indexed under, so that the index can be cleared with it.
    pub(crate) fingerprint: Fingerprint,
}

/// A fresh key: each seals once, so that no nonce is needed to tell sealings apart.
pub(crate) fn fresh_key() -> Result<Key, StoreError> {
    let mut key = Key::default();
    getrandom::fill(&mut key)
        .map_err(|e| StoreError::Database(format!("no random bytes for a key: {e}")))?;
    Ok(key)
}

impl Personal {
    /// Seals it, bound to its verdict, with ChaCha20-Poly1305.
    pub(crate) fn seal(&self, id: VerdictId, key: &Key) -> Result<Vec<u8>, StoreError> {
        let message = Payload {
            msg: &encode("comment", self)?,
            aad: id.as_bytes(),
        };
        ChaCha20Poly1305::new(key.into())
            .encrypt(&Nonce::default(), message)
            .map_err(|_| StoreError::Unreadable {
                what: "comment",
                reason: "it cannot be sealed".to_owned(),
            })
    }

    /// Opens what was sealed; `None` if the key is another one.
    pub(crate) fn open(
        sealed: &[u8],
        id: VerdictId,
        key: &Key,
    ) -> Result<Option<Self>, StoreError> {
        let message = Payload {
            msg: sealed,
            aad: id.as_bytes(),
        };
        match ChaCha20Poly1305::new(key.into()).decrypt(&Nonce::default(), message) {
            Ok(bytes) => decode("comment", &bytes).map(Some),
            Err(_) => Ok(None),
        }
    }
}
