//! What corrections taught: a layer for each site, and what sites tell each other.
//!
//! A comment's coefficients are those of the base model, plus what its own site taught, plus a
//! part of what every other site taught. The part is bounded for each site and feature, so that
//! no site, however hard it tries, moves another site's verdicts past the bound.
//!
//! Everything here is a pure function of the sequence of lessons: replaying the log gives the
//! same numbers to the last bit.

use std::collections::HashMap;

use super::Lesson;
use super::base::BaseModel;
use super::deltas::Deltas;
use crate::site::Site;
use crate::text::Family;
use crate::verdict::{Label, Probability};

/// How fast lessons are learned. The constants' origin: `docs/experiments.md`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Score by which one lesson moves its own comment, times the error made, on a site that has
    /// taught for long.
    pub step: f64,
    /// The same for a site's first lesson.
    pub first_step: f64,
    /// After this many of its lessons a site is half-way from the first step to the last.
    pub settle: f64,
    /// A lesson is doubted if it contradicts by more than this what was sure before, and comes
    /// from a site that mostly confirms.
    pub sure: f64,
    /// The least part of a doubted lesson that counts; else it is the share of the site's lessons
    /// that contradict.
    pub least_belief: f64,
    /// Number of lessons over which that share is taken.
    pub memory: f64,
    /// Lessons whose comment was judged right with less doubt than this teach nothing.
    pub enough: f64,
    /// Part of what a site learned that other sites believe.
    pub shared: f32,
    /// The most that other sites believe of one site, for each feature.
    pub bound: f32,
}

impl Pace {
    /// The pace of a server.
    pub const DEFAULT: Self = Self {
        step: 6.0,
        first_step: 30.0,
        settle: 30.0,
        sure: 0.8,
        least_belief: 0.3,
        memory: 10.0,
        enough: 0.05,
        shared: 0.3,
        bound: 0.05,
    };
}

/// What one site taught.
#[derive(Debug, Clone, Default)]
struct Layer {
    deltas: Deltas,
    /// In how many of its lessons each feature was.
    seen: Deltas,
    /// How many lessons it gave.
    lessons: u64,
    /// How many of its last lessons confirmed what would have been said without them: an average
    /// that forgets. Begins as a site that contradicts always.
    confirming: f64,
}

/// The layers above the base model.
#[derive(Debug, Clone, Default)]
pub struct Learned {
    /// By site; what callers without a site taught stands under `None`.
    sites: HashMap<Option<Site>, Layer>,
    /// Sum over all sites of what each tells the others.
    shared: Deltas,
    /// How many lessons were learned.
    lessons: u64,
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
    /// The step for a site that gave so many lessons before.
    fn step_at(&self, lessons: u64) -> f64 {
        let young = self.settle / (self.settle + lessons as f64);
        self.step + (self.first_step - self.step) * young
    }

    /// How far a lesson is believed, from 0 to 1. A site that confirms most of what the filter
    /// says and then contradicts what was sure has more likely slipped with the mouse; one that
    /// only sends what was wrong contradicts always, and is believed always.
    fn belief(&self, site: &Layer, error: f64) -> f64 {
        if error.abs() < self.sure {
            return 1.0;
        }
        (1.0 - site.confirming).clamp(self.least_belief, 1.0)
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
            .map(|(site, layer)| (site.clone(), layer.lessons))
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
            shared: Some(&self.shared).filter(|shared| !shared.is_empty()),
            pace,
        }
    }

    /// Learns one lesson: a step of gradient descent on the logistic loss, in the direction that
    /// makes the lesson's own comment less surprising.
    pub fn learn(&mut self, base: &BaseModel, pace: &Pace, lesson: &Lesson) {
        self.lessons += 1;
        let features = lesson.features.as_slice();
        let norms = base.shape.norms_of(features.iter().copied());
        let log_odds = self
            .view(base, pace, &lesson.site)
            .log_odds(features, norms);
        let wanted = match lesson.label {
            Label::Spam => 1.0,
            Label::Ham => 0.0,
        };
        let error = wanted - Probability::from_log_odds(log_odds).get();
        let own = self.sites.entry(lesson.site.clone()).or_default();
        let confirms = if error.abs() > 0.5 { 0.0 } else { 1.0 };
        own.confirming += (confirms - own.confirming) / pace.memory;
        let step = pace.step_at(own.lessons) * pace.belief(own, error);
        own.lessons += 1;
        for &feature in features {
            own.seen.add(feature, 1.0);
        }
        if error.abs() < pace.enough {
            return;
        }
        let told_apart = |feature: u32, own: &Layer| {
            let common = f64::from(own.seen.get(feature)) / (own.lessons as f64 + 1.0);
            (1.0 - common) * (1.0 - common)
        };
        let (mut all, mut apart) = (0.0, 0.0);
        for &feature in features {
            let norm = norms[Family::of(feature) as usize];
            all += norm * norm;
            apart += norm * norm * told_apart(feature, own);
        }
        // What is common moves little; the rest makes up for it, within bounds.
        let step = step * (all / apart.max(all * 0.1));
        for &feature in features {
            let norm = norms[Family::of(feature) as usize];
            let change = (step * error * norm * told_apart(feature, own)) as f32;
            let before = own.deltas.add(feature, change);
            let told = pace.tell(before + change) - pace.tell(before);
            if told != 0.0 {
                self.shared.add(feature, told);
            }
        }
    }
}
