//! What is wrong, and what to do about it.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::aside;
use super::failure::Failure;
use super::manage::address_of;
use super::page::{Frame, Section};
use super::visible::visible;
use super::visitor::Visitor;
use super::words::{Words, fill};
use crate::http::state::State;
use crate::service::Issue;

/// Most characters of what others wrote.
const LONGEST: usize = 200;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/issues", web::get().to(issues));
}

#[derive(Template)]
#[template(path = "dashboard/issues.html")]
struct IssuesPage {
    frame: Frame,
    issues: Vec<Advice>,
}

async fn issues(visitor: Visitor, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    let caller = visitor.caller.clone();
    let found = aside(&visitor, &state, move |service| service.issues(&caller)).await?;
    visitor.shown(&IssuesPage {
        frame: Frame::of(&visitor, Section::Issues),
        issues: Advice::on(&found, visitor.words),
    })
}

/// An issue in words, what to do about it, and where.
pub(super) struct Advice {
    pub(super) what: String,
    pub(super) what_to_do: &'static str,
    pub(super) link: String,
}

impl Advice {
    pub(super) fn on(issues: &[Issue], w: &'static Words) -> Vec<Self> {
        issues.iter().map(|issue| Self::of(issue, w)).collect()
    }

    fn of(issue: &Issue, w: &'static Words) -> Self {
        let two =
            |text, first: &str, second: &dyn std::fmt::Display| fill(&fill(text, first), second);
        let (what, what_to_do, link) = match issue {
            Issue::ReadOnly(why) => (fill(w.read_only, why), w.read_only_help, None),
            Issue::ClusterAway(seconds) => {
                (fill(w.cluster_away, seconds), w.cluster_away_help, None)
            }
            Issue::ClusterParted(why) => (fill(w.cluster_parted, why), w.cluster_parted_help, None),
            Issue::NotKept(checks) => (fill(w.not_kept, checks), w.not_kept_help, None),
            Issue::DiskShort(space) => (
                two(w.disk_short, &bytes(space.free), &bytes(space.total)),
                w.disk_short_help,
                Some("/sites".to_owned()),
            ),
            Issue::CallbackFails(site, failing) => (
                two(w.callback_fails, site.as_str(), &failing.reason),
                w.callback_fails_help,
                Some(address_of(site)),
            ),
            Issue::RuleSuspended { id, name } => (
                fill(w.rule_suspended, name),
                w.rule_suspended_help,
                Some(format!("/rules#r{id}")),
            ),
            Issue::TokenNeverUsed(_) => (
                w.token_never_used.to_owned(),
                w.token_never_used_help,
                Some("/keys".to_owned()),
            ),
            Issue::KeyIdle(idle) => {
                let text = match idle.view.last_used {
                    Some(_) => w.key_idle,
                    None => w.key_never_used,
                };
                let name = &idle.view.grant.name;
                let what = two(text, name, &idle.since);
                (what, w.key_idle_help, Some("/keys".to_owned()))
            }
            Issue::OnlySpam(corrections) => (
                fill(w.only_spam, corrections),
                w.only_spam_help,
                Some("/queue?verdict=spam&label=none".to_owned()),
            ),
            Issue::OnlyHam(corrections) => (
                fill(w.only_ham, corrections),
                w.only_ham_help,
                Some("/queue?verdict=ham&label=none".to_owned()),
            ),
            Issue::NoUserAgent(site) => (
                fill(w.no_user_agent, site),
                w.no_user_agent_help,
                Some("/queue".to_owned()),
            ),
            Issue::OwnModel(version) => (fill(w.own_model, version), w.own_model_help, None),
        };
        Self {
            what: visible(&what, LONGEST).0,
            what_to_do,
            link: link.unwrap_or_default(),
        }
    }
}

/// A number of bytes as people read it.
fn bytes(count: u64) -> String {
    let mib = count as f64 / f64::from(1 << 20);
    match mib {
        mib if mib < 1024.0 => format!("{mib:.0}\u{a0}MiB"),
        mib => format!("{:.1}\u{a0}GiB", mib / 1024.0),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::key::Scopes;
    use crate::service::{FailingSite, Grant, IdleKey, KeyView, Space, StoreError};
    use crate::site::Site;

    #[test]
    fn every_issue_is_told_whole_in_every_language() {
        let time = jiff::Timestamp::UNIX_EPOCH;
        let day = jiff::civil::date(2026, 8, 1);
        let site = Site::parse("blog.example.com").unwrap();
        let failing = FailingSite {
            since: time,
            calls: 3,
            reason: "the site answered 500".to_owned(),
        };
        let idle = |last_used| IdleKey {
            view: KeyView {
                id: "0123456789ab".parse().unwrap(),
                grant: Grant::new("Old <blog>", Scopes::SITE, None, time),
                accepted: true,
                last_used,
            },
            since: day,
        };
        let space = Space {
            free: 600 << 20,
            total: 40 << 30,
        };
        let issues = [
            Issue::ReadOnly(StoreError::Closed),
            Issue::NotKept(7),
            Issue::DiskShort(space),
            Issue::CallbackFails(site.clone(), failing),
            Issue::RuleSuspended {
                id: "3".parse().unwrap(),
                name: "the wave".to_owned(),
            },
            Issue::TokenNeverUsed(day),
            Issue::KeyIdle(idle(None)),
            Issue::KeyIdle(idle(Some(day))),
            Issue::OnlySpam(10),
            Issue::OnlyHam(10),
            Issue::NoUserAgent(site),
            Issue::OwnModel("mine".to_owned()),
            Issue::ClusterAway(12),
            Issue::ClusterParted("event 7 does not follow".to_owned()),
        ];
        for words in Words::ALL {
            for advice in Advice::on(&issues, words) {
                assert!(!advice.what.contains("{}"), "{}", advice.what);
                assert!(!advice.what_to_do.is_empty() && !advice.what_to_do.contains("{}"));
            }
        }
        let told = Advice::on(&issues, Words::ENGLISH);
        assert_eq!(
            told[2].what,
            "The disk is nearly full: 600\u{a0}MiB of 40.0\u{a0}GiB are left."
        );
        assert_eq!(
            told[3].what,
            "Callbacks to blog.example.com do not arrive: the site answered 500"
        );
        assert_eq!(told[4].link, "/rules#r3");
    }
}
