//! What was counted, over days, months and years.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::key::Scope;
use crate::site::Site;
use crate::store::{Counters, DayCount};

use super::{Caller, Service, ServiceError};

/// A month of the Gregorian calendar, written `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(Date);

/// A text that is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a month is written as YYYY-MM")]
pub struct MonthError;

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.0
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.0.last_of_month()
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let well_formed = text.len() == 7
            && text.bytes().enumerate().all(|(i, b)| {
                if i == 4 {
                    b == b'-'
                } else {
                    b.is_ascii_digit()
                }
            });
        if !well_formed {
            return Err(MonthError);
        }
        format!("{text}-01")
            .parse()
            .map(Self)
            .map_err(|_| MonthError)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// Over which time to count, up to today (protocol section 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatsRange {
    /// Today and the 59 days before, day by day.
    Days60,
    /// This month and the 5 before, month by month.
    Months6,
    /// This month and the 11 before, month by month.
    Year,
    /// Everything, year by year.
    All,
}

/// Whose counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatsScope {
    /// Everything that the caller's key counts.
    Key,
    /// One site: what the caller's key counted there. A key that is bound to the site and an
    /// admin token see the counts of all keys.
    Site(Site),
}

/// Counts, in all and by period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// The sum of all periods.
    pub total: Counters,
    /// The periods from the oldest to the current one, without gaps, at least one.
    pub periods: Vec<Period>,
}

/// The counts of one day, month or year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// `2026-11-22`, `2026-11` or `2026`.
    pub name: String,
    /// Its first day.
    pub first_day: Date,
    /// What was counted.
    pub counters: Counters,
    /// On how many sites.
    pub sites: usize,
}

/// What one site counted in a month (protocol section 2.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteMonth {
    /// The site; `None` for checks that named none.
    pub site: Option<Site>,
    /// What was counted.
    pub counters: Counters,
    /// Whether the site is in use: `false` once it was deactivated.
    pub active: bool,
}

impl Service {
    /// The month that it is now (UTC).
    pub fn this_month(&self) -> Month {
        Month::of(self.clock.today())
    }

    /// How many checks the caller's key made this calendar month (UTC), tests not included.
    pub fn usage_this_month(&self, caller: &Caller) -> Result<u64, ServiceError> {
        caller.require(Scope::Read)?;
        let month = self.this_month();
        let days = month.first_day()..=month.last_day();
        let counts = self.store.counts(Some(caller.hash), days)?;
        Ok(counts.iter().map(|count| count.counters.checked).sum())
    }

    /// Counts of the caller's key or of one site, up to today.
    pub fn stats(
        &self,
        caller: &Caller,
        scope: &StatsScope,
        range: StatsRange,
    ) -> Result<Stats, ServiceError> {
        caller.require(Scope::Read)?;
        let today = self.clock.today();
        let counts = match scope {
            StatsScope::Key => self.counts(caller, caller.is_admin(), range.start(today), today)?,
            StatsScope::Site(site) => {
                caller.require_site(Some(site))?;
                let all_keys = caller.is_admin() || caller.grant.site.is_some();
                let mut counts = self.counts(caller, all_keys, range.start(today), today)?;
                counts.retain(|count| count.site.as_ref() == Some(site));
                counts
            }
        };
        Ok(range.gather(today, &counts))
    }

    /// The sites that the caller's key (an admin: any key) counted something on in a month,
    /// ordered by name.
    pub fn sites_in_month(
        &self,
        caller: &Caller,
        month: Month,
    ) -> Result<Vec<SiteMonth>, ServiceError> {
        caller.require(Scope::Read)?;
        let (first, last) = (month.first_day(), month.last_day());
        let mut sites: BTreeMap<Option<Site>, Counters> = BTreeMap::new();
        for count in self.counts(caller, caller.is_admin(), first, last)? {
            *sites.entry(count.site).or_default() += count.counters;
        }
        let mut months = Vec::with_capacity(sites.len());
        for (site, counters) in sites {
            let active = match &site {
                Some(site) => self.store.site_active(site)?.unwrap_or(true),
                None => true,
            };
            months.push(SiteMonth {
                site,
                counters,
                active,
            });
        }
        Ok(months)
    }

    fn counts(
        &self,
        caller: &Caller,
        all_keys: bool,
        first: Date,
        last: Date,
    ) -> Result<Vec<DayCount>, ServiceError> {
        let key = (!all_keys).then_some(caller.hash);
        Ok(self.store.counts(key, first..=last)?)
    }
}

impl StatsRange {
    /// The first day, if today is the last.
    fn start(self, today: Date) -> Date {
        let month = today.first_of_month();
        match self {
            Self::Days60 => today.saturating_sub(59.days()),
            Self::Months6 => month.saturating_sub(5.months()),
            Self::Year => month.saturating_sub(11.months()),
            Self::All => Date::constant(1970, 1, 1),
        }
    }

    /// The first day of the period that a day is in.
    fn period_of(self, day: Date) -> Date {
        match self {
            Self::Days60 => day,
            Self::Months6 | Self::Year => day.first_of_month(),
            Self::All => day.first_of_year(),
        }
    }

    fn gather(self, today: Date, counts: &[DayCount]) -> Stats {
        let first = match self {
            // Nobody wants to see the years before the first check.
            Self::All => counts.iter().map(|c| c.day).min().unwrap_or(today),
            _ => self.start(today),
        };
        let (step, format) = match self {
            Self::Days60 => (1.day(), "%Y-%m-%d"),
            Self::Months6 | Self::Year => (1.month(), "%Y-%m"),
            Self::All => (1.year(), "%Y"),
        };
        let mut total = Counters::default();
        let mut by_period: BTreeMap<Date, (Counters, BTreeSet<&Option<Site>>)> = BTreeMap::new();
        for count in counts {
            total += count.counters;
            let (counters, sites) = by_period.entry(self.period_of(count.day)).or_default();
            *counters += count.counters;
            sites.insert(&count.site);
        }
        let last = self.period_of(today);
        let periods = self
            .period_of(first)
            .series(step)
            .take_while(|&start| start <= last)
            .map(|first_day| {
                let (counters, sites) = by_period.remove(&first_day).unwrap_or_default();
                Period {
                    name: first_day.strftime(format).to_string(),
                    first_day,
                    counters,
                    sites: sites.len(),
                }
            })
            .collect();
        Stats { total, periods }
    }
}
