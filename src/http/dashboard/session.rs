//! Sessions of people at the dashboard: all of one stands in its cookie, signed.
//!
//! What it is signed with is drawn at each start and kept in memory alone, so that neither the disk
//! nor a backup holds what would open a session; after a restart people sign in again.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::key::KeyId;

/// How long a session lasts without signing in again.
pub(super) const LASTS: SignedDuration = SignedDuration::from_hours(12);

/// Makes and reads sessions.
pub(in crate::http) struct Sessions {
    secret: [u8; 32],
    /// Those that people signed out of, until they would have ended by themselves.
    ended: Mutex<HashMap<Nonce, Timestamp>>,
}

type Nonce = [u8; 16];

/// Who signed in, and until when that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Session {
    /// Whose key it was: that of the first of its line, which a rotation does not change.
    pub(super) key: KeyId,
    ends: i64,
    nonce: Nonce,
}

impl Session {
    fn name(&self) -> String {
        format!(
            "{}-{}-{:032x}",
            self.ends,
            self.key,
            u128::from_be_bytes(self.nonce)
        )
    }

    fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split('-');
        let session = Self {
            ends: parts.next()?.parse().ok()?,
            key: parts.next()?.parse().ok()?,
            nonce: u128::from_str_radix(parts.next()?, 16).ok()?.to_be_bytes(),
        };
        parts.next().is_none().then_some(session)
    }
}

impl Sessions {
    /// Draws the secret.
    pub(in crate::http) fn new() -> Result<Self, getrandom::Error> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        Ok(Self {
            secret,
            ended: Mutex::default(),
        })
    }

    /// A session from now on.
    pub(super) fn begin(&self, key: KeyId, now: Timestamp) -> Result<Session, getrandom::Error> {
        let mut nonce = Nonce::default();
        getrandom::fill(&mut nonce)?;
        let ends = now.saturating_add(LASTS).unwrap_or(Timestamp::MAX);
        Ok(Session {
            key,
            ends: ends.as_second(),
            nonce,
        })
    }

    /// What stands in the cookie.
    pub(super) fn cookie(&self, session: &Session) -> String {
        format!("{}.{}", session.name(), self.sign("session", session))
    }

    /// The session of a cookie, if it was made here, is not over, and nobody signed out of it.
    pub(super) fn read(&self, cookie: &str, now: Timestamp) -> Option<Session> {
        let (name, signature) = cookie.split_once('.')?;
        let session = Session::parse(name)?;
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = now.as_second() < session.ends && !ended.contains_key(&session.nonce);
        (holds && self.is_signed("session", &session, signature)).then_some(session)
    }

    /// Nobody gets in with it any more.
    pub(super) fn end(&self, session: &Session, now: Timestamp) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|_, until| now < *until);
        let until = now.saturating_add(LASTS).unwrap_or(Timestamp::MAX);
        ended.insert(session.nonce, until);
    }

    /// What each form of the session carries: pages of other hosts cannot know it.
    pub(super) fn form_token(&self, session: &Session) -> String {
        self.sign("form", session).to_string()
    }

    /// Whether a form carries the token of its session.
    pub(super) fn is_form_token(&self, session: &Session, token: &str) -> bool {
        self.is_signed("form", session, token)
    }

    fn sign(&self, purpose: &str, session: &Session) -> blake3::Hash {
        let signed = format!("{purpose} {}", session.name());
        blake3::keyed_hash(&self.secret, signed.as_bytes())
    }

    /// Hashes are compared in a time that does not tell where they differ.
    fn is_signed(&self, purpose: &str, session: &Session, signature: &str) -> bool {
        blake3::Hash::from_hex(signature).is_ok_and(|given| given == self.sign(purpose, session))
    }
}

/// Nobody gets in with any cookie, be it signed by whom it may: only with one that was made here.
#[cfg(fuzzing)]
pub(in crate::http) fn fuzz(sessions: &Sessions, cookie: &str) {
    assert_eq!(sessions.read(cookie, Timestamp::UNIX_EPOCH), None);
    let name = cookie.split('.').next().unwrap_or_default();
    if let Some(session) = Session::parse(name) {
        let cookie = sessions.cookie(&session);
        let read = sessions.read(&cookie, Timestamp::UNIX_EPOCH);
        assert_eq!(read, (session.ends > 0).then_some(session));
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions(…)")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_session_holds_until_it_ends_and_cannot_be_made_up() {
        let sessions = Sessions::new().unwrap();
        let now: Timestamp = "2026-11-26T10:00:00Z".parse().unwrap();
        let key = "0123456789ab".parse().unwrap();
        let session = sessions.begin(key, now).unwrap();
        let cookie = sessions.cookie(&session);
        assert_eq!(sessions.read(&cookie, now), Some(session));
        assert_eq!(sessions.read(&cookie, now + LASTS), None);
        assert_eq!(Sessions::new().unwrap().read(&cookie, now), None);
        let longer = cookie.replacen(&session.ends.to_string(), "99999999999", 1);
        for wrong in ["", ".", "x-y-z.00", &longer, &cookie[1..]] {
            assert_eq!(sessions.read(wrong, now), None, "{wrong:?}");
        }
        let token = sessions.form_token(&session);
        assert!(sessions.is_form_token(&session, &token));
        assert!(!sessions.is_form_token(&sessions.begin(key, now).unwrap(), &token));
        assert!(!sessions.is_form_token(&session, cookie.split_once('.').unwrap().1));
        sessions.end(&session, now);
        assert_eq!(sessions.read(&cookie, now), None);
    }
}
