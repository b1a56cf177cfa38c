//! `chaffinch serve`
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    options: chaffinch::config::ServerOptions,
}
pub(crate) fn run(
    args: ServeArgs,
    _layers: &chaffinch::config::Layers,
) -> anyhow::Result<ExitCode> {
    let _ = args.options;
    Ok(ExitCode::SUCCESS)
}
