//! The data folder of a server that is not running.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{anyhow, ensure};
use chaffinch::store::{self, Store, StoreError, StoreSettings};
use clap::Args;

/// The folder that a command works on.
#[derive(Debug, Args)]
pub(super) struct FolderArgs {
    /// Folder of a server that is not running
    #[arg(
        long,
        env = "CHAFFINCH_DATA",
        value_name = "DIR",
        default_value = "./chaffinch-data"
    )]
    pub(super) data: PathBuf,
}

/// Opens a folder that must be there: to make a new one would hide that another was meant.
pub(super) fn open(data: &Path) -> anyhow::Result<Arc<dyn Store>> {
    require(data)?;
    store::open(data, &StoreSettings::default()).map_err(|error| match error {
        StoreError::Held(_) => anyhow!("{error}; reach it with --url and --admin-token"),
        error => error.into(),
    })
}

/// Refuses what is no data folder. A damaged one may lack any of its parts.
pub(super) fn require(data: &Path) -> anyhow::Result<()> {
    let parts = ["FORMAT", "journal", "sled"];
    ensure!(
        parts.iter().any(|part| data.join(part).exists()),
        "{} is no data folder of Chaffinch; name another with --data, or a running server with --url where \
         that can be given",
        data.display()
    );
    Ok(())
}
