//! Which column of a table holds what, and which words in it mean spam and ham.

use std::str::FromStr;

use super::draft::{Draft, append};
use crate::verdict::Label;

/// The parts of a comment by the names that they have in [`Columns`], in the order of [`Columns::names`].
const PARTS: [&str; 12] = [
    "content",
    "label",
    "author",
    "author_email",
    "author_url",
    "user_ip",
    "user_agent",
    "date",
    "permalink",
    "title",
    "kind",
    "lang",
];
const CONTENT: usize = 0;
const LABEL: usize = 1;

/// Which column holds what. The default is that of `chaffinch export --labelled`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// The names that each part may have; the first one that is there counts.
    names: [Vec<String>; PARTS.len()],
    spam: Vec<String>,
    ham: Vec<String>,
    /// What a comment is whose row has no label.
    otherwise: Option<Label>,
}

/// A part and its column, as in `content=body`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    part: usize,
    column: String,
}

/// A text that is no assignment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("give PART=COLUMN, where PART is one of {}", PARTS.join(", "))]
pub struct ColumnsError;

impl FromStr for Assignment {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Self, ColumnsError> {
        let (part, column) = text.split_once('=').ok_or(ColumnsError)?;
        let part = PARTS.iter().position(|name| *name == part.trim());
        let (Some(part), false) = (part, column.trim().is_empty()) else {
            return Err(ColumnsError);
        };
        Ok(Self {
            part,
            column: column.trim().to_owned(),
        })
    }
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            names: PARTS.map(|name| vec![name.to_owned()]),
            spam: vec!["spam".to_owned()],
            ham: vec!["ham".to_owned()],
            otherwise: None,
        }
    }
}

impl Columns {
    /// The default with some columns of other names, and other words for spam and ham if any are given.
    pub fn new(assigned: &[Assignment], spam: &[String], ham: &[String]) -> Self {
        let mut columns = Self::default();
        for Assignment { part, column } in assigned {
            columns.names[*part] = vec![column.clone()];
        }
        for (words, given) in [(&mut columns.spam, spam), (&mut columns.ham, ham)] {
            if !given.is_empty() {
                *words = given.to_vec();
            }
        }
        columns
    }

    /// Those of Discourse: posts by a query of its Data Explorer, or the archive of one user, who is
    /// taken to write no spam.
    pub(super) fn discourse() -> Self {
        let mut columns = Self {
            spam: ["spam", "true", "t"].map(str::to_owned).into(),
            ham: ["ham", "false", "f"].map(str::to_owned).into(),
            otherwise: Some(Label::Ham),
            ..Self::default()
        };
        let own: [(usize, &[&str]); 8] = [
            (CONTENT, &["raw", "post_raw"]),
            (LABEL, &["spam"]),
            (2, &["username"]),
            (3, &["email"]),
            (5, &["ip_address"]),
            (7, &["created_at"]),
            (8, &["url"]),
            (9, &["title", "topic_title"]),
        ];
        for (part, names) in own {
            columns.names[part] = names.iter().map(|name| (*name).to_owned()).collect();
        }
        columns
    }

    /// Where each part stands in a table with these columns. Text and label must be there.
    pub(super) fn places(&self, headings: &[String]) -> Result<Places, String> {
        let mut places = Places::default();
        for (place, names) in places.0.iter_mut().zip(&self.names) {
            *place = names
                .iter()
                .find_map(|name| headings.iter().position(|heading| heading == name));
        }
        let needed = match self.otherwise {
            None => &[CONTENT, LABEL][..],
            Some(_) => &[CONTENT],
        };
        for &part in needed {
            if places.0[part].is_none() {
                return Err(self.missing(part));
            }
        }
        Ok(places)
    }

    /// The draft of a row, whose values `value` tells by the names of columns; `None` for a column that it
    /// does not have.
    pub(super) fn draft(
        &self,
        mut value: impl FnMut(&str) -> Option<String>,
    ) -> Result<Draft, String> {
        let mut values = self
            .names
            .each_ref()
            .map(|names| names.iter().find_map(|name| value(name)));
        if values[CONTENT].is_none() {
            return Err(self.missing(CONTENT));
        }
        if values[LABEL].is_none() && self.otherwise.is_none() {
            return Err(self.missing(LABEL));
        }
        Ok(self.of_parts(|part| values[part].take().unwrap_or_default()))
    }

    /// The draft of a row by the values of its parts.
    pub(super) fn of_parts(&self, mut value: impl FnMut(usize) -> String) -> Draft {
        let mut draft = Draft::default();
        let mut label = String::new();
        let parts = [
            &mut draft.content,
            &mut label,
            &mut draft.author,
            &mut draft.email,
            &mut draft.url,
            &mut draft.ip,
            &mut draft.user_agent,
            &mut draft.date,
            &mut draft.permalink,
            &mut draft.title,
            &mut draft.kind,
            &mut draft.language,
        ];
        for (part, place) in parts.into_iter().enumerate() {
            append(place, &value(part));
        }
        draft.label = self.label(label.trim());
        draft
    }

    fn label(&self, word: &str) -> Option<Label> {
        let among = |words: &[String]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        if among(&self.spam) {
            Some(Label::Spam)
        } else if among(&self.ham) {
            Some(Label::Ham)
        } else if word.is_empty() {
            self.otherwise
        } else {
            None
        }
    }

    fn missing(&self, part: usize) -> String {
        let names = self.names[part].join(" or ");
        let part = PARTS[part];
        format!("there is no {names}; name it with --columns {part}=NAME")
    }
}

/// Where the parts stand in a row.
#[derive(Debug, Default)]
pub(super) struct Places([Option<usize>; PARTS.len()]);

impl Places {
    /// The place of a part.
    pub(super) fn of(&self, part: usize) -> Option<usize> {
        self.0[part]
    }
}
