//! Rules, compiled: one step a kind of condition, however many rules there are.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use regex::{RegexSet, RegexSetBuilder};

use super::{Networks, Words};
use crate::comment::Comment;
use crate::rule::{Condition, EXPRESSION_SIZE, Rule, RuleId, Share};
use crate::site::Site;
use crate::text::{Glance, folded, host_of};
use crate::verdict::Action;

/// Rules that are looked up together.
#[derive(Debug, Default)]
pub(super) struct RuleSet {
    rules: Vec<(RuleId, Rule)>,
    networks: Networks,
    emails: HashMap<String, Vec<usize>>,
    email_domains: HashMap<String, Vec<usize>>,
    link_domains: HashMap<String, Vec<usize>>,
    authors: HashMap<String, Vec<usize>>,
    words: Words,
    expressions: RegexSet,
    /// The rule of each expression.
    expressed: Vec<usize>,
}

/// A rule that is true of a comment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hit {
    pub(crate) id: RuleId,
    pub(crate) outcome: Action,
    /// Its note, or else its condition.
    pub(crate) name: String,
    pub(super) site: Option<Site>,
    pub(super) suspend_above: Option<Share>,
}

impl RuleSet {
    pub(super) fn compile(rules: Vec<(RuleId, Rule)>) -> Self {
        let mut set = Self::default();
        let mut words = Vec::new();
        let mut expressions = Vec::new();
        for (at, (_, rule)) in rules.iter().enumerate() {
            let map = match &rule.condition {
                Condition::Ip(network) => {
                    set.networks.insert(*network, at);
                    continue;
                }
                Condition::Word(word) => {
                    words.push((folded(word).into_owned(), at));
                    continue;
                }
                Condition::Regex(pattern) => {
                    expressions.push(pattern);
                    set.expressed.push(at);
                    continue;
                }
                Condition::Email(_) => &mut set.emails,
                Condition::EmailDomain(_) => &mut set.email_domains,
                Condition::LinkDomain(_) => &mut set.link_domains,
                Condition::Author(_) => &mut set.authors,
            };
            let text = folded(&rule.condition.pattern()).into_owned();
            map.entry(text).or_default().push(at);
        }
        set.words = Words::compile(words);
        let compiled = RegexSetBuilder::new(&expressions)
            .case_insensitive(true)
            .size_limit(EXPRESSION_SIZE.saturating_mul(expressions.len().max(1)))
            .build();
        match compiled {
            Ok(compiled) => set.expressions = compiled,
            // Each of them was compiled alone within its share of the size.
            Err(error) => tracing::error!(%error, "the expressions of the rules cannot be used"),
        }
        set.rules = rules;
        set
    }

    /// Every rule that is true of a comment at this time, the one that decides first: those of the
    /// site before those of all sites, and among these what publishes before what discards, and
    /// that before what holds.
    pub(super) fn hits(&self, comment: &Comment, now: Timestamp) -> Vec<Hit> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        let mut found = BTreeSet::new();
        self.by_author(comment, &mut found);
        self.by_text(comment, &mut found);
        let mut hits: Vec<Hit> = found
            .into_iter()
            .filter_map(|at| self.rules.get(at))
            .filter(|(_, rule)| rule.holds(now))
            .filter(|(_, rule)| rule.site.is_none() || rule.site == comment.site)
            .map(|(id, rule)| Hit {
                id: *id,
                outcome: rule.outcome,
                name: rule.name(),
                site: rule.site.clone(),
                suspend_above: rule.suspend_above,
            })
            .collect();
        hits.sort_by_key(|hit| (hit.site.is_none(), rank(hit.outcome)));
        hits
    }

    fn by_author(&self, comment: &Comment, found: &mut BTreeSet<usize>) {
        let author = &comment.author;
        if let Some(ip) = author.ip {
            found.extend(self.networks.containing(ip));
        }
        let email = folded(author.email.trim());
        found.extend(self.emails.get(&*email).into_iter().flatten());
        if let Some((_, host)) = email.rsplit_once('@') {
            found.extend(around(&self.email_domains, host));
        }
        let name = folded(author.name.trim());
        found.extend(self.authors.get(&*name).into_iter().flatten());
    }

    fn by_text(&self, comment: &Comment, found: &mut BTreeSet<usize>) {
        let by_words = !self.words.is_empty() || !self.expressions.is_empty();
        if !by_words && self.link_domains.is_empty() {
            return;
        }
        let glance = Glance::at(&comment.content);
        for host in glance.hosts.iter().chain(&host_of(&comment.author.url)) {
            found.extend(around(&self.link_domains, host));
        }
        if !by_words {
            return;
        }
        let author = &comment.author;
        let shown = [&glance.text, &author.name, &author.url, &author.email];
        for text in shown {
            found.extend(self.words.found_in(&folded(text)));
        }
        // An expression may be about the markup, too.
        for text in shown.into_iter().chain([&comment.content]) {
            let expressions = self.expressions.matches(text).into_iter();
            found.extend(expressions.filter_map(|number| self.expressed.get(number)));
        }
    }
}

