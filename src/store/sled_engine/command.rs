//! What is asked of the writer, and how it answers.

use jiff::Timestamp;

use super::new_verdict::NewVerdict;
use super::plan::{self, Plan};
use super::trees::{Trees, to_micros};
use crate::key::KeyHash;
use crate::rule::{RuleChange, RuleId};
use crate::site::Site;
use crate::site::settings::{Erasure as OnErasure, RetentionWhat, SiteSettings};
use crate::store::ack::Reply;
use crate::store::error::StoreError;
use crate::store::event::{Change, Event, Grant};
use crate::store::fingerprint::Fingerprint;
use crate::store::query::ErasureReceipt;
use crate::store::record::Correction;
use crate::store::{CorrectionReceipt, NewCorrection, Retraction, Sequence};
use crate::text::Features;
use crate::verdict::{Label, VerdictId};

/// One write.
pub(super) enum Command {
    /// Keep a verdict.
    Put(Box<NewVerdict>, Reply<()>),
    /// Do something that the log records.
    Log(Request),
    /// Let go of what is over its time.
    Expire(Vec<(VerdictId, RetentionWhat)>, Reply<()>),
    /// Show that writing works.
    Probe(Reply<()>),
}

/// Something that the log records, unless it is so already.
pub(super) enum Request {
    Correct(NewCorrection, Reply<CorrectionReceipt>),
    Submit {
        verdict: Box<NewVerdict>,
        label: Label,
        features: Features,
        at: Timestamp,
        reply: Reply<CorrectionReceipt>,
    },
    Retract {
        verdict: VerdictId,
        by: KeyHash,
        at: Timestamp,
        reply: Reply<Retraction>,
    },
    Erase(Vec<VerdictId>, KeyHash, Timestamp, Reply<ErasureReceipt>),
    CreateKey(KeyHash, Grant, Timestamp, Reply<()>),
    RevokeKey(KeyHash, Timestamp, Reply<()>),
    RotateKey {
        from: KeyHash,
        to: KeyHash,
        until: Timestamp,
        at: Timestamp,
        reply: Reply<()>,
    },
    SiteActive(Site, bool, Timestamp, Reply<()>),
    ConfigureSite(Site, Box<SiteSettings>, Timestamp, Reply<()>),
    RemoveSite(Site, Timestamp, Reply<()>),
    Rule(Option<RuleId>, RuleChange, Timestamp, Reply<RuleId>),
}

/// An answer that waits for the group to be durable.
pub(super) type Pending = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// What is to be logged for a request, if anything, and the answer.
pub(super) struct Decision {
    pub(super) events: Vec<Event>,
    pub(super) answer: Pending,
    /// Whether it is only done when keys of the vault are gone, not already when it is logged.
    pub(super) erases: bool,
}

