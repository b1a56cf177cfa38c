//! What corrections taught: a layer for each site, and what sites tell each other.
//!
//! A comment's coefficients are those of the base model, plus what its own site taught, plus a
//! part of what every other site taught. The part is bounded for each site and feature, so that
//! no site, however hard it tries, moves another site's verdicts past the bound.
//!
//! Everything here is a pure function of the sequence of lessons: replaying the log gives the
//! same numbers to the last bit.

use std::collections::HashMap;
use std::sync::Arc;

use super::Lesson;
use super::base::BaseModel;
use super::deltas::{Deltas, Place};
use crate::site::Site;
use crate::text::{Family, Feature};
use crate::verdict::{Label, Probability};

/// How lessons are learned. The constants' origin: `docs/experiments.md`.
///
/// Distances are log-odds on the side of the lesson's label: negative where the comment was
/// judged wrongly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Where a comment that was judged with even odds is moved to.
    pub margin: f64,
    /// A comment that was judged wrongly is moved past the middle by this many times its
    /// distance more: the surer the error, the farther its like have to go.
    pub surprise: f64,
    /// Lessons that were judged right by this distance teach nothing.
    pub enough: f64,
    /// How much more readily features of the structure move than those of the text.
    pub structure: f64,
    /// Holds back lessons of which nearly every feature is common.
    pub inertia: f64,
    /// Sharpness with which common features are left alone.
    pub aloof: i32,
    /// So many lessons weigh what the base model says of how common a feature is.
    pub prior: f64,
    /// A class that a site teaches n times as often as the other is moved n to this power
    /// times less.
    pub balance: f64,
    /// But at least by this part.
    pub least_balance: f64,
    /// A lesson is doubted if it contradicts by more than this, in probability, what was sure
    /// before, and comes from a site that mostly confirms.
    pub sure: f64,
    /// The least part of a doubted lesson that counts; else it is the share of the site's lessons
    /// that contradict.
    pub least_belief: f64,
    /// Number of lessons over which that share is taken.
    pub memory: f64,
    /// Part of what a site learned that other sites believe.
    pub shared: f32,
    /// The most that other sites believe of one site, for each feature.
    pub bound: f32,
}

impl Pace {
    /// The pace of a server.
    pub const DEFAULT: Self = Self {
        margin: 10.0,
        surprise: 3.0,
        enough: 5.0,
        structure: 5.0,
        inertia: 0.5,
        aloof: 3,
        prior: 20.0,
        balance: 0.3,
        least_balance: 0.2,
        sure: 0.8,
        least_belief: 0.2,
        memory: 10.0,
        shared: 0.3,
        bound: 0.05,
    };
}

/// What one site taught.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer {
    pub(super) deltas: Deltas,
    /// In how many of its lessons each feature was.
    pub(super) seen: Deltas,
    /// How many lessons it gave of ham and of spam.
    pub(super) lessons: [u32; 2],
    /// How many of its last lessons confirmed what would have been said without them: an average
    /// that forgets. Begins as a site that contradicts always.
    pub(super) confirming: f64,
}

/// The layers above the base model.
///
/// A clone costs nothing until one of the two learns on: then the layers that the lesson changes are
/// copied.
#[derive(Debug, Clone, Default)]
pub struct Learned {
    /// By site; what callers without a site taught stands under `None`.
    pub(super) sites: HashMap<Option<Site>, Arc<Layer>>,
    /// Sum over all sites of what each tells the others.
    pub(super) shared: Arc<Deltas>,
    /// How many lessons were learned.
    pub(super) lessons: u64,
}

/// The coefficients as one site sees them.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    base: &'a BaseModel,
    own: Option<&'a Deltas>,
    shared: Option<&'a Deltas>,
    pace: &'a Pace,
}

impl Pace {
    /// How far, in log-odds, a comment is to be moved towards its label that is judged right by
    /// this distance.
    fn way(&self, right: f64) -> f64 {
        if right < 0.0 {
            self.margin - self.surprise * right
        } else {
            (self.margin * (1.0 - right / self.enough)).max(0.0)
        }
    }

    /// How far a lesson is believed, from 0 to 1. A site that confirms most of what the filter
    /// says and then contradicts what was sure has more likely slipped with the mouse; one that
    /// only sends what was wrong contradicts always, and is believed always.
    fn belief(&self, site: &Layer, error: f64) -> f64 {
        if error < self.sure {
            return 1.0;
        }
        (1.0 - site.confirming).clamp(self.least_belief, 1.0)
    }

    /// What is left, from 0 to 1, of a lesson of a class that a site teaches more often than the
    /// other: a site that only ever corrects spam must not end with everything spam.
    fn balanced(&self, site: &Layer, class: usize) -> f64 {
        let [own, other] = [class, 1 - class].map(|k| f64::from(site.lessons[k]) + 1.0);
        (other / own)
            .powf(self.balance)
            .clamp(self.least_balance, 1.0)
    }

    /// How far a feature tells a comment of this site apart from others, from 0 (all have it) to
    /// 1. What all comments have must not become spam because a site only ever corrects spam.
    fn apart(&self, base: &BaseModel, site: &Layer, feature: u32) -> f64 {
        let lessons: f64 = site.lessons.into_iter().map(f64::from).sum();
        let seen = f64::from(site.seen.get(feature)) + self.prior * base.share(feature);
        (1.0 - seen / (lessons + 1.0 + self.prior)).powi(self.aloof)
    }

    /// What a site that changed a coefficient by `delta` tells the others.
    fn tell(&self, delta: f32) -> f32 {
        (self.shared * delta).clamp(-self.bound, self.bound)
    }
}

