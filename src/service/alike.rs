//! Comments that say nearly the same.

use crate::filter::Likeness;
use crate::store::VerdictQuery;
use crate::verdict::VerdictId;

use super::{Caller, Service, ServiceError, VerdictView};

/// Verdicts looked at, from the newest on.
const LOOKED_AT: usize = 1_000;
/// Verdicts read at once.
const AT_ONCE: usize = 500;
/// Most that are found.
const MOST: usize = 99;

impl Service {
    /// Others that say nearly the same as one verdict's comment, newest first, among the newest
    /// thousand that the caller may see. Reads many: not to be called where others wait.
    pub fn alike(&self, caller: &Caller, id: VerdictId) -> Result<Vec<VerdictView>, ServiceError> {
        let comment = self.verdict(caller, id)?.record.comment;
        let comment = comment.ok_or(ServiceError::CommentGone)?;
        let likeness = Likeness::of(&comment.content);
        let mut query = VerdictQuery {
            limit: AT_ONCE,
            ..VerdictQuery::default()
        };
        let (mut looked_at, mut found) = (0, Vec::new());
        while looked_at < LOOKED_AT {
            let page = self.verdicts(caller, query.clone())?;
            for (record, correction) in page.verdicts {
                looked_at += 1;
                let said = record.comment.as_ref().map(|comment| &comment.content);
                let alike = record.id != id && said.is_some_and(|text| likeness.is_like(text));
                if alike && found.len() < MOST {
                    found.push(VerdictView { record, correction });
                }
            }
            query.before = page.next;
            if query.before.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
