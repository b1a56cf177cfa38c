//! `chaffinch check`: judges comments by the model alone, without a data folder.

use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use chaffinch::comment::{Author, Comment, Context};
use chaffinch::config::JudgingOptions;
use chaffinch::filter::{Filter, Policy};
use chaffinch::http::v1::problem::{ApiError, Problem};
use chaffinch::wire::{self, CheckReply, CheckRequest};
use serde_json::json;

use super::{finish, lines, model, report};

/// The arguments of `chaffinch check`.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The comment; without it, standard input is read
    text: Option<String>,

    /// Name that the author signed with
    #[arg(long, value_name = "NAME", default_value = "")]
    author: String,

    /// The author's e-mail address
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    author_email: String,

    /// The author's home page
    #[arg(long, value_name = "URL", default_value = "")]
    author_url: String,

    /// Title of the entry that was commented on
    #[arg(long, default_value = "")]
    title: String,

    /// Read one comment a line as JSON in the form of POST /v1/check, write one result a line in
    /// the same order; a line that cannot be read gets an error in its place, and exit code 1 at the end
    #[arg(long, conflicts_with_all = ["text", "author", "author_email", "author_url", "title"])]
    json: bool,

    #[command(flatten)]
    judging: JudgingOptions,
}

/// Judges and prints.
pub(crate) fn run(args: CheckArgs) -> anyhow::Result<ExitCode> {
    let thresholds = args.judging.thresholds()?;
    let classifier = model::load(args.judging.model.as_deref())?;
    let filter = Filter::new(Arc::new(classifier), thresholds);
    if args.json {
        return check_lines(&filter);
    }
    let comment = Comment {
        content: match args.text {
            Some(text) => text,
            None => read_text()?,
        },
        author: Author {
            name: args.author,
            email: args.author_email,
            url: args.author_url,
            ..Author::default()
        },
        context: Context {
            title: args.title,
            ..Context::default()
        },
        ..Comment::default()
    };
    let judgement = filter.check(&comment, &Policy::default());
    let stdout = io::stdout();
    let colour = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    finish(
        stdout
            .lock()
            .write_all(report::render(&judgement, colour).as_bytes()),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn read_text() -> anyhow::Result<String> {
    let mut stdin = io::stdin().lock();
    if stdin.is_terminal() {
        let _ = writeln!(
            io::stderr(),
            "Write the comment and end it with Ctrl-D on a line of its own."
        );
    }
    let mut bytes = Vec::new();
    stdin
        .read_to_end(&mut bytes)
        .context("cannot read the comment from standard input")?;
    // People pipe in files of any encoding; what is no UTF-8 shows as replacement characters.
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

fn check_lines(filter: &Filter) -> anyhow::Result<ExitCode> {
    let bad = lines::process(io::stdin(), io::stdout(), |number, line, out| {
        let reply = check_line(filter, line);
        let good = reply.is_ok();
        let written = match reply {
            Ok(reply) => serde_json::to_writer(out, &reply),
            Err((code, detail)) => serde_json::to_writer(
                out,
                &json!({"error": {"code": code, "detail": detail, "line": number}}),
            ),
        };
        // Nothing in a reply can fail to be written as JSON into memory.
        good && written.is_ok()
    })
    .context("cannot judge the lines on standard input")?;
    Ok(ExitCode::from(u8::from(bad > 0)))
}

/// A line's result, or the code that `/v1` has for what is wrong with it and the details.
fn check_line(filter: &Filter, line: &[u8]) -> Result<CheckReply, (&'static str, String)> {
    if line.len() > lines::LONGEST_LINE {
        let detail = format!("the line is longer than {} bytes", lines::LONGEST_LINE);
        return Err((Problem::BodyTooLarge.code(), detail));
    }
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    let comment = wire::from_json::<CheckRequest>(line)
        .and_then(Comment::try_from)
        .map_err(|error| {
            let detail = error.to_string();
            (ApiError::from(error).problem.code(), detail)
        })?;
    let judgement = filter.check(&comment, &Policy::default());
    Ok(CheckReply::new(None, judgement))
}
