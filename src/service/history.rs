//! What became of a verdict, and who had a hand in it.

use jiff::Timestamp;

use crate::key::{KeyHash, KeyId, Scope};
use crate::store::{Happening, Step, Store};
use crate::verdict::VerdictId;

use super::{Caller, Service, ServiceError};

/// Something that happened to a verdict after it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
    /// Who did it; nobody calls a site.
    pub by: Option<Actor>,
}

/// Whose key it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What the key is called.
    pub key: KeyId,
    /// The name that it was made with, also when it is long revoked; `None` where the log lost it.
    pub name: Option<String>,
}

/// Who gave a verdict the correction that stands.
pub(super) fn corrector(store: &dyn Store, id: VerdictId) -> Result<Option<KeyHash>, ServiceError> {
    let steps = store.history(id)?;
    Ok(steps.iter().rev().find_map(|step| match step.what {
        Happening::Corrected { by, .. } => Some(by),
        _ => None,
    }))
}

impl Service {
    /// What happened to a verdict, oldest first, for those who moderate it: what others said of it and
    /// who they are is nothing for a blog's key.
    pub fn history(&self, caller: &Caller, id: VerdictId) -> Result<Vec<Past>, ServiceError> {
        caller.require(Scope::Moderate)?;
        let id = self.visible(caller, id)?.id;
        let steps = self.store.history(id)?.into_iter();
        steps.map(|step| self.past(step)).collect()
    }

    fn past(&self, step: Step) -> Result<Past, ServiceError> {
        let by = match &step.what {
            Happening::Corrected { by, .. } | Happening::Retracted { by } => Some(self.actor(*by)?),
            Happening::Called { .. } => None,
        };
        Ok(Past {
            at: step.at,
            what: step.what,
            by,
        })
    }

    fn actor(&self, key: KeyHash) -> Result<Actor, ServiceError> {
        Ok(Actor {
            key: key.id(),
            name: self.store.key_name(key)?,
        })
    }
}
