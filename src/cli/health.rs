//! A health check that needs neither shell nor HTTP client: the container image has none.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, ensure};

/// A server that takes longer is of no use to its callers either.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the server at an address whether it is ready.
pub(super) fn check(address: SocketAddr) -> anyhow::Result<()> {
    let status = ask(address).with_context(|| format!("no answer from {address}"))?;
    ensure!(
        status.split(' ').nth(1) == Some("200"),
        "the server at {address} is not ready: {status}"
    );
    Ok(())
}

/// The status line of `GET /readyz`.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut reply = Vec::new();
    stream.take(4096).read_to_end(&mut reply)?;
    let reply = String::from_utf8_lossy(&reply);
    Ok(reply.lines().next().unwrap_or_default().to_owned())
}
