//! `chaffinch export`: what is stored, for other programs.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use chaffinch::store::{Change, Line, VerdictRecord};
use chaffinch::verdict::{Label, VerdictId};
use clap::Args;
use serde::Serialize;

use super::super::finish;
use super::super::manage::ManageOptions;

/// The arguments of `chaffinch export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Only comments that somebody corrected, in the form that `import`, `train` and `evaluate` read
    #[arg(long)]
    labelled: bool,
    #[command(flatten)]
    options: ManageOptions,
}

/// A labelled comment.
#[derive(Serialize)]
struct Labelled<'a> {
    id: VerdictId,
    label: Label,
    source: &'a str,
    kind: &'a str,
    content: &'a str,
    lang: &'a str,
    author: &'a str,
    author_email: &'a str,
    author_url: &'a str,
    user_agent: &'a str,
    permalink: &'a str,
    title: &'a str,
}

/// Writes it.
pub(crate) fn run(args: ExportArgs) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    if !args.labelled {
        super::dump(&args.options, |bytes, _| finish(out.write_all(bytes)))?;
        finish(out.flush())?;
        return Ok(ExitCode::SUCCESS);
    }
    // Labels stand in the log, behind the comments that they belong to.
    let mut comments: HashMap<VerdictId, VerdictRecord> = HashMap::new();
    let mut labels: HashMap<VerdictId, Label> = HashMap::new();
    super::dump(&args.options, |_, line| {
        match line {
            Some(Line::Verdict(verdict)) => {
                comments.insert(verdict.record.id, verdict.record.clone());
            }
            Some(Line::Event(dumped)) => match &dumped.event.change {
                Change::Corrected { verdict, label, .. } => {
                    labels.insert(*verdict, *label);
                }
                Change::Retracted { verdict, .. } => {
                    labels.remove(verdict);
                }
                _ => {}
            },
            _ => {}
        }
        Ok(())
    })?;
    let mut labels: Vec<_> = labels.into_iter().collect();
    labels.sort_by_key(|(id, _)| *id);
    for (id, label) in labels {
        let record = comments.get(&id);
        let Some(comment) = record.and_then(|record| record.comment.as_ref()) else {
            continue;
        };
        let labelled = Labelled {
            id,
            label,
            source: comment.site.as_ref().map_or("", |site| site.as_str()),
            kind: &comment.kind,
            content: &comment.content,
            lang: &comment.language,
            author: &comment.author.name,
            author_email: &comment.author.email,
            author_url: &comment.author.url,
            user_agent: &comment.author.user_agent,
            permalink: &comment.permalink,
            title: &comment.context.title,
        };
        let mut line = serde_json::to_vec(&labelled)?;
        line.push(b'\n');
        finish(out.write_all(&line))?;
    }
    finish(out.flush())?;
    Ok(ExitCode::SUCCESS)
}
