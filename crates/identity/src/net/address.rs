//! Which IP addresses are whose, after the IANA special-purpose address registries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address lies, seen from this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Reachable from anywhere on the internet.
    Public,
    /// This machine, or a private network it is on.
    Private,
    /// Nothing to talk to over HTTP: multicast, documentation, link-local (where clouds keep their
    /// credentials), tunnels that hide another address inside.
    Never,
}

pub(super) fn scope(address: IpAddr) -> Scope {
    match address {
        IpAddr::V4(v4) => scope_v4(v4),
        IpAddr::V6(v6) => scope_v6(v6),
    }
}

fn scope_v4(address: Ipv4Addr) -> Scope {
    match address.octets() {
        [10 | 127, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => {
            Scope::Private
        }
        [0, ..] | [169, 254, ..] | [192, 0, 0 | 2, _] | [192, 88, 99, _] => Scope::Never,
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] | [224..=255, ..] => Scope::Never,
        _ => Scope::Public,
    }
}

fn scope_v6(address: Ipv6Addr) -> Scope {
    if let Some(inner) = embedded_v4(address) {
        return scope_v4(inner);
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] | [0xfc00..=0xfdff, ..] => Scope::Private,
        // IETF protocol assignments (Teredo among them), documentation, 6to4.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => Scope::Never,
        [0x2000..=0x3fff, ..] => Scope::Public,
        _ => Scope::Never,
    }
}

/// The IPv4 address a packet would end at: v4-mapped (`::ffff:0:0/96`) and NAT64 (`64:ff9b::/96`).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x0064, 0xff9b, 0, 0, 0, 0, ..] => {
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope_of(text: &str) -> Scope {
        scope(text.parse().expect("an address"))
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        for text in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.32.0.1",
            "193.0.0.1",
            "223.255.255.255",
        ] {
            assert_eq!(scope_of(text), Scope::Public, "{text}");
        }
        for text in [
            "2606:4700::1",
            "2a00:1450::1",
            "2001:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert_eq!(scope_of(text), Scope::Public, "{text}");
        }
    }

    #[test]
    fn addresses_of_this_machine_and_its_networks_are_private_however_they_are_written() {
        for text in
            ["127.0.0.1", "127.255.0.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"]
        {
            assert_eq!(scope_of(text), Scope::Private, "{text}");
        }
        for text in ["100.64.0.1", "100.127.255.255", "::1", "fc00::1", "fdff::1"] {
            assert_eq!(scope_of(text), Scope::Private, "{text}");
        }
        for text in ["::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::192.168.0.1"] {
            assert_eq!(scope_of(text), Scope::Private, "{text}");
        }
    }

    #[test]
    fn addresses_nobody_serves_from_are_never_asked() {
        for text in
            ["0.0.0.0", "0.1.2.3", "169.254.169.254", "192.0.0.1", "192.0.2.1", "192.88.99.1"]
        {
            assert_eq!(scope_of(text), Scope::Never, "{text}");
        }
        for text in [
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert_eq!(scope_of(text), Scope::Never, "{text}");
        }
        for text in [
            "::",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "3fff::1",
        ] {
            assert_eq!(scope_of(text), Scope::Never, "{text}");
        }
        for text in ["::127.0.0.1", "64:ff9b:1::1", "::ffff:169.254.169.254", "100::1"] {
            assert_eq!(scope_of(text), Scope::Never, "{text}");
        }
    }
}
