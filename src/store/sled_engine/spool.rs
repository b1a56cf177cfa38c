//! The spool: verdicts that sled has in memory only.
//!
//! sled's flush takes a millisecond of threads waking each other. So what a group of writes stores is
//! written here first, in one call, which is enough to survive the end of the process; sled is flushed and
//! synced every so often, and the spool begins anew. The next start puts into sled what it finds here beyond
//! the number that sled holds.
//!
//! A file of frames, one a group:
//!
//! ```text
//! length    u32   of the payload, in bytes       (all numbers little-endian)
//! checksum  u32   CRC-32 of number and payload
//! number    u64   counts up
//! payload         of each verdict: its id (16 bytes), where it comes from (1), the length of its value (4), its value
//! ```
//!
//! Nobody was promised that verdicts of the last moments survive a loss of power, so that whatever of the end
//! is not whole is passed over.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::store::error::StoreError;
use crate::verdict::VerdictId;

/// Bytes before the payload.
const HEAD: usize = 16;

/// The spool, open for writing. The writer owns it.
pub(super) struct Spool {
    path: PathBuf,
    file: File,
    /// Of the last group.
    number: u64,
    /// Bytes of it that are needed.
    length: u64,
}

/// Where a verdict comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// It was given here.
    Check = 0,
    /// It was submitted and waits for its label; see [`super::halves`].
    Submission = 1,
    /// Another store gave it.
    Parcel = 2,
}

/// A verdict in the spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spooled {
    pub(super) id: VerdictId,
    pub(super) from: Source,
    /// What sled has under its id.
    pub(super) stored: Vec<u8>,
}

/// The verdicts of one group, and its number.
pub(super) type Group = (u64, Vec<Spooled>);

impl Spool {
    /// Opens the spool, making it if it is not there. Answers also with what is in it.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<Group>), StoreError> {
        let io = |e| StoreError::io(path, &e);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(io)?;
        let bytes = std::fs::read(path).map_err(io)?;
        let (groups, length) = read(&bytes);
        let spool = Self {
            path: path.to_path_buf(),
            file,
            number: groups.last().map_or(0, |(number, _)| *number),
            length,
        };
        Ok((spool, groups))
    }

    /// Goes on behind a number that is known from elsewhere.
    pub(super) fn number_from(&mut self, known: u64) {
        self.number = self.number.max(known);
    }

    /// Writes the verdicts of a group. They survive the end of the process now. Answers with its number.
    pub(super) fn append(&mut self, verdicts: &[Spooled]) -> Result<u64, StoreError> {
        let number = self.number + 1;
        let frame = frame(number, verdicts)?;
        // Behind what is needed: a frame that was written in part is written over by the next one.
        let written = self.file.write_all_at(&frame, self.length);
        written.map_err(|e| StoreError::io(&self.path, &e))?;
        self.number = number;
        self.length += frame.len() as u64;
        Ok(number)
    }

    /// Bytes that sled does not have on the disk.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// All of it is in sled, on the disk.
    pub(super) fn clear(&mut self) -> Result<(), StoreError> {
        if self.length > 0 {
            let cut = self.file.set_len(0);
            cut.map_err(|e| StoreError::io(&self.path, &e))?;
            self.length = 0;
        }
        Ok(())
    }
}

fn frame(number: u64, verdicts: &[Spooled]) -> Result<Vec<u8>, StoreError> {
    let too_long = || StoreError::Unreadable {
        what: "group of verdicts",
        reason: "it is too long".to_owned(),
    };
    let mut frame = vec![0; HEAD];
    for Spooled { id, from, stored } in verdicts {
        let length = u32::try_from(stored.len()).map_err(|_| too_long())?;
        frame.extend_from_slice(id.as_bytes());
        frame.push(*from as u8);
        frame.extend_from_slice(&length.to_le_bytes());
        frame.extend_from_slice(stored);
    }
    let length = u32::try_from(frame.len() - HEAD).map_err(|_| too_long())?;
    frame[..4].copy_from_slice(&length.to_le_bytes());
    frame[8..HEAD].copy_from_slice(&number.to_le_bytes());
    let checksum = crc32fast::hash(&frame[8..]);
    frame[4..8].copy_from_slice(&checksum.to_le_bytes());
    Ok(frame)
}

