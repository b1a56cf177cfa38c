//! `chaffinch doctor`: what lies in a data folder, what is wrong with it, and mending it.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use chaffinch::store::{self, Diagnosis, Losses, Remedy, Repair, StoreSettings};
use clap::Args;
use serde_json::json;

use super::super::folder::{self, FolderArgs};
use super::super::manage::show;
use super::super::table::Table;

/// The arguments of `chaffinch doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Mend what is damaged; what was damaged is moved aside
    #[arg(long)]
    repair: bool,
    /// A backup, for events that the journal has lost
    #[arg(long, value_name = "FILE", requires = "repair")]
    backup: Option<PathBuf>,
    /// Mend also where that loses something for good
    #[arg(long, requires = "repair")]
    accept_loss: bool,
    /// Write the database anew without what it no longer needs
    #[arg(long, conflicts_with = "repair")]
    compact: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// Looks, and mends if asked to. Fails where something is damaged and stays so.
pub(crate) fn run(args: DoctorArgs) -> anyhow::Result<ExitCode> {
    folder::require(&args.folder.data)?;
    let settings = StoreSettings::default();
    if args.compact {
        let began = Instant::now();
        let (before, after) = store::compact(&args.folder.data, &settings)?;
        let seconds = began.elapsed().as_secs_f64();
        let sizes = json!({"before": before, "after": after, "seconds": seconds});
        show(args.json, &sizes, |_| {
            format!(
                "the database had {before} bytes and has {after}; no server could run for {seconds:.1} s"
            )
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.repair {
        let repair = repair(&args, &settings)?;
        show(args.json, &repair, repaired)?;
        return Ok(ExitCode::SUCCESS);
    }
    let diagnosis = store::examine(&args.folder.data, &settings)?;
    show(args.json, &diagnosis, text)?;
    Ok(match diagnosis.is_damaged() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn repair(args: &DoctorArgs, settings: &StoreSettings) -> anyhow::Result<Repair> {
    let losses = match args.accept_loss {
        true => Losses::Accept,
        false => Losses::Refuse,
    };
    let Some(backup) = &args.backup else {
        return Ok(store::repair(&args.folder.data, settings, None, losses)?);
    };
    let name = backup.display();
    let file = File::open(backup).with_context(|| format!("cannot read {name}"))?;
    let mut lines = super::lines(file);
    Ok(store::repair(
        &args.folder.data,
        settings,
        Some(&mut lines),
        losses,
    )?)
}

fn text(diagnosis: &Diagnosis) -> String {
    let mut table = Table::new(&["", "bytes"]);
    for part in &diagnosis.parts {
        let name = format!("{} ({})", part.name, part.holds);
        table.row([name, part.bytes.to_string()]);
    }
    let mut text = table.render();
    for finding in &diagnosis.findings {
        let remedy = match finding.remedy {
            Remedy::Start => {
                "the next start puts it right, and nothing is lost by it that anybody was told of"
            }
            Remedy::Rebuild => "--repair puts it right",
            Remedy::Backup => {
                "--repair --backup FILE puts it right, or --repair --accept-loss as far as it goes"
            }
            Remedy::None => "nothing can be done about it",
        };
        let (path, problem) = (finding.path.display(), &finding.problem);
        text.push_str(&format!("\n{path}: {problem}; {remedy}"));
    }
    if diagnosis.findings.is_empty() {
        text.push_str("\nNo damage was found.");
    }
    text
}

fn repaired(repair: &Repair) -> String {
    if *repair == Repair::default() {
        return "Nothing was damaged.".to_owned();
    }
    let mut text = format!(
        "The database was made anew with {} verdicts.",
        repair.verdicts
    );
    if repair.lost_verdicts {
        text.push_str("\nSome verdicts could not be read and are lost.");
    }
    if repair.from_backup > 0 {
        let count = repair.from_backup;
        text.push_str(&format!(
            "\n{count} events of the log came from the backup."
        ));
    }
    if !repair.lost_events.is_empty() {
        let lost = &repair.lost_events;
        text.push_str(&format!(
            "\nEvents {lost:?} of the log are lost: look through keys, rules, sites and corrections."
        ));
    }
    for aside in &repair.moved_aside {
        text.push_str(&format!("\nMoved aside: {}", aside.display()));
    }
    text
}
