//! What was counted, over days, months and years.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::site::Site;
use crate::store::Counters;

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