impl Request {
    /// Decides on the state that the requests before this one leave. `next` is the sequence that
    /// the first event would get.
    pub(super) fn decide(self, trees: &Trees, plan: &Plan<'_>, next: Sequence) -> Decision {
        match self {
            Self::Correct(new, reply) => decision(reply, correct(trees, plan, new, next)),
            Self::Submit {
                verdict,
                label,
                features,
                at,
                reply,
            } => {
                let new = NewCorrection {
                    verdict: verdict.id,
                    label,
                    features,
                    learn: true,
                    by: verdict.key,
                    at,
                };
                decision(reply, submit(trees, plan, &verdict.fingerprint, new, next))
            }
            Self::Retract {
                verdict,
                by,
                at,
                reply,
            } => decision(reply, retract(plan, verdict, by, at, next)),
            Self::Erase(verdicts, by, at, reply) => {
                let decided = erase(trees, plan, verdicts, by, at, next);
                Decision {
                    erases: true,
                    ..decision(reply, decided)
                }
            }
            Self::CreateKey(key, grant, at, reply) => {
                let known = plan.grant(&key);
                decision(
                    reply,
                    known.map(|known| {
                        let changes = known.as_ref() != Some(&grant);
                        let change = changes.then_some(Change::KeyCreated { key, grant });
                        (change.map(|change| plan::event(at, change)), ())
                    }),
                )
            }
            Self::RevokeKey(key, at, reply) => {
                let known = plan.grant(&key);
                decision(
                    reply,
                    known.and_then(|known| match known {
                        Some(_) => Ok((Some(plan::event(at, Change::KeyRevoked { key })), ())),
                        None => Err(StoreError::NoSuchKey),
                    }),
                )
            }
            Self::RotateKey {
                from,
                to,
                until,
                at,
                reply,
            } => {
                let known = plan.grant(&from);
                decision(
                    reply,
                    known.and_then(|known| match known {
                        Some(_) => {
                            let until = to_micros(until);
                            let change = Change::KeyRotated { from, to, until };
                            Ok((Some(plan::event(at, change)), ()))
                        }
                        None => Err(StoreError::NoSuchKey),
                    }),
                )
            }
            Self::SiteActive(site, active, at, reply) => {
                let known = plan.site(&site);
                decision(
                    reply,
                    known.map(|known| {
                        let changes = known != Some(active);
                        let change = changes.then_some(Change::SiteActive { site, active });
                        (change.map(|change| plan::event(at, change)), ())
                    }),
                )
            }
            Self::ConfigureSite(site, settings, at, reply) => {
                let known = plan.settings(&site);
                decision(
                    reply,
                    known.map(|known| {
                        let changes = known.is_none_or(|known| known.settings != *settings);
                        let change = changes.then_some(Change::SiteConfigured { site, settings });
                        (change.map(|change| plan::event(at, change)), ())
                    }),
                )
            }
            Self::Rule(id, change, at, reply) => {
                decision(reply, change_rule(plan, id, change, at, next))
            }
            Self::RemoveSite(site, at, reply) => {
                let known = plan.site(&site);
                decision(
                    reply,
                    known.and_then(|known| match known {
                        Some(_) => Ok((Some(plan::event(at, Change::SiteRemoved { site })), ())),
                        None => Err(StoreError::NoSuchSite),
                    }),
                )
            }
        }
    }
}

fn decision<T: Send + 'static>(
    reply: Reply<T>,
    decided: Result<(impl IntoIterator<Item = Event>, T), StoreError>,
) -> Decision {
    // A caller that has gone away hears no answer; what it asked for is done all the same.
    match decided {
        Ok((events, answer)) => Decision {
            events: events.into_iter().collect(),
            erases: false,
            answer: Box::new(move |durable| {
                let _ = reply.send(durable.map(|()| answer));
            }),
        },
        Err(error) => Decision {
            events: Vec::new(),
            erases: false,
            // Where the group failed, it was decided on a state that lacks what should have been
            // written: the failure is the truth then.
            answer: Box::new(move |durable| {
                let _ = reply.send(Err(durable.err().unwrap_or(error)));
            }),
        },
    }
}

type Decided<T> = Result<(Option<Event>, T), StoreError>;

