//! Labelled comments from elsewhere: kept and taught as corrections of a key of their own, so that all of
//! them can be taken back at once.
//!
//! A comment that an earlier import brought is known by all of its fields, and is neither kept nor taught
//! again: an import that broke off is simply begun anew.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, RandomState};

use crate::comment::Comment;
use crate::key::{KeyHash, KeyId, Scopes, SiteKey};
use crate::site::Site;
use crate::store::{Ack, NewCorrection, Origin, VerdictRecord};
use crate::telemetry::events as telemetry;
use crate::verdict::{Label, Verdict, VerdictId};

use super::history::corrector;
use super::judging::{address, policy, record};
use super::keys::no_randomness;
use super::{Caller, KeyView, Registry, Service, ServiceError};

/// How the names of imports' keys begin.
const NAME: &str = "import of ";

/// Which comments of an import are learned from. All of them are kept with their labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lessons {
    /// Every one.
    All,
    /// Those that the filter is wrong or unsure about.
    Errors,
}

/// What became of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taught {
    /// It was kept.
    New {
        /// Whether the filter said the same of it already.
        agreed: bool,
        /// Whether it was learned from.
        learned: bool,
    },
    /// An earlier import, or a line before, has brought it.
    Known,
}

/// An import that is under way.
pub struct Import<'a> {
    service: &'a Service,
    key: KeyId,
    /// Whom all of it is filed under.
    teacher: Caller,
    /// The keys of earlier imports.
    earlier: Vec<KeyHash>,
    site: Option<Site>,
    lessons: Lessons,
}

/// What an import would do. Nothing is kept or learned of it.
pub struct ImportTrial<'a> {
    service: &'a Service,
    /// The keys of earlier imports.
    earlier: Vec<KeyHash>,
    site: Option<Site>,
    lessons: Lessons,
    hasher: RandomState,
    seen: HashSet<u64>,
}

/// Most comments that a trial remembers, to know those that come again.
const REMEMBERED: usize = 4_000_000;

/// A comment that is to be labelled.
struct Lesson {
    verdict: VerdictId,
    comment: Comment,
    label: Label,
    agreed: bool,
    learn: bool,
}

/// What is to be done with a comment.
enum Plan {
    Nothing,
    /// A new one is kept, then labelled.
    Keep(Box<VerdictRecord>, Lesson),
    /// A kept one is labelled.
    Label(Lesson),
}

impl Service {
    /// Begins to teach comments of a site, or of none, from which all sites learn.
    pub async fn import(
        &self,
        caller: &Caller,
        site: Option<Site>,
        lessons: Lessons,
    ) -> Result<Import<'_>, ServiceError> {
        let registry = self.managed(caller, site.as_ref())?;
        self.begin_import(registry, site, lessons).await
    }

    /// The same without anybody to ask: for the command line, on a folder that nobody serves.
    pub async fn import_offline(
        &self,
        site: Option<Site>,
        lessons: Lessons,
    ) -> Result<Import<'_>, ServiceError> {
        self.begin_import(self.registry(), site, lessons).await
    }

    async fn begin_import(
        &self,
        registry: &Registry,
        site: Option<Site>,
        lessons: Lessons,
    ) -> Result<Import<'_>, ServiceError> {
        let earlier = self.store.keys_named(NAME)?;
        let name = format!("{NAME}{}", self.clock.now().strftime("%F %T"));
        // Nobody is ever shown the key, and it opens nothing: it names what was taught.
        let hash = SiteKey::generate().map_err(no_randomness)?.hash();
        let grant = registry.plain(&name, Scopes::CORRECTOR, site.clone());
        let KeyView { id, grant, .. } = registry.grant(hash, grant).await?;
        registry.revoke_key(id).await?;
        Ok(Import {
            service: self,
            key: id,
            teacher: Caller { hash, grant },
            earlier,
            site,
            lessons,
        })
    }

    /// Shows what an import would do, without anybody to ask.
    pub fn import_trial(
        &self,
        site: Option<Site>,
        lessons: Lessons,
    ) -> Result<ImportTrial<'_>, ServiceError> {
        Ok(ImportTrial {
            service: self,
            earlier: self.store.keys_named(NAME)?,
            site,
            lessons,
            hasher: RandomState::new(),
            seen: HashSet::new(),
        })
    }
}

impl ImportTrial<'_> {
    /// What would become of a comment, by what the filter knows now: with every lesson of an import it
    /// would agree with more of the rest.
    pub fn teach(&mut self, mut comment: Comment, label: Label) -> Result<Taught, ServiceError> {
        comment.site.clone_from(&self.site);
        let service = self.service;
        let mark = self.hasher.hash_one(identity(&comment));
        let again = match self.seen.len() < REMEMBERED {
            true => !self.seen.insert(mark),
            false => self.seen.contains(&mark),
        };
        if again {
            return Ok(Taught::Known);
        }
        for key in &self.earlier {
            if service.store.find_same(*key, &comment)?.is_some() {
                return Ok(Taught::Known);
            }
        }
        let settings = service.registry.settings(self.site.as_ref());
        let policy = policy(&settings, false, service.clock.now());
        let agreed = agrees(service.filter.check(&comment, &policy).verdict, label);
        Ok(Taught::New {
            agreed,
            learned: self.lessons == Lessons::All || !agreed,
        })
    }
}

