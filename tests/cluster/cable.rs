//! A connection that can be cut: what goes to a port goes on to another, until it no longer does.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How soon a cut is felt.
const TICK: Duration = Duration::from_millis(20);

pub(crate) struct Cable {
    port: u16,
    cut: Arc<AtomicBool>,
}

impl Cable {
    /// Leads to an address.
    pub(crate) fn to(address: (Ipv4Addr, u16)) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::new(AtomicBool::new(false));
        let is_cut = Arc::clone(&cut);
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(address) else {
                    continue;
                };
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let pair = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let is_cut = Arc::clone(&is_cut);
                    thread::spawn(move || carry(pair.0, pair.1, &is_cut));
                }
            }
        });
        Self { port, cut }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on nothing arrives, and nobody is told; as where a network ends.
    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }

    /// What is sent from now on arrives.
    pub(crate) fn heal(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}

/// What was under way when the cable was cut is lost: the connection then ends, as it does after a while.
fn carry(mut from: TcpStream, mut to: TcpStream, cut: &AtomicBool) {
    let mut piece = [0; 16 * 1024];
    from.set_read_timeout(Some(TICK)).unwrap();
    let mut lossy = false;
    loop {
        lossy |= cut.load(Ordering::SeqCst);
        if lossy && !cut.load(Ordering::SeqCst) {
            break;
        }
        match from.read(&mut piece) {
            Ok(0) => break,
            Ok(_) if lossy => {}
            Ok(n) => {
                if to.write_all(&piece[..n]).is_err() {
                    break;
                }
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
