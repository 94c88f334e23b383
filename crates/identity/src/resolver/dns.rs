//! DIDs in the domain name system: the TXT record `did=…` by which a domain names an account.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::{ResolverBuilder, TokioResolver, config};
use hypercerts_lexicon::Did;

use super::ResolveError;

/// How long a name server may take, twice at most.
const TIMEOUT: Duration = Duration::from_secs(3);

const LOCAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 53);

/// Asks name servers. Cheap to clone.
#[derive(Clone)]
pub(super) struct Dns(TokioResolver);

/// What one way of asking gave.
pub(super) enum Answer {
    Found(Did),
    Nothing,
    Failed(String),
}

impl Dns {
    /// Asks these servers, or the machine's own when there are none.
    pub fn new(name_servers: &[SocketAddr]) -> Result<Self, ResolveError> {
        let resolver = resolver(name_servers);
        resolver.map(Self).map_err(|error| ResolveError::Setup(error.to_string()))
    }

    /// The DID that the TXT records of a name, given without its last dot, agree on.
    pub async fn did_at(&self, name: &str) -> Answer {
        match self.0.txt_lookup(format!("{name}.")).await {
            Ok(found) => one_did(found.answers().iter().filter_map(|record| txt(&record.data))),
            Err(error) if error.is_no_records_found() => Answer::Nothing,
            Err(error) => Answer::Failed(error.to_string()),
        }
    }
}

impl Answer {
    /// This answer, or the other where this one is none. A failure outweighs nothing: the DID may be there.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (found @ Self::Found(_), _) | (_, found @ Self::Found(_)) => found,
            (failed @ Self::Failed(_), _) | (_, failed @ Self::Failed(_)) => failed,
            (Self::Nothing, Self::Nothing) => Self::Nothing,
        }
    }
}

/// The text of a TXT record, whose pieces belong together.
fn txt(data: &RData) -> Option<String> {
    match data {
        RData::TXT(txt) => String::from_utf8(txt.txt_data.concat()).ok(),
        _ => None,
    }
}

/// The DID of the one record that names one; two that do are as good as none.
fn one_did(records: impl Iterator<Item = String>) -> Answer {
    let mut named = records.filter_map(|text| text.strip_prefix("did=").map(str::to_owned));
    match (named.next(), named.next()) {
        (Some(only), None) => Did::parse(only.trim()).map_or(Answer::Nothing, Answer::Found),
        _ => Answer::Nothing,
    }
}

fn resolver(name_servers: &[SocketAddr]) -> Result<TokioResolver, NetError> {
    let mut builder = match name_servers {
        // Where the system names none, one is expected on this machine, as the C library does.
        [] => TokioResolver::builder_tokio().unwrap_or_else(|_| builder_with(&[LOCAL])),
        named => builder_with(named),
    };
    let options = builder.options_mut();
    options.timeout = TIMEOUT;
    options.attempts = 1;
    // Answers are kept by whoever asks, for a time we decide.
    options.cache_size = 0;
    builder.build()
}

fn builder_with(name_servers: &[SocketAddr]) -> ResolverBuilder<TokioRuntimeProvider> {
    let servers = name_servers.iter().map(|server| {
        let (mut udp, mut tcp) = (ConnectionConfig::udp(), ConnectionConfig::tcp());
        (udp.port, tcp.port) = (server.port(), server.port());
        NameServerConfig::new(server.ip(), true, vec![udp, tcp])
    });
    let config = config::ResolverConfig::from_name_servers(servers.collect());
    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
}
