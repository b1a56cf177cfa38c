//! Comments that say nearly the same.

use crate::filter::Likeness;
use crate::store::VerdictQuery;
use crate::verdict::VerdictId;

use super::newest::each_of_newest;
use super::{Caller, Service, ServiceError, VerdictView};

/// Verdicts looked at, from the newest on.
const LOOKED_AT: usize = 1_000;
/// Most that are found.
const MOST: usize = 99;

impl Service {
    /// Others that say nearly the same as one verdict's comment, newest first, among the newest
    /// thousand that the caller may see. Reads many: not to be called where others wait.
    pub fn alike(&self, caller: &Caller, id: VerdictId) -> Result<Vec<VerdictView>, ServiceError> {
        let comment = self.verdict(caller, id)?.record.comment;
        let comment = comment.ok_or(ServiceError::CommentGone)?;
        let likeness = Likeness::of(&comment.content);
        let mut found = Vec::new();
        let list = |query| self.verdicts(caller, query);
        each_of_newest(
            LOOKED_AT,
            VerdictQuery::default(),
            list,
            |record, correction| {
                let said = record.comment.as_ref().map(|comment| &comment.content);
                let alike = record.id != id && said.is_some_and(|text| likeness.is_like(text));
                if alike && found.len() < MOST {
                    found.push(VerdictView { record, correction });
                }
            },
        )?;
        Ok(found)
    }
}
