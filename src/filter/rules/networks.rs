//! Networks, found by the addresses in them.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

/// Rules by their networks. A lookup takes one step for each length of prefix in use.
#[derive(Debug, Default)]
pub(super) struct Networks {
    rules: HashMap<IpNet, Vec<usize>>,
    v4_lengths: BTreeSet<u8>,
    v6_lengths: BTreeSet<u8>,
}

impl Networks {
    pub(super) fn insert(&mut self, network: IpNet, rule: usize) {
        let lengths = match network {
            IpNet::V4(_) => &mut self.v4_lengths,
            IpNet::V6(_) => &mut self.v6_lengths,
        };
        lengths.insert(network.prefix_len());
        self.rules.entry(network).or_default().push(rule);
    }

    /// The rules of every network that an address lies in.
    pub(super) fn containing(&self, address: IpAddr) -> impl Iterator<Item = usize> + '_ {
        let address = address.to_canonical();
        let lengths = match address {
            IpAddr::V4(_) => &self.v4_lengths,
            IpAddr::V6(_) => &self.v6_lengths,
        };
        lengths
            .iter()
            .filter_map(move |&length| IpNet::new(address, length).ok())
            .filter_map(|network| self.rules.get(&network.trunc()))
            .flatten()
            .copied()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_network_around_an_address_is_found() {
        let mut networks = Networks::default();
        let written = [
            "203.0.113.0/24",
            "203.0.113.9/32",
            "0.0.0.0/0",
            "2001:db8::/32",
            "10.0.0.0/8",
        ];
        for (rule, network) in written.iter().enumerate() {
            networks.insert(network.parse().unwrap(), rule);
        }
        let found = |address: &str| -> Vec<usize> {
            networks.containing(address.parse().unwrap()).collect()
        };
        assert_eq!(found("203.0.113.9"), [2, 0, 1]);
        assert_eq!(found("::ffff:203.0.113.8"), [2, 0]);
        assert_eq!(found("2001:db8:1::1"), [3]);
        assert!(found("2001:db9::1").is_empty());
    }
}
