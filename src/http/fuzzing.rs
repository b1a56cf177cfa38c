//! What the fuzz targets call of that which is private here.
#![allow(missing_docs)]

use std::net::IpAddr;
use std::sync::LazyLock;

use super::akismet::form::Form;
use super::dashboard::session::{self, Sessions};
use super::throttle::TrustedProxies;
use crate::comment::Comment;

pub fn comment_of(form: &Form) -> Comment {
    super::akismet::comment_of(form)
}

pub fn cursor(word: &str, filters: &str, id: [u8; 16]) {
    super::v1::fuzz_cursor(word, filters, id);
}

pub fn cookie(cookie: &str) {
    static SESSIONS: LazyLock<Option<Sessions>> = LazyLock::new(|| Sessions::new().ok());
    if let Some(sessions) = &*SESSIONS {
        session::fuzz(sessions, cookie);
    }
}

pub fn forwarded_for(networks: &[&str], peer: IpAddr, forwarded: &str) {
    let networks = networks.iter().filter_map(|network| network.parse().ok());
    let proxies = TrustedProxies::new(networks.collect());
    super::throttle::fuzz_address(&proxies, peer, forwarded);
}
