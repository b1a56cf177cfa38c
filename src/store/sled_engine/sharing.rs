//! The writer's part where the log is shared with other stores: requests are decided, offered, and answered
//! when what stands in their place has come back.
//!
//! One offer is open at a time. While it is, verdicts go on being kept, and later requests wait.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::command::Request;
use super::notifier::Group;
use super::plan::Plan;
use super::queue::Sent;
use super::writer::{Writer, decide};
use crate::store::error::StoreError;
use crate::store::shared::{Offer, SharedLog};
use crate::store::{Applied, Sequence};

/// Most requests in one offer.
const GROUP: usize = 256;
/// Longest offer, in bytes, unless one request alone takes more: NATS takes messages of a megabyte.
const LONGEST: usize = 512 * 1024;
/// How often it is looked whether somebody has waited for too long.
const LOOK: Duration = Duration::from_millis(100);

/// What the writer knows of the log that is shared.
pub(super) struct Sharing {
    log: Arc<dyn SharedLog>,
    /// Where it ends, in its own count, with the last event of the journal; unknown until it was heard of.
    place: Option<u64>,
    /// Not decided yet.
    waiting: VecDeque<Waiting>,
    offered: Option<Offered>,
    /// Why it can be followed no longer, if so.
    parted: Option<StoreError>,
    /// How many corrections wait on the disk, and which of them are on their way.
    pub(super) queued: usize,
    pub(super) sent: Vec<Sent>,
}

/// A request, and since when it waits.
struct Waiting {
    since: Instant,
    request: Request,
}

/// Events that were offered and have not come back.
struct Offered {
    frames: Arc<[u8]>,
    /// Who waits for them. None, once their patience was over.
    requests: Vec<Waiting>,
}

impl Sharing {
    pub(super) fn new(log: Arc<dyn SharedLog>, queued: usize) -> Self {
        Self {
            queued,
            sent: Vec::new(),
            log,
            place: None,
            waiting: VecDeque::new(),
            offered: None,
            parted: None,
        }
    }

    /// When to look at those who wait, if anybody does.
    pub(super) fn look_again(&self) -> Option<Duration> {
        let offered = self.offered.as_ref();
        let waits = !self.waiting.is_empty() || offered.is_some_and(|o| !o.requests.is_empty());
        (waits || self.queued > 0).then_some(LOOK)
    }

    /// Whether the log is there, and nobody waits for it.
    pub(super) fn is_idle(&self) -> bool {
        let open = self.offered.is_some() || !self.waiting.is_empty() || self.parted.is_some();
        !open && self.place.is_some() && self.log.standing().connected
    }

    /// The next requests to decide on, if it is their turn, and the place to offer them for.
    fn next_group(&mut self, most: usize) -> Option<(u64, Vec<Waiting>)> {
        let place = self.place?;
        let open = self.offered.is_none() && self.parted.is_none();
        let some = self.waiting.len().min(most);
        (open && some > 0).then(|| (place, self.waiting.drain(..some).collect()))
    }

    /// Has requests decided on again, before all others.
    fn again(&mut self, requests: Vec<Waiting>) {
        for waiting in requests.into_iter().rev() {
            self.waiting.push_front(waiting);
        }
    }

    /// Those who have waited for too long, and why.
    fn impatient(&mut self) -> (Vec<Request>, StoreError) {
        let (all, why) = match &self.parted {
            Some(parted) => (true, parted.clone()),
            None => (!self.log.standing().connected, StoreError::LogAway),
        };
        let patience = self.log.patience();
        let over = |waiting: &Waiting| all || waiting.since.elapsed() >= patience;
        let mut gone = Vec::new();
        if let Some(offered) = &mut self.offered {
            gone.extend(offered.requests.extract_if(.., |waiting| over(waiting)));
        }
        let (late, still): (Vec<_>, Vec<_>) = self.waiting.drain(..).partition(over);
        self.waiting = still.into();
        gone.extend(late);
        (gone.into_iter().map(|late| late.request).collect(), why)
    }
}

impl Writer {
    /// Takes requests on, and offers what can be offered.
    pub(super) fn share(&mut self, requests: Vec<Request>) {
        if let Some(sharing) = &mut self.sharing {
            let since = Instant::now();
            let new = requests.into_iter();
            sharing
                .waiting
                .extend(new.map(|request| Waiting { since, request }));
        }
        self.offer_waiting();
        self.lose_patience();
    }

    fn offer_waiting(&mut self) {
        let mut most = GROUP;
        while let Some((place, group)) = self.sharing.as_mut().and_then(|s| s.next_group(most)) {
            most = self.offer(place, group);
        }
    }

