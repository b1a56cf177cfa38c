//! The ways of asking about comments whose labels are known: cold, and while learning.

use std::sync::Arc;

use serde::Serialize;

use super::metrics::{Scored, roc_area};
use super::source::Source;
use crate::classifier::{BaseModel, Classifier, Lesson};
use crate::filter::{Filter, Policy};
use crate::training::Sample;
use crate::verdict::{Judgement, Label, Thresholds, Verdict};

/// What was said of a source's comments.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Name of the source.
    pub name: String,
    /// The comments' own names, in order.
    pub ids: Vec<String>,
    /// Their probabilities and labels, in the same order.
    pub scored: Vec<Scored>,
    /// How learning went, where there was any.
    pub course: Option<Course>,
}

/// How learning on a source went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Course {
    /// How many comments were corrected.
    #[serde(rename = "taught")]
    pub corrections: usize,
    /// ROC area of the comments after the first quarter.
    #[serde(rename = "auc_after_quarter")]
    pub later_area: Option<f64>,
    /// What had been reached on the way.
    pub curve: Vec<Milestone>,
}

/// A point of the learning curve.
///
/// All points of a source are measured on the same comments, those of the second half of the
/// file, by what had been learned from the first half up to then: so they can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Milestone {
    /// How many comments had been corrected.
    pub corrections: usize,
    /// How many had been checked.
    pub checked: usize,
    /// ROC area of the second half.
    pub auc: f64,
}

/// Numbers of corrections after which the learning curve is measured. It is measured before the
/// first one too, and at the end of the first half.
pub const MILESTONES: [usize; 5] = [10, 20, 50, 100, 200];

/// Which comments are corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Feedback {
    /// Every one.
    All,
    /// Those whose verdict is not their label: the wrong and the unsure ones.
    Errors,
}

/// How a source is corrected while it is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Teaching {
    /// Which comments are corrected.
    pub feedback: Feedback,
    /// Share of the corrections that say the opposite of the truth, from 0 to 1: slips of the
    /// mouse. Which ones follows from the comments, so that two models meet the same ones.
    pub wrong: f64,
}

impl Teaching {
    /// Every comment is corrected, and rightly.
    pub const EVERYTHING: Self = Self {
        feedback: Feedback::All,
        wrong: 0.0,
    };

    /// What the correction of a comment says: its label, or by mistake the other one.
    fn label(&self, sample: &Sample) -> Label {
        let hash = blake3::hash(sample.comment.content.as_bytes());
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&hash.as_bytes()[..4]);
        let chance = f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0);
        match (chance < self.wrong, sample.label) {
            (false, label) => label,
            (true, Label::Ham) => Label::Spam,
            (true, Label::Spam) => Label::Ham,
        }
    }
}

/// What comments are judged by.
#[derive(Debug, Clone)]
pub struct Judge {
    /// The base model.
    pub base: Arc<BaseModel>,
    /// Where verdicts change.
    pub thresholds: Thresholds,
}

impl Judge {
    /// A filter that has learned nothing yet.
    fn filter(&self) -> Filter {
        let classifier = Classifier::new(Arc::clone(&self.base));
        Filter::new(Arc::new(classifier), self.thresholds)
    }

    /// Judges every comment by the base model alone. `progress` is told after each comment.
    pub fn cold(&self, sources: &[Source], mut progress: impl FnMut()) -> Vec<Judged> {
        let filter = self.filter();
        sources
            .iter()
            .map(|source| judge_all(&filter, &source.name, &source.samples, &mut progress))
            .collect()
    }

    /// Checks, then corrects, in the order of the file. Every source starts with nothing learned,
    /// so that the order of the sources is of no account. The figures are always of the true labels.
    pub fn online(
        &self,
        sources: &[Source],
        teaching: Teaching,
        mut progress: impl FnMut(),
    ) -> Vec<Judged> {
        sources
            .iter()
            .map(|source| learn_along(&self.filter(), source, teaching, &mut progress))
            .collect()
    }
}

/// Judges comments without learning.
pub(super) fn judge_all(
    filter: &Filter,
    name: &str,
    samples: &[Sample],
    progress: &mut impl FnMut(),
) -> Judged {
    let scored = samples.iter().map(|sample| {
        progress();
        score(sample, &check(filter, sample))
    });
    Judged {
        name: name.to_owned(),
        scored: scored.collect(),
        ids: samples.iter().map(|sample| sample.id.clone()).collect(),
        course: None,
    }
}

fn learn_along(
    filter: &Filter,
    source: &Source,
    teaching: Teaching,
    progress: &mut impl FnMut(),
) -> Judged {
    let (first, second) = source.samples.split_at(source.samples.len() / 2);
    let mut curve = Vec::new();
    let mut measure = |corrections: usize, checked: usize| {
        let scored: Vec<Scored> = second
            .iter()
            .map(|sample| score(sample, &check(filter, sample)))
            .collect();
        curve.extend(roc_area(&scored).map(|auc| Milestone {
            corrections,
            checked,
            auc,
        }));
    };
    measure(0, 0);
    let mut scored = Vec::with_capacity(source.samples.len());
    let (mut corrections, mut measured) = (0, 0);
    for sample in &source.samples {
        let judgement = check(filter, sample);
        scored.push(score(sample, &judgement));
        if teaching.feedback == Feedback::All || !is_right(judgement.verdict, sample.label) {
            filter.classifier().learn(&Lesson {
                site: sample.comment.site.clone(),
                label: teaching.label(sample),
                features: filter.classifier().features(&sample.comment),
            });
            corrections += 1;
        }
        let half_over = scored.len() == first.len();
        let reached = MILESTONES.contains(&corrections) || half_over;
        if reached && corrections > measured && scored.len() <= first.len() {
            measure(corrections, scored.len());
            measured = corrections;
        }
        progress();
    }
    let course = Course {
        corrections,
        later_area: roc_area(&scored[scored.len() / 4..]),
        curve,
    };
    Judged {
        name: source.name.clone(),
        ids: source.samples.iter().map(|s| s.id.clone()).collect(),
        scored,
        course: Some(course),
    }
}

fn check(filter: &Filter, sample: &Sample) -> Judgement {
    filter.check(&sample.comment, &Policy::default())
}

fn score(sample: &Sample, judgement: &Judgement) -> Scored {
    Scored {
        probability: judgement.probability.get(),
        spam: sample.label == Label::Spam,
    }
}

fn is_right(verdict: Verdict, label: Label) -> bool {
    match label {
        Label::Spam => verdict == Verdict::Spam,
        Label::Ham => verdict == Verdict::Ham,
    }
}
