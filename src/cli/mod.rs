//! The command line: one file a command.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Context as _;
use chaffinch::config::{CommonOptions, ConfigError, Layers};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

mod check;
mod cluster;
mod evaluate;
mod figures;
mod folder;
mod generate;
mod health;
mod keep;
mod lines;
mod manage;
mod model;
mod report;
mod serve;
mod table;
mod train;

/// Chaffinch separates the chaff from the grain: a self-hosted comment spam filter.
#[derive(Debug, Parser)]
#[command(
    name = "chaffinch",
    version,
    arg_required_else_help = true,
    after_help = "Options come from flags, then CHAFFINCH_* variables, then chaffinch.toml, then defaults;\n\
                  `chaffinch serve --print-config` shows the outcome and where each value came from."
)]
struct Cli {
    #[command(flatten)]
    common: CommonOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer blog engines over HTTP
    Serve(Box<serve::ServeArgs>),
    /// Judge comments given as text or as JSON Lines, by the model alone
    Check(Box<check::CheckArgs>),
    /// Fit a base model from labelled comments
    Train(Box<train::TrainArgs>),
    /// Look at sites and change their settings
    Site(Box<manage::site::SiteArgs>),
    /// List, make, rotate and revoke keys
    Key(Box<manage::key::KeyArgs>),
    /// List, make, try and change rules
    Rule(Box<manage::rule::RuleArgs>),
    /// Write everything that is stored into a new file, also while a server runs
    Backup(Box<keep::backup::BackupArgs>),
    /// Make a data folder of a backup
    Restore(keep::restore::RestoreArgs),
    /// Write everything that is stored, or corrected comments, to standard output as JSON Lines
    Export(Box<keep::export::ExportArgs>),
    /// Teach labelled comments from the exports and databases of other programs
    Import(Box<keep::import::ImportArgs>),
    /// Say what lies in a data folder and what is wrong with it, and mend it
    Doctor(keep::doctor::DoctorArgs),
    /// Have a replica leave its cluster, or give a lost log back to it
    Cluster(cluster::ClusterArgs),
    /// Measure how well a model tells labelled comments apart
    Evaluate(Box<evaluate::EvaluateArgs>),
    /// Write the completions of a shell to standard output
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write a manual page for each command
    Man {
        /// Folder for them
        folder: std::path::PathBuf,
    },
}

/// Every command with its options.
pub(crate) fn definitions() -> clap::Command {
    Cli::command()
}

/// Runs the command that the arguments name.
pub(crate) fn run(argv: &[OsString]) -> ExitCode {
    let outcome = match Layers::read(definitions(), argv) {
        Ok(layers) => dispatch(&layers),
        Err(error) => Err(error.into()),
    };
    outcome.unwrap_or_else(|error| match error.downcast_ref::<ConfigError>() {
        // Help and version come this way too; clap knows where to write each.
        Some(ConfigError::Usage(usage)) => {
            let _ = usage.print();
            ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2))
        }
        _ => {
            complain(&error);
            ExitCode::FAILURE
        }
    })
}

fn dispatch(layers: &Layers) -> anyhow::Result<ExitCode> {
    // The arguments passed the same definitions before.
    let cli = Cli::from_arg_matches(&layers.matches)
        .map_err(|error| ConfigError::Usage(Box::new(error)))?;
    match cli.command {
        Command::Serve(args) => serve::run(*args, layers),
        Command::Check(args) => check::run(*args),
        Command::Train(args) => train::run(*args),
        Command::Site(args) => manage::site::run(*args),
        Command::Key(args) => manage::key::run(*args),
        Command::Rule(args) => manage::rule::run(*args),
        Command::Backup(args) => keep::backup::run(*args),
        Command::Restore(args) => keep::restore::run(args),
        Command::Export(args) => keep::export::run(*args),
        Command::Import(args) => keep::import::run(*args),
        Command::Cluster(args) => cluster::run(args),
        Command::Doctor(args) => keep::doctor::run(args),
        Command::Completions { shell } => generate::completions(shell, definitions()),
        Command::Man { folder } => generate::man(&folder, definitions()),
        Command::Evaluate(args) => evaluate::run(*args),
    }
}

/// One sentence on standard error.
fn complain(error: &anyhow::Error) {
    use std::io::Write;
    // With nobody left to read it there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "chaffinch: {}", sentence(error));
}

/// An error and its causes, leaving out those that it names itself.
fn sentence(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// A reader that has gone away, as `head` does, is no error.
fn finish(written: std::io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
