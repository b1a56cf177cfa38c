//! `chaffinch backup`: everything that is stored, in one file.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use chaffinch::store::Line;
use clap::Args;
use serde::Serialize;

use super::super::manage::{ManageOptions, show};

/// The arguments of `chaffinch backup`.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The new file: it holds what people wrote, so keep it as safe as the data folder
    file: PathBuf,
    #[command(flatten)]
    options: ManageOptions,
}

/// What is in the backup.
#[derive(Debug, Default, Serialize)]
struct Written {
    verdicts: u64,
    events: u64,
    bytes: u64,
}

/// Writes it: the file is there when it is whole and on the disk, and not before.
pub(crate) fn run(args: BackupArgs) -> anyhow::Result<ExitCode> {
    let file = &args.file;
    ensure!(!file.exists(), "{} is there already", file.display());
    let mut unfinished = file.clone().into_os_string();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let written = write(&args, &unfinished);
    if written.is_err() {
        // It may not have come to be.
        let _ = fs::remove_file(&unfinished);
    }
    let written = written?;
    fs::rename(&unfinished, file).with_context(|| format!("cannot write {}", file.display()))?;
    if let Some(folder) = file.canonicalize()?.parent() {
        File::open(folder)?.sync_all()?;
    }
    show(args.options.json, &written, |written| {
        let Written {
            verdicts,
            events,
            bytes,
        } = written;
        format!("{verdicts} verdicts and {events} events of the log in {bytes} bytes")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn write(args: &BackupArgs, path: &Path) -> anyhow::Result<Written> {
    let cannot = || format!("cannot write {}", path.display());
    let mut new = OpenOptions::new();
    new.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o600);
    let mut file = BufWriter::with_capacity(1 << 20, new.open(path).with_context(cannot)?);
    let mut written = Written::default();
    super::dump(&args.options, |bytes, line| {
        match line {
            Some(Line::Verdict(_)) => written.verdicts += 1,
            Some(Line::Event(_)) => written.events += 1,
            _ => {}
        }
        written.bytes += bytes.len() as u64;
        file.write_all(bytes).with_context(cannot)
    })?;
    let file = file.into_inner().with_context(cannot)?;
    file.sync_all().with_context(cannot)?;
    Ok(written)
}
