//! Labelled comments: JSON Lines, one source a file or many sources in one.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;

use crate::comment::{Author, Comment, Context};
use crate::site::Site;
use crate::verdict::Label;

/// A comment whose label is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its name in the corpus; empty if it has none.
    pub id: String,
    /// Where it is from; the file's name if the record names no source.
    pub source: String,
    /// What it is.
    pub label: Label,
    /// The comment.
    pub comment: Comment,
}

/// Why a corpus cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The file or folder cannot be opened or read.
    #[error("cannot read {path}: {cause}")]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A line is no labelled comment.
    #[error("{path}, line {line}: {cause}")]
    Line {
        /// In which file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        cause: serde_json::Error,
    },
    /// There is nothing to learn from.
    #[error("there is no .jsonl file in {0}")]
    Empty(PathBuf),
}

/// A record as it stands in the file.
#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    id: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    kind: String,
    label: Label,
    content: String,
    #[serde(default)]
    lang: String,
    #[serde(default)]
    author: String,
    #[serde(default)]
    author_email: String,
    #[serde(default)]
    author_url: String,
    #[serde(default)]
    user_ip: String,
    #[serde(default)]
    user_agent: String,
    #[serde(default)]
    permalink: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    date: String,
}

impl Record {
    fn into_sample(self, file: &str) -> Sample {
        let source = if self.source.is_empty() {
            file.to_owned()
        } else {
            self.source
        };
        Sample {
            id: self.id,
            label: self.label,
            comment: Comment {
                site: Site::parse(&format!("{source}.example")).ok(),
                content: self.content,
                kind: self.kind,
                permalink: self.permalink,
                language: self.lang,
                author: Author {
                    name: self.author,
                    email: self.author_email,
                    url: self.author_url,
                    ip: self.user_ip.parse().ok(),
                    user_agent: self.user_agent,
                    role: String::new(),
                },
                context: Context {
                    title: self.title,
                    ..Context::default()
                },
                posted_at: self.date.parse::<Timestamp>().ok(),
                ..Comment::default()
            },
            source,
        }
    }
}

/// The corpus files among paths: files as they are, of folders everything that ends in `.jsonl`,
/// sorted by name.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CorpusError> {
    let mut all = Vec::new();
    for path in paths {
        let failed = |cause| CorpusError::Read {
            path: path.clone(),
            cause,
        };
        if !std::fs::metadata(path).map_err(failed)?.is_dir() {
            all.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            let file = entry.map_err(failed)?.path();
            if file.extension().is_some_and(|e| e == "jsonl") {
                inside.push(file);
            }
        }
        if inside.is_empty() {
            return Err(CorpusError::Empty(path.clone()));
        }
        inside.sort();
        all.append(&mut inside);
    }
    Ok(all)
}

/// Reads the samples of one file, one after the other; empty lines are skipped.
pub fn read(path: &Path) -> Result<impl Iterator<Item = Result<Sample, CorpusError>>, CorpusError> {
    let failed = |cause| CorpusError::Read {
        path: path.to_owned(),
        cause,
    };
    let file = File::open(path).map_err(failed)?;
    Ok(samples(BufReader::with_capacity(1 << 18, file), path))
}

/// The same of what somebody else opened; `path` is what it is called.
pub fn samples(
    file: impl BufRead,
    path: &Path,
) -> impl Iterator<Item = Result<Sample, CorpusError>> {
    let name = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let path = path.to_owned();
    let lines = file.lines().enumerate();
    lines.filter_map(move |(number, line)| {
        let line = match line {
            Ok(line) if line.trim().is_empty() => return None,
            Ok(line) => line,
            Err(cause) => {
                let path = path.clone();
                return Some(Err(CorpusError::Read { path, cause }));
            }
        };
        Some(match serde_json::from_str::<Record>(&line) {
            Ok(record) => Ok(record.into_sample(&name)),
            Err(cause) => Err(CorpusError::Line {
                path: path.clone(),
                line: number + 1,
                cause,
            }),
        })
    })
}
