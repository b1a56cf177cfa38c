//! What a person may ask for: everything that is kept of them, and that it goes.

use crate::person::Person;
use crate::site::Site;
use crate::store::ErasureReceipt;
use crate::verdict::VerdictId;

use super::{Caller, Service, ServiceError};

/// Verdicts that are erased in one step, so that checks do not wait long for it.
const AT_ONCE: usize = 256;

impl Service {
    /// The verdicts of a person's comments, oldest first: what an export consists of, and an
    /// erasure. Takes its time: every comment that is kept is looked at.
    pub fn verdicts_of(
        &self,
        caller: &Caller,
        person: &Person,
        site: Option<Site>,
    ) -> Result<Vec<VerdictId>, ServiceError> {
        let site = admins_site(caller, site)?;
        Ok(self.store.verdicts_of(person, site.as_ref())?)
    }

    /// Erases everything that is kept of a person when this is called. Takes its time; not to be
    /// called from asynchronous code. An error on the way leaves the rest in place.
    pub fn erase(
        &self,
        caller: &Caller,
        person: &Person,
        site: Option<Site>,
    ) -> Result<ErasureReceipt, ServiceError> {
        let verdicts = self.verdicts_of(caller, person, site)?;
        let mut sum = ErasureReceipt::default();
        for some in verdicts.chunks(AT_ONCE) {
            let erased = self
                .store
                .erase(some.to_vec(), caller.hash, self.clock.now());
            let receipt = erased.wait()?;
            sum = ErasureReceipt {
                erased: sum.erased + receipt.erased,
                retracted: sum.retracted + receipt.retracted,
                kept_learned: sum.kept_learned + receipt.kept_learned,
                sequence: receipt.sequence.or(sum.sequence),
            };
        }
        Ok(sum)
    }
}

/// The site that an admin asks about: an admin of one site alone means that one.
fn admins_site(caller: &Caller, site: Option<Site>) -> Result<Option<Site>, ServiceError> {
    let site = site.or_else(|| caller.grant.site.clone());
    caller.require_admin_of(site.as_ref())?;
    Ok(site)
}
