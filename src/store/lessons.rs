//! The lessons in force, read from the journal.

use std::collections::HashMap;

use super::error::StoreError;
use super::event::{Change, Sequence};
use super::journal::Reader;
use super::{Lessons, StoredLesson};
use crate::verdict::VerdictId;

impl Lessons for Reader {
    fn lessons(
        &self,
        up_to: Sequence,
        each: &mut dyn FnMut(StoredLesson),
    ) -> Result<(), StoreError> {
        // Twice through the file, so that only the lessons' places are held in memory.
        let mut in_force: HashMap<VerdictId, Sequence> = HashMap::new();
        self.read(0, up_to, |sequence, event| {
            match event.change {
                Change::Corrected { verdict, .. } => {
                    in_force.insert(verdict, sequence);
                }
                Change::Retracted { verdict, .. } => {
                    in_force.remove(&verdict);
                }
                Change::KeyCreated { .. }
                | Change::KeyRevoked { .. }
                | Change::SiteActive { .. } => {}
            }
            Ok(())
        })?;
        self.read(0, up_to, |sequence, event| {
            if let Change::Corrected {
                verdict,
                site,
                label,
                by,
                features,
            } = event.change
                && in_force.get(&verdict) == Some(&sequence)
            {
                each(StoredLesson {
                    sequence,
                    verdict,
                    site,
                    label,
                    by,
                    features,
                });
            }
            Ok(())
        })
    }
}
