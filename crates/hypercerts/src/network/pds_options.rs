//! How the PDS is run, as its operator says on the command line or in the environment.

use std::net::IpAddr;

use clap::Args;
use hypercerts_pds::PdsConfig;
use url::Url;

/// Everything about the PDS that has a good default.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "PDS")]
pub struct PdsOptions {
    /// Bound how much an address or an account may ask for; without this, only on the public network
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        env = "HYPERCERTS_RATE_LIMITS"
    )]
    rate_limits: Option<bool>,

    /// Believe this proxy, besides those on this machine, about whom it asks for (X-Forwarded-For); may be repeated
    #[arg(long, value_name = "IP", value_delimiter = ',', env = "HYPERCERTS_TRUSTED_PROXIES")]
    trusted_proxy: Vec<IpAddr>,

    /// Ask this relay to follow the PDS, such as https://bsky.network; may be repeated
    #[arg(long, value_name = "URL", value_delimiter = ',', env = "HYPERCERTS_CRAWLERS")]
    request_crawl: Vec<Url>,
}

impl PdsOptions {
    /// `public`: whether the network is the public one.
    pub fn apply(&self, settings: &mut PdsConfig, public: bool) {
        settings.rate_limits = self.rate_limits.unwrap_or(public);
        settings.trusted_proxies.extend(&self.trusted_proxy);
        settings.relays.clone_from(&self.request_crawl);
    }
}
