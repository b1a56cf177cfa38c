//! A folder of Staticman's files: a comment each, in YAML, JSON or as a text with front matter. There is no spam
//! among them: what its moderators refuse is never merged.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use saphyr_parser::{Event, Parser};

use super::draft::{Draft, append};
use super::input::{Input, Meter, told};
use super::{Fault, Place, Row};
use crate::verdict::Label;

/// Largest file, in bytes: a comment and what the site's form adds.
const LARGEST: u64 = 1 << 20;
/// Deepest folder.
const DEEPEST: usize = 16;

/// The comments of a folder, by the names of their files.
pub(super) struct Staticman {
    root: PathBuf,
    files: std::vec::IntoIter<PathBuf>,
    meter: Arc<Meter>,
}

impl Staticman {
    pub(super) fn open(root: &Path, meter: &Arc<Meter>) -> io::Result<Self> {
        let mut files = Vec::new();
        if root.is_dir() {
            find(root, DEEPEST, &mut files)?;
        } else {
            fs::metadata(root)?;
            files.push(root.to_owned());
        }
        files.sort();
        Ok(Self {
            root: root.to_owned(),
            files: files.into_iter(),
            meter: Arc::clone(meter),
        })
    }

    fn row(&self, file: &Path) -> Result<Row, Fault> {
        let inside = file.strip_prefix(&self.root).unwrap_or(file);
        let place = Place::File(inside.to_owned());
        let mut text = String::new();
        let read = Input::open(file, &self.meter)
            .and_then(|input| input.take(LARGEST + 1).read_to_string(&mut text));
        let fault = |problem: String| Fault::row(place.clone(), problem);
        read.map_err(|error| fault(told(&error)))?;
        if text.len() as u64 > LARGEST {
            return Err(fault(format!("it is larger than {} MiB", LARGEST >> 20)));
        }
        let is_markdown = file.extension().is_some_and(|extension| extension == "md");
        let read = if is_markdown { with_front } else { draft };
        let mut draft = read(&text).map_err(fault)?;
        if draft.permalink.is_empty() {
            // Staticman puts the comments of a page into a folder of its name.
            let folder = inside.parent().map(|folder| folder.to_string_lossy());
            draft.permalink = folder.unwrap_or_default().into_owned();
        }
        draft.finish(place, &self.meter)
    }
}

impl Iterator for Staticman {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let file = self.files.next()?;
        Some(self.row(&file))
    }
}

/// The files of a folder and of those in it. Links are not followed.
fn find(folder: &Path, deeper: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let extension = path.extension().and_then(|extension| extension.to_str());
        if kind.is_dir() && deeper > 0 {
            find(&path, deeper - 1, files)?;
        } else if kind.is_file() && matches!(extension, Some("yml" | "yaml" | "json" | "md")) {
            files.push(path);
        }
    }
    Ok(())
}

/// A file that is at hand, for the fuzz targets.
#[cfg(fuzzing)]
pub(super) fn entry(bytes: &[u8], place: Place) -> Option<Row> {
    let draft = draft(&String::from_utf8_lossy(bytes)).ok()?;
    draft.finish(place, &Meter::default()).ok()
}

/// The comment in a text: the fields that Staticman's documentation and the usual forms have. JSON is YAML
/// too. Only what stands in the mapping itself is read; aliases are not followed.
fn draft(text: &str) -> Result<Draft, String> {
    let mut draft = Draft {
        kind: "comment".to_owned(),
        label: Some(Label::Ham),
        ..Draft::default()
    };
    let mut depth = 0usize;
    let mut key: Option<String> = None;
    for event in Parser::new_from_str(text) {
        let (event, _) =
            event.map_err(|error| format!("it is no YAML (line {})", error.marker().line()))?;
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => depth += 1,
            Event::MappingEnd | Event::SequenceEnd => {
                depth = depth.saturating_sub(1);
                if depth == 1 {
                    key = None;
                }
            }
            Event::Scalar(value, ..) if depth == 1 => match key.take() {
                None => key = Some(value.to_lowercase()),
                Some(name) => {
                    if let Some(part) = part(&mut draft, &name) {
                        append(part, &value);
                    }
                }
            },
            Event::Alias(_) if depth == 1 => key = None,
            _ => {}
        }
    }
    Ok(draft)
}

/// The comment below front matter. Other texts of a site have that as well, but no `_id`.
fn with_front(text: &str) -> Result<Draft, String> {
    let parts = text.strip_prefix("---\n");
    let parts = parts.and_then(|text| text.split_once("\n---\n"));
    let (front, content) = parts.ok_or("it has no front matter")?;
    if !front.lines().any(|line| line.starts_with("_id:")) {
        return Err("it is none of Staticman's: its front matter has no _id".to_owned());
    }
    let content = content.to_owned();
    Ok(Draft {
        content,
        ..draft(front)?
    })
}

fn part<'a>(draft: &'a mut Draft, name: &str) -> Option<&'a mut String> {
    let part = match name {
        "message" | "comment" | "body" | "content" | "text" => &mut draft.content,
        "name" | "author" => &mut draft.author,
        "email" => &mut draft.email,
        "url" | "website" => &mut draft.url,
        "date" => &mut draft.date,
        "permalink" | "slug" => &mut draft.permalink,
        _ => return None,
    };
    // Of two that mean the same the first counts.
    part.is_empty().then_some(part)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_those_of_the_mapping_itself() {
        let text = "_id: 1\nname: Ann\nemail: 0c83f57c786a0b4a39efab23731c7ebc\nmessage: >\n  Two\n  lines\n\
                    options:\n  message: inner\n  list: [message, a]\ndate: 1543075200\n";
        let draft = draft(text).unwrap();
        assert_eq!(
            (draft.author.as_str(), draft.content.as_str()),
            ("Ann", "Two lines\n")
        );
        assert_eq!(draft.date, "1543075200");
        let json = super::draft(r#"{"name": "Joe", "comment": "Über\nall"}"#).unwrap();
        assert_eq!(json.content, "Über\nall");
        assert!(super::draft("{ [").is_err());
    }

    #[test]
    fn content_may_stand_below_front_matter() {
        let text = "---\n_id: 1\nname: Ann\n---\nFirst\n---\nsecond: [\n";
        let draft = with_front(text).unwrap();
        assert_eq!(
            (draft.author.as_str(), draft.content.as_str()),
            ("Ann", "First\n---\nsecond: [\n")
        );
        assert!(with_front("---\ntitle: A page\n---\nits text\n").is_err());
        assert!(with_front("# Read me\n").is_err());
    }

    #[test]
    fn aliases_are_not_expanded() {
        let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (this, last) in ('b'..='j').zip('a'..='i') {
            let nine = vec![format!("*{last}"); 9].join(", ");
            text.push_str(&format!("{this}: &{this} [{nine}]\n"));
        }
        text.push_str("message: *j\nname: Joe\n");
        let draft = draft(&text).unwrap();
        assert_eq!((draft.content.as_str(), draft.author.as_str()), ("", "Joe"));
    }
}
