//! The lessons in force, read from the journal.

use std::collections::HashMap;

use super::error::StoreError;
use super::event::{Change, Sequence};
use super::journal::Reader;
use super::{LessonStream, Lessons, StoredLesson};
use crate::verdict::VerdictId;

impl Lessons for Reader {
    fn lessons(&self, after: Sequence, up_to: Sequence) -> Result<LessonStream, StoreError> {
        // Twice through the file, so that only the lessons' places are held in memory.
        let mut in_force: HashMap<VerdictId, Sequence> = HashMap::new();
        for event in self.events(after + 1, up_to)? {
            let (sequence, event) = event?;
            match event.change {
                Change::Corrected {
                    verdict,
                    learned: true,
                    ..
                } => {
                    in_force.insert(verdict, sequence);
                }
                // One that is not learned from replaces one that was.
                Change::Corrected { verdict, .. } | Change::Retracted { verdict, .. } => {
                    in_force.remove(&verdict);
                }
                Change::KeyCreated { .. }
                | Change::KeyRevoked { .. }
                | Change::KeyRotated { .. }
                | Change::SiteActive { .. }
                | Change::Rule { .. }
                | Change::SiteConfigured { .. }
                | Change::SiteRemoved { .. }
                | Change::Erased { .. }
                | Change::BaseModel(_)
                | Change::Lost => {}
            }
        }
        let lessons = self.events(after + 1, up_to)?.filter_map(move |event| {
            let (sequence, event) = match event {
                Ok(event) => event,
                Err(error) => return Some(Err(error)),
            };
            match event.change {
                Change::Corrected {
                    verdict,
                    site,
                    label,
                    by,
                    features,
                    learned: _,
                } if in_force.get(&verdict) == Some(&sequence) => Some(Ok(StoredLesson {
                    sequence,
                    verdict,
                    site,
                    label,
                    by,
                    features,
                })),
                _ => None,
            }
        });
        Ok(Box::new(lessons))
    }
}
