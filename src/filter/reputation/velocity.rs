//! How fast comments come from one network, and suspicious ones by one author.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;

use super::Recent;
use crate::comment::Comment;
use crate::site::settings::ReputationSettings;
use crate::text::folded;
use crate::verdict::Reason;

/// Time in which a count falls to a half, in seconds.
const HALF_LIFE: f64 = 600.0;
/// After so many seconds a count is as good as nothing.
const PERIOD: i64 = 3600;
/// Networks and authors counted in a period, each with about 40 bytes.
const SENDERS: usize = 65_536;

/// A comment that is ham by its own evidence counts so much for its network: many people may share
/// one, and behind a proxy that hides addresses all of them do.
const HAM_OF_NETWORK: f64 = 0.25;

/// Log-odds at the first signal; each doubling of the count adds as much again.
const WEIGHT: f64 = 0.5;
const MOST: f64 = 2.0;
/// Counts of a network from which on it is a signal.
const NETWORK: f64 = 5.0;
/// The same of an author, of whom only what looks like spam counts: a blog's owner may answer a
/// hundred readers in an hour.
const AUTHOR: f64 = 3.0;
/// Share of an author's comments that must look like spam: a few of those hundred do.
const SUSPICIOUS: f64 = 0.5;

/// Who sent a comment, as keyed hashes; `None` where nothing is known or nobody shall ask.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sender {
    network: Option<u64>,
    author: Option<u64>,
}

impl Sender {
    pub(super) fn of(comment: &Comment, steps: ReputationSettings, key: &RandomState) -> Self {
        let network = comment
            .author
            .ip
            .filter(|_| steps.network)
            .and_then(network_of);
        Self {
            network: network.map(|network| key.hash_one(("network", network))),
            author: steps.author.then(|| author_of(comment, key)).flatten(),
        }
    }
}

/// The /24 or /64 that an address lies in: what one person commonly has to choose from. Addresses
/// of no public network are those of a proxy.
fn network_of(address: IpAddr) -> Option<IpNet> {
    let address = address.to_canonical();
    let (inner, length) = match address {
        IpAddr::V4(v4) => {
            let inner = v4.is_private() || v4.is_loopback() || v4.is_link_local();
            (inner || v4.is_unspecified(), 24)
        }
        IpAddr::V6(v6) => {
            let inner = v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local();
            (inner || v6.is_unspecified(), 64)
        }
    };
    let network = IpNet::new(address, length).ok().filter(|_| !inner)?;
    Some(network.trunc())
}

/// An author by e-mail address, or else by name and home page. Names alone are shared by too many.
fn author_of(comment: &Comment, key: &RandomState) -> Option<u64> {
    let author = &comment.author;
    let (email, url) = (author.email.trim(), author.url.trim());
    if !email.is_empty() {
        return Some(key.hash_one(("email", folded(email))));
    }
    let name = folded(author.name.trim());
    (!name.is_empty() && !url.is_empty()).then(|| key.hash_one(("name", name, folded(url))))
}

/// Counts that cool down.
#[derive(Debug)]
pub(super) struct Velocity {
    networks: Recent<Heat>,
    authors: Recent<Heat>,
}

impl Default for Velocity {
    fn default() -> Self {
        Self {
            networks: Recent::new(PERIOD, SENDERS),
            authors: Recent::new(PERIOD, SENDERS),
        }
    }
}

impl Velocity {
    /// What the counts before this comment say of its sender.
    pub(super) fn look(&self, sender: &Sender, now: Timestamp) -> Vec<Reason> {
        let network = sender.network.and_then(|who| self.networks.get(who, now));
        let network = network
            .and_then(|heat| weight(heat.at(now).count, NETWORK))
            .map(|weight| Reason::new("velocity", "many comments from this network", weight));
        let author = sender.author.and_then(|who| self.authors.get(who, now));
        let author = author
            .map(|heat| heat.at(now))
            .filter(|heat| heat.count >= SUSPICIOUS * heat.of)
            .and_then(|heat| weight(heat.count, AUTHOR))
            .map(|weight| {
                let detail = "most comments by this author look like spam";
                Reason::new("velocity", detail, weight)
            });
        network.into_iter().chain(author).collect()
    }

    pub(super) fn note(&mut self, sender: &Sender, is_ham: bool, now: Timestamp) {
        if let Some(network) = sender.network {
            let count = if is_ham { HAM_OF_NETWORK } else { 1.0 };
            let heat = self.networks.entry(network, now, Heat::default);
            heat.add(count, 1.0, now);
        }
        if let Some(author) = sender.author {
            let count = if is_ham { 0.0 } else { 1.0 };
            let heat = self.authors.entry(author, now, Heat::default);
            heat.add(count, 1.0, now);
        }
    }

    /// Takes back one comment that was held against its author.
    pub(super) fn forgive(&mut self, sender: &Sender, now: Timestamp) {
        let Some(author) = sender.author else { return };
        if self.authors.get(author, now).is_some() {
            let heat = self.authors.entry(author, now, Heat::default);
            heat.add(-1.0, 0.0, now);
        }
    }
}

/// A signal's weight, from the count on from which it is one.
fn weight(count: f64, from: f64) -> Option<f64> {
    (count >= from).then(|| (WEIGHT * (1.0 + (count / from).log2())).min(MOST))
}

/// Counts that fall to a half again and again.
#[derive(Debug, Clone, Copy, Default)]
struct Heat {
    /// What is held against the sender.
    count: f64,
    /// All comments.
    of: f64,
    /// When that was, in seconds.
    when: i64,
}

impl Heat {
    /// The counts as they have fallen by now.
    fn at(&self, now: Timestamp) -> Self {
        let when = now.as_second();
        // Ages are far below 2^52 seconds.
        let age = when.saturating_sub(self.when).max(0) as f64;
        let rest = (-age / HALF_LIFE).exp2();
        Self {
            count: self.count * rest,
            of: self.of * rest,
            when,
        }
    }

    fn add(&mut self, count: f64, of: f64, now: Timestamp) {
        *self = self.at(now);
        self.count = (self.count + count).max(0.0);
        self.of += of;
    }
}
