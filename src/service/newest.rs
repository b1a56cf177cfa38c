//! Going through the newest verdicts, page by page.

use crate::store::{Correction, VerdictPage, VerdictQuery, VerdictRecord};

use super::ServiceError;

/// Verdicts read at once.
const AT_ONCE: usize = 500;

/// Hands over the newest verdicts of a query, `most` of them or up to a page more. Reads many: not to
/// be called where others wait.
pub(super) fn each_of_newest(
    most: usize,
    query: VerdictQuery,
    list: impl Fn(VerdictQuery) -> Result<VerdictPage, ServiceError>,
    mut each: impl FnMut(VerdictRecord, Option<Correction>),
) -> Result<(), ServiceError> {
    let mut query = VerdictQuery {
        limit: AT_ONCE.min(most),
        ..query
    };
    let mut looked_at = 0;
    while looked_at < most {
        let page = list(query.clone())?;
        looked_at += page.verdicts.len();
        for (record, correction) in page.verdicts {
            each(record, correction);
        }
        query.before = page.next;
        if query.before.is_none() {
            break;
        }
    }
    Ok(())
}
