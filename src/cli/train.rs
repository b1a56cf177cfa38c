//! `chaffinch train`: corpora -> model file.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use chaffinch::training::{self, Progress, Settings};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::finish;

/// Fit a base model from labelled comments in JSON Lines.
#[derive(Debug, Args)]
pub(super) struct TrainArgs {
    /// Where to write the model.
    #[arg(long, value_name = "MODEL")]
    out: PathBuf,

    /// Let nothing of the shipped model flow in. Training always starts from nothing, so this
    /// only says so.
    #[arg(long)]
    no_base: bool,

    /// Start of the order in which comments are learned; the same seed gives the same model.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().seed)]
    seed: u64,

    /// Tell of the model as JSON.
    #[arg(long)]
    json: bool,

    /// Files of labelled comments, or folders with `.jsonl` files.
    #[arg(required = true, value_name = "FILE|DIR")]
    corpora: Vec<PathBuf>,
}

pub(super) fn run(args: TrainArgs) -> anyhow::Result<ExitCode> {
    let files = training::corpus::files(&args.corpora)?;
    let settings = Settings {
        seed: args.seed,
        ..Settings::default()
    };
    // Both draw on standard error, and nothing at all where that is no terminal.
    let reading = ProgressBar::new_spinner();
    reading.set_style(style("reading {human_pos} comments {spinner}")?);
    let fitting = ProgressBar::new(1);
    fitting.set_style(style("fitting {wide_bar} {pos}/{len}")?);
    let model = training::train(&files, &settings, |progress| match progress {
        Progress::Read => reading.inc(1),
        Progress::Step(step, of) => {
            reading.finish();
            fitting.set_length(of as u64);
            fitting.set_position(step as u64);
        }
    })?;
    fitting.finish_and_clear();
    let bytes = model.to_bytes()?;
    write_whole(&args.out, &bytes)
        .with_context(|| format!("cannot write the model to {}", args.out.display()))?;
    let comments = reading.position();
    let (out, version, size) = (args.out.display(), &model.version, bytes.len());
    let told = match args.json {
        true => {
            json!({"out": out.to_string(), "version": version, "comments": comments, "bytes": size})
                .to_string()
        }
        false => format!("{out}: model {version} of {comments} comments, {size} bytes"),
    };
    finish(writeln!(std::io::stdout().lock(), "{told}"))?;
    Ok(ExitCode::SUCCESS)
}

fn style(template: &str) -> anyhow::Result<ProgressStyle> {
    ProgressStyle::with_template(template).context("the progress bar's template")
}

/// Writes beside the file and renames, so that no half a model is ever found there.
fn write_whole(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let mut file = std::fs::File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, path)
}
