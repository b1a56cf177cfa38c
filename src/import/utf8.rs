//! Bytes that should be UTF-8, made so: what is not is read as Windows-1252, of which Latin-1 is a part.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use encoding_rs::WINDOWS_1252;

use super::input::Meter;

/// Bytes read at once.
const BLOCK: usize = 1 << 16;

/// Reads valid UTF-8 from whatever there is.
pub(super) struct Utf8<R> {
    from: R,
    meter: Arc<Meter>,
    /// As it was read; the first `kept` bytes begin a character whose rest is still to come.
    raw: Vec<u8>,
    kept: usize,
    /// Valid text, of which the first `given` bytes were given already.
    ready: Vec<u8>,
    given: usize,
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(from: R, meter: &Arc<Meter>) -> Self {
        Self {
            from,
            meter: Arc::clone(meter),
            raw: vec![0; BLOCK],
            kept: 0,
            ready: Vec::with_capacity(BLOCK),
            given: 0,
        }
    }

    /// Makes more text ready; none is the end.
    fn refill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        while self.ready.is_empty() {
            let read = self.from.read(&mut self.raw[self.kept..])?;
            let end = self.kept + read;
            if end == 0 {
                return Ok(());
            }
            let begun = self.convert(end, read == 0);
            self.raw.copy_within(begun..end, 0);
            self.kept = end - begun;
        }
        Ok(())
    }

    /// Converts what was read up to `end`; answers with where a character begins whose rest is still to
    /// come. `last` says that nothing is.
    fn convert(&mut self, end: usize, last: bool) -> usize {
        let mut at = 0;
        loop {
            let rest = &self.raw[at..end];
            let Err(error) = std::str::from_utf8(rest) else {
                self.ready.extend_from_slice(rest);
                return end;
            };
            let (good, bad) = rest.split_at(error.valid_up_to());
            self.ready.extend_from_slice(good);
            at += good.len();
            let Some(wrong) = error.error_len().or(last.then_some(bad.len())) else {
                return at;
            };
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bad[..wrong]);
            self.ready.extend_from_slice(text.as_bytes());
            self.meter
                .foreign
                .fetch_add(wrong as u64, Ordering::Relaxed);
            at += wrong;
        }
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.refill()?;
        }
        let rest = &self.ready[self.given..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

/// Text that was UTF-8, was read as Windows-1252 and written as UTF-8 again (`fÃ¼r`), as it was meant.
/// `None` where nothing speaks for that.
pub(super) fn unmangled(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(byte_of).collect();
    // That a text that was meant as it stands is valid UTF-8 in these bytes is next to impossible.
    let meant = String::from_utf8(bytes?).ok()?;
    Some(meant)
}

/// The byte that a character has in Windows-1252, as browsers read it: the few that it leaves open stand
/// for themselves.
fn byte_of(char: char) -> Option<u8> {
    if let Some(byte) = u8::try_from(char)
        .ok()
        .filter(|b| !(0x80..0xa0).contains(b))
    {
        return Some(byte);
    }
    if matches!(char, '\u{81}' | '\u{8d}' | '\u{8f}' | '\u{90}' | '\u{9d}') {
        return u8::try_from(char).ok();
    }
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = WINDOWS_1252.encode(char.encode_utf8(&mut buffer));
    match (unmappable, &*bytes) {
        (false, [byte]) => Some(*byte),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Brings a few bytes at a time.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn read(bytes: &[u8], piece: usize) -> (String, u64) {
        let meter = Arc::default();
        let mut text = String::new();
        let mut utf8 = Utf8::new(Pieces(bytes, piece), &meter);
        utf8.read_to_string(&mut text).unwrap();
        (text, meter.foreign())
    }

    #[test]
    fn latin_1_among_utf_8_is_read_as_what_it_is() {
        for piece in [1, 2, 7, 1000] {
            assert_eq!(read("für 日本 😀".as_bytes(), piece).0, "für 日本 😀");
            let (text, foreign) = read(b"f\xfcr \x80 5 \xe2\x82", piece);
            assert_eq!((text.as_str(), foreign), ("für € 5 â‚", 4));
        }
    }

    #[test]
    fn mangled_text_is_mended_and_other_text_is_left() {
        assert_eq!(unmangled("fÃ¼r â‚¬ 5").as_deref(), Some("für € 5"));
        assert_eq!(unmangled("ÐŸÑ€Ð¸Ð²ÐµÑ‚").as_deref(), Some("Привет"));
        for text in ["für", "Привет", "plain", "Ã", "naïve café"] {
            assert_eq!(unmangled(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn utf_8_stays_as_it_is(text in ".{0,80}", piece in 1usize..9) {
            prop_assert_eq!(read(text.as_bytes(), piece), (text, 0));
        }

        #[test]
        fn any_bytes_become_text(bytes in prop::collection::vec(any::<u8>(), 0..80), piece in 1usize..9) {
            let whole = read(&bytes, 1000);
            prop_assert_eq!(read(&bytes, piece), whole);
        }

        #[test]
        fn what_was_mangled_once_is_mended(text in "[a-z]{0,4}[à-üĀ-žА-я€]{1,9}") {
            let (mangled, _) = WINDOWS_1252.decode_without_bom_handling(text.as_bytes());
            prop_assert_eq!(unmangled(&mangled), Some(text));
        }
    }
}
