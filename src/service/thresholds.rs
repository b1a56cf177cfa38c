//! What other thresholds would have done to the comments of late.

use crate::key::Scope;
use crate::site::Site;
use crate::store::VerdictQuery;
use crate::verdict::{Label, Thresholds, Verdict};

use super::newest::each_of_newest;
use super::{Caller, Service, ServiceError};

/// Most verdicts that thresholds are tried on.
const MOST: usize = 1000;

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
        let query = VerdictQuery {
            site: site.cloned(),
            ..VerdictQuery::default()
        };
        let mut trial = ThresholdTrial::default();
        let list = |query| self.verdicts(caller, query);
        each_of_newest(MOST, query, list, |record, correction| {
            let judgement = &record.judgement;
            let (verdict, _) = thresholds.decide(judgement.probability);
            trial.looked_at += 1;
            trial.then[judgement.verdict as usize] += 1;
            trial.now[verdict as usize] += 1;
            let is_spam = verdict == Verdict::Spam;
            match correction.map(|correction| correction.label) {
                Some(Label::Ham) => trial.ham.count(is_spam),
                Some(Label::Spam) => trial.spam.count(!is_spam),
                None => {}
            }
        })?;
        Ok(trial)
    }

    /// Where verdicts and actions change on a site, or on one that nobody has set anything for.
    pub fn thresholds(&self, site: Option<&Site>) -> Thresholds {
        let settings = self.registry.settings(site);
        settings.thresholds.unwrap_or(self.filter.thresholds())
    }
}
