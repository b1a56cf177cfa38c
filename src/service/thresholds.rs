//! What other thresholds would have done to the comments of late.

use crate::key::Scope;
use crate::site::Site;
use crate::store::VerdictQuery;
use crate::verdict::{Label, Thresholds, Verdict};

use super::{Caller, Service, ServiceError};

/// Most verdicts that thresholds are tried on.
const MOST: u64 = 1000;
/// Read at once.
const PAGE: usize = 250;

/// What thresholds would have said of stored verdicts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ThresholdTrial {
    /// Verdicts looked at, from the newest on.
    pub looked_at: u64,
    /// Called ham, unsure and spam then.
    pub then: [u64; 3],
    /// Called ham, unsure and spam by these thresholds.
    pub now: [u64; 3],
    /// Corrected to ham, and among them those that these thresholds would call spam.
    pub ham: Share,
    /// Corrected to spam, and among them those that they would not.
    pub spam: Share,
}

/// Some of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Some.
    pub wrong: u64,
    /// Of so many.
    pub of: u64,
}

impl Share {
    fn count(&mut self, wrong: bool) {
        self.of += 1;
        self.wrong += u64::from(wrong);
    }
}

impl Service {
    /// Tries thresholds on the newest verdicts that the caller sees, of one site or of all. Reads
    /// many of them: not to be called where others wait.
    pub fn try_thresholds(
        &self,
        caller: &Caller,
        site: Option<&Site>,
        thresholds: Thresholds,
    ) -> Result<ThresholdTrial, ServiceError> {
        caller.require(Scope::Read)?;
        let mut query = VerdictQuery {
            site: site.cloned(),
            limit: PAGE,
            ..VerdictQuery::default()
        };
        let mut trial = ThresholdTrial::default();
        while trial.looked_at < MOST {
            let page = self.verdicts(caller, query.clone())?;
            for (record, correction) in page.verdicts {
                let judgement = &record.judgement;
                let (verdict, _) = thresholds.decide(judgement.probability);
                trial.looked_at += 1;
                trial.then[place(judgement.verdict)] += 1;
                trial.now[place(verdict)] += 1;
                let is_spam = verdict == Verdict::Spam;
                match correction.map(|correction| correction.label) {
                    Some(Label::Ham) => trial.ham.count(is_spam),
                    Some(Label::Spam) => trial.spam.count(!is_spam),
                    None => {}
                }
            }
            query.before = page.next;
            if query.before.is_none() {
                break;
            }
        }
        Ok(trial)
    }

    /// Where verdicts and actions change on a site, or on one that nobody has set anything for.
    pub fn thresholds(&self, site: Option<&Site>) -> Thresholds {
        let settings = self.registry.settings(site);
        settings.thresholds.unwrap_or(self.filter.thresholds())
    }
}

fn place(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Ham => 0,
        Verdict::Unsure => 1,
        Verdict::Spam => 2,
    }
}
