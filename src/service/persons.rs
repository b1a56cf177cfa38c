//! What a person may ask for: everything that is kept of them, and that it goes.

use ipnet::IpNet;

use crate::person::Person;
use crate::rule::Condition;
use crate::site::Site;
use crate::store::ErasureReceipt;
use crate::verdict::VerdictId;

use super::{Caller, RuleView, Service, ServiceError};

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

    /// The rules that name a person, and nobody else: an admin's own decisions, which no erasure
    /// takes away.
    pub fn rules_on(
        &self,
        caller: &Caller,
        person: &Person,
        site: Option<Site>,
    ) -> Result<Vec<RuleView>, ServiceError> {
        let site = admins_site(caller, site)?;
        let mut rules = self.registry.rules();
        rules.retain(|view| {
            let rule = &view.standing.rule;
            let there = site.is_none() || rule.site == site;
            there && names(&rule.condition, person)
        });
        Ok(rules)
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

fn names(condition: &Condition, person: &Person) -> bool {
    match (condition, person) {
        (Condition::Email(pattern), Person::Email(_)) => {
            Person::email(pattern).as_ref() == Ok(person)
        }
        (Condition::Author(pattern), Person::Author(_)) => {
            Person::author(pattern).as_ref() == Ok(person)
        }
        (Condition::Ip(network), Person::Ip(ip)) => *network == IpNet::from(*ip),
        _ => false,
    }
}

/// The site that an admin asks about: an admin of one site alone means that one.
fn admins_site(caller: &Caller, site: Option<Site>) -> Result<Option<Site>, ServiceError> {
    let site = site.or_else(|| caller.grant.site.clone());
    caller.require_admin_of(site.as_ref())?;
    Ok(site)
}
