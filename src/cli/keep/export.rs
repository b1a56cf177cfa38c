//! `chaffinch export`: what is stored, for other programs.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use chaffinch::store::{Change, Line, VerdictRecord};
use chaffinch::verdict::{Label, VerdictId};
use chaffinch::wire::LabelledLine;
use clap::Args;

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
        let mut line = Vec::new();
        LabelledLine::new(id, label, comment).write(&mut line)?;
        finish(out.write_all(&line))?;
    }
    finish(out.flush())?;
    Ok(ExitCode::SUCCESS)
}
