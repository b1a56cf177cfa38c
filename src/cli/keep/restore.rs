//! `chaffinch restore`: a data folder from a backup.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use chaffinch::store::{self, StoreSettings};
use clap::Args;

use super::super::manage::show;

/// The arguments of `chaffinch restore`.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The backup
    file: PathBuf,
    /// The new folder, which must be empty or not there
    #[arg(
        long,
        env = "CHAFFINCH_DATA",
        value_name = "DIR",
        default_value = "./chaffinch-data"
    )]
    data: PathBuf,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// Restores.
pub(crate) fn run(args: RestoreArgs) -> anyhow::Result<ExitCode> {
    let name = args.file.display();
    let file = File::open(&args.file).with_context(|| format!("cannot read {name}"))?;
    let restored = store::restore(&args.data, &StoreSettings::default(), super::lines(file))
        .with_context(|| name.to_string())?;
    show(args.json, &restored, |restored| {
        let (verdicts, events) = (restored.verdicts, restored.events);
        format!("{verdicts} verdicts and {events} events of the log")
    })?;
    Ok(ExitCode::SUCCESS)
}
