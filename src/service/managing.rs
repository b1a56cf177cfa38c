//! What of the registry a caller manages: all of it, or what belongs to the one site that its token is
//! bound to. What it may not manage looks as if it were not there.

use crate::key::KeyId;
use crate::rule::RuleId;
use crate::site::Site;

use super::{Caller, KeyView, Registry, RuleView, Service, ServiceError, SiteView};

impl Service {
    /// Sites, keys and rules, for a caller who may manage this site, or every one where none is named.
    pub fn managed(&self, caller: &Caller, site: Option<&Site>) -> Result<&Registry, ServiceError> {
        caller.require_admin_of(site)?;
        Ok(self.registry())
    }

    /// The sites that a caller manages, ordered by name.
    pub fn managed_sites(&self, caller: &Caller) -> Result<Vec<SiteView>, ServiceError> {
        let mut sites = self.managed(caller, own(caller))?.sites()?;
        sites.retain(|view| own(caller).is_none_or(|own| *own == view.site));
        Ok(sites)
    }

    /// The rules that a caller manages, in the order in which they were made.
    pub fn managed_rules(&self, caller: &Caller) -> Result<Vec<RuleView>, ServiceError> {
        let mut rules = self.managed(caller, own(caller))?.rules();
        rules.retain(|view| is_own(caller, view.standing.rule.site.as_ref()));
        Ok(rules)
    }

    /// One of them, and where it can be changed.
    pub fn managed_rule(
        &self,
        caller: &Caller,
        id: RuleId,
    ) -> Result<(RuleView, &Registry), ServiceError> {
        let rules = self.managed(caller, own(caller))?;
        let view = rules.rule(id)?;
        match is_own(caller, view.standing.rule.site.as_ref()) {
            true => Ok((view, rules)),
            false => Err(ServiceError::NoSuchRule),
        }
    }

    /// The keys that a caller manages, ordered by name.
    pub fn managed_keys(&self, caller: &Caller) -> Result<Vec<KeyView>, ServiceError> {
        let mut keys = self.managed(caller, own(caller))?.keys()?;
        keys.retain(|view| is_own(caller, view.grant.site.as_ref()));
        Ok(keys)
    }

    /// One of them, and where it can be changed.
    pub fn managed_key(
        &self,
        caller: &Caller,
        id: KeyId,
    ) -> Result<(KeyView, &Registry), ServiceError> {
        let keys = self.managed(caller, own(caller))?;
        let view = keys.key(id)?;
        match is_own(caller, view.grant.site.as_ref()) {
            true => Ok((view, keys)),
            false => Err(ServiceError::NoSuchKey),
        }
    }
}

fn own(caller: &Caller) -> Option<&Site> {
    caller.grant.site.as_ref()
}

/// Whether something for this site, or for all, is the caller's to manage.
fn is_own(caller: &Caller, site: Option<&Site>) -> bool {
    own(caller).is_none_or(|own| site == Some(own))
}
