//! States of what was learned, each up to a place in the log, kept so that neither a start nor a
//! correction that is taken back has to learn everything again. They follow from the log: one that is
//! damaged, of another log or no longer true is passed over and removed.
//!
//! ```text
//! "CHAFFLRN" | format u32 | sequence u64 | chain [u8;16] of that event | number of lessons u32
//! | their verdicts [u8;16] each | the state | BLAKE3 of all before        (numbers are little-endian)
//! ```

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::data_dir::{make_dir, write_pieces};
use super::error::StoreError;
use super::event::{Change, Sequence};
use super::journal::{Chain, Reader};
use crate::verdict::VerdictId;

const MAGIC: &[u8; 8] = b"CHAFFLRN";
/// The format that this program writes, and the only one that it reads.
const FORMAT: u32 = 1;
/// Bytes of the checksum at the end.
const CHECKSUM: usize = 32;

/// Taking back the last lesson but n learns at most this many times n lessons again, and those since the
/// last state. Fewer states are kept where it is more.
const SPREAD: u64 = 4;

/// What was learned from the beginning of the log up to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedState {
    /// The event.
    pub at: Sequence,
    /// The verdicts whose corrections are in it, in any order.
    pub lessons: Vec<VerdictId>,
    /// What was learned from them, as whoever learned it writes it.
    pub state: Vec<u8>,
}

/// The folder of the kept states.
#[derive(Debug, Clone)]
pub struct LearnedStates {
    folder: PathBuf,
    log: Reader,
}

impl LearnedStates {
    pub(crate) fn new(folder: PathBuf, log: Reader) -> Self {
        Self { folder, log }
    }

    /// The newest state of before the event `before` that is still true after the event `up_to`: none of
    /// its lessons was replaced or taken back. Removes newer ones, and those that are of no use.
    pub fn newest(
        &self,
        before: Sequence,
        up_to: Sequence,
    ) -> Result<Option<LearnedState>, StoreError> {
        for at in kept_in(&self.folder) {
            if at < before && at <= up_to {
                match self.read(at)? {
                    Some(state) if self.holds(&state, up_to)? => return Ok(Some(state)),
                    Some(_) => {}
                    None => tracing::warn!(
                        event = at,
                        "a kept state of what was learned is damaged or of another log; passed over"
                    ),
                }
            }
            self.remove(at);
        }
        Ok(None)
    }

    /// Keeps a state, all of it or nothing, and lets go of older ones that are no longer worth their
    /// place.
    pub fn keep(&self, kept: &LearnedState, interval: u64) -> Result<(), StoreError> {
        let Some(chain) = self.log.link(kept.at)? else {
            return Ok(());
        };
        make_dir(&self.folder)?;
        let mut head = MAGIC.to_vec();
        head.extend(FORMAT.to_le_bytes());
        head.extend(kept.at.to_le_bytes());
        head.extend(chain);
        // A lesson takes hundreds of bytes of the log, which never has 2^32 of them.
        head.extend((kept.lessons.len() as u32).to_le_bytes());
        for verdict in &kept.lessons {
            head.extend(verdict.as_bytes());
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&head).update(&kept.state);
        let checksum = hasher.finalize();
        let pieces = [&head[..], &kept.state, checksum.as_bytes()];
        write_pieces(&self.path(kept.at), &pieces)?;
        for at in superfluous(&kept_in(&self.folder), interval) {
            self.remove(at);
        }
        Ok(())
    }

    /// The newest state that goes no further than an event, as it lies on the disk, and up to which it goes.
    pub fn whole(&self, up_to: Sequence) -> Option<(Sequence, Vec<u8>)> {
        let kept = kept_in(&self.folder).into_iter();
        let mut kept = kept.filter(|at| *at <= up_to).map(|at| {
            let bytes = fs::read(self.path(at)).ok()?;
            parse(bytes.clone()).map(|_| (at, bytes))
        });
        kept.find_map(|whole| whole)
    }

    /// Keeps such a state of another replica.
    pub fn keep_whole(&self, bytes: Vec<u8>) -> Result<(), StoreError> {
        let Some((_, kept)) = parse(bytes.clone()) else {
            return Ok(());
        };
        make_dir(&self.folder)?;
        write_pieces(&self.path(kept.at), &[&bytes])
    }

