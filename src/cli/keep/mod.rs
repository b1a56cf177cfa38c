//! `chaffinch backup`, `restore`, `export`, `import` and `doctor`: what an operator does with a data
//! folder.

pub(super) mod backup;
pub(super) mod doctor;
pub(super) mod export;
pub(super) mod import;
pub(super) mod restore;

use std::io::{BufReader, Read};

use chaffinch::store::{DumpReader, DumpWriter, Line};

use super::folder;
use super::manage::ManageOptions;
use super::manage::server::Server;

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
            let store = folder::open(&options.data)?;
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
