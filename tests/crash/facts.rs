//! What one caller was told, and what a server shows.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

pub(crate) type Id = String;

/// A stored verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) content: String,
    pub(crate) email: String,
    pub(crate) label: Option<&'static str>,
}

/// Everything on one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) verdicts: BTreeMap<Id, Fact>,
    /// Rules by their notes.
    pub(crate) rules: BTreeMap<Id, String>,
    /// Names of keys that are accepted.
    pub(crate) keys: BTreeMap<Id, String>,
    pub(crate) retention_days: Option<u64>,
    /// Lessons of erased comments, which stay learned, and of those that the power took.
    pub(crate) erased_lessons: u64,
    /// When each verdict was acknowledged.
    pub(crate) told: BTreeMap<Id, Instant>,
}

/// What went with the power.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Gone {
    pub(crate) verdicts: usize,
    /// How long before the loss the oldest of them had been acknowledged.
    pub(crate) oldest: Duration,
    /// Lessons that nobody was told of and that may have come about: their verdicts are gone.
    pub(crate) perhaps_learned: u64,
}

/// Something that a caller asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wish {
    Check { content: String, email: String },
    Submit { content: String, email: String },
    Correct { id: Id, label: &'static str },
    Retract { id: Id },
    MakeRule { note: String },
    ChangeRule { id: Id, note: String },
    RemoveRule { id: Id },
    MakeKey { name: String },
    RevokeKey { id: Id },
    Configure { days: u64 },
    Erase { email: String },
}

impl Wish {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Check { .. } => "checks",
            Self::Submit { .. } => "corrections by comment",
            Self::Correct { .. } => "corrections",
            Self::Retract { .. } => "retractions",
            Self::MakeRule { .. } | Self::ChangeRule { .. } | Self::RemoveRule { .. } => "rules",
            Self::MakeKey { .. } | Self::RevokeKey { .. } => "keys",
            Self::Configure { .. } => "site settings",
            Self::Erase { .. } => "erasures",
        }
    }
}

impl Facts {
    /// Corrections that are learned.
    pub(crate) fn lessons(&self) -> u64 {
        let standing = self.verdicts.values().filter(|fact| fact.label.is_some());
        standing.count() as u64 + self.erased_lessons
    }

    /// Lets go of verdicts that are not shown, or without their comments, and were acknowledged less than
    /// this before the power went.
    pub(crate) fn without_power(&mut self, seen: &Self, at: Instant, within: Duration) -> Gone {
        let mut gone = Gone::default();
        let ids: Vec<_> = self.verdicts.keys().cloned().collect();
        for id in ids {
            let age = at.saturating_duration_since(self.told[&id]);
            if age > within {
                continue;
            }
            let fact = self.verdict(&id);
            match seen.verdicts.get(&id) {
                Some(seen) if seen.content.is_empty() && !fact.content.is_empty() => {
                    fact.content.clear();
                    fact.email.clear();
                }
                Some(_) => continue,
                None => {
                    let learned = fact.label.is_some();
                    self.erased_lessons += u64::from(learned);
                    self.verdicts.remove(&id);
                }
            }
            gone.verdicts += 1;
            gone.oldest = gone.oldest.max(age);
        }
        gone
    }

    /// What follows from a wish that was granted. `id` names what it made.
    pub(crate) fn grant(&mut self, wish: Wish, id: Id) {
        if let Wish::Check { .. } | Wish::Submit { .. } = wish {
            self.told.insert(id.clone(), Instant::now());
        }
        match wish {
            Wish::Check { content, email } => {
                let fact = Fact {
                    content,
                    email,
                    label: None,
                };
                self.verdicts.insert(id, fact);
            }
            Wish::Submit { content, email } => {
                let fact = Fact {
                    content,
                    email,
                    label: Some("spam"),
                };
                self.verdicts.insert(id, fact);
            }
            Wish::Correct { id, label } => self.verdict(&id).label = Some(label),
            Wish::Retract { id } => self.verdict(&id).label = None,
            Wish::MakeRule { note } | Wish::ChangeRule { note, .. } => {
                self.rules.insert(id, note);
            }
            Wish::RemoveRule { id } => {
                self.rules.remove(&id);
            }
            Wish::MakeKey { name } => {
                self.keys.insert(id, name);
            }
            Wish::RevokeKey { id } => {
                self.keys.remove(&id);
            }
            Wish::Configure { days } => self.retention_days = Some(days),
            Wish::Erase { email } => {
                let of_person = |fact: &Fact| fact.email == email;
                let learned = self
                    .verdicts
                    .values()
                    .filter(|f| of_person(f) && f.label.is_some());
                self.erased_lessons += learned.count() as u64;
                self.verdicts.retain(|_, fact| !of_person(fact));
            }
        }
    }

