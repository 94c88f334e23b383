//! Where a request comes from, as it is counted.

use std::net::{IpAddr, Ipv6Addr};

/// An address as it is counted. Whoever has one of IPv6 has the 2^64 beside it too, so these are
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
            plain @ IpAddr::V4(_) => plain,
        })
    }
}

tokio::task_local! {
    /// The network that the request under way comes from, if it is bounded.
    static ASKER: Option<Network>;
}

/// The network that the request under way comes from; `None` if nothing is bounded for it.
pub fn asker() -> Option<Network> {
    ASKER.try_with(|network| *network).ok().flatten()
}

/// Runs a request that comes from `network`.
pub async fn asked_by<T>(network: Option<Network>, request: impl Future<Output = T>) -> T {
    ASKER.scope(network, request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_line_has_of_ipv6_is_one() {
        let network = |text: &str| Network::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(network("2001:db8:1:2::5"), network("2001:db8:1:2:ffff::6"));
        assert_ne!(network("2001:db8:1:2::5"), network("2001:db8:1:3::5"));
        assert_eq!(network("::ffff:203.0.113.5"), network("203.0.113.5"));
        assert_ne!(network("203.0.113.5"), network("203.0.113.6"));
    }
}
