//! How many of the recent comments each rule is true of, so that one that is true of nearly all of
//! them stops before it has done much harm.

use std::collections::{HashMap, VecDeque};

use super::{Excess, Hit};
use crate::rule::{Condition, Matched, Rule, RuleId};
use crate::site::Site;

/// Comments looked back on: those of the rule's site, or of all sites.
const WINDOW: u64 = 200;
/// Fewer say nothing about a share.
const FEWEST: u64 = 40;

/// Counts of the comments since the start. Bounded by the number of rules.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// All comments.
    total: u64,
    /// Comments of the sites that have rules of their own.
    of_site: HashMap<Site, u64>,
    rules: HashMap<RuleId, Recent>,
}

/// What a rule was true of lately.
#[derive(Debug)]
struct Recent {
    condition: Condition,
    /// How many comments there had been when it came into force.
    since: u64,
    /// The numbers of the comments in the window that it was true of.
    hits: VecDeque<u64>,
    suspended: bool,
}

impl Watch {
    /// Watches these rules. Those that were watched before are watched on, unless they are about
    /// something else now.
    pub(super) fn these(&mut self, rules: &[(RuleId, Rule)]) {
        let mut before = std::mem::take(&mut self.rules);
        let counts = std::mem::take(&mut self.of_site);
        for (id, rule) in rules {
            let since = match &rule.site {
                None => self.total,
                Some(site) => {
                    let count = counts.get(site).copied().unwrap_or_default();
                    *self.of_site.entry(site.clone()).or_insert(count)
                }
            };
            let recent = before
                .remove(id)
                .filter(|recent| recent.condition == rule.condition);
            let recent = recent.unwrap_or_else(|| Recent {
                condition: rule.condition.clone(),
                since,
                hits: VecDeque::new(),
                suspended: false,
            });
            self.rules.insert(*id, recent);
        }
    }

    /// Whether a rule was stopped here and the log does not say so yet.
    pub(super) fn is_suspended(&self, id: RuleId) -> bool {
        self.rules.get(&id).is_some_and(|recent| recent.suspended)
    }

    pub(super) fn note(&mut self, site: Option<&Site>, hits: &[Hit]) -> Vec<Excess> {
        self.total += 1;
        if let Some(count) = site.and_then(|site| self.of_site.get_mut(site)) {
            *count += 1;
        }
        let mut excesses = Vec::new();
        for hit in hits {
            let now = match &hit.site {
                Some(site) => self.of_site.get(site).copied().unwrap_or_default(),
                None => self.total,
            };
            let Some(recent) = self.rules.get_mut(&hit.id).filter(|r| !r.suspended) else {
                continue;
            };
            recent.hits.push_back(now);
            while recent
                .hits
                .front()
                .is_some_and(|first| first + WINDOW <= now)
            {
                recent.hits.pop_front();
            }
            let of = now.saturating_sub(recent.since).min(WINDOW);
            // Both are at most as many as the window holds.
            let matched = Matched {
                hits: recent.hits.len() as u32,
                of: of as u32,
            };
            let above = |share| f64::from(matched.hits) > share * f64::from(matched.of);
            if of >= FEWEST && hit.suspend_above.is_some_and(|share| above(share.get())) {
                recent.suspended = true;
                excesses.push(Excess {
                    id: hit.id,
                    matched,
                });
            }
        }
        excesses
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::rule::{ConditionKind, Share};
    use crate::verdict::Action;

    fn rule(site: Option<&Site>) -> Rule {
        Rule {
            condition: Condition::parse(ConditionKind::Word, "pills").unwrap(),
            outcome: Action::Discard,
            site: site.cloned(),
            note: Default::default(),
            expires: None,
            suspend_above: Some(Share::USUAL),
        }
    }

    fn hit(site: Option<&Site>) -> Hit {
        Hit {
            id: RuleId(1),
            outcome: Action::Discard,
            name: "a rule".into(),
            site: site.cloned(),
            suspend_above: Some(Share::USUAL),
        }
    }

    fn watching(site: Option<&Site>) -> Watch {
        let mut watch = Watch::default();
        watch.these(&[(RuleId(1), rule(site))]);
        watch
    }

    #[test]
    fn a_rule_that_is_true_of_most_comments_is_stopped_once() {
        let mut watch = watching(None);
        let mut stopped = None;
        for number in 1..=40 {
            if let [excess] = watch.note(None, &[hit(None)])[..] {
                stopped = Some((number, excess.matched));
            }
        }
        assert_eq!(stopped, Some((40, Matched { hits: 40, of: 40 })));
        assert!(watch.is_suspended(RuleId(1)));
        assert!(watch.note(None, &[hit(None)]).is_empty());
        // Suspended in the log, then resumed: it begins anew.
        watch.these(&[]);
        watch.these(&[(RuleId(1), rule(None))]);
        assert!(!watch.is_suspended(RuleId(1)));
        assert!(watch.note(None, &[hit(None)]).is_empty());
    }

    #[test]
    fn a_rule_that_is_true_of_every_second_comment_goes_on() {
        let mut watch = watching(None);
        for number in 0..1000 {
            let hits = if number % 2 == 1 {
                vec![hit(None)]
            } else {
                Vec::new()
            };
            assert!(watch.note(None, &hits).is_empty(), "{number}");
        }
        // Then it suddenly matches everything.
        let more = (0..50).take_while(|_| watch.note(None, &[hit(None)]).is_empty());
        assert!(more.count() < 10);
    }

    #[test]
    fn a_wave_is_measured_by_what_came_before_it() {
        let mut watch = watching(None);
        for _ in 0..200 {
            watch.note(None, &[]);
        }
        let wave = (0..200).take_while(|_| watch.note(None, &[hit(None)]).is_empty());
        assert_eq!(wave.count(), 100);
    }

    #[test]
    fn a_rule_of_a_site_is_measured_by_the_comments_of_that() {
        let site = Site::parse("blog.example.com").unwrap();
        let mut watch = watching(Some(&site));
        for number in 0..39 {
            assert!(watch.note(Some(&site), &[hit(Some(&site))]).is_empty());
            for _ in 0..10 {
                assert!(watch.note(None, &[]).is_empty(), "{number}");
            }
        }
        assert_eq!(watch.note(Some(&site), &[hit(Some(&site))]).len(), 1);
    }
}
