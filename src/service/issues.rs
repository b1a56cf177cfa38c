//! What is wrong, as far as the server can tell by itself.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::callbacks::FailingSite;
use super::{Caller, IdleKey, Service, ServiceError};
use crate::key::Scope;
use crate::rule::RuleId;
use crate::site::Site;
use crate::store::{Counters, Space, StoreError, VerdictQuery};

/// Days whose corrections are looked at.
const DAYS: i64 = 30;
/// Corrections from which it is told when all of them go one way.
const ONE_SIDED: u64 = 10;
/// Newest comments that are looked at for what a site does not send.
const LOOKED_AT: usize = 300;
/// Comments of a site from which it is told what none of them has.
const ENOUGH: usize = 20;

/// Something that somebody should look at.
#[derive(Debug, Clone)]
pub enum Issue {
    /// Nothing can be written at the moment.
    ReadOnly(StoreError),
    /// The log that the servers of a cluster share has not answered for so many seconds.
    ClusterAway(u64),
    /// It is not followed any more, because of this.
    ClusterParted(String),
    /// So many checks since the start were answered without their verdict being kept.
    NotKept(u64),
    /// The disk is nearly full.
    DiskShort(Space),
    /// Callbacks to a site do not arrive.
    CallbackFails(Site, FailingSite),
    /// A rule suspended itself.
    RuleSuspended {
        /// Which.
        id: RuleId,
        /// What it is called.
        name: String,
    },
    /// The admin token that the first start printed was never used since that day.
    TokenNeverUsed(Date),
    /// A key was never used, or not for long.
    KeyIdle(IdleKey),
    /// So many corrections of the last days, and all of them say spam.
    OnlySpam(u64),
    /// So many corrections of the last days, and all of them say ham.
    OnlyHam(u64),
    /// A site's comments come without the browser's name.
    NoUserAgent(Site),
    /// Another model judges than the one inside the program.
    OwnModel(String),
}

impl Service {
    /// Everything that is known to be wrong, what presses most first. Who may not manage the server is told
    /// what moderators can do something about. Waits for the disk: not to be called where others wait.
    pub fn issues(&self, caller: &Caller) -> Result<Vec<Issue>, ServiceError> {
        caller.require(Scope::Moderate)?;
        let mut found = Vec::new();
        if let Err(error) = self.store.probe().wait() {
            found.push(Issue::ReadOnly(error));
        }
        if let Some(standing) = self.store.standing() {
            match standing.alarm {
                Some(why) => found.push(Issue::ClusterParted(why)),
                None if !standing.connected => {
                    let seconds = standing.behind_for.as_secs();
                    found.push(Issue::ClusterAway(seconds));
                }
                None => {}
            }
        }
        if caller.is_admin() {
            self.issues_of_the_server(&mut found)?;
        }
        if caller.grant.is_admin() {
            self.issues_of_sites(caller, &mut found);
        }
        let today = self.today();
        let days = today.saturating_sub((DAYS - 1).days())..=today;
        found.extend(one_sided(&self.day_sums(caller, None, days)?.totals));
        let bare = self.without_user_agent(caller)?;
        found.extend(bare.into_iter().map(Issue::NoUserAgent));
        Ok(found)
    }

    fn issues_of_the_server(&self, found: &mut Vec<Issue>) -> Result<(), ServiceError> {
        let not_kept = self.metrics.unkept();
        if not_kept > 0 {
            found.push(Issue::NotKept(not_kept));
        }
        let space = self.store.space()?;
        if space.is_short() {
            found.push(Issue::DiskShort(space));
        }
        for idle in self.registry.idle_keys()? {
            found.push(match idle.is_printed_token() {
                true => Issue::TokenNeverUsed(idle.since),
                false => Issue::KeyIdle(idle),
            });
        }
        if self.own_model {
            let classifier = self.filter.classifier();
            let model = classifier.model();
            found.push(Issue::OwnModel(model.to_owned()));
        }
        Ok(())
    }

    /// Those of the sites that the caller manages.
    fn issues_of_sites(&self, caller: &Caller, found: &mut Vec<Issue>) {
        let own = caller.grant.site.as_ref();
        for (site, failing) in self.failing.all() {
            if own.is_none_or(|own| *own == site) {
                found.push(Issue::CallbackFails(site, failing));
            }
        }
        for view in self.registry.rules() {
            let standing = &view.standing;
            if standing.suspended.is_some() && (own.is_none() || own == standing.rule.site.as_ref())
            {
                let name = standing.rule.name();
                found.push(Issue::RuleSuspended { id: view.id, name });
            }
        }
    }

    /// Sites of which no recent comment came with a browser's name.
    fn without_user_agent(&self, caller: &Caller) -> Result<Vec<Site>, ServiceError> {
        let newest = VerdictQuery {
            limit: LOOKED_AT,
            ..VerdictQuery::default()
        };
        let mut seen: BTreeMap<Site, (usize, bool)> = BTreeMap::new();
        for (record, _) in self.verdicts(caller, newest)?.verdicts {
            if let (Some(site), Some(comment)) = (record.site, record.comment) {
                let (count, named) = seen.entry(site).or_default();
                *count += 1;
                *named |= !comment.author.user_agent.is_empty();
            }
        }
        let bare = seen
            .into_iter()
            .filter(|(_, (count, named))| *count >= ENOUGH && !named);
        Ok(bare.map(|(site, _)| site).collect())
    }
}

fn one_sided(totals: &Counters) -> Option<Issue> {
    match (totals.missed_spam, totals.false_positives) {
        (missed, 0) if missed >= ONE_SIDED => Some(Issue::OnlySpam(missed)),
        (0, blocked) if blocked >= ONE_SIDED => Some(Issue::OnlyHam(blocked)),
        _ => None,
    }
}