/// The whole groups that some bytes begin with, each with a greater number than the one before, and where the last
/// one ends.
fn read(bytes: &[u8]) -> (Vec<Group>, u64) {
    let (mut groups, mut rest): (Vec<Group>, _) = (Vec::new(), bytes);
    while let Some((group, behind)) = first(rest) {
        if groups.last().is_some_and(|(last, _)| *last >= group.0) {
            break;
        }
        groups.push(group);
        rest = behind;
    }
    (groups, (bytes.len() - rest.len()) as u64)
}

fn first(bytes: &[u8]) -> Option<(Group, &[u8])> {
    let (length, behind) = number(bytes)?;
    let (checksum, behind) = number(behind)?;
    let summed = behind.get(..8usize.checked_add(length)?)?;
    if crc32fast::hash(summed) as usize != checksum {
        return None;
    }
    let (sequence, mut payload) = summed.split_first_chunk()?;
    let mut verdicts = Vec::new();
    while !payload.is_empty() {
        let (id, rest) = payload.split_first_chunk()?;
        let (from, rest) = rest.split_first()?;
        let (length, rest) = number(rest)?;
        let (stored, rest) = rest.split_at_checked(length)?;
        verdicts.push(Spooled {
            id: VerdictId::from_bytes(*id),
            from: match from {
                0 => Source::Check,
                1 => Source::Submission,
                2 => Source::Parcel,
                _ => return None,
            },
            stored: stored.to_vec(),
        });
        payload = rest;
    }
    let group = (u64::from_le_bytes(*sequence), verdicts);
    Some((group, &behind[summed.len()..]))
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number) as usize, rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spooled(n: u8) -> Spooled {
        Spooled {
            id: VerdictId::from_bytes([n; 16]),
            from: [Source::Check, Source::Submission, Source::Parcel][usize::from(n % 3)],
            stored: vec![n; usize::from(n) * 7],
        }
    }

    #[test]
    fn what_is_not_cleared_is_there_after_a_kill_and_numbers_go_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("spool");
        let (mut spool, there) = Spool::open(&path).unwrap();
        assert_eq!(there, []);
        assert_eq!(spool.append(&[spooled(1)]).unwrap(), 1);
        spool.clear().unwrap();
        assert_eq!(spool.append(&[spooled(2), spooled(3)]).unwrap(), 2);
        assert_eq!(spool.append(&[]).unwrap(), 3);
        let (mut again, there) = Spool::open(&path).unwrap();
        assert_eq!(there, [(2, vec![spooled(2), spooled(3)]), (3, vec![])]);
        again.clear().unwrap();
        let (mut empty, there) = Spool::open(&path).unwrap();
        assert_eq!(there, []);
        empty.number_from(3);
        assert_eq!(empty.append(&[spooled(4)]).unwrap(), 4);
    }

    proptest! {
        /// Cut off or changed anywhere: the groups before are there, and nothing that was never written.
        #[test]
        fn a_damaged_spool_has_the_groups_before(
            groups in prop::collection::vec(prop::collection::vec(0u8..9, 0..4), 1..6),
            place in any::<prop::sample::Index>(),
            cut in any::<bool>(),
        ) {
            let mut bytes = Vec::new();
            let mut ends = vec![0];
            for (number, group) in (1..).zip(&groups) {
                let verdicts: Vec<_> = group.iter().copied().map(spooled).collect();
                bytes.extend(frame(number, &verdicts).unwrap());
                ends.push(bytes.len());
            }
            prop_assert_eq!(read(&bytes).0.len(), groups.len());
            let at = place.index(bytes.len());
            if cut {
                bytes.truncate(at);
            } else {
                bytes[at] ^= 0x55;
            }
            let whole = ends.iter().filter(|end| **end <= at).count() - 1;
            let (read, length) = read(&bytes);
            prop_assert_eq!(read.len(), whole);
            prop_assert_eq!(length, ends[whole] as u64);
        }
    }
}