    pub(crate) fn verdict(&mut self, id: &str) -> &mut Fact {
        self.verdicts
            .get_mut(id)
            .expect("wishes name what is there")
    }

    /// Whether a wish whose answer never came was granted, and under which name, by what a server
    /// shows. One that was granted by halves looks like one or the other, and then differs.
    pub(crate) fn was_granted(&self, wish: &Wish, seen: &Self) -> Option<Id> {
        let news = |known: BTreeSet<&Id>, text: &str, shown: Vec<(&Id, &str)>| {
            let mut fresh = shown.into_iter().filter(|(id, _)| !known.contains(id));
            fresh
                .find(|(_, shown)| *shown == text)
                .map(|(id, _)| id.clone())
        };
        let done = |done: bool, id: &Id| done.then(|| id.clone());
        match wish {
            Wish::Check { content, .. } | Wish::Submit { content, .. } => {
                let shown = seen.verdicts.iter().map(|(id, f)| (id, &*f.content));
                news(self.verdicts.keys().collect(), content, shown.collect())
            }
            Wish::MakeRule { note } => {
                let shown = seen.rules.iter().map(|(id, note)| (id, &**note));
                news(self.rules.keys().collect(), note, shown.collect())
            }
            Wish::MakeKey { name } => {
                let shown = seen.keys.iter().map(|(id, name)| (id, &**name));
                news(self.keys.keys().collect(), name, shown.collect())
            }
            Wish::Correct { id, label } => done(
                seen.verdicts
                    .get(id)
                    .is_some_and(|f| f.label == Some(label)),
                id,
            ),
            Wish::Retract { id } => {
                done(seen.verdicts.get(id).is_some_and(|f| f.label.is_none()), id)
            }
            Wish::ChangeRule { id, note } => done(seen.rules.get(id) == Some(note), id),
            Wish::RemoveRule { id } => done(!seen.rules.contains_key(id), id),
            Wish::RevokeKey { id } => done(!seen.keys.contains_key(id), id),
            Wish::Configure { days } => done(seen.retention_days == Some(*days), &Id::new()),
            Wish::Erase { email } => done(
                !seen.verdicts.values().any(|fact| fact.email == *email),
                &Id::new(),
            ),
        }
    }

    /// What stands here and is not shown, or is shown and does not stand here, and how many facts
    /// were compared.
    pub(crate) fn compare(&self, seen: &Self) -> (usize, Vec<String>) {
        let mut checked = 1;
        let mut lost = Vec::new();
        if self.retention_days != seen.retention_days {
            let (told, seen) = (self.retention_days, seen.retention_days);
            lost.push(format!("retention: {seen:?}, not {told:?}"));
        }
        let mut all = |what: &str, told: Vec<(&Id, String)>, seen: Vec<(&Id, String)>| {
            let (told, seen): (BTreeMap<_, _>, BTreeMap<_, _>) =
                (told.into_iter().collect(), seen.into_iter().collect());
            let names: BTreeSet<_> = told.keys().chain(seen.keys()).collect();
            checked += names.len();
            for name in names {
                let (told, seen) = (told.get(name), seen.get(name));
                if told != seen {
                    lost.push(format!("{what} {name}: {seen:?}, not {told:?}"));
                }
            }
        };
        all("verdict", self.shown_verdicts(), seen.shown_verdicts());
        all("rule", named(&self.rules), named(&seen.rules));
        all("key", named(&self.keys), named(&seen.keys));
        (checked, lost)
    }

    fn shown_verdicts(&self) -> Vec<(&Id, String)> {
        let list = self.verdicts.iter();
        list.map(|(id, fact)| (id, format!("{fact:?}"))).collect()
    }
}

fn named(list: &BTreeMap<Id, String>) -> Vec<(&Id, String)> {
    list.iter().map(|(id, name)| (id, name.clone())).collect()
}
