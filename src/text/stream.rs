//! Normalised text: one spelling for everything that looks or means the same.
//!
//! Compatibility decomposition (NFKD) without accents, small letters, no invisible characters,
//! one space for any white space, at most three times the same character in a row.

use unicode_normalization::UnicodeNormalization;

use super::letters::is_letter;

/// Longest run of one character that is kept.
const LONGEST_RUN: usize = 3;

/// A normalised text that knows where each of its characters came from.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The characters; begins and ends with a space unless empty.
    pub chars: Vec<char>,
    /// For each character the place of its origin in the text, in bytes.
    pub origins: Vec<u32>,
    /// What was done to make text unreadable for programs.
    pub tricks: Tricks,
    /// What the characters were before small letters were made of them.
    pub census: Census,
}

/// How often each trick was used.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tricks {
    /// Invisible characters between letters.
    pub invisible: u32,
    /// Letters of the mathematical, enclosed or full-width blocks that stand for ASCII.
    pub styled: u32,
    /// Accents piled up on one letter.
    pub piled: u32,
    /// Characters repeated more than [`LONGEST_RUN`] times.
    pub repeated: u32,
}

/// Counts of characters by their kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Census {
    /// Letters of any script.
    pub letters: u32,
    /// Capital letters.
    pub capitals: u32,
    /// Digits.
    pub digits: u32,
    /// Neither letter, digit nor space.
    pub symbols: u32,
    /// Emoji and other pictures.
    pub pictures: u32,
    /// Exclamation marks.
    pub exclamations: u32,
    /// Question marks.
    pub questions: u32,
    /// Signs of currencies.
    pub money: u32,
    /// Line ends.
    pub lines: u32,
    /// Letters by script, in the order of [`Script`].
    pub scripts: [u32; 8],
}

/// Scripts that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum Script {
    /// Latin.
    Latin = 0,
    /// Cyrillic.
    Cyrillic = 1,
    /// Greek.
    Greek = 2,
    /// Chinese characters and kana.
    Han = 3,
    /// Hangul.
    Hangul = 4,
    /// Arabic and Hebrew.
    Semitic = 5,
    /// Scripts of South and South-East Asia.
    Indic = 6,
    /// Any other.
    Other = 7,
}

impl Script {
    /// The script of a letter.
    pub(super) fn of(c: char) -> Self {
        match u32::from(c) {
            0..=0x24F | 0x1E00..=0x1EFF | 0x2C60..=0x2C7F | 0xA720..=0xA7FF | 0xFF10..=0xFF5A => {
                Self::Latin
            }
            0x370..=0x3FF | 0x1F00..=0x1FFF => Self::Greek,
            0x400..=0x52F | 0x1C80..=0x1C8F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => Self::Cyrillic,
            0x590..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF => {
                Self::Semitic
            }
            0x900..=0xDFF | 0xE00..=0x109F | 0x1780..=0x17FF => Self::Indic,
            0x1100..=0x11FF | 0x3130..=0x318F | 0xA960..=0xA97F | 0xAC00..=0xD7FF => Self::Hangul,
            0x2E80..=0x312F
            | 0x31A0..=0x4DBF
            | 0x4E00..=0x9FFF
            | 0xF900..=0xFAFF
            | 0x2_0000..=0x3_FFFF => Self::Han,
            _ => Self::Other,
        }
    }

    /// Whether words of this script stand without spaces between them.
    pub(super) fn is_unspaced(self) -> bool {
        matches!(self, Self::Han | Self::Indic)
    }
}

/// Whether a character is drawn as nothing, so that words can be split with it unseen.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
        | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFF8 | 0x1D173..=0x1D17A | 0xE_0000..=0xE_0FFF)
        || (c.is_control() && !c.is_whitespace())
}

fn is_picture(c: char) -> bool {
    matches!(u32::from(c), 0x2190..=0x21FF | 0x2300..=0x23FF | 0x2460..=0x27BF | 0x2900..=0x2BFF
        | 0x1F000..=0x1F0FF | 0x1F200..=0x1FAFF)
}

fn is_money(c: char) -> bool {
    matches!(c, '$' | '¢'..='¥' | '\u{20A0}'..='\u{20CF}')
}

impl Stream {
    /// Starts a new text.
    pub(super) fn clear(&mut self) {
        self.chars.clear();
        self.origins.clear();
        self.tricks = Tricks::default();
        self.census = Census::default();
    }

    /// Ends the word, if one is under way.
    pub(super) fn space(&mut self, origin: usize) {
        if self.chars.last() != Some(&' ') {
            self.put(' ', origin);
        }
    }

    /// Puts one character as it is.
    #[inline]
    pub(super) fn put(&mut self, c: char, origin: usize) {
        if let Some(last) = self.chars.last_chunk::<LONGEST_RUN>()
            && last.iter().all(|&before| before == c)
        {
            self.tricks.repeated += 1;
            return;
        }
        self.put_any(c, origin);
    }

    /// Puts one character, whatever stands before it.
    #[inline]
    fn put_any(&mut self, c: char, origin: usize) {
        self.chars.push(c);
        self.origins.push(u32::try_from(origin).unwrap_or(u32::MAX));
    }