    /// Lets go of the state at an event.
    pub fn remove(&self, at: Sequence) {
        // One that stays is looked at again by the next start.
        let _ = fs::remove_file(self.path(at));
    }

    fn path(&self, at: Sequence) -> PathBuf {
        self.folder.join(format!("{at:020}"))
    }

    /// The state at an event, if it is whole and of this log.
    fn read(&self, at: Sequence) -> Result<Option<LearnedState>, StoreError> {
        let Ok(bytes) = fs::read(self.path(at)) else {
            return Ok(None);
        };
        let Some((chain, kept)) = parse(bytes) else {
            return Ok(None);
        };
        let same = kept.at == at && self.log.link(at)? == Some(chain);
        Ok(same.then_some(kept))
    }

    /// Whether no lesson of a state was replaced or taken back since.
    fn holds(&self, kept: &LearnedState, up_to: Sequence) -> Result<bool, StoreError> {
        if kept.at == up_to {
            return Ok(true);
        }
        let lessons: HashSet<_> = kept.lessons.iter().collect();
        for event in self.log.events(kept.at + 1, up_to)? {
            if let Change::Corrected { verdict, .. } | Change::Retracted { verdict, .. } =
                event?.1.change
                && lessons.contains(&verdict)
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Where the states in a folder end, newest first.
pub(crate) fn kept_in(folder: &Path) -> Vec<Sequence> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut all: Vec<Sequence> = names.collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all
}

/// The states in a folder that are damaged.
pub(crate) fn damaged_in(folder: &Path) -> Vec<PathBuf> {
    let paths = kept_in(folder)
        .into_iter()
        .map(|at| (at, folder.join(format!("{at:020}"))));
    paths
        .filter(|(at, path)| {
            let kept = fs::read(path).ok().and_then(parse);
            kept.is_none_or(|(_, kept)| kept.at != *at)
        })
        .map(|(_, path)| path)
        .collect()
}

/// Reads the bytes of a file. `None` if they are not as they were written.
pub(super) fn parse(mut bytes: Vec<u8>) -> Option<(Chain, LearnedState)> {
    let (content, checksum) = bytes.split_last_chunk::<CHECKSUM>()?;
    if blake3::hash(content) != blake3::Hash::from_bytes(*checksum) {
        return None;
    }
    let (magic, rest) = content.split_first_chunk()?;
    let (format, rest) = rest.split_first_chunk()?;
    if magic != MAGIC || u32::from_le_bytes(*format) != FORMAT {
        return None;
    }
    let (at, rest) = rest.split_first_chunk()?;
    let (chain, rest) = rest.split_first_chunk()?;
    let (count, rest) = rest.split_first_chunk()?;
    let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
    let (names, state) = rest.split_at_checked(count.checked_mul(16)?)?;
    let (names, _) = names.as_chunks();
    let lessons = names.iter().map(|name| VerdictId::from_bytes(*name));
    let (lessons, at, chain) = (lessons.collect(), Sequence::from_le_bytes(*at), *chain);
    // The state may be large: it stays in the memory that it was read into.
    let front = content.len() - state.len();
    bytes.truncate(bytes.len() - CHECKSUM);
    bytes.drain(..front);
    let state = bytes;
    Some((chain, LearnedState { at, lessons, state }))
}

/// Which of the states, newest first, others nearby can stand in for.
fn superfluous(all: &[Sequence], interval: u64) -> Vec<Sequence> {
    let Some(&newest) = all.first() else {
        return Vec::new();
    };
    let distance = |at: Sequence| newest - at + interval;
    let mut gone = Vec::new();
    let mut kept = newest;
    for pair in all.windows(2).skip(1) {
        let [between, next] = *pair else { continue };
        if distance(next) <= SPREAD * distance(kept) {
            gone.push(between);
        } else {
            kept = between;
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_lie_the_closer_the_newer_they_are() {
        let (mut all, interval) = (Vec::<Sequence>::new(), 10);
        for at in (0..20_000).step_by(10) {
            all.insert(0, at);
            let gone = superfluous(&all, interval);
            all.retain(|at| !gone.contains(at));
            for taken_back in 1..=at {
                let from = all.iter().find(|kept| **kept < taken_back).unwrap_or(&0);
                let back = at - taken_back + interval;
                assert!(at - from <= SPREAD * back, "{at} {taken_back} {all:?}");
            }
        }
        assert!(all.len() < 14, "{all:?}");
    }
}
