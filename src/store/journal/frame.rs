//! Frames: how one event stands in a journal file.
//!
//! ```text
//! length    u32   of the payload, in bytes       (all numbers little-endian)
//! checksum  u32   CRC-32 of everything but itself
//! sequence  u64   counted without gaps
//! chain  [u8;16]  BLAKE3(chain of the frame before, payload), cut to 16 bytes
//! payload         version byte and postcard of an event
//! ```

use std::io::{self, Read};
use std::ops::Range;

use crate::store::Sequence;

/// Bytes before the payload.
pub(super) const HEAD: usize = 32;
/// Longest payload, in bytes: far above any event, far below what could exhaust the memory.
pub(super) const LONGEST: usize = 64 * 1024 * 1024;

/// Links each frame to all before it, so that replicas can tell whether they hold the same log.
pub(crate) type Chain = [u8; 16];

/// The link that follows `before`.
pub(super) fn link(before: &Chain, payload: &[u8]) -> Chain {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before).update(payload);
    let mut chain = Chain::default();
    hasher.finalize_xof().fill(&mut chain);
    chain
}

/// Appends a frame to `out`; `false`, and nothing appended, if the payload is too long.
pub(super) fn write(sequence: Sequence, chain: &Chain, payload: &[u8], out: &mut Vec<u8>) -> bool {
    let Ok(length) = u32::try_from(payload.len()) else {
        return false;
    };
    if payload.len() > LONGEST {
        return false;
    }
    let length = length.to_le_bytes();
    let sequence = sequence.to_le_bytes();
    let checksum = checksum(&length, &sequence, chain, payload);
    for part in [
        &length[..],
        &checksum.to_le_bytes(),
        &sequence,
        chain,
        payload,
    ] {
        out.extend_from_slice(part);
    }
    true
}

fn checksum(length: &[u8], sequence: &[u8], chain: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in [length, sequence, chain, payload] {
        hasher.update(part);
    }
    hasher.finalize()
}

/// The head of a frame, taken apart.
struct Head {
    length: usize,
    checksum: u32,
    sequence: Sequence,
    chain: Chain,
    bytes: [u8; HEAD],
}

impl Head {
    fn parse(bytes: [u8; HEAD]) -> Self {
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let mut chain = Chain::default();
        chain.copy_from_slice(&bytes[16..]);
        Self {
            length: word(0) as usize,
            checksum: word(4),
            sequence: u64::from(word(8)) | u64::from(word(12)) << 32,
            chain,
            bytes,
        }
    }

    fn fits(&self, payload: &[u8]) -> bool {
        let b = &self.bytes;
        checksum(&b[..4], &b[8..16], &b[16..], payload) == self.checksum
    }
}

/// Why the bytes at a place are not the next frame.
#[derive(Debug)]
pub(super) enum Fault {
    /// The bytes end within it, or are not those that were written: a torn write, or damage.
    Broken(&'static str),
    /// It is a sound frame, but of another place or log.
    Foreign(&'static str),
    /// The operating system refused to read.
    Io(io::Error),
}

/// Reads frame after frame.
pub(super) struct Frames<R> {
    input: R,
    /// Bytes of the input not yet read.
    left: u64,
    /// Sequence of the frame before.
    pub(super) last: Sequence,
    /// Link of the frame before.
    pub(super) chain: Chain,
}

impl<R: Read> Frames<R> {
    /// Reads `left` bytes of `input`, which follow the frame `last`.
    pub(super) fn new(input: R, left: u64, last: Sequence, chain: Chain) -> Self {
        Self {
            input,
            left,
            last,
            chain,
        }
    }

    /// Bytes of the input behind the last sound frame.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// The payload of the next frame; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        if self.left == 0 {
            return Ok(None);
        }
        if self.left < HEAD as u64 {
            return Err(Fault::Broken("the head of an event is cut off"));
        }
        let mut bytes = [0; HEAD];
        self.input.read_exact(&mut bytes).map_err(Fault::Io)?;
        let head = Head::parse(bytes);
        if head.length > LONGEST || head.length as u64 > self.left - HEAD as u64 {
            return Err(Fault::Broken("an event is cut off, or its length is wrong"));
        }
        let mut payload = vec![0; head.length];
        self.input.read_exact(&mut payload).map_err(Fault::Io)?;
        if !head.fits(&payload) {
            return Err(Fault::Broken("the checksum of an event does not fit"));
        }
        if head.sequence != self.last + 1 {
            return Err(Fault::Foreign("an event has the wrong sequence number"));
        }
        if head.chain != link(&self.chain, &payload) {
            return Err(Fault::Foreign("an event does not follow the one before it"));
        }
        self.left -= (HEAD + head.length) as u64;
        self.last = head.sequence;
        self.chain = head.chain;
        Ok(Some(payload))
    }
}

/// Parts whole frames after that of an event. Answers also with the link of that, if it is among them.
pub(super) fn split(frames: &[u8], at: Sequence) -> Result<(Option<Chain>, &[u8]), Fault> {
    let (mut rest, mut link) = (frames, None);
    while let Some(bytes) = rest.first_chunk() {
        let head = Head::parse(*bytes);
        if head.sequence > at {
            break;
        }
        let payload = rest[HEAD..].get(..head.length);
        if !payload.is_some_and(|payload| head.fits(payload)) {
            return Err(Fault::Broken("the checksum of an event does not fit"));
        }
        link = (head.sequence == at).then_some(head.chain);
        rest = &rest[HEAD + head.length..];
    }
    Ok((link, rest))
}

/// Numbers and links of the first and the last of some whole frames.
pub(crate) fn ends(frames: &[u8]) -> Option<[(Sequence, Chain); 2]> {
    let mut ends: Option<[(Sequence, Chain); 2]> = None;
    let mut rest = frames;
    while !rest.is_empty() {
        let head = Head::parse(*rest.first_chunk()?);
        if !head.fits(rest[HEAD..].get(..head.length)?) {
            return None;
        }
        let here = (head.sequence, head.chain);
        ends = Some([ends.map_or(here, |[first, _]| first), here]);
        rest = &rest[HEAD + head.length..];
    }
    ends
}

/// What some whole frames hold, up to the first that is cut off.
pub(crate) fn payloads(frames: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = frames;
    std::iter::from_fn(move || {
        let head = Head::parse(*rest.first_chunk()?);
        let payload = rest[HEAD..].get(..head.length)?;
        rest = &rest[HEAD + head.length..];
        Some(payload)
    })
}

/// Whether a sound frame of a sequence after `last` starts anywhere in `bytes`: then what stands
/// before it was once whole.
pub(super) fn any_in(bytes: &[u8], last: Sequence) -> bool {
    // So far ahead no frame of the same torn write can be; it keeps chance hits out.
    let plausible = last + 1..last + 1_000_000_000;
    (0..bytes.len()).any(|at| sound_at(&bytes[at..], &plausible).is_some())
}

/// The sequence and payload of the sound frame that `bytes` begin with, if it is one of these.
pub(super) fn sound_at<'a>(
    bytes: &'a [u8],
    plausible: &Range<Sequence>,
) -> Option<(Sequence, &'a [u8])> {
    let head = Head::parse(*bytes.first_chunk()?);
    if !plausible.contains(&head.sequence) {
        return None;
    }
    let payload = bytes[HEAD..].get(..head.length)?;
    head.fits(payload).then_some((head.sequence, payload))
}
