//! `chaffinch site`, `key` and `rule`: the registry of a data folder or of a running server.
//!
//! Both ways do the same and show the same: the forms are those of `/v1`.

mod assignments;
pub(super) mod key;
pub(super) mod rule;
pub(super) mod server;
pub(super) mod site;
mod target;

use std::io::{self, Write};
use std::path::PathBuf;

use chaffinch::key::AdminToken;
use serde::Serialize;

use self::target::Target;
use super::finish;

/// Which registry, and how to show it.
#[derive(Debug, clap::Args)]
pub(crate) struct ManageOptions {
    /// Folder of a server that is not running
    #[arg(
        long,
        env = "CHAFFINCH_DATA",
        value_name = "DIR",
        default_value = "./chaffinch-data",
        global = true
    )]
    pub(super) data: PathBuf,

    /// Address of a running server, such as http://127.0.0.1:8181; then the folder is left alone
    #[arg(long, env = "CHAFFINCH_URL", value_name = "URL", global = true)]
    pub(super) url: Option<String>,

    /// Admin token for the running server
    #[arg(long, env = "CHAFFINCH_ADMIN_TOKEN", value_name = "TOKEN", hide_env_values = true,
          value_parser = str::parse::<AdminToken>, global = true)]
    pub(super) admin_token: Option<AdminToken>,

    /// Write JSON in the form of /v1
    #[arg(long, global = true)]
    pub(super) json: bool,
}

/// Writes a reply: as JSON, or as text for people.
pub(super) fn show<T: Serialize>(
    json: bool,
    reply: &T,
    text: impl FnOnce(&T) -> String,
) -> anyhow::Result<()> {
    let mut shown = match json {
        true => serde_json::to_string(reply)?,
        false => text(reply).trim_end().to_owned(),
    };
    if !shown.is_empty() {
        shown.push('\n');
    }
    finish(io::stdout().lock().write_all(shown.as_bytes()))
}

/// A name beside what is known under it.
pub(super) fn lines(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines = pairs
        .iter()
        .map(|(name, value)| format!("{name:width$}  {value}\n"));
    lines.collect()
}

/// A value that may be missing.
fn or<T: ToString>(value: Option<&T>, otherwise: &str) -> String {
    value.map_or_else(|| otherwise.to_owned(), T::to_string)
}
