//! Which tables and columns of a database hold comments, for each program whose dumps are read.

use std::collections::HashMap;

use super::draft::Draft;
use super::input::Input;
use super::sql::{Dialect, Dump, Record};
use super::wordpress::label;
use super::{Fault, Place, Rows};
use crate::verdict::Label;

/// Most rows of other tables that are remembered.
const MOST: usize = 1_000_000;

/// WordPress: table `comments` with whatever prefix. Pages have no address there but by their number.
pub(super) fn wordpress(input: Input) -> Rows {
    fn is_comments(table: &str) -> bool {
        table == "comments" || table.ends_with("_comments")
    }
    rows(input, Dialect::Mysql, is_comments, |record| {
        let page = record.text("comment_post_ID");
        let kind = record.text("comment_type");
        Draft {
            permalink: format!("?p={page}"),
            kind: if kind.is_empty() { "comment" } else { kind }.to_owned(),
            label: label(record.text("comment_approved")),
            content: record.take("comment_content"),
            author: record.take("comment_author"),
            email: record.take("comment_author_email"),
            url: record.take("comment_author_url"),
            ip: record.take("comment_author_IP"),
            user_agent: record.take("comment_agent"),
            date: record.take("comment_date_gmt"),
            ..Draft::default()
        }
    })
}

/// Isso: `comments` and `threads`. Mode 1 is published; what is refused is deleted.
pub(super) fn isso(before: Input, input: Input) -> Rows {
    let threads: HashMap<_, _> = lookup(before, Dialect::Standard, |record| {
        let is_thread = &*record.table == "threads";
        is_thread.then(|| {
            let page = (record.take("uri"), record.take("title"));
            (record.take("id"), page)
        })
    });
    let wanted = |table: &str| table == "comments";
    rows(input, Dialect::Standard, wanted, move |record| {
        let thread = threads.get(record.text("tid")).cloned();
        let (permalink, title) = thread.unwrap_or_default();
        Draft {
            permalink,
            title,
            kind: "comment".to_owned(),
            label: (record.text("mode") == "1").then_some(Label::Ham),
            content: record.take("text"),
            author: record.take("author"),
            email: record.take("email"),
            url: record.take("website"),
            ip: record.take("remote_addr"),
            date: record.take("created"),
            ..Draft::default()
        }
    })
}

/// Commento (`comments`, `commenters`) and Comentario (`cm_comments`, `cm_users`, `cm_domain_pages`). What
/// is approved is ham, unless it was deleted: Commento puts "[deleted]" in its place. No moderator's word says
/// spam: what is refused may be anything, what is flagged was so by a program.
pub(super) fn commento(before: Input, input: Input) -> Rows {
    let others: HashMap<_, _> = lookup(before, Dialect::Standard, |record| {
        let texts = match &*record.table {
            "commenters" => ["commenterhex", "name", "email", "link"],
            "cm_users" => ["id", "name", "email", "website_url"],
            "cm_domain_pages" => ["id", "path", "title", ""],
            _ => return None,
        };
        let [id, a, b, c] = texts.map(|column| record.take(column));
        Some((id, [a, b, c]))
    });
    let wanted = |table: &str| matches!(table, "comments" | "cm_comments");
    rows(input, Dialect::Standard, wanted, move |record| {
        let other = |id: &str| others.get(id).cloned().unwrap_or_default();
        let is_new = &*record.table == "cm_comments";
        let (author, page, approved) = match is_new {
            true => (
                "user_created",
                "page_id",
                is_true(record.text("is_approved")),
            ),
            false => ("commenterhex", "path", record.text("state") == "approved"),
        };
        let deleted = match is_new {
            true => is_true(record.text("is_deleted")),
            false => is_true(record.text("deleted")),
        };
        let [name, email, url] = other(record.text(author));
        let [path, title, _] = match is_new {
            true => other(record.text(page)),
            false => [record.take(page), String::new(), String::new()],
        };
        let date = match is_new {
            true => "ts_created",
            false => "creationdate",
        };
        let signed = record.take("author_name");
        Draft {
            permalink: path,
            title,
            kind: "comment".to_owned(),
            author: if signed.is_empty() { name } else { signed },
            // Comentario has one user of this name for all that are not registered.
            email: if email.contains('@') {
                email
            } else {
                String::new()
            },
            url: if url == "undefined" {
                String::new()
            } else {
                url
            },
            ip: record.take("author_ip"),
            label: (approved && !deleted).then_some(Label::Ham),
            content: record.take("markdown"),
            date: record.take(date),
            ..Draft::default()
        }
    })
}

fn is_true(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "t" | "true" | "1")
}

/// The rows of a table of comments.
fn rows(
    input: Input,
    dialect: Dialect,
    wanted: fn(&str) -> bool,
    mut draft: impl FnMut(&mut Record) -> Draft + 'static,
) -> Rows {
    let meter = std::sync::Arc::clone(input.meter());
    let dump = Dump::new(input, dialect, wanted);
    Box::new(dump.map(move |record| {
        let mut record = record?;
        let place = Place::Line(record.line);
        draft(&mut record).finish(place, &meter)
    }))
}

/// What stands in other tables. What cannot be read there is told when the comments are read.
fn lookup<T>(
    input: Input,
    dialect: Dialect,
    mut entry: impl FnMut(&mut Record) -> Option<(String, T)>,
) -> HashMap<String, T> {
    fn is_no_comments(table: &str) -> bool {
        matches!(
            table,
            "threads" | "commenters" | "cm_users" | "cm_domain_pages"
        )
    }
    let dump = Dump::new(input, dialect, is_no_comments);
    dump.filter_map(|record: Result<Record, Fault>| entry(&mut record.ok()?))
        .take(MOST)
        .collect()
}