fn correct(
    trees: &Trees,
    plan: &Plan<'_>,
    new: NewCorrection,
    next: Sequence,
) -> Decided<CorrectionReceipt> {
    let stored = trees.stored_verdict(new.verdict)?;
    let Some(stored) = stored.filter(|_| !plan.is_removed(new.verdict)) else {
        return Err(StoreError::NoSuchVerdict);
    };
    let allowed = match &stored.site {
        Some(site) => plan
            .settings(site)?
            .is_none_or(|known| known.settings.learning),
        None => true,
    };
    let learned = allowed && new.learn;
    let standing = plan.correction(new.verdict)?.map(|s| s.correction);
    // Said again after learning was switched on, it is learned; what was learned before learning was
    // switched off stays, unless the caller wants it unlearned.
    let same = |standing: &Correction| {
        let fits = standing.learned == learned || (standing.learned && new.learn);
        standing.label == new.label && fits
    };
    if let Some(same) = standing.filter(same) {
        let receipt = CorrectionReceipt {
            id: new.verdict,
            label: new.label,
            previous: Some(same.label),
            sequence: same.sequence,
        };
        return Ok((None, receipt));
    }
    let change = Change::Corrected {
        verdict: new.verdict,
        site: stored.site,
        label: new.label,
        by: new.by,
        // What is not learned from need not be kept.
        features: if learned {
            new.features
        } else {
            Features::default()
        },
        learned,
    };
    let receipt = CorrectionReceipt {
        id: new.verdict,
        label: new.label,
        previous: standing.map(|standing| standing.label),
        sequence: next,
    };
    Ok((Some(plan::event(new.at, change)), receipt))
}

/// Labels what was found or stored for the comment; by now one of both is in the trees.
fn submit(
    trees: &Trees,
    plan: &Plan<'_>,
    meant: &Fingerprint,
    new: NewCorrection,
    next: Sequence,
) -> Decided<CorrectionReceipt> {
    let Some(verdict) = trees.find(meant)? else {
        return Err(StoreError::NoSuchVerdict);
    };
    correct(trees, plan, NewCorrection { verdict, ..new }, next)
}

fn retract(
    plan: &Plan<'_>,
    verdict: VerdictId,
    by: KeyHash,
    at: Timestamp,
    next: Sequence,
) -> Decided<Retraction> {
    let Some(standing) = plan.correction(verdict)? else {
        return Err(StoreError::NoSuchCorrection);
    };
    let retraction = Retraction {
        id: verdict,
        previous: standing.correction.label,
        sequence: next,
    };
    let change = Change::Retracted { verdict, by };
    Ok((Some(plan::event(at, change)), retraction))
}

fn erase(
    trees: &Trees,
    plan: &Plan<'_>,
    wanted: Vec<VerdictId>,
    by: KeyHash,
    at: Timestamp,
    next: Sequence,
) -> Result<(Vec<Event>, ErasureReceipt), StoreError> {
    let mut receipt = ErasureReceipt::default();
    let mut events = Vec::new();
    let mut verdicts = Vec::with_capacity(wanted.len());
    for id in wanted {
        let stored = trees.stored_verdict(id)?;
        let Some(stored) = stored.filter(|_| !plan.is_removed(id)) else {
            continue;
        };
        verdicts.push(id);
        let Some(standing) = plan.correction(id)? else {
            continue;
        };
        let settings = match &stored.site {
            Some(site) => plan.settings(site)?.map(|known| known.settings),
            None => None,
        };
        match settings.unwrap_or_default().erasure {
            OnErasure::Retract => {
                events.push(plan::event(at, Change::Retracted { verdict: id, by }));
                receipt.retracted += 1;
            }
            OnErasure::KeepHashes => {
                receipt.kept_learned += u64::from(standing.correction.learned);
            }
        }
    }
    if verdicts.is_empty() {
        return Ok((events, receipt));
    }
    receipt.erased = verdicts.len() as u64;
    events.push(plan::event(at, Change::Erased { verdicts, by }));
    receipt.sequence = Some(next + events.len() as u64 - 1);
    Ok((events, receipt))
}

fn change_rule(
    plan: &Plan<'_>,
    id: Option<RuleId>,
    change: RuleChange,
    at: Timestamp,
    next: Sequence,
) -> Decided<RuleId> {
    let news = match id {
        Some(id) => match plan.rule(id)? {
            Some(old) => change.is_news(&old),
            None => return Err(StoreError::NoSuchRule),
        },
        None => true,
    };
    let id = id.unwrap_or(RuleId(next));
    let event = news.then(|| plan::event(at, Change::Rule { id, change }));
    Ok((event, id))
}