    /// Decides on requests and offers their events. Answers with how many to take next time.
    fn offer(&mut self, place: u64, group: Vec<Waiting>) -> usize {
        let (since, mut requests): (Vec<_>, Vec<_>) = group
            .into_iter()
            .map(|waiting| (waiting.since, waiting.request))
            .unzip();
        let stored = self.writable().and_then(|()| {
            self.put_submitted(&requests)?;
            Ok(())
        });
        self.note_failure(&stored);
        let trees = self.trees.clone();
        let next = self.journal.last() + 1;
        let decided = decide(&trees, &mut Plan::new(&trees), next, &mut requests);
        let stretch = stored.and(decided).and_then(|applied| {
            let events = applied.iter().map(|applied| &applied.event);
            self.journal.stretch(events)
        });
        let stretch = match stretch {
            Ok(stretch) => stretch,
            Err(error) => {
                tracing::error!(%error, "events could not be decided on");
                self.take_back_halves();
                for request in requests {
                    request.answer(Err(error.clone()));
                }
                return GROUP;
            }
        };
        let (frames, count) = (stretch.frames(), requests.len());
        if frames.is_empty() {
            // In the order of the log all the same: what they refer to may not have been told yet.
            let applied = Vec::new();
            let _ = self.notifier.send(Group {
                applied,
                done: requests,
            });
            return GROUP;
        }
        let pairs = since.into_iter().zip(requests);
        let requests: Vec<_> = pairs
            .map(|(since, request)| Waiting { since, request })
            .collect();
        let Some(sharing) = &mut self.sharing else {
            return GROUP;
        };
        if frames.len() > LONGEST && count > 1 {
            sharing.again(requests);
            self.take_back_halves();
            return count / 2;
        }
        let (id, frames) = (stretch.link(), Arc::from(frames));
        sharing.offered = Some(Offered {
            frames: Arc::clone(&frames),
            requests,
        });
        sharing.log.offer(Offer { place, id, frames });
        GROUP
    }

    /// Takes over what stands in the shared log behind the last event, and learns what became of the offer.
    pub(super) fn follow(&mut self, place: u64, frames: &[u8]) -> Result<Sequence, StoreError> {
        let followed = self.take_over(frames);
        if let Some(sharing) = &mut self.sharing {
            match &followed {
                Ok(_) => sharing.place = Some(place),
                Err(error @ StoreError::Parted(_)) => sharing.parted = Some(error.clone()),
                // Tried again by whoever follows.
                Err(_) => {}
            }
        }
        followed
    }

    fn take_over(&mut self, frames: &[u8]) -> Result<Sequence, StoreError> {
        self.writable()?;
        let (stretch, events) = self.journal.continuation(frames)?;
        if events.is_empty() {
            return Ok(self.journal.last());
        }
        let trees = self.trees.clone();
        let mut plan = Plan::new(&trees);
        let mut applied = Vec::with_capacity(events.len());
        for (sequence, event) in (stretch.after + 1..).zip(events) {
            let superseded = plan.apply(sequence, &event)?;
            applied.push(Applied {
                sequence,
                event,
                superseded,
            });
        }
        let offered = self.sharing.as_ref().and_then(|s| s.offered.as_ref());
        let ours = offered.is_some_and(|offered| stretch.frames().starts_with(&offered.frames));
        self.journal.append_stretch(stretch)?;
        let offered = self.sharing.as_mut().and_then(|s| s.offered.take());
        let mut requests = offered.map_or_else(Vec::new, |offered| offered.requests);
        let done = match ours {
            true => std::mem::take(&mut requests),
            false => Vec::new(),
        };
        self.enter(plan, applied, done.into_iter().map(|d| d.request).collect());
        // Whatever has no label now was offered in a place that another store was faster to take.
        self.take_back_halves();
        if let Some(sharing) = &mut self.sharing {
            sharing.again(requests);
        }
        Ok(self.journal.last())
    }

    /// Answers those who have waited for too long. What was offered may still come about.
    pub(super) fn lose_patience(&mut self) {
        if let Some(sharing) = &mut self.sharing
            && sharing.look_again().is_some()
        {
            self.dirty = true;
            let (gone, why) = sharing.impatient();
            let gone = match why {
                StoreError::LogAway => {
                    let most = sharing.log.queue();
                    self.keep_for_later(gone, most)
                }
                _ => gone,
            };
            self.send_queued();
            for request in gone {
                request.answer(Err(why.clone()));
            }
        }
    }
}
