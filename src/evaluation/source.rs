//! Where labelled comments come from: one source a file.

use std::path::{Path, PathBuf};

use super::EvaluationError;
use crate::training::{Sample, corpus};

/// The comments of one file, in its order.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file's name without its ending.
    pub name: String,
    /// The file, or the files of that name.
    pub files: Vec<PathBuf>,
    /// The comments.
    pub samples: Vec<Sample>,
}

/// Names of sources that are comments below blog entries begin with one of these.
const BLOGS: [&str; 5] = ["prblog-", "wp-", "blog-", "disqus-", "form-"];

/// Whether a source of this name is a blog's.
pub fn is_blog(name: &str) -> bool {
    BLOGS.iter().any(|prefix| name.starts_with(prefix))
}

/// Reads files, and of folders everything that ends in `.jsonl`. Files of the same name are one
/// source.
///
/// # Errors
/// A file cannot be read, a line of it is no labelled comment, or it holds no comment at all.
pub fn load(paths: &[PathBuf]) -> Result<Vec<Source>, EvaluationError> {
    let mut sources: Vec<Source> = Vec::new();
    for file in corpus::files(paths)? {
        let mut samples = corpus::read(&file)?.collect::<Result<Vec<_>, _>>()?;
        if samples.is_empty() {
            return Err(EvaluationError::NoComments(file));
        }
        let name = name_of(&file);
        match sources.iter_mut().find(|source| source.name == name) {
            Some(known) => {
                known.files.push(file);
                known.samples.append(&mut samples);
            }
            None => sources.push(Source {
                name,
                files: vec![file],
                samples,
            }),
        }
    }
    Ok(sources)
}

fn name_of(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
