//! What is remembered of recent comments: texts that come again elsewhere, and how many come from
//! one network or by one author.
//!
//! Each step is a signal with a weight among the reasons; none decides by itself. Memory is
//! bounded, holds keyed hashes alone and ends with the process.

mod likeness;
mod recent;
mod repeats;
mod sketch;
mod velocity;

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

pub use self::likeness::Likeness;
use self::recent::Recent;
use self::repeats::{Repeat, Repeats};
use self::sketch::Sketch;
use self::velocity::{Sender, Velocity};
use crate::comment::Comment;
use crate::site::settings::ReputationSettings;
use crate::text::folded;
use crate::verdict::Reason;

/// What is remembered, for all sites of this server.
#[derive(Debug, Default)]
pub struct Reputation {
    /// A secret of this process: who sees its memory cannot test guesses of addresses elsewhere.
    key: RandomState,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    repeats: Repeats,
    velocity: Velocity,
}

/// What one comment looks like to the memory, and what was known when it came.
#[derive(Debug)]
pub(super) struct Sighting {
    at: Timestamp,
    text: Option<Sketch>,
    place: u64,
    sender: Sender,
    signals: Vec<Reason>,
}

impl Reputation {
    /// Looks at a comment through what came before it, and remembers nothing.
    pub(super) fn look(
        &self,
        comment: &Comment,
        steps: ReputationSettings,
        now: Timestamp,
    ) -> Sighting {
        let text = Some(&comment.content).filter(|_| steps.repeats);
        let text = text.and_then(|content| Sketch::of(content));
        let place = self.place(comment);
        let sender = Sender::of(comment, steps, &self.key);
        let memory = self.memory();
        let repeat = text
            .as_ref()
            .and_then(|text| memory.repeats.look(text, place, now));
        let signals = repeat.iter().map(Repeat::reason);
        let signals = signals.chain(memory.velocity.look(&sender, now)).collect();
        Sighting {
            at: now,
            text,
            place,
            sender,
            signals,
        }
    }

    /// Remembers a comment. `is_ham` is what its own evidence says: what the memory made of it must
    /// not feed the memory.
    pub(super) fn note(&self, sighting: &Sighting, is_ham: bool) {
        let mut memory = self.memory();
        if let Some(text) = &sighting.text {
            memory.repeats.note(text, sighting.place, sighting.at);
        }
        memory.velocity.note(&sighting.sender, is_ham, sighting.at);
    }

    /// What an admin said of a comment: ham is not held against its text or its author any more.
    pub fn corrected(&self, comment: &Comment, is_ham: bool, now: Timestamp) {
        let text = Sketch::of(&comment.content);
        let sender = Sender::of(comment, ReputationSettings::default(), &self.key);
        let mut memory = self.memory();
        if let Some(text) = &text {
            memory.repeats.pardon(text, is_ham, now);
        }
        if is_ham {
            memory.velocity.forgive(&sender, now);
        }
    }

    /// Where a comment stands and by whom: sent again from there, as clients do after a time-out or
    /// to have it checked anew, it is still the same comment.
    fn place(&self, comment: &Comment) -> u64 {
        let site = comment.site.as_ref().map(|site| site.as_str());
        let author = &comment.author;
        let name = folded(author.name.trim());
        self.key
            .hash_one((site, comment.permalink.trim(), name, author.email.trim()))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // What a panic left behind is at worst a count too few.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sighting {
    /// What the memory has to say.
    pub(super) fn signals(&self) -> &[Reason] {
        &self.signals
    }
}

#[cfg(test)]
mod tests;
