//! What was counted, by day and site.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::key::Scope;
use crate::site::Site;
use crate::store::Counters;

use super::{Caller, Service, ServiceError};

/// Counts of some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySums {
    /// Of all days together.
    pub totals: Counters,
    /// By day and site, in that order; days on which nothing was counted are left out.
    pub days: Vec<SiteDay>,
}

/// What was counted on one day for one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteDay {
    /// The day, in UTC.
    pub day: Date,
    /// The site; `None` for checks that named none.
    pub site: Option<Site>,
    /// What was counted.
    pub counters: Counters,
}

impl Service {
    /// The time that it is now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The day that it is now (UTC).
    pub fn today(&self) -> Date {
        self.clock.today()
    }

    /// Counts of some days: for an admin or moderator of all keys, for a key that is bound to a site of that
    /// site, for any other of what it asked for itself.
    pub fn day_sums(
        &self,
        caller: &Caller,
        site: Option<&Site>,
        days: RangeInclusive<Date>,
    ) -> Result<DaySums, ServiceError> {
        caller.require(Scope::Read)?;
        caller.require_site(site)?;
        let site = site.or(caller.grant.site.as_ref());
        let all_keys = caller.moderates() || caller.grant.site.is_some();
        let key = (!all_keys).then_some(caller.hash);
        let mut totals = Counters::default();
        let mut by_day: BTreeMap<(Date, Option<Site>), Counters> = BTreeMap::new();
        for count in self.store.counts(key, days)? {
            if site.is_none_or(|site| count.site.as_ref() == Some(site)) {
                totals += count.counters;
                *by_day.entry((count.day, count.site)).or_default() += count.counters;
            }
        }
        let days = by_day.into_iter().map(|((day, site), counters)| SiteDay {
            day,
            site,
            counters,
        });
        Ok(DaySums {
            totals,
            days: days.collect(),
        })
    }
}
