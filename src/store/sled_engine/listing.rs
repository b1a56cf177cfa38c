//! Lists of verdicts: pages for people, a person's verdicts, and what grows old.

use std::ops::Bound;

use jiff::Timestamp;

use super::examine::nameless;
use super::postings::{Meeting, Next, Term, is_listed};
use super::stored_verdict::StoredVerdict;
use super::trees::{StoredCorrection, Trees, id_at_end};
use crate::comment::Comment;
use crate::person::Person;
use crate::site::Site;
use crate::store::codec::decode;
use crate::store::error::StoreError;
use crate::store::query::{Aged, LabelFilter, VerdictPage, VerdictQuery};
use crate::store::record::{Correction, VerdictRecord};
use crate::verdict::VerdictId;

/// How much one page looks at, in looks into the index. A page that finds nothing takes some ten
/// milliseconds then, and says where to go on.
const BUDGET: usize = 5_000;
/// What it costs in that measure to read a verdict,
const READING: usize = 4;
/// and one more for so many bytes of its comment.
const BYTES_A_LOOK: usize = 1024;
/// A page ends when its comments have this many bytes.
const LONGEST_PAGE: usize = 2 * 1024 * 1024;

impl Trees {
    /// See [`crate::store::Store::list`].
    pub(super) fn list(&self, query: &VerdictQuery) -> Result<VerdictPage, StoreError> {
        let end = query.to.map(first_name_at);
        let before = [query.before, end].into_iter().flatten().min();
        let oldest = query
            .from
            .map_or(VerdictId::from_bytes([0; 16]), first_name_at);
        let mut meeting = Meeting::new(self, self.terms(query), before, oldest);
        let text = query.text.as_ref().map(|text| text.to_lowercase());
        let mut page = VerdictPage::default();
        let mut budget = BUDGET;
        let mut bytes = 0;
        loop {
            match meeting.next(&mut budget)? {
                Next::End => return Ok(page),
                Next::Tired(stand) => {
                    page.next = Some(stand);
                    return Ok(page);
                }
                // There is one more than the page may hold.
                Next::Found(_) if page.verdicts.len() >= query.limit || bytes > LONGEST_PAGE => {
                    page.next = page.verdicts.last().map(|(record, _)| record.id);
                    return Ok(page);
                }
                Next::Found(id) => {
                    budget = budget.saturating_sub(READING);
                    let correction = self.correction(id)?.map(|stored| stored.correction);
                    if query.label == Some(LabelFilter::None) && correction.is_some() {
                        continue;
                    }
                    let Some(record) = self.verdict(id)? else {
                        continue;
                    };
                    let mut signals = record.judgement.reasons.iter().map(|r| &*r.signal);
                    if query.signal.is_some()
                        && !signals.any(|s| Some(s) == query.signal.as_deref())
                    {
                        continue;
                    }
                    let length = record.comment.as_ref().map_or(0, |c| c.content.len());
                    budget = budget.saturating_sub(length / BYTES_A_LOOK);
                    if text.as_ref().is_none_or(|text| mentions(&record, text)) {
                        bytes += length;
                        page.verdicts.push((record, correction));
                    }
                }
            }
        }
    }

