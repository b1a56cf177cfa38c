//! `chaffinch evaluate --own`: how well the filter does on what its own blogs were taught.

use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use chaffinch::evaluation::Figures;
use chaffinch::service::{OwnFigures, Service, Settings};
use clap::Args;

use super::super::figures::{missing, number, range};
use super::super::folder::{self, FolderArgs};
use super::super::table::Table;
use super::super::{finish, model};
use super::{EvaluateArgs, bar, write};

/// The arguments of an evaluation on one's own comments.
#[derive(Debug, Args)]
pub(super) struct OwnArgs {
    /// Take the comments that were corrected or imported here, in the order in which they were written: as
    /// they were judged then, by the base model alone, and while learning from each
    #[arg(long, conflicts_with_all = ["corpora", "protocol", "feedback", "wrong", "no_base", "cut", "compare", "scores"])]
    pub(super) own: bool,

    #[command(flatten)]
    folder: FolderArgs,

    /// Take so many of the newest at most, for --own
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    newest: usize,
}

/// Evaluates on the comments of a data folder.
pub(super) fn run(args: &EvaluateArgs) -> anyhow::Result<ExitCode> {
    let thresholds = args.judging.thresholds()?;
    let store = folder::open(&args.own.folder.data)?;
    let classifier = model::load(args.judging.model.as_deref())?;
    let settings = Settings {
        thresholds,
        ..Settings::default()
    };
    let service = Service::new(store, Arc::new(classifier), settings)?;
    let bar = bar(0)?;
    let figures = service.evaluate_on_own_offline(args.own.newest, |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    service.close();
    let figures = figures?;
    ensure!(
        figures.then.ham + figures.then.spam > 0,
        "no comment was corrected or imported here, or none is still kept"
    );
    if let Some(path) = &args.json {
        write(path, serde_json::to_vec_pretty(&figures)?)?;
    }
    if let (Some(folder), Some(roc)) = (&args.plots, &figures.roc) {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        write(&folder.join("roc.svg"), roc)?;
    }
    finish(io::stdout().lock().write_all(text(&figures).as_bytes()))?;
    Ok(ExitCode::SUCCESS)
}

fn text(own: &OwnFigures) -> String {
    let Figures { ham, spam, .. } = own.then;
    let mut table = Table::new(&[
        "",
        "spam caught",
        "ham blocked",
        "caught at 1 %",
        "ROC area",
        "95 %",
        "ECE",
    ]);
    for (name, figures) in [
        ("as judged then", &own.then),
        ("the base model alone", &own.base),
        ("learning from each", &own.learning),
    ] {
        table.row([
            name.to_owned(),
            percent(figures.caught),
            percent(figures.blocked),
            percent(figures.caught_at_1),
            number(figures.auc),
            range(figures.intervals.auc),
            number(figures.ece),
        ]);
    }
    let cut = own.cut;
    format!(
        "{} comments in the order in which they were written: {ham} ham, {spam} spam\n\n{}\
         caught, blocked: from probability {cut} on; at 1 %: spam caught where so much ham is blocked\n",
        ham + spam,
        table.render()
    )
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(missing, |share| format!("{:.1} %", share * 100.0))
}
