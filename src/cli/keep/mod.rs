//! `chaffinch backup`, `restore`, `export`, `import` and `doctor`: what an operator does with a data
//! folder.

pub(super) mod backup;
pub(super) mod doctor;
pub(super) mod export;
pub(super) mod import;
pub(super) mod restore;

use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use chaffinch::store::{self, DumpReader, DumpWriter, Line, Store, StoreError, StoreSettings};

use super::manage::ManageOptions;
use super::manage::server::Server;

/// Opens a folder that must be there: to make a new one would hide that another was meant.
fn open(data: &Path) -> anyhow::Result<Arc<dyn Store>> {
    there(data)?;
    store::open(data, &StoreSettings::default()).map_err(|error| match error {
        StoreError::Held(_) => anyhow!("{error}; reach it with --url and --admin-token"),
        error => error.into(),
    })
}

fn there(data: &Path) -> anyhow::Result<()> {
    if !data.join("sled").exists() && !data.join("journal").exists() {
        bail!(
            "{} is no data folder of Chaffinch; give --data",
            data.display()
        );
    }
    Ok(())
}

/// Has every line of a dump written, each as the bytes that it has in a file, and each looked at. The
/// end is among the bytes, and vouches for all.
fn dump(
    options: &ManageOptions,
    mut write: impl FnMut(&[u8], Option<&Line>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut writer = DumpWriter::default();
    let mut bytes = Vec::new();
    let mut each = |writer: &mut DumpWriter, line: &Line| {
        bytes.clear();
        writer.line(line, &mut bytes)?;
        write(&bytes, Some(line))
    };
    match &options.url {
        Some(url) => {
            let server = Server::new(url, options.admin_token.clone())?;
            for line in lines(server.stream("/v1/backup")?) {
                each(&mut writer, &line?)?;
            }
        }
        None => {
            let store = open(&options.data)?;
            for line in store.dump() {
                each(&mut writer, &line?)?;
            }
        }
    }
    let mut end = Vec::new();
    writer.end(&mut end)?;
    write(&end, None)
}

fn lines<R: Read>(from: R) -> DumpReader<BufReader<R>> {
    DumpReader::new(BufReader::with_capacity(1 << 20, from))
}
