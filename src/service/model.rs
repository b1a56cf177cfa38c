//! What the filter judges by: the base model, and what was learned on top of it.

use crate::classifier::{BaseModel, ModelError};
use crate::key::Scope;
use crate::site::Site;
use crate::store::NamedModel;

use super::{Caller, Service, ServiceError};

/// The model in use.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelView {
    /// Version of the base model.
    pub version: String,
    /// What went into it.
    pub card: serde_json::Value,
    /// How many corrections are learned, of all sites.
    pub learned_from: u64,
    /// After how many of its corrections a site is half-way from the pace of its first, which
    /// moves the most, to that of an old hand.
    pub settles_at: u64,
    /// How many each site that the caller may ask about has given, ordered by name.
    pub sites: Vec<SiteLessons>,
}

/// What a site has taught so far.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SiteLessons {
    /// The site; `None` for callers that named none.
    pub site: Option<Site>,
    /// Corrections in force that are learned from.
    pub corrections: u64,
}

/// What was learned, in a form that servers can compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedDigest {
    /// The last event of the log that is in it.
    pub sequence: u64,
    /// A hash of all of it, in hexadecimal.
    pub state: String,
}

/// A base model as it came in a file.
pub struct ModelFile {
    bytes: Vec<u8>,
    version: String,
}

impl ModelFile {
    /// Reads it.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, ModelError> {
        let version = BaseModel::from_bytes(&bytes)?.version;
        Ok(Self { bytes, version })
    }
}

impl Service {
    /// Keeps a base model here, for [`Self::use_model`]. Writes a file.
    pub fn keep_model(
        &self,
        caller: &Caller,
        file: &ModelFile,
    ) -> Result<NamedModel, ServiceError> {
        caller.require_admin()?;
        let digest = self.store.models().keep(&file.bytes)?;
        let version = file.version.clone();
        Ok(NamedModel { digest, version })
    }

    /// Has everything judged by a base model from now on, and everything learned anew on top of it: by every
    /// server that shares the log, from the same event on.
    pub async fn use_model(&self, caller: &Caller, model: NamedModel) -> Result<(), ServiceError> {
        caller.require_admin()?;
        Ok(self.store.use_model(model, self.clock.now()).await?)
    }

    /// What was learned so far. Writes all of it into memory where it has changed: not to be called where
    /// others wait.
    pub fn learned(&self) -> LearnedDigest {
        let (sequence, hash) = self.learner.digest();
        LearnedDigest {
            sequence,
            state: hash.to_string(),
        }
    }

    /// The model in use. An admin or moderator sees all sites, a key that is bound to one that one, any other
    /// key none: it may not know who else asks here.
    pub fn model(&self, caller: &Caller) -> Result<ModelView, ServiceError> {
        caller.require(Scope::Read)?;
        let classifier = self.filter.classifier();
        let lessons = classifier.lessons_by_site().into_iter();
        let mut sites: Vec<_> = lessons
            .filter(|(site, _)| match &caller.grant.site {
                Some(own) => site.as_ref() == Some(own),
                None => caller.moderates(),
            })
            .map(|(site, corrections)| SiteLessons { site, corrections })
            .collect();
        sites.sort();
        Ok(ModelView {
            version: classifier.model().to_owned(),
            card: classifier.base().card.clone(),
            learned_from: classifier.learned_from(),
            settles_at: classifier.settles_at(),
            sites,
        })
    }
}
