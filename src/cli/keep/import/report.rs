//! What came of an import.

use chaffinch::service::Taught;
use chaffinch::verdict::Label;
use serde::Serialize;

/// The counts of an import, or of a trial of it.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    dry_run: bool,
    /// Comments with a label.
    comments: u64,
    spam: u64,
    /// Comments that were imported before.
    known: u64,
    /// New ones of which the filter said the same already.
    agreed: u64,
    learned: u64,
    /// Comments without a label, which are left out.
    pub(super) unlabelled: u64,
    /// Rows that could not be read.
    pub(super) unreadable: u64,
    /// Whether a file could not be read to its end.
    pub(super) broke_off: bool,
    pub(super) foreign_bytes: u64,
    pub(super) mended_texts: u64,
    /// The key that names all of it, if anything was kept.
    pub(super) key: Option<String>,
}

impl Report {
    pub(super) fn new(dry_run: bool) -> Self {
        Self {
            dry_run,
            comments: 0,
            spam: 0,
            known: 0,
            agreed: 0,
            learned: 0,
            unlabelled: 0,
            unreadable: 0,
            broke_off: false,
            foreign_bytes: 0,
            mended_texts: 0,
            key: None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.comments == 0 && self.unlabelled == 0
    }

    pub(super) fn count(&mut self, taught: Taught, label: Label) {
        self.comments += 1;
        self.spam += u64::from(label == Label::Spam);
        match taught {
            Taught::Known => self.known += 1,
            Taught::New { agreed, learned } => {
                self.agreed += u64::from(agreed);
                self.learned += u64::from(learned);
            }
        }
    }

    pub(super) fn text(&self) -> String {
        let comments = counted(self.comments, "comment", "comments");
        let mut text = format!("{comments}, {} spam", number(self.spam));
        let new = self.comments - self.known;
        if new > 0 {
            let share = self.agreed as f64 * 100.0 / new as f64;
            let (agrees, learned) = match self.dry_run {
                true => ("agrees", "would learn"),
                false => ("agreed", "learned"),
            };
            let lessons = number(self.learned);
            text.push_str(&format!(
                "; the filter already {agrees} on {share:.1} %; {learned} {lessons}"
            ));
        }
        let mut line = |count: u64, one: &str, many: &str| {
            if count > 0 {
                text.push_str(&format!("\n{}", counted(count, one, many)));
            }
        };
        line(self.known, "was imported before", "were imported before");
        line(
            self.unlabelled,
            "more has no label: it waits for a moderator or lies in the trash",
            "more have no label: they wait for a moderator or lie in the trash",
        );
        let unreadable = "could not be read";
        line(self.unreadable, unreadable, unreadable);
        line(
            self.foreign_bytes,
            "byte was not UTF-8, and was read as Windows-1252",
            "bytes were not UTF-8, and were read as Windows-1252",
        );
        line(
            self.mended_texts,
            "text had been saved in a wrong encoding, and was mended",
            "texts had been saved in a wrong encoding, and were mended",
        );
        if let (Some(key), true) = (&self.key, new > 0) {
            text.push_str(&format!(
                "\n`chaffinch key take-back {key}` takes all of it back"
            ));
        }
        text
    }
}

/// A number, and what there is so many of.
fn counted(count: u64, one: &str, many: &str) -> String {
    let what = if count == 1 { one } else { many };
    format!("{} {what}", number(count))
}

/// A number with commas between thousands.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{counted, number};

    #[test]
    fn thousands_are_separated() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (12_408, "12,408")];
        for (count, text) in cases {
            assert_eq!(number(count), text);
        }
    }

    #[test]
    fn one_comment_is_no_comments() {
        assert_eq!(counted(1, "comment", "comments"), "1 comment");
        assert_eq!(counted(0, "comment", "comments"), "0 comments");
    }
}
