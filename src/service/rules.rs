//! Looking at rules, making and changing them, and suspending those that match too much.

use crate::filter::{Excess, Trial};
use crate::rule::{Condition, Rule, RuleChange, RuleId, StandingRule};
use crate::store::VerdictQuery;
use crate::verdict::{Label, Verdict, VerdictId};

use super::newest::each_of_newest;
use super::{Registry, Service, ServiceError};

/// Most rules: all of them are compiled again whenever one changes.
const MOST_RULES: usize = 10_000;
/// Most expressions among them: unlike all else they cost each check a little.
const MOST_EXPRESSIONS: usize = 200;
/// Hits that are named.
const NAMED: usize = 10;

/// A rule and its name.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleView {
    /// Its name.
    pub id: RuleId,
    /// How it stands.
    pub standing: StandingRule,
    /// Whether it is in force now: neither suspended nor expired.
    pub in_force: bool,
}

/// What a rule would have been true of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DryRun {
    /// Stored verdicts looked at, from the newest on.
    pub looked_at: u64,
    /// Among them those that nothing could be said of, because only a hash of their address is
    /// kept or their comment is gone.
    pub unknown: u64,
    /// Comments that it is true of.
    pub hits: u64,
    /// Among them those that the filter called ham, unsure and spam.
    pub called: [u64; 3],
    /// Among them those that an admin called ham and spam.
    pub corrected: [u64; 2],
    /// The newest of them.
    pub newest: Vec<VerdictId>,
}

impl Registry {
    /// Every rule, in the order in which they were made.
    pub fn rules(&self) -> Vec<RuleView> {
        let rules = self.rules.all().into_iter();
        rules
            .map(|(id, standing)| self.rule_view(id, standing))
            .collect()
    }

    /// One of [`Self::rules`].
    pub fn rule(&self, id: RuleId) -> Result<RuleView, ServiceError> {
        let standing = self.rules.get(id).ok_or(ServiceError::NoSuchRule)?;
        Ok(self.rule_view(id, standing))
    }

    /// Makes a rule.
    pub async fn create_rule(&self, rule: Rule) -> Result<RuleView, ServiceError> {
        let _changing = self.changing.lock().await;
        self.require_room(&rule, None)?;
        self.set_rule(None, rule).await
    }

    /// Replaces a rule by what is made of it; it is then not suspended.
    pub async fn change_rule<E: From<ServiceError>>(
        &self,
        id: RuleId,
        change: impl FnOnce(&Rule) -> Result<Rule, E>,
    ) -> Result<RuleView, E> {
        let _changing = self.changing.lock().await;
        let rule = change(&self.rule(id)?.standing.rule)?;
        self.require_room(&rule, Some(id))?;
        Ok(self.set_rule(Some(id), rule).await?)
    }

    /// Has a suspended rule in force again.
    pub async fn resume_rule(&self, id: RuleId) -> Result<RuleView, ServiceError> {
        self.alter_rule(id, RuleChange::Resumed).await?;
        self.rule(id)
    }

    /// Removes a rule.
    pub async fn remove_rule(&self, id: RuleId) -> Result<(), ServiceError> {
        self.alter_rule(id, RuleChange::Removed).await
    }

    async fn alter_rule(&self, id: RuleId, change: RuleChange) -> Result<(), ServiceError> {
        let at = self.clock.now();
        self.store.change_rule(Some(id), change, at).await?;
        Ok(())
    }

    async fn set_rule(&self, id: Option<RuleId>, rule: Rule) -> Result<RuleView, ServiceError> {
        let change = RuleChange::Set(Box::new(rule));
        let id = self.store.change_rule(id, change, self.clock.now()).await?;
        self.rule(id)
    }

    /// Refuses a rule too many, `replaced` not counted.
    fn require_room(&self, rule: &Rule, replaced: Option<RuleId>) -> Result<(), ServiceError> {
        let others = self.rules.all();
        let others = others.iter().filter(|(id, _)| Some(*id) != replaced);
        let expression = |rule: &Rule| matches!(rule.condition, Condition::Regex(_));
        let (mut rules, mut expressions) = (0, 0);
        for (_, other) in others {
            rules += 1;
            expressions += usize::from(expression(&other.rule));
        }
        if rules >= MOST_RULES {
            return Err(ServiceError::TooManyRules(MOST_RULES));
        }
        if expression(rule) && expressions >= MOST_EXPRESSIONS {
            return Err(ServiceError::TooManyExpressions(MOST_EXPRESSIONS));
        }
        Ok(())
    }

    /// Tries a rule on the newest stored verdicts, on so many or up to a page more. Reads many of them:
    /// not to be called where others wait.
    pub fn dry_run(&self, rule: Rule, most: usize) -> Result<DryRun, ServiceError> {
        let query = VerdictQuery {
            site: rule.site.clone(),
            ..VerdictQuery::default()
        };
        let by_address = matches!(rule.condition, Condition::Ip(_));
        let trial = Trial::of(rule);
        let mut run = DryRun::default();
        let list = |query| Ok(self.store.list(&query)?);
        each_of_newest(most, query, list, |record, correction| {
            run.looked_at += 1;
            let Some(comment) = record.comment else {
                run.unknown += 1;
                return;
            };
            if by_address && comment.author.ip.is_none() && record.ip_hash.is_some() {
                run.unknown += 1;
            } else if trial.hits(&comment) {
                let label = correction.map(|correction| correction.label);
                run.count(record.id, record.judgement.verdict, label);
            }
        })?;
        Ok(run)
    }

    fn rule_view(&self, id: RuleId, standing: StandingRule) -> RuleView {
        let holds = standing.rule.holds(self.clock.now());
        RuleView {
            id,
            in_force: holds && standing.suspended.is_none(),
            standing,
        }
    }
}

impl DryRun {
    /// Verdicts that a thorough one looks at.
    pub const THOROUGH: usize = 20_000;

    fn count(&mut self, id: VerdictId, verdict: Verdict, label: Option<Label>) {
        self.hits += 1;
        self.called[verdict as usize] += 1;
        let [ham, spam] = &mut self.corrected;
        match label {
            Some(Label::Ham) => *ham += 1,
            Some(Label::Spam) => *spam += 1,
            None => {}
        }
        if self.newest.len() < NAMED {
            self.newest.push(id);
        }
    }
}

impl Service {
    /// Writes into the log that rules are suspended. They are out of force already, so that a
    /// failure here costs no check its answer.
    pub(super) async fn suspend(&self, excesses: Vec<Excess>) {
        for Excess { id, matched } in excesses {
            tracing::warn!(
                rule = %id,
                hits = matched.hits,
                of = matched.of,
                "a rule matched too many of the recent comments and is suspended; resume it if that is right"
            );
            let change = RuleChange::Suspended(matched);
            if self.store.standing().is_some() {
                // A check does not wait for the log of a cluster.
                drop(self.store.change_rule(Some(id), change, self.clock.now()));
            } else if let Err(error) = self.registry.alter_rule(id, change).await {
                tracing::error!(%error, rule = %id, "the suspension is not in the log");
            }
        }
    }
}
