//! Comments as other programs export them, one after the other: files may be larger than memory.
//!
//! ```text
//! file -> Input (unpacked, UTF-8, lines counted) -> a reader a format -> Draft -> Row
//! ```
//!
//! A row that cannot be read is a [`Fault`] and no more: the next one follows, unless nothing can be
//! read after it.

mod columns;
mod csv;
mod disqus;
mod draft;
mod input;
mod json;
mod sql;
mod staticman;
mod tables;
mod utf8;
mod wordpress;
mod xml;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::comment::Comment;
use crate::verdict::Label;

pub use columns::{Assignment, Columns, ColumnsError};
pub use input::Meter;

use self::input::Input;
use self::xml::Comments;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// JSON Lines, as `chaffinch export --labelled` writes them, or with other names by --columns
    Jsonl,
    /// A table with a first line of names, separated by commas, semicolons or tabs
    Csv,
    /// WordPress' own export (WXR). It holds no spam: WordPress leaves that out
    Wordpress,
    /// A dump of WordPress' database by mariadb-dump, mysqldump or phpMyAdmin
    WordpressSql,
    /// The export of Disqus
    Disqus,
    /// A folder of Staticman's files
    Staticman,
    /// A dump of Isso's database: `sqlite3 comments.db .dump`
    Isso,
    /// A dump of the database of Commento or Comentario by pg_dump or sqlite3
    Commento,
    /// A backup of remark42
    Remark42,
    /// A table from Discourse's Data Explorer, or the archive of a user
    Discourse,
}

/// A comment of an export.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// The comment. Its site is not known here.
    pub comment: Comment,
    /// What its moderators said; `None` if that is open, or if it is in the trash for whatever reason.
    pub label: Option<Label>,
}

/// Where something stands in an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On a line, counted from 1; of a comment over several lines, the one where it begins or ends.
    Line(u64),
    /// In a file of a folder.
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong. Never the words of a comment.
    pub problem: String,
    /// Whether nothing can be read after it.
    pub ends: bool,
}

impl Fault {
    /// A row that is passed over.
    fn row(place: Place, problem: impl Into<String>) -> Self {
        Self {
            place,
            problem: problem.into(),
            ends: false,
        }
    }

    /// The end of what can be read.
    fn end(line: u64, problem: impl Into<String>) -> Self {
        Self {
            place: Place::Line(line),
            problem: problem.into(),
            ends: true,
        }
    }

    /// A file that cannot be read on.
    fn unreadable(line: u64, error: &io::Error) -> Self {
        Self::end(line, input::told(error))
    }
}

/// The rows of an export. Nothing follows a fault that [ends](Fault::ends) it.
pub type Rows = Box<dyn Iterator<Item = Result<Row, Fault>>>;

/// Opens an export, which may be compressed with gzip. `meter` is told of every byte read.
pub fn open(
    path: &Path,
    format: Format,
    columns: &Columns,
    meter: &Arc<Meter>,
) -> io::Result<Rows> {
    if format == Format::Staticman {
        return Ok(Box::new(staticman::Staticman::open(path, meter)?));
    }
    let input = Input::open(path, meter)?;
    Ok(match format {
        // What stands in other tables may come later in the file: it is read before.
        Format::Isso => tables::isso(Input::open(path, &Arc::default())?, input),
        Format::Commento => tables::commento(Input::open(path, &Arc::default())?, input),
        format => rows(input, format, columns),
    })
}

/// The rows of a file that is at hand, for the fuzz targets.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn rows_of(bytes: Vec<u8>, format: Format) -> Rows {
    let input = || Input::new(io::Cursor::new(bytes.clone()), &Arc::default());
    match format {
        Format::Isso => tables::isso(input(), input()),
        Format::Commento => tables::commento(input(), input()),
        Format::Staticman => Box::new(staticman::entry(&bytes, Place::Line(1)).map(Ok).into_iter()),
        format => rows(input(), format, &Columns::default()),
    }
}

fn rows(input: Input, format: Format, columns: &Columns) -> Rows {
    match format {
        Format::Jsonl | Format::Isso | Format::Commento | Format::Staticman => {
            Box::new(json::Lines::new(input, columns.clone()))
        }
        Format::Csv => Box::new(csv::Table::new(input, columns.clone())),
        Format::Discourse => Box::new(csv::Table::new(input, Columns::discourse())),
        Format::Wordpress => Box::new(Comments::new(input, wordpress::Wordpress::default())),
        Format::WordpressSql => tables::wordpress(input),
        Format::Disqus => Box::new(Comments::new(input, disqus::Disqus::default())),
        Format::Remark42 => Box::new(json::Remark42::new(input)),
    }
}
