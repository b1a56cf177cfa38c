//! Which addresses may be called.
//!
//! Whoever can send a check names the address that is called for it. It must not lead into the
//! operator's own network, whatever name it has and whatever that name means by the time of the
//! call: so the addresses are looked at between asking for them and connecting to them.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Addresses that are no part of the public internet (IANA's registries of special-purpose
/// addresses), or that stand for such ones.
const NOT_PUBLIC_V4: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// Public IPv6 addresses lie in here,
const PUBLIC_V6: &str = "2000::/3";
/// but not in these.
const NOT_PUBLIC_V6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/// Finds the addresses of a host that may be called.
#[derive(Debug)]
pub(super) struct Guard {
    allowed: Vec<IpNet>,
    not_public_v4: Vec<Ipv4Net>,
    public_v6: Option<Ipv6Net>,
    not_public_v6: Vec<Ipv6Net>,
    resolver: DefaultResolver,
}

impl Guard {
    /// `allowed` may be called although they are not public.
    pub(super) fn new(allowed: Vec<IpNet>) -> Self {
        let v6 = |text: &&str| text.parse().ok();
        Self {
            allowed,
            not_public_v4: NOT_PUBLIC_V4
                .iter()
                .filter_map(|n| n.parse().ok())
                .collect(),
            public_v6: PUBLIC_V6.parse().ok(),
            not_public_v6: NOT_PUBLIC_V6.iter().filter_map(v6).collect(),
            resolver: DefaultResolver::default(),
        }
    }

    fn may_be_called(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|net| net.contains(&address))
            || match address {
                IpAddr::V4(v4) => !self.not_public_v4.iter().any(|net| net.contains(&v4)),
                IpAddr::V6(v6) => self.is_public(v6),
            }
    }

    fn is_public(&self, address: Ipv6Addr) -> bool {
        self.public_v6.is_some_and(|net| net.contains(&address))
            && !self.not_public_v6.iter().any(|net| net.contains(&address))
    }
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.resolver.resolve(uri, config, timeout)?;
        let mut allowed = self.empty();
        for address in found.iter().filter(|found| self.may_be_called(found.ip())) {
            allowed.push(*address);
        }
        if allowed.is_empty() {
            return Err(ureq::Error::Other(Box::new(Forbidden)));
        }
        Ok(allowed)
    }
}

/// A host has no address that may be called.
#[derive(Debug, thiserror::Error)]
#[error("its host is not on the public internet, and its network not among callback_networks")]
pub(super) struct Forbidden;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_network_is_read() {
        let guard = Guard::new(Vec::new());
        assert_eq!(guard.not_public_v4.len(), NOT_PUBLIC_V4.len());
        assert_eq!(guard.not_public_v6.len(), NOT_PUBLIC_V6.len());
        assert!(guard.public_v6.is_some());
    }

    #[test]
    fn only_the_public_internet_may_be_called() {
        let guard = Guard::new(vec!["10.1.0.0/16".parse().unwrap()]);
        let may = |text: &str| guard.may_be_called(text.parse().unwrap());
        for public in ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "10.1.2.3"] {
            assert!(may(public), "{public}");
        }
        for private in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.2.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!may(private), "{private}");
        }
    }
}
