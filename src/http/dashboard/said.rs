//! What the last form did: told once on the next page, with the way back.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use super::words::{Words, fill};
use crate::service::Correction;
use crate::verdict::{Label, VerdictId};

const COOKIE: &str = "chaffinch_said";
/// Most verdicts that one form corrects: as many as a cookie has room for, so that all of them can
/// be taken back.
pub(super) const MOST: usize = 100;

/// What a form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Spam,
    Ham,
    /// Ham, and not to be learned.
    Leave,
    Undo,
}

impl Act {
    const ALL: [(&'static str, Self); 4] = [
        ("spam", Self::Spam),
        ("ham", Self::Ham),
        ("leave", Self::Leave),
        ("undo", Self::Undo),
    ];

    /// What somebody must have asked for to have this said.
    pub(super) fn behind(correction: Correction) -> Self {
        match (correction.label, correction.learned) {
            (Label::Spam, _) => Self::Spam,
            (Label::Ham, true) => Self::Ham,
            (Label::Ham, false) => Self::Leave,
        }
    }

    pub(super) fn read(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(known, _)| *known == word).map(|(_, act)| act)
    }

    fn word(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, act)| *act == self)
            .map_or("", |(word, _)| word)
    }
}

/// A verdict that was corrected, and what was said of it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) id: VerdictId,
    pub(super) before: Option<Act>,
}

impl Done {
    /// The id alone, or with what was said before, as in `ID.spam`.
    pub(super) fn word(&self) -> String {
        match self.before {
            None => self.id.to_string(),
            Some(before) => format!("{}.{}", self.id, before.word()),
        }
    }

    pub(super) fn read(word: &str) -> Option<Self> {
        let (id, before) = match word.split_once('.') {
            None => (word, None),
            Some((id, before)) => (id, Some(Act::read(before)?)),
        };
        let id = id.parse().ok()?;
        Some(Self { id, before })
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) act: Act,
    pub(super) done: Vec<Done>,
}

impl Said {
    /// That of the request before, if it did anything.
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        let cookie = request.cookie(COOKIE)?;
        let mut parts = cookie.value().split('/');
        let act = Act::read(parts.next()?)?;
        let done = parts.take(MOST).filter_map(Done::read).collect();
        Some(Self { act, done })
    }

    pub(super) fn cookie(&self) -> Cookie<'static> {
        let mut value = self.act.word().to_owned();
        for done in &self.done {
            value.push('/');
            value.push_str(&done.word());
        }
        let cookie = Cookie::build(COOKIE, value).path("/").http_only(true);
        let cookie = cookie.same_site(SameSite::Lax);
        cookie.max_age(Duration::minutes(1)).finish()
    }

    pub(super) fn no_cookie() -> Cookie<'static> {
        let mut cookie = Cookie::build(COOKIE, "").path("/").finish();
        cookie.make_removal();
        cookie
    }

    /// What is told of it.
    pub(super) fn text(&self, words: &Words) -> String {
        let text = match (self.done.len(), self.act) {
            (0, _) => words.said_nothing,
            (_, Act::Spam) => words.said_spam,
            (_, Act::Ham) => words.said_ham,
            (_, Act::Leave) => words.said_leave,
            (_, Act::Undo) => words.said_undone,
        };
        fill(text, self.done.len())
    }

    /// Whether it can be taken back.
    pub(super) fn can_undo(&self) -> bool {
        self.act != Act::Undo && !self.done.is_empty()
    }
}
