//! What is wrong, and what to do about it.

use std::collections::BTreeMap;

use crate::http::dashboard::words::{Words, fill};
use crate::service::{Caller, Counters, Service, ServiceError, VerdictQuery};

/// Corrections from which it is told when all of them go one way.
const ONE_SIDED: u64 = 10;
/// Newest comments that are looked at.
const LOOKED_AT: usize = 300;
/// Comments of a site from which it is told what none of them has.
const ENOUGH: usize = 20;

/// Something that somebody should look at.
pub(super) struct Issue {
    pub(super) what: String,
    pub(super) what_to_do: &'static str,
    pub(super) link: &'static str,
}

/// All that is known to be wrong. Reads verdicts: not to be called where others wait.
pub(super) fn issues(
    service: &Service,
    caller: &Caller,
    totals: &Counters,
    w: &'static Words,
) -> Result<Vec<Issue>, ServiceError> {
    let mut found = Vec::new();
    let (missed, blocked) = (totals.missed_spam, totals.false_positives);
    if missed >= ONE_SIDED && blocked == 0 {
        found.push(Issue {
            what: fill(w.only_spam, missed),
            what_to_do: w.only_spam_help,
            link: "/queue?verdict=spam&label=none",
        });
    }
    if blocked >= ONE_SIDED && missed == 0 {
        found.push(Issue {
            what: fill(w.only_ham, blocked),
            what_to_do: w.only_ham_help,
            link: "/queue?verdict=ham&label=none",
        });
    }
    if caller.is_admin() {
        let rules = service.registry().rules();
        let suspended = rules
            .iter()
            .filter(|view| view.standing.suspended.is_some());
        for view in suspended {
            found.push(Issue {
                what: fill(w.rule_suspended, view.standing.rule.name()),
                what_to_do: w.rule_suspended_help,
                link: "/rules",
            });
        }
    }
    for site in without_user_agent(service, caller)? {
        found.push(Issue {
            what: fill(w.no_user_agent, site),
            what_to_do: w.no_user_agent_help,
            link: "/queue",
        });
    }
    Ok(found)
}

/// Sites of which no recent comment came with a browser's name.
fn without_user_agent(service: &Service, caller: &Caller) -> Result<Vec<String>, ServiceError> {
    let newest = VerdictQuery {
        limit: LOOKED_AT,
        ..VerdictQuery::default()
    };
    let mut seen: BTreeMap<String, (usize, bool)> = BTreeMap::new();
    for (record, _) in service.verdicts(caller, newest)?.verdicts {
        if let (Some(site), Some(comment)) = (record.site, record.comment) {
            let (count, named) = seen.entry(site.to_string()).or_default();
            *count += 1;
            *named |= !comment.author.user_agent.is_empty();
        }
    }
    let bare = seen
        .into_iter()
        .filter(|(_, (count, named))| *count >= ENOUGH && !named);
    Ok(bare.map(|(site, _)| site).collect())
}
