//! How well the filter does by the corrections of its own admins.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::evaluation::metrics::Scored;
use crate::evaluation::{Figures, Judge, Judged, Report, Source, Teaching, plots};
use crate::training::Sample;
use crate::verdict::{Label, VerdictId};

use super::{Caller, LabelledComment, Service, ServiceError};

/// Most comments that are looked at where somebody waits, from the newest on.
const MOST: usize = 10_000;
/// Corrections read at once.
const AT_ONCE: usize = 500;

/// The figures of corrected comments, judged in three ways.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnFigures {
    /// As they were judged when they came, or were imported.
    pub then: Figures,
    /// As the base model alone judges them.
    pub base: Figures,
    /// As a filter judges them that starts with nothing learned, checks each, and is corrected on all.
    pub learning: Figures,
    /// The probability from which a comment counts as spam in the figures.
    pub cut: f64,
    /// The ROC curves of the three, as SVG; `None` if one class is missing.
    #[serde(skip)]
    pub roc: Option<String>,
}

impl Service {
    /// Evaluates on the comments with a correction in force, for admins of every site. Judges each of them
    /// several times, which takes its time: not to be called where others wait. `progress` is told how
    /// much is done, of how much.
    pub fn evaluate_on_own(
        &self,
        caller: &Caller,
        progress: impl FnMut(usize, usize),
    ) -> Result<OwnFigures, ServiceError> {
        caller.require_admin()?;
        self.evaluate_on_own_offline(MOST, progress)
    }

    /// The same without anybody to ask, on the newest comments, so many at most: for the command line, on
    /// a folder that nobody serves.
    pub fn evaluate_on_own_offline(
        &self,
        most: usize,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<OwnFigures, ServiceError> {
        let comments = self.newest_labelled(most)?;
        let of = comments.len() * 2;
        let scored = comments.iter().map(|labelled| Scored {
            probability: labelled.probability.get(),
            spam: labelled.correction.label == Label::Spam,
        });
        let scored = scored.collect();
        let ids = comments.iter().map(|labelled| labelled.id.to_string());
        let then = Judged {
            name: "as judged then".to_owned(),
            ids: ids.collect(),
            scored,
            course: None,
        };
        let judge = Judge {
            base: Arc::clone(self.filter.classifier().base()),
            thresholds: self.filter.thresholds(),
        };
        let sources = [Source {
            name: "the base model alone".to_owned(),
            files: Vec::new(),
            samples: comments.into_iter().map(sample).collect(),
        }];
        let mut done = 0;
        let mut step = || {
            done += 1;
            progress(done, of);
        };
        let base = judge.cold(&sources, &mut step);
        let mut learning = judge.online(&sources, Teaching::EVERYTHING, &mut step);
        for judged in &mut learning {
            judged.name = "learning from each".to_owned();
        }
        let cut = judge.thresholds.spam();
        let sets: Vec<_> = [&then]
            .into_iter()
            .chain(&base)
            .chain(&learning)
            .map(|judged| (judged.name.clone(), judged.scored.as_slice()))
            .collect();
        Ok(OwnFigures {
            // It fails where a class is missing, and the figures say so.
            roc: plots::roc(&sets).ok(),
            then: Report::new(std::slice::from_ref(&then), cut).pooled,
            base: Report::new(&base, cut).pooled,
            learning: Report::new(&learning, cut).pooled,
            cut,
        })
    }

    /// The newest comments with a label, in the order in which they were written: an import brings them in
    /// another one.
    fn newest_labelled(&self, most: usize) -> Result<Vec<LabelledComment>, ServiceError> {
        let mut newest = BTreeMap::new();
        let mut after: Option<VerdictId> = None;
        loop {
            let page = self.labelled_page(after, AT_ONCE)?;
            for labelled in page.comments {
                newest.insert((written(&labelled), labelled.id), labelled);
                if newest.len() > most {
                    newest.pop_first();
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(newest.into_values().collect());
            }
        }
    }
}

/// When a comment was written, or else when it came here.
fn written(labelled: &LabelledComment) -> Timestamp {
    let came = Timestamp::from_millisecond(labelled.id.unix_millis());
    let said = labelled.comment.posted_at;
    said.unwrap_or_else(|| came.unwrap_or(Timestamp::UNIX_EPOCH))
}

fn sample(labelled: LabelledComment) -> Sample {
    let site = labelled.comment.site.as_ref();
    Sample {
        id: labelled.id.to_string(),
        source: site.map(ToString::to_string).unwrap_or_default(),
        label: labelled.correction.label,
        comment: labelled.comment,
    }
}