    /// Normalises a piece of the text that begins at byte `start` of it.
    pub(super) fn push(&mut self, text: &str, start: usize) {
        self.chars.reserve(text.len());
        self.origins.reserve(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let origin = start + text.len() - rest.len();
            let ascii = rest.bytes().position(|b| !b.is_ascii());
            let (plain, other) = rest.split_at(ascii.unwrap_or(rest.len()));
            self.push_ascii(plain, origin);
            rest = other;
            let mut chars = rest.chars();
            if let Some(c) = chars.next() {
                self.push_other(c, origin + plain.len());
                rest = chars.as_str();
            }
        }
    }

    fn push_ascii(&mut self, text: &str, start: usize) {
        let (mut small, mut capitals, mut digits) = (0, 0, 0);
        // The character before, and how often it stands there in a row.
        let mut last = self.chars.last().copied();
        let alike = self.chars.iter().rev().take_while(|c| Some(**c) == last);
        let mut run = alike.count();
        for (at, byte) in text.bytes().enumerate() {
            let origin = start + at;
            match byte {
                b'a'..=b'z' => small += 1,
                b'A'..=b'Z' => capitals += 1,
                b'0'..=b'9' => digits += 1,
                b' ' | b'\t' | b'\r' | b'\n' | b'\x0b' | b'\x0c' => {
                    self.census.lines += u32::from(byte == b'\n');
                    self.space(origin);
                    (last, run) = (Some(' '), 1);
                    continue;
                }
                _ if byte.is_ascii_control() => {
                    self.tricks.invisible += 1;
                    continue;
                }
                _ => {
                    self.census.symbols += 1;
                    self.census.exclamations += u32::from(byte == b'!');
                    self.census.questions += u32::from(byte == b'?');
                    self.census.money += u32::from(byte == b'$');
                }
            }
            let c = char::from(byte.to_ascii_lowercase());
            if Some(c) != last {
                (last, run) = (Some(c), 0);
            } else if run == LONGEST_RUN {
                self.tricks.repeated += 1;
                continue;
            }
            run += 1;
            self.put_any(c, origin);
        }
        self.census.letters += small + capitals;
        self.census.scripts[0] += small + capitals;
        self.census.capitals += capitals;
        self.census.digits += digits;
    }

    fn push_other(&mut self, c: char, origin: usize) {
        if c.is_whitespace() {
            return self.space(origin);
        }
        if is_invisible(c) {
            // Between pictures, and in scripts that need joiners, these are honest.
            let after_latin = self.chars.last().is_some_and(|l| l.is_ascii_alphanumeric());
            self.tricks.invisible +=
                u32::from(after_latin && !matches!(u32::from(c), 0xFE00..=0xFE0F));
            return;
        }
        if is_picture(c) {
            self.census.pictures += 1;
        } else if is_letter(c) {
            self.census.letters += 1;
            self.census.capitals += u32::from(c.is_uppercase());
            self.census.scripts[Script::of(c) as usize] += 1;
        } else if c.is_numeric() {
            self.census.digits += 1;
        } else {
            self.census.symbols += 1;
            self.census.exclamations += u32::from(matches!(c, '！' | '¡'));
            self.census.questions += u32::from(matches!(c, '？' | '¿' | '؟'));
            self.census.money += u32::from(is_money(c));
        }
        for part in std::iter::once(c).nfkd() {
            if matches!(u32::from(part), 0x300..=0x36F) {
                // An accent that came apart from its letter is counted when it is the second.
                self.tricks.piled += u32::from(part == c);
                continue;
            }
            if part.is_ascii_alphanumeric() && Script::of(c) == Script::Other {
                self.tricks.styled += 1;
            }
            if part.is_whitespace() {
                self.space(origin);
                continue;
            }
            for small in part.to_lowercase() {
                if !matches!(u32::from(small), 0x300..=0x36F) {
                    self.put(small, origin);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(text: &str) -> String {
        let mut stream = Stream::default();
        stream.push(text, 0);
        stream.chars.into_iter().collect()
    }

    #[test]
    fn one_spelling_for_what_looks_the_same() {
        for (text, expected) in [
            ("CASINO", "casino"),
            ("𝐂𝐚𝐬𝐢𝐧𝐨 ⓒⓐⓢⓘⓝⓞ ｃａｓｉｎｏ", "casino casino casino"),
            ("ca\u{200b}si\u{ad}no", "casino"),
            ("Crème  brûlée\n\té", "creme brulee e"),
            ("sooooooo", "sooo"),
            ("ЙОД", "иод"),
            ("e\u{301}\u{301}", "e"),
        ] {
            assert_eq!(normal(text), expected, "{text}");
        }
    }

    #[test]
    fn tricks_are_counted_and_honest_writing_is_not() {
        let tricks = |text: &str| {
            let mut stream = Stream::default();
            stream.push(text, 0);
            stream.tricks
        };
        assert!(tricks("vi\u{200b}agra").invisible == 1);
        assert!(tricks("𝐀𝐄𝑅𝙊").styled == 4);
        assert_eq!(
            tricks("Grüße, ёлка, ひらがな, 한국어, 👩\u{200d}💻"),
            Tricks::default()
        );
    }

    proptest! {
        #[test]
        fn origins_point_to_characters_and_do_not_go_back(text in "\\PC{0,60}") {
            let mut stream = Stream::default();
            stream.push(&text, 0);
            prop_assert_eq!(stream.chars.len(), stream.origins.len());
            let mut last = 0;
            for origin in &stream.origins {
                prop_assert!(text.is_char_boundary(*origin as usize) && *origin >= last);
                last = *origin;
            }
        }
    }
}