    fn terms(&self, query: &VerdictQuery) -> Vec<Term> {
        let secret = self.vault.secret();
        // The rarer lists first: they take the greater leaps.
        let label = match query.label {
            Some(LabelFilter::Is(label)) => Some(Term::label(secret, label)),
            Some(LabelFilter::None) | None => None,
        };
        let signal = query.signal.as_ref().filter(|signal| is_listed(signal));
        [
            label,
            signal.map(|signal| Term::signal(secret, signal)),
            query.verdict.map(|verdict| Term::verdict(secret, verdict)),
            query.site.as_ref().map(|site| Term::site(secret, site)),
            query.key.as_ref().map(|key| Term::key(secret, key)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// See [`crate::store::Store::verdicts_of`].
    pub(super) fn verdicts_of(
        &self,
        person: &Person,
        site: Option<&Site>,
    ) -> Result<Vec<VerdictId>, StoreError> {
        let secret = self.vault.secret();
        let terms = site.map(|site| Term::site(secret, site));
        let oldest = VerdictId::from_bytes([0; 16]);
        let mut meeting = Meeting::new(self, terms.into_iter().collect(), None, oldest);
        let ip_hash = match person {
            Person::Ip(ip) => Some(secret.ip(*ip)),
            Person::Email(_) | Person::Author(_) => None,
        };
        let mut budget = usize::MAX;
        let mut found = Vec::new();
        while let Next::Found(id) = meeting.next(&mut budget)? {
            let Some(stored) = self.stored_verdict(id)? else {
                continue;
            };
            let Some(personal) = stored.personal(id, &self.vault)? else {
                continue;
            };
            let author = &personal.comment.author;
            if match person {
                Person::Email(_) => Person::email(&author.email).as_ref() == Ok(person),
                Person::Author(_) => Person::author(&author.name).as_ref() == Ok(person),
                Person::Ip(_) => personal.ip_hash == ip_hash,
            } {
                found.push(id);
            }
        }
        found.reverse();
        Ok(found)
    }

    /// See [`crate::store::Store::corrections`].
    pub(super) fn some_corrections(
        &self,
        after: Option<VerdictId>,
        limit: usize,
    ) -> Result<Vec<(VerdictId, Correction)>, StoreError> {
        let start = after.map_or(Bound::Unbounded, |id| Bound::Excluded(*id.as_bytes()));
        let entries = self.corrections.range((start, Bound::Unbounded));
        entries
            .take(limit)
            .map(|entry| {
                let (id, stored) = entry?;
                let id = id_at_end(&id).ok_or_else(nameless)?;
                let stored: StoredCorrection = decode("correction", &stored)?;
                Ok((id, stored.correction))
            })
            .collect()
    }

    /// See [`crate::store::Store::aged`].
    pub(super) fn aged(
        &self,
        after: Option<VerdictId>,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Aged>, StoreError> {
        let start = after.map_or(Bound::Unbounded, |id| Bound::Excluded(*id.as_bytes()));
        let end = *first_name_at(before).as_bytes();
        if after.is_some_and(|after| *after.as_bytes() >= end) {
            return Ok(Vec::new());
        }
        let mut aged = Vec::new();
        for entry in self
            .verdicts
            .range((start, Bound::Excluded(end)))
            .take(limit)
        {
            let (id, stored) = entry?;
            let id = <[u8; 16]>::try_from(&id[..]).map_err(|_| StoreError::Unreadable {
                what: "verdict",
                reason: "its name has another length".to_owned(),
            })?;
            let stored: StoredVerdict = decode("verdict", &stored)?;
            aged.push(Aged {
                id: VerdictId::from_bytes(id),
                has_content: stored.has_content(),
                site: stored.site,
            });
        }
        Ok(aged)
    }
}

/// The least name that a verdict given at this time could have.
fn first_name_at(time: Timestamp) -> VerdictId {
    let millis = u64::try_from(time.as_millisecond()).unwrap_or(0);
    // A name begins with 48 bits of milliseconds; later times than they reach do not occur.
    VerdictId::from_bytes((u128::from(millis.min((1 << 48) - 1)) << 80).to_be_bytes())
}

/// Whether a text in lower case stands somewhere in a record.
fn mentions(record: &VerdictRecord, text: &str) -> bool {
    let Some(comment) = &record.comment else {
        return false;
    };
    let Comment {
        content,
        permalink,
        author,
        context,
        ..
    } = comment;
    [
        content,
        permalink,
        &author.name,
        &author.email,
        &author.url,
        &context.title,
    ]
    .into_iter()
    .any(|field| field.to_lowercase().contains(text))
}
