//! What the benches have in common: the comments that they send.

use std::path::PathBuf;
use std::{env, fs};

use chaffinch::comment::{Author, Comment};
use chaffinch::site::Site;
use serde_json::Value;

/// Bytes of the comments that are sent: a long paragraph.
const LENGTH: std::ops::RangeInclusive<usize> = 600..=800;

/// Comments of some 700 bytes out of `CHAFFINCH_BENCH_COMMENTS`, a folder of labelled comments, or of
/// those that come with the project.
pub(crate) fn comments() -> Vec<Comment> {
    let folder = env::var_os("CHAFFINCH_BENCH_COMMENTS").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| "fixtures/comments".into());
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("a folder of comments")
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    files.sort();
    let mut comments = Vec::new();
    for file in files {
        for line in fs::read_to_string(file).unwrap().lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
            let comment = Comment {
                site: Site::parse("https://blog.example/").ok(),
                content: text("content"),
                kind: "comment".to_owned(),
                permalink: text("permalink"),
                author: Author {
                    name: text("author"),
                    email: text("author_email"),
                    url: text("author_url"),
                    ip: record["user_ip"].as_str().and_then(|ip| ip.parse().ok()),
                    ..Author::default()
                },
                ..Comment::default()
            };
            if LENGTH.contains(&comment.content.len()) {
                comments.push(comment);
            }
        }
    }
    assert!(comments.len() >= 20, "too few comments of {LENGTH:?} bytes");
    comments
}
