//! How many comments were checked a day, and how often the filter erred.

use std::ops::AddAssign;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::key::KeyHash;
use crate::site::Site;

/// Counts over some days. A correction counts on the day of the check that it corrects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Comments checked, tests not included: the sum of the next three.
    pub checked: u64,
    /// Checked and called spam.
    pub spam: u64,
    /// Checked and called ham.
    pub ham: u64,
    /// Checked and called unsure.
    pub unsure: u64,
    /// Not called spam, or never checked, and then corrected to spam.
    pub missed_spam: u64,
    /// Called spam, or never checked, and then corrected to ham.
    pub false_positives: u64,
}

impl AddAssign for Counters {
    fn add_assign(&mut self, other: Self) {
        self.checked += other.checked;
        self.spam += other.spam;
        self.ham += other.ham;
        self.unsure += other.unsure;
        self.missed_spam += other.missed_spam;
        self.false_positives += other.false_positives;
    }
}

/// The counts of one key on one site on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCount {
    /// The key that asked.
    pub key: KeyHash,
    /// The site asked about; `None` where the caller named none.
    pub site: Option<Site>,
    /// The day, in UTC.
    pub day: Date,
    /// What was counted.
    pub counters: Counters,
}