impl View<'_> {
    /// A feature's coefficient.
    #[inline]
    pub fn coefficient(&self, feature: u32) -> f64 {
        let mut sum = f64::from(self.base.coefficient(feature));
        let own = self.own.map_or(0.0, |own| own.get(feature));
        if own != 0.0 {
            sum += f64::from(own) - f64::from(self.pace.tell(own));
        }
        if let Some(shared) = self.shared {
            sum += f64::from(shared.get(feature));
        }
        sum
    }

    /// What each of these features weighs, where features of each family weigh so much: [`Self::coefficient`] of
    /// each, table after table.
    pub(super) fn weigh(
        &self,
        features: &[Feature],
        norms: [f64; 2],
        weights: &mut Vec<f64>,
        seen: &mut Vec<Place>,
    ) {
        let norm = |id| match Family::of(id) {
            Family::Text => norms[0],
            Family::Structure => norms[1],
        };
        weights.clear();
        let ids = || features.iter().map(|feature| feature.id);
        // The loop of a server that was taught nothing yet is the tightest of all.
        if self.own.is_none() && self.shared.is_none() {
            weights.extend(ids().map(|id| f64::from(self.base.coefficient(id)) * norm(id)));
            return;
        }
        weights.extend(ids().map(|id| f64::from(self.base.coefficient(id))));
        if let Some(table) = self.own {
            table.look(ids(), seen);
            for ((id, weight), seen) in ids().zip(&mut *weights).zip(&*seen) {
                let own = table.get_near(id, *seen);
                if own != 0.0 {
                    *weight += f64::from(own) - f64::from(self.pace.tell(own));
                }
            }
        }
        if let Some(table) = self.shared {
            table.look(ids(), seen);
            for ((id, weight), seen) in ids().zip(&mut *weights).zip(&*seen) {
                *weight += f64::from(table.get_near(id, *seen));
            }
        }
        for (id, weight) in ids().zip(weights) {
            *weight *= norm(id);
        }
    }

    /// The log-odds of spam of features that weigh so much by family.
    pub(super) fn log_odds(&self, features: &[u32], norms: [f64; 2]) -> f64 {
        let weights = features
            .iter()
            .map(|&f| self.coefficient(f) * norms[Family::of(f) as usize]);
        let shape = &self.base.shape;
        shape.log_odds(shape.bias + weights.sum::<f64>())
    }
}

impl Learned {
    /// How many lessons were learned.
    pub fn lessons(&self) -> u64 {
        self.lessons
    }

    /// How many of them each site gave.
    pub fn lessons_by_site(&self) -> Vec<(Option<Site>, u64)> {
        let sites = self.sites.iter();
        sites
            .map(|(site, layer)| (site.clone(), layer.lessons.into_iter().map(u64::from).sum()))
            .collect()
    }

    /// The coefficients as a site sees them.
    pub fn view<'a>(
        &'a self,
        base: &'a BaseModel,
        pace: &'a Pace,
        site: &Option<Site>,
    ) -> View<'a> {
        View {
            base,
            own: self
                .sites
                .get(site)
                .map(|layer| &layer.deltas)
                .filter(|own| !own.is_empty()),
            shared: Some(&*self.shared).filter(|shared| !shared.is_empty()),
            pace,
        }
    }

    /// Learns one lesson: the least change of coefficients, weighed by how readily each of them
    /// moves, that takes the lesson's own comment where it belongs. (Crammer et al. 2006, online
    /// passive-aggressive algorithms; weighed as in Crammer, Kulesza, Dredze 2009, AROW.)
    pub fn learn(&mut self, base: &BaseModel, pace: &Pace, lesson: &Lesson) {
        self.lessons += 1;
        let features = lesson.features.as_slice();
        let norms = base.shape.norms_of(features.iter().copied());
        let log_odds = self
            .view(base, pace, &lesson.site)
            .log_odds(features, norms);
        let (class, side) = match lesson.label {
            Label::Ham => (0, -1.0),
            Label::Spam => (1, 1.0),
        };
        let right = side * log_odds;
        let error = Probability::from_log_odds(-right).get();
        let own = Arc::make_mut(self.sites.entry(lesson.site.clone()).or_default());
        let confirms = if error > 0.5 { 0.0 } else { 1.0 };
        own.confirming += (confirms - own.confirming) / pace.memory;
        own.lessons[class] = own.lessons[class].saturating_add(1);
        for &feature in features {
            own.seen.add(feature, 1.0);
        }
        let way = pace.way(right) * pace.belief(own, error) * pace.balanced(own, class);
        if way <= 0.0 {
            return;
        }
        // Log-odds that each feature adds for each unit of its coefficient, and how readily the
        // coefficient moves.
        let pull = norms.map(|norm| norm * base.shape.slope);
        let readiness = [1.0, pace.structure];
        let moves: Vec<f64> = features
            .iter()
            .map(|&feature| {
                let family = Family::of(feature) as usize;
                pull[family] * readiness[family] * pace.apart(base, own, feature)
            })
            .collect();
        let reach: f64 = features
            .iter()
            .zip(&moves)
            .map(|(&feature, moves)| pull[Family::of(feature) as usize] * moves)
            .sum();
        let step = side * way / (reach + pace.inertia);
        let shared = Arc::make_mut(&mut self.shared);
        for (&feature, moves) in features.iter().zip(&moves) {
            let change = (step * moves) as f32;
            let before = own.deltas.add(feature, change);
            let told = pace.tell(before + change) - pace.tell(before);
            if told != 0.0 {
                shared.add(feature, told);
            }
        }
    }
}
