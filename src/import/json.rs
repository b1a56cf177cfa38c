//! JSON Lines: with columns of any name, and as remark42 writes them.

use std::io::{self, BufRead};

use serde::Deserialize;
use serde_json::Value;

use super::columns::Columns;
use super::draft::Draft;
use super::input::Input;
use super::{Fault, Place, Row};
use crate::verdict::Label;

/// Longest line, in bytes.
const LONGEST: usize = 4 << 20;

/// The lines of a file, without the empty ones.
struct Texts {
    input: Input,
    line: Vec<u8>,
    over: bool,
}

impl Texts {
    fn new(input: Input) -> Self {
        Self {
            input,
            line: Vec::new(),
            over: false,
        }
    }

    /// Reads a line, or tells that it was too long. `None` at the end.
    fn read(&mut self) -> Option<Result<u64, Fault>> {
        while !self.over {
            let number = self.input.line();
            match self.fill() {
                Err(error) => {
                    self.over = true;
                    return Some(Err(Fault::unreadable(number, &error)));
                }
                Ok(0) => self.over = true,
                Ok(length) if length > LONGEST => {
                    let problem = format!("it is longer than {} MiB", LONGEST >> 20);
                    return Some(Err(Fault::row(Place::Line(number), problem)));
                }
                Ok(_) if self.line.trim_ascii().is_empty() => {}
                Ok(_) => return Some(Ok(number)),
            }
        }
        None
    }

    /// Reads up to the end of the line, of which no more is kept than its longest. Answers with its length.
    fn fill(&mut self) -> io::Result<usize> {
        self.line.clear();
        let mut length = 0;
        loop {
            self.input.begin_part();
            let bytes = self.input.fill_buf()?;
            let end = memchr::memchr(b'\n', bytes);
            let count = end.map_or(bytes.len(), |end| end + 1);
            let room = LONGEST.saturating_sub(self.line.len());
            self.line.extend_from_slice(&bytes[..count.min(room)]);
            self.input.consume(count);
            length += count;
            if end.is_some() || count == 0 {
                return Ok(length);
            }
        }
    }

    /// What the line holds.
    fn parse<'a, T: Deserialize<'a>>(&'a self, number: u64) -> Result<T, Fault> {
        serde_json::from_slice(&self.line).map_err(|error| {
            // serde_json's own message may repeat a value.
            let problem = match error.classify() {
                serde_json::error::Category::Data => "it is no comment as expected",
                serde_json::error::Category::Eof => "the JSON breaks off",
                _ => "it is no JSON",
            };
            let problem = format!("{problem} (column {})", error.column());
            Fault::row(Place::Line(number), problem)
        })
    }
}

/// A comment a line.
pub(super) struct Lines {
    texts: Texts,
    columns: Columns,
}

impl Lines {
    pub(super) fn new(input: Input, columns: Columns) -> Self {
        Self {
            texts: Texts::new(input),
            columns,
        }
    }

    fn row(&self, number: u64) -> Result<Row, Fault> {
        let place = Place::Line(number);
        let object: Value = self.texts.parse(number)?;
        let draft = self.columns.draft(|name| text_at(&object, name));
        let draft = draft.map_err(|problem| Fault::row(place.clone(), problem))?;
        draft.finish(place, self.texts.input.meter())
    }
}

impl Iterator for Lines {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.texts.read()?;
        Some(read.and_then(|number| self.row(number)))
    }
}

/// The value of a name, which may lead into objects: `author.name`.
fn text_at(object: &Value, name: &str) -> Option<String> {
    let value = object.get(name).or_else(|| {
        let mut parts = name.split('.');
        parts.try_fold(object, |value, part| value.get(part))
    })?;
    Some(match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Array(_) | Value::Object(_) => return None,
    })
}

/// A backup of remark42: a line about users and pages, then a comment a line. There is no spam in it: what
/// its moderators delete is gone.
pub(super) struct Remark42(Texts);

#[derive(Deserialize)]
struct Line {
    /// Only the first line has it.
    version: Option<u64>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    time: String,
    #[serde(default)]
    delete: bool,
    #[serde(default)]
    user: User,
    #[serde(default)]
    locator: Locator,
}

#[derive(Default, Deserialize)]
struct User {
    #[serde(default)]
    name: String,
}

#[derive(Default, Deserialize)]
struct Locator {
    #[serde(default)]
    url: String,
}

impl Remark42 {
    pub(super) fn new(input: Input) -> Self {
        Self(Texts::new(input))
    }

    fn row(&self, number: u64) -> Result<Option<Row>, Fault> {
        let line: Line = self.0.parse(number)?;
        if line.version.is_some() {
            return Ok(None);
        }
        let draft = Draft {
            content: line.text,
            kind: "comment".to_owned(),
            title: line.title,
            date: line.time,
            author: line.user.name,
            permalink: line.locator.url,
            label: (!line.delete).then_some(Label::Ham),
            ..Draft::default()
        };
        let row = draft.finish(Place::Line(number), self.0.input.meter());
        row.map(Some)
    }
}

impl Iterator for Remark42 {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let row = self.0.read()?.and_then(|number| self.row(number));
            if let Some(row) = row.transpose() {
                return Some(row);
            }
        }
    }
}
