//! The command line; see [`chaffinch`] for everything behind it.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run(&std::env::args_os().collect::<Vec<_>>())
}
