//! What is asked of the writer, and how it answers.

use jiff::Timestamp;

use super::new_verdict::NewVerdict;
use super::parcels::Opened;
use super::plan::{self, Plan};
use super::queue;
use super::trees::{Trees, to_micros};
use crate::key::KeyHash;
use crate::rule::{RuleChange, RuleId};
use crate::site::Site;
use crate::site::settings::{Erasure as OnErasure, RetentionWhat, SiteSettings};
use crate::store::ack::Reply;
use crate::store::error::StoreError;
use crate::store::event::{Change, Event, Grant};
use crate::store::fingerprint::Fingerprint;
use crate::store::models::NamedModel;
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
    Log(Box<Request>),
    /// Let go of what is over its time.
    Expire(Vec<(VerdictId, RetentionWhat)>, Reply<()>),
    /// Show that writing works.
    Probe(Reply<()>),
    /// Take over frames of the log that is shared, up to a place of it.
    Follow(u64, Vec<u8>, Reply<Sequence>),
    /// Keep verdicts of other stores.
    Receive(Vec<Opened>, Reply<u64>),
}

/// Something that the log records, unless it is so already.
pub(super) enum Request {
    Correct(NewCorrection, Answer<CorrectionReceipt>),
    /// One that waited here for the log; it may have it by now.
    Queued(NewCorrection, Answer<CorrectionReceipt>),
    Submit {
        verdict: Box<NewVerdict>,
        label: Label,
        features: Features,
        at: Timestamp,
        answer: Answer<CorrectionReceipt>,
    },
    Retract {
        verdict: VerdictId,
        by: KeyHash,
        at: Timestamp,
        answer: Answer<Retraction>,
    },
    Erase(Vec<VerdictId>, KeyHash, Timestamp, Answer<ErasureReceipt>),
    CreateKey(KeyHash, Grant, Timestamp, Answer<()>),
    RevokeKey(KeyHash, Timestamp, Answer<()>),
    RotateKey {
        from: KeyHash,
        to: KeyHash,
        until: Timestamp,
        at: Timestamp,
        answer: Answer<()>,
    },
    SiteActive(Site, bool, Timestamp, Answer<()>),
    ConfigureSite(Site, Box<SiteSettings>, Timestamp, Answer<()>),
    RemoveSite(Site, Timestamp, Answer<()>),
    Rule(Option<RuleId>, RuleChange, Timestamp, Answer<RuleId>),
    BaseModel(NamedModel, Timestamp, Answer<()>),
}

/// Who waits for an answer, and what it will be once the events of the request are durable.
pub(super) struct Answer<T> {
    reply: Reply<T>,
    decided: Option<Result<T, StoreError>>,
}

impl<T> Answer<T> {
    pub(super) fn to(reply: Reply<T>) -> Self {
        Self {
            reply,
            decided: None,
        }
    }

    /// Keeps the answer until it may be given; the events are to be logged.
    fn decide(
        &mut self,
        decided: Result<(impl IntoIterator<Item = Event>, T), StoreError>,
    ) -> Vec<Event> {
        let (events, decided) = match decided {
            Ok((events, answer)) => (events.into_iter().collect(), Ok(answer)),
            Err(error) => (Vec::new(), Err(error)),
        };
        self.decided = Some(decided);
        events
    }

    /// Where the group failed, it was decided on a state that lacks what should have been written: the
    /// failure is the truth then. A caller that has gone away hears no answer; what it asked for is done all
    /// the same.
    fn give(self, durable: Result<(), StoreError>) {
        let decided = self.decided.unwrap_or(Err(StoreError::Closed));
        let _ = self.reply.send(durable.and(decided));
    }
}

impl Request {
    /// Decides on the state that the requests before this one leave, and answers with what is to be
    /// logged. `next` is the sequence that the first event would get. May be called again on another state.
    pub(super) fn decide(&mut self, trees: &Trees, plan: &Plan<'_>, next: Sequence) -> Vec<Event> {
        match self {
            Self::Correct(new, answer) => answer.decide(correct(trees, plan, new, next)),
            Self::Queued(new, answer) => {
                let decided = match queue::is_in_log(trees, new) {
                    Ok(true) => Ok((None, receipt(new, Some(next)))),
                    Ok(false) => correct(trees, plan, new, next),
                    Err(error) => Err(error),
                };
                answer.decide(decided)
            }
            Self::Submit {
                verdict,
                label,
                features,
                at,
                answer,
            } => {
                let new = submitted(verdict, *label, features, *at);
                answer.decide(submit(trees, plan, &verdict.fingerprint, new, next))
            }
            Self::Retract {
                verdict,
                by,
                at,
                answer,
            } => answer.decide(retract(plan, *verdict, *by, *at, next)),
            Self::Erase(verdicts, by, at, answer) => {
                answer.decide(erase(trees, plan, verdicts, *by, *at, next))
            }
            Self::CreateKey(key, grant, at, answer) => {
                let change = plan.grant(key).map(|known| {
                    (known.as_ref() != Some(grant)).then(|| Change::KeyCreated {
                        key: *key,
                        grant: grant.clone(),
                    })
                });
                answer.decide(done(*at, change))
            }
            Self::RevokeKey(key, at, answer) => {
                let change = plan.grant(key).and_then(|known| match known {
                    Some(_) => Ok(Some(Change::KeyRevoked { key: *key })),
                    None => Err(StoreError::NoSuchKey),
                });
                answer.decide(done(*at, change))
            }
            Self::RotateKey {
                from,
                to,
                until,
                at,
                answer,
            } => {
                let (from, to, until) = (*from, *to, to_micros(*until));
                let change = plan.grant(&from).and_then(|known| match known {
                    Some(_) => Ok(Some(Change::KeyRotated { from, to, until })),
                    None => Err(StoreError::NoSuchKey),
                });
                answer.decide(done(*at, change))
            }
            Self::SiteActive(site, active, at, answer) => {
                let change = plan.site(site).map(|known| {
                    (known != Some(*active)).then(|| Change::SiteActive {
                        site: site.clone(),
                        active: *active,
                    })
                });
                answer.decide(done(*at, change))
            }
            Self::ConfigureSite(site, settings, at, answer) => {
                let change = plan.settings(site).map(|known| {
                    let news = known.is_none_or(|known| known.settings != **settings);
                    news.then(|| Change::SiteConfigured {
                        site: site.clone(),
                        settings: settings.clone(),
                    })
                });
                answer.decide(done(*at, change))
            }
            Self::BaseModel(model, at, answer) => {
                let change = plan.base_model().map(|known| {
                    let news = known.is_none_or(|known| known.digest != model.digest);
                    news.then(|| Change::BaseModel(model.clone()))
                });
                answer.decide(done(*at, change))
            }
            Self::Rule(id, change, at, answer) => {
                answer.decide(change_rule(plan, *id, change, *at, next))
            }
            Self::RemoveSite(site, at, answer) => {
                let change = plan.site(site).and_then(|known| match known {
                    Some(_) => Ok(Some(Change::SiteRemoved { site: site.clone() })),
                    None => Err(StoreError::NoSuchSite),
                });
                answer.decide(done(*at, change))
            }
        }
    }

