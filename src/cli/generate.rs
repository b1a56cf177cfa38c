//! Shell completions and manual pages, from the definitions that the command line is read by.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Command;
use clap_complete::Shell;

use super::finish;

/// Writes the completions of a shell to standard output.
pub(super) fn completions(shell: Shell, mut command: Command) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "chaffinch", &mut script);
    finish(io::stdout().lock().write_all(&script))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a manual page for each command into a folder, made if it is not there.
pub(super) fn man(folder: &Path, command: Command) -> anyhow::Result<ExitCode> {
    let written = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        // What stands in somebody's environment has no place in a manual.
        let command = command.mut_subcommands(|sub| sub.mut_args(|arg| arg.hide_env_values(true)));
        clap_mangen::generate_to(command, folder)
    };
    written().with_context(|| format!("cannot write into {}", folder.display()))?;
    Ok(ExitCode::SUCCESS)
}
