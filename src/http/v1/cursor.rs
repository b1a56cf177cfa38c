//! Cursors: where a list goes on. Callers see one opaque word.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::verdict::VerdictId;

/// A place in the list that some filters make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The list goes on before this verdict.
    pub(super) before: VerdictId,
}

/// Bytes of the checksum: enough against mistakes; nothing is won by forging one.
const CHECK: usize = 8;

impl Cursor {
    /// The word for it. `filters` says which list it belongs to.
    pub(super) fn word(self, filters: &str) -> String {
        let id = self.before.as_bytes();
        URL_SAFE_NO_PAD.encode([&id[..], &check(id, filters)].concat())
    }

    /// Reads a word of the list of the same filters.
    pub(super) fn read(word: &str, filters: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(word).ok()?;
        let (id, sum) = bytes.split_first_chunk::<16>()?;
        (sum == check(id, filters)).then(|| Self {
            before: VerdictId::from_bytes(*id),
        })
    }
}

fn check(id: &[u8; 16], filters: &str) -> [u8; CHECK] {
    let mut hasher = blake3::Hasher::new_derive_key("chaffinch 2026-11-25 cursor");
    hasher.update(id).update(filters.as_bytes());
    let mut sum = [0; CHECK];
    hasher.finalize_xof().fill(&mut sum);
    sum
}

/// Reads any word; what is a cursor is written as the same word.
#[cfg(fuzzing)]
pub(in crate::http) fn fuzz(word: &str, filters: &str, id: [u8; 16]) {
    if let Some(cursor) = Cursor::read(word, filters) {
        assert_eq!(cursor.word(filters), word);
    }
    let before = VerdictId::from_bytes(id);
    let cursor = Cursor { before };
    assert_eq!(Cursor::read(&cursor.word(filters), filters), Some(cursor));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_no_other_way() {
        let cursor = Cursor {
            before: VerdictId::fresh(),
        };
        let word = cursor.word("verdict=spam");
        assert_eq!(Cursor::read(&word, "verdict=spam"), Some(cursor));
        assert_eq!(Cursor::read(&word, "verdict=ham"), None);
        let mut other = word.clone().into_bytes();
        other[3] = if other[3] == b'A' { b'B' } else { b'A' };
        let other = String::from_utf8(other).unwrap();
        for wrong in ["", "x", "é", &word[1..], &other] {
            assert_eq!(Cursor::read(wrong, "verdict=spam"), None, "{wrong:?}");
        }
    }
}