    /// Gives the answer, now that its events are durable, or why they are not.
    pub(super) fn answer(self, durable: Result<(), StoreError>) {
        match self {
            Self::Correct(_, answer) | Self::Queued(_, answer) | Self::Submit { answer, .. } => {
                answer.give(durable)
            }
            Self::Retract { answer, .. } => answer.give(durable),
            Self::Erase(.., answer) => answer.give(durable),
            Self::Rule(.., answer) => answer.give(durable),
            Self::CreateKey(.., answer)
            | Self::RevokeKey(.., answer)
            | Self::RotateKey { answer, .. }
            | Self::SiteActive(.., answer)
            | Self::ConfigureSite(.., answer)
            | Self::RemoveSite(.., answer)
            | Self::BaseModel(.., answer) => answer.give(durable),
        }
    }

    /// Whether it is a correction.
    pub(super) fn corrects(&self) -> bool {
        matches!(
            self,
            Self::Correct(..) | Self::Queued(..) | Self::Submit { .. }
        )
    }

    /// What it would have a verdict that is stored here corrected to, if it is a correction.
    pub(super) fn correction(&self, trees: &Trees) -> Result<Option<NewCorrection>, StoreError> {
        let new = match self {
            Self::Correct(new, _) | Self::Queued(new, _) => new.clone(),
            Self::Submit {
                verdict,
                label,
                features,
                at,
                ..
            } => match trees.find(&verdict.fingerprint)? {
                Some(found) => NewCorrection {
                    verdict: found,
                    ..submitted(verdict, *label, features, *at)
                },
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let known = trees.stored_verdict(new.verdict)?.is_some();
        Ok(known.then_some(new))
    }

    /// Says that a correction is kept until it can be given, or why it is not.
    pub(super) fn answer_later(mut self, new: &NewCorrection, durable: Result<(), StoreError>) {
        if let Self::Correct(_, answer) | Self::Queued(_, answer) | Self::Submit { answer, .. } =
            &mut self
        {
            answer.decided = Some(Ok(receipt(new, None)));
        }
        self.answer(durable);
    }

    /// Whether it is only done when keys of the vault are gone, not already when it is logged.
    pub(super) fn erases(&self) -> bool {
        matches!(self, Self::Erase(..))
    }
}

/// The event of a change, if there is any, for a request that needs no more of an answer.
fn done(at: Timestamp, change: Result<Option<Change>, StoreError>) -> Decided<()> {
    change.map(|change| (change.map(|change| plan::event(at, change)), ()))
}

type Decided<T> = Result<(Option<Event>, T), StoreError>;

fn correct(
    trees: &Trees,
    plan: &Plan<'_>,
    new: &NewCorrection,
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
            sequence: Some(same.sequence),
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
            new.features.clone()
        } else {
            Features::default()
        },
        learned,
    };
    let receipt = CorrectionReceipt {
        id: new.verdict,
        label: new.label,
        previous: standing.map(|standing| standing.label),
        sequence: Some(next),
    };
    Ok((Some(plan::event(new.at, change)), receipt))
}

fn receipt(new: &NewCorrection, sequence: Option<Sequence>) -> CorrectionReceipt {
    CorrectionReceipt {
        id: new.verdict,
        label: new.label,
        previous: None,
        sequence,
    }
}

fn submitted(
    verdict: &NewVerdict,
    label: Label,
    features: &Features,
    at: Timestamp,
) -> NewCorrection {
    NewCorrection {
        verdict: verdict.id,
        label,
        features: features.clone(),
        learn: true,
        by: verdict.key,
        at,
    }
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
    correct(trees, plan, &NewCorrection { verdict, ..new }, next)
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
    wanted: &[VerdictId],
    by: KeyHash,
    at: Timestamp,
    next: Sequence,
) -> Result<(Vec<Event>, ErasureReceipt), StoreError> {
    let mut receipt = ErasureReceipt::default();
    let mut events = Vec::new();
    let mut verdicts = Vec::with_capacity(wanted.len());
    for &id in wanted {
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
    change: &RuleChange,
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
    let event = news.then(|| {
        let change = change.clone();
        plan::event(at, Change::Rule { id, change })
    });
    Ok((event, id))
}
