//! What a person may ask for: everything that is kept of them, and that it goes.

use crate::person::Person;
use crate::site::Site;
use crate::store::{Erasure, ErasureReceipt};
use crate::verdict::VerdictId;

use super::{Caller, Service, ServiceError};

impl Service {
    /// The verdicts of a person's comments, oldest first: what an export consists of.
    pub fn verdicts_of(
        &self,
        caller: &Caller,
        person: &Person,
        site: Option<Site>,
    ) -> Result<Vec<VerdictId>, ServiceError> {
        let site = admins_site(caller, site)?;
        Ok(self.store.verdicts_of(person, site.as_ref())?)
    }

    /// Erases everything of a person. Each call of the store erases a bounded number; an error on
    /// the way leaves the rest in place, and asking again goes on from there.
    pub async fn erase(
        &self,
        caller: &Caller,
        person: Person,
        site: Option<Site>,
    ) -> Result<ErasureReceipt, ServiceError> {
        let site = admins_site(caller, site)?;
        let mut sum = ErasureReceipt::default();
        loop {
            let what = Erasure::Person(person.clone(), site.clone());
            let some = self
                .store
                .erase(what, caller.hash, self.clock.now())
                .await?;
            sum = ErasureReceipt {
                erased: sum.erased + some.erased,
                retracted: sum.retracted + some.retracted,
                kept_learned: sum.kept_learned + some.kept_learned,
                sequence: some.sequence.or(sum.sequence),
                more: false,
            };
            if !some.more {
                return Ok(sum);
            }
        }
    }
}

/// The site that an admin asks about: an admin of one site alone means that one.
fn admins_site(caller: &Caller, site: Option<Site>) -> Result<Option<Site>, ServiceError> {
    let site = site.or_else(|| caller.grant.site.clone());
    caller.require_admin_of(site.as_ref())?;
    Ok(site)
}
