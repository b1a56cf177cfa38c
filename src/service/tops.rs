//! What the comments of late have in common: which signals moved them, and where their links lead.
//!
//! Nothing is counted for this while comments are checked. It is a sample of what is stored, drawn when
//! somebody looks: the newest comments of each of the last days.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{Caller, Service, ServiceError};
use crate::key::Scope;
use crate::store::{VerdictQuery, VerdictRecord};
use crate::text::{Glance, domain_of};
use crate::verdict::{Label, Verdict};

/// Days that the sample is drawn from.
const DAYS: i64 = 30;
/// Comments of each.
const A_DAY: usize = 20;
/// Bytes of a comment whose links are looked at.
const LOOKED_AT: usize = 4096;
/// Most lines of each table.
const MOST: usize = 12;
/// A domain that fewer comments link to says nothing about others.
const FEWEST: u64 = 2;

/// What was found in the sample.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tops {
    /// Comments in it.
    pub comments: u64,
    /// Signals, those that were the strongest reason most often first.
    pub signals: Vec<TopSignal>,
    /// Registrable domains that at least two comments link to, the most linked first.
    pub domains: Vec<TopDomain>,
}

/// A signal in the sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopSignal {
    /// Its name.
    pub signal: String,
    /// Comments with a reason of it.
    pub comments: u64,
    /// Comments whose strongest reason is of it.
    pub strongest: u64,
    /// How many of these are spam.
    pub spam: u64,
}

/// A domain in the sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopDomain {
    /// Its name.
    pub domain: String,
    /// Comments that link to it.
    pub comments: u64,
    /// How many of them are spam.
    pub spam: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    comments: u64,
    strongest: u64,
    spam: u64,
}

impl Service {
    /// What the comments of late that the caller may see have in common. Reads many: not to be called where
    /// others wait.
    pub fn tops(&self, caller: &Caller) -> Result<Tops, ServiceError> {
        caller.require(Scope::Read)?;
        let today = self.today();
        let mut sample = Sample::default();
        for back in 0..DAYS {
            let day = today.saturating_sub(back.days());
            let query = VerdictQuery {
                from: Some(midnight(day)),
                to: Some(midnight(day.saturating_add(1.days()))),
                limit: A_DAY,
                ..VerdictQuery::default()
            };
            for (record, correction) in self.verdicts(caller, query)?.verdicts {
                let is_spam = match correction.map(|correction| correction.label) {
                    Some(label) => label == Label::Spam,
                    None => record.judgement.verdict == Verdict::Spam,
                };
                sample.add(&record, is_spam);
            }
        }
        Ok(sample.tops())
    }
}

/// The beginning of a day in UTC.
fn midnight(day: Date) -> Timestamp {
    let zoned = day.to_zoned(TimeZone::UTC);
    zoned.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

#[derive(Default)]
struct Sample {
    comments: u64,
    signals: HashMap<String, Tally>,
    domains: HashMap<String, Tally>,
}

impl Sample {
    fn add(&mut self, record: &VerdictRecord, is_spam: bool) {
        self.comments += 1;
        let reasons = &record.judgement.reasons;
        let signals: BTreeSet<_> = reasons.iter().map(|reason| &*reason.signal).collect();
        for signal in signals {
            self.signals.entry(signal.to_owned()).or_default().comments += 1;
        }
        if let Some(first) = reasons.first() {
            let tally = self.signals.entry(first.signal.to_string()).or_default();
            tally.strongest += 1;
            tally.spam += u64::from(is_spam);
        }
        let Some(comment) = &record.comment else {
            return;
        };
        let own = record.site.as_ref().and_then(|site| domain_of(site.host()));
        let content = &comment.content;
        let glance = Glance::at(&content[..content.floor_char_boundary(LOOKED_AT)]);
        let domains: BTreeSet<_> = glance.hosts.iter().filter_map(|h| domain_of(h)).collect();
        for domain in domains {
            if Some(&domain) != own.as_ref() {
                let tally = self.domains.entry(domain).or_default();
                tally.comments += 1;
                tally.spam += u64::from(is_spam);
            }
        }
    }

    fn tops(self) -> Tops {
        let signals = most(self.signals, |tally| (tally.strongest, tally.comments));
        let domains = most(self.domains, |tally| (tally.comments, tally.spam));
        let linked = domains.into_iter().filter(|(_, t)| t.comments >= FEWEST);
        Tops {
            comments: self.comments,
            signals: signals
                .into_iter()
                .map(|(signal, tally)| TopSignal {
                    signal,
                    comments: tally.comments,
                    strongest: tally.strongest,
                    spam: tally.spam,
                })
                .collect(),
            domains: linked
                .map(|(domain, tally)| TopDomain {
                    domain,
                    comments: tally.comments,
                    spam: tally.spam,
                })
                .collect(),
        }
    }
}

/// The greatest by some measure; equal ones by name.
fn most<K: Ord + Hash>(
    counted: HashMap<K, Tally>,
    measure: impl Fn(&Tally) -> (u64, u64),
) -> Vec<(K, Tally)> {
    let mut sorted: Vec<_> = counted.into_iter().collect();
    sorted.sort_by(|(a, x), (b, y)| measure(y).cmp(&measure(x)).then_with(|| a.cmp(b)));
    sorted.truncate(MOST);
    sorted
}
