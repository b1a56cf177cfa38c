//! A file of labelled comments, before anything of it is taught.

use std::path::Path;

use crate::http::dashboard::words::{Words, fill};
use crate::service::{Caller, Service, ServiceError};
use crate::training::{CorpusError, Sample, corpus};
use crate::verdict::{Label, Verdict};

use super::jobs::Pending;

/// Comments that are judged to see what the filter knows already.
const JUDGED: usize = 1_000;

/// What is in a file, and what the filter says of it now.
pub(super) struct LookedAt {
    pub(super) comments: usize,
    pub(super) ham: usize,
    pub(super) spam: usize,
    /// The site that it is for; empty for all.
    pub(super) site: String,
    pub(super) judged: usize,
    /// Of those judged: ham that the filter calls spam now, and spam that it does not.
    pub(super) blocked: usize,
    pub(super) missed: usize,
}

impl LookedAt {
    /// Judges its first comments. Nothing is kept or learned of it.
    pub(super) fn of(
        service: &Service,
        caller: &Caller,
        pending: &Pending,
    ) -> Result<Self, ServiceError> {
        let samples = &pending.samples;
        let spam = samples.iter().filter(|sample| sample.label == Label::Spam);
        let spam = spam.count();
        let mut looked_at = Self {
            comments: samples.len(),
            ham: samples.len() - spam,
            spam,
            site: pending
                .site
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            judged: samples.len().min(JUDGED),
            blocked: 0,
            missed: 0,
        };
        for sample in &samples[..looked_at.judged] {
            let mut comment = sample.comment.clone();
            comment.site.clone_from(&pending.site);
            let verdict = service.try_comment(caller, comment)?.judgement.verdict;
            match (sample.label, verdict) {
                (Label::Ham, Verdict::Spam) => looked_at.blocked += 1,
                (Label::Spam, Verdict::Ham | Verdict::Unsure) => looked_at.missed += 1,
                _ => {}
            }
        }
        Ok(looked_at)
    }
}

/// The comments of a file: all of them, or what is wrong with its first line that is none.
pub(super) fn samples(file: &[u8], w: &Words) -> Result<Vec<Sample>, String> {
    let read: Result<Vec<_>, _> = corpus::samples(file, Path::new("file")).collect();
    match read {
        Ok(samples) if samples.is_empty() => Err(w.wrong_file_empty.to_owned()),
        Ok(samples) => Ok(samples),
        Err(CorpusError::Line { line, cause, .. }) => Err(fill(&fill(w.wrong_line, line), cause)),
        Err(CorpusError::Read { cause, .. }) => Err(fill(w.wrong_file, cause)),
        Err(CorpusError::Empty(_)) => Err(w.wrong_file_empty.to_owned()),
    }
}
