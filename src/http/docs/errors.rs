//! The table of error codes, for people: as a page, and as `docs/reference/errors.md`.

use std::fmt::Write;

use super::page::{Page, escaped, prose};
use crate::http::v1::problem::Problem;

/// All of them.
pub(super) fn all() -> Page {
    let mut body = String::from(
        "<p>Errors of <code>/v1</code> are <code>application/problem+json</code> (RFC 9457). Rely on \
         <code>code</code>: it never changes. Where a field is at fault, <code>field</code> is its path.</p>\n\
         <table>\n<tr><th>Code<th>Status<th>Meaning</tr>\n",
    );
    for problem in Problem::ALL {
        // Writing into a text cannot fail.
        let _ = writeln!(
            body,
            "<tr><td><a href=\"/docs/errors/{code}\"><code>{code}</code></a><td>{status}<td>{about}</tr>",
            code = problem.code(),
            status = problem.status().as_u16(),
            about = prose(problem.about()),
        );
    }
    body.push_str("</table>\n");
    Page {
        title: "Errors".to_owned(),
        body,
    }
}

/// The one of this code.
pub(super) fn one(code: &str) -> Option<Page> {
    let problem = Problem::ALL.iter().find(|problem| problem.code() == code)?;
    Some(Page {
        title: problem.title().to_owned(),
        body: format!(
            "<p>{about}</p>\n<p>Code <code>{code}</code>, status {status}.</p>\n\
             <p><a href=\"/docs/errors\">All errors</a></p>\n",
            about = prose(problem.about()),
            code = escaped(problem.code()),
            status = problem.status(),
        ),
    })
}

/// All of them as the text of `docs/reference/errors.md`.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Errors of `/v1`\n\n\
         `application/problem+json` (RFC 9457). Rely on `code`: it never changes. Where a field is at fault, `field` is its\n\
         path. `type` is the address of a page on the server itself: `/docs/errors/CODE`.\n\n\
         | Code | Status | Title | Meaning |\n|---|---|---|---|\n",
    );
    for problem in Problem::ALL {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            problem.code(),
            problem.status().as_u16(),
            problem.title(),
            problem.about(),
        );
    }
    text
}