/// The rules about a host or any domain above it.
fn around<'a>(
    domains: &'a HashMap<String, Vec<usize>>,
    host: &'a str,
) -> impl Iterator<Item = &'a usize> {
    let above = std::iter::successors(Some(host), |name| Some(name.split_once('.')?.1));
    above.filter_map(|name| domains.get(name)).flatten()
}

fn rank(outcome: Action) -> u8 {
    match outcome {
        Action::Publish => 0,
        Action::Discard => 1,
        Action::Hold => 2,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::comment::Author;
    use crate::rule::ConditionKind::{self, *};

    fn rule(kind: ConditionKind, pattern: &str) -> Rule {
        Rule {
            condition: Condition::parse(kind, pattern).unwrap(),
            outcome: Action::Discard,
            site: None,
            note: Default::default(),
            expires: None,
            suspend_above: None,
        }
    }

    fn comment() -> Comment {
        Comment {
            site: Site::parse("blog.example.com").ok(),
            content: "Nice <b>cas</b>ino at <a href=\"http://win.casino.example/\">home</a>".into(),
            author: Author {
                name: "Jörg Bot".into(),
                email: "Bot@Mail.Spam.example".into(),
                url: "https://www.shop.example/".into(),
                ip: "203.0.113.9".parse().ok(),
                ..Author::default()
            },
            ..Comment::default()
        }
    }

    #[test]
    fn every_kind_of_condition_is_compared_with_its_field() {
        for (kind, pattern, expected) in [
            (Ip, "203.0.113.0/24", true),
            (Ip, "203.0.112.0/24", false),
            (Email, "bot@mail.spam.example", true),
            (Email, "mail.spam.example", false),
            (EmailDomain, "spam.example", true),
            (EmailDomain, "pam.example", false),
            (LinkDomain, "casino.example", true),
            (LinkDomain, "shop.example", true),
            (LinkDomain, "spam.example", false),
            (Author, "JÖRG BOT", true),
            (Author, "jörg", false),
            (Word, "CASINO", true),
            (Word, "cas", false),
            (Word, "bot", true),
            (Regex, r"nice .*casino", true),
            (Regex, r"href=.http://win", true),
            (Regex, r"^shop", false),
        ] {
            let set = RuleSet::compile(vec![(RuleId(1), rule(kind, pattern))]);
            let hits = set.hits(&comment(), Timestamp::UNIX_EPOCH);
            assert_eq!(!hits.is_empty(), expected, "{kind} {pattern}");
        }
    }

    #[test]
    fn the_site_s_own_rule_and_the_allowance_come_first() {
        let own = Site::parse("blog.example.com").ok();
        let with = |outcome, site: &Option<Site>| Rule {
            outcome,
            site: site.clone(),
            ..rule(Word, "casino")
        };
        let other = Site::parse("other.example.com").ok();
        let rules = [
            with(Action::Hold, &None),
            with(Action::Publish, &None),
            with(Action::Discard, &None),
            with(Action::Hold, &own),
            with(Action::Discard, &own),
            with(Action::Publish, &other),
            Rule {
                expires: Some(Timestamp::UNIX_EPOCH),
                ..with(Action::Publish, &own)
            },
        ];
        let numbered = rules.into_iter().zip(0..);
        let set = RuleSet::compile(numbered.map(|(rule, n)| (RuleId(n), rule)).collect());
        let hits = set.hits(&comment(), Timestamp::UNIX_EPOCH);
        let order: Vec<u64> = hits.iter().map(|hit| hit.id.0).collect();
        assert_eq!(order, [4, 3, 1, 2, 0]);
    }
}