impl Import<'_> {
    /// Comments to teach at once.
    pub const AT_ONCE: usize = 64;

    /// The key that names all that is taught.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// Teaches some comments, about [`Self::AT_ONCE`]: they are written together. What became of each is
    /// told in the same order.
    pub async fn teach(
        &self,
        comments: Vec<(Comment, Label)>,
    ) -> Result<Vec<Taught>, ServiceError> {
        let mut taught = Vec::with_capacity(comments.len());
        let (mut kept, mut lessons) = (Vec::new(), Vec::new());
        let (hasher, mut seen) = (RandomState::new(), HashSet::new());
        for (comment, label) in comments {
            // What stands among these already is not yet in the store.
            let plan = match seen.insert(hasher.hash_one(identity(&comment))) {
                true => self.plan(comment, label)?,
                false => Plan::Nothing,
            };
            let lesson = match plan {
                Plan::Nothing => {
                    taught.push(Taught::Known);
                    continue;
                }
                Plan::Keep(record, lesson) => {
                    kept.push(self.keep(*record));
                    lesson
                }
                Plan::Label(lesson) => lesson,
            };
            taught.push(Taught::New {
                agreed: lesson.agreed,
                learned: lesson.learn,
            });
            lessons.push(lesson);
        }
        // A crash between the two leaves comments without labels, which the next import gives them.
        for ack in kept {
            ack.await?;
        }
        let acks: Vec<_> = lessons.iter().map(|lesson| self.label(lesson)).collect();
        for (ack, lesson) in acks.into_iter().zip(lessons) {
            ack.await?;
            self.service.metrics.report(&telemetry::Corrected {
                id: lesson.verdict,
                label: lesson.label,
            });
        }
        Ok(taught)
    }

    fn plan(&self, mut comment: Comment, label: Label) -> Result<Plan, ServiceError> {
        comment.site.clone_from(&self.site);
        let known = self.known(&comment)?;
        if let Some(id) = known
            && let Some(standing) = self.service.store.correction(id)?
            && (standing.label == label || !self.is_ours(id)?)
        {
            return Ok(Plan::Nothing);
        }
        let (comment, settings) = self.service.placed(&self.teacher, comment)?;
        let policy = policy(&settings, false, self.service.clock.now());
        let judgement = self.service.filter.check(&comment, &policy);
        let agreed = agrees(judgement.verdict, label);
        let lesson = Lesson {
            verdict: known.unwrap_or_else(|| self.service.fresh_id()),
            label,
            agreed,
            learn: self.lessons == Lessons::All || !agreed,
            comment,
        };
        if known.is_some() {
            return Ok(Plan::Label(lesson));
        }
        let comment = lesson.comment.clone();
        let origin = Origin::Imported;
        let record = record(lesson.verdict, &self.teacher, origin, comment, judgement);
        Ok(Plan::Keep(Box::new(record), lesson))
    }

    /// The verdict of a comment that this import or an earlier one has brought.
    fn known(&self, comment: &Comment) -> Result<Option<VerdictId>, ServiceError> {
        for key in [self.teacher.hash].iter().chain(&self.earlier) {
            if let Some(id) = self.service.store.find_same(*key, comment)? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Whether an import gave a comment its label, and not a person since.
    fn is_ours(&self, id: VerdictId) -> Result<bool, ServiceError> {
        let by = corrector(&*self.service.store, id)?;
        Ok(by.is_some_and(|by| by == self.teacher.hash || self.earlier.contains(&by)))
    }

    fn keep(&self, record: VerdictRecord) -> Ack<()> {
        let settings = self.service.registry.settings(self.site.as_ref());
        self.service.store.put(record, address(&settings))
    }

    fn label(&self, lesson: &Lesson) -> Ack<super::CorrectionReceipt> {
        let features = match lesson.learn {
            true => self.service.filter.classifier().features(&lesson.comment),
            false => crate::text::Features::default(),
        };
        self.service.store.correct(NewCorrection {
            verdict: lesson.verdict,
            label: lesson.label,
            features,
            learn: lesson.learn,
            by: self.teacher.hash,
            at: self.service.clock.now(),
        })
    }
}

/// Whether a verdict says what a label says.
fn agrees(verdict: Verdict, label: Label) -> bool {
    matches!(
        (verdict, label),
        (Verdict::Spam, Label::Spam) | (Verdict::Ham, Label::Ham)
    )
}

/// What makes a comment the same as another one of the same site.
fn identity(comment: &Comment) -> impl Hash + '_ {
    let author = &comment.author;
    (
        (&comment.content, &comment.kind, &comment.permalink),
        (&author.name, &author.email, &author.url, author.ip),
        comment.posted_at,
    )
}
