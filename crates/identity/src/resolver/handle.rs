//! From a handle to the DID it points at.
//!
//! Two ways, asked at once: a TXT record at `_atproto.<handle>`, which wins when there is one, and the file
//! `https://<handle>/.well-known/atproto-did`. Handles of a private network have a server that is asked instead.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use hickory_resolver::config::{ConnectionConfig, NameServerConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::{ResolverBuilder, TokioResolver, config};
use hypercerts_lexicon::{Did, Handle};
use url::Url;

use super::{HandleHost, ResolveError};
use crate::net::{HttpClient, NetError, Request};

const WELL_KNOWN: &str = "/.well-known/atproto-did";
/// A DID and a line's end fit in here.
const MAX_ANSWER: u64 = 4 * 1024;
/// How long a name server may take, twice at most.
const DNS_TIMEOUT: Duration = Duration::from_secs(3);

const LOCAL_DNS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 53);

pub(super) struct HandleLookup {
    http: HttpClient,
    dns: TokioResolver,
    hosts: Vec<HandleHost>,
}

/// What one way of asking gave.
enum Answer {
    Found(Did),
    Nothing,
    Failed(String),
}

impl HandleLookup {
    pub fn new(
        http: HttpClient,
        hosts: Vec<HandleHost>,
        name_servers: &[SocketAddr],
    ) -> Result<Self, ResolveError> {
        let dns = dns(name_servers).map_err(|error| ResolveError::Setup(error.to_string()))?;
        Ok(Self { http, dns, hosts })
    }

    /// The DID a handle points at.
    pub async fn find(&self, handle: &Handle) -> Result<Did, ResolveError> {
        let answer = match self.own_hosts(handle).next() {
            Some(_) => self.ask_own_hosts(handle).await,
            None if handle.is_registrable() => self.ask_internet(handle).await,
            None => Answer::Nothing,
        };
        match answer {
            Answer::Found(did) => Ok(did),
            Answer::Nothing => Err(ResolveError::HandleNotFound(handle.clone())),
            Answer::Failed(reason) => {
                Err(ResolveError::HandleUnreachable { handle: handle.clone(), reason })
            }
        }
    }

    fn own_hosts(&self, handle: &Handle) -> impl Iterator<Item = &Url> {
        let ends_so = move |host: &&HandleHost| handle.as_str().ends_with(&host.suffix);
        self.hosts.iter().filter(ends_so).map(|host| &host.base)
    }

    /// Asks the private network's servers for it, in turn.
    async fn ask_own_hosts(&self, handle: &Handle) -> Answer {
        let mut answer = Answer::Nothing;
        for base in self.own_hosts(handle) {
            match self.ask_file(base, handle).await {
                found @ Answer::Found(_) => return found,
                other => answer = answer.or(other),
            }
        }
        answer
    }

    async fn ask_internet(&self, handle: &Handle) -> Answer {
        let Ok(base) = Url::parse(&format!("https://{handle}")) else { return Answer::Nothing };
        let (dns, file) = (pin!(self.ask_dns(handle)), pin!(self.ask_file(&base, handle)));
        match select(dns, file).await {
            Either::Left((Answer::Found(did), _)) => Answer::Found(did),
            Either::Left((nothing, file)) => nothing.or(file.await),
            Either::Right((file, dns)) => dns.await.or(file),
        }
    }

    async fn ask_file(&self, base: &Url, handle: &Handle) -> Answer {
        let mut url = base.clone();
        url.set_path(WELL_KNOWN);
        let mut request = Request::get(url).max_body(MAX_ANSWER);
        if base.host_str() != Some(handle.as_str()) {
            request = request.host(handle.as_str());
        }
        match self.http.send(request).await {
            Ok(answer) if answer.status() == 200 => answer.text().map_or(Answer::Nothing, did_in),
            Ok(answer) if answer.status() >= 500 => {
                Answer::Failed(format!("its host answered {}", answer.status()))
            }
            // A host without an address serves no file; whether its name exists at all, DNS tells.
            Ok(_) | Err(NetError::UnknownHost { .. }) => Answer::Nothing,
            Err(error) if error.is_transient() => Answer::Failed(error.to_string()),
            Err(_) => Answer::Nothing,
        }
    }

    async fn ask_dns(&self, handle: &Handle) -> Answer {
        match self.dns.txt_lookup(format!("_atproto.{handle}.")).await {
            Ok(found) => one_did(found.answers().iter().filter_map(|record| txt(&record.data))),
            Err(error) if error.is_no_records_found() => Answer::Nothing,
            Err(error) => Answer::Failed(error.to_string()),
        }
    }
}

impl Answer {
    /// This answer, or the other where this one is none. A failure outweighs nothing: the DID may be there.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (found @ Self::Found(_), _) | (_, found @ Self::Found(_)) => found,
            (failed @ Self::Failed(_), _) | (_, failed @ Self::Failed(_)) => failed,
            (Self::Nothing, Self::Nothing) => Self::Nothing,
        }
    }
}

fn did_in(text: &str) -> Answer {
    Did::parse(text.trim()).map_or(Answer::Nothing, Answer::Found)
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
        (Some(only), None) => did_in(&only),
        _ => Answer::Nothing,
    }
}

fn dns(name_servers: &[SocketAddr]) -> Result<TokioResolver, hickory_resolver::net::NetError> {
    let mut builder = match name_servers {
        // Where the system names none, one is expected on this machine, as the C library does.
        [] => TokioResolver::builder_tokio().unwrap_or_else(|_| builder_with(&[LOCAL_DNS])),
        named => builder_with(named),
    };
    let options = builder.options_mut();
    options.timeout = DNS_TIMEOUT;
    options.attempts = 1;
    // The answers are kept by the resolver's own cache, for a time we decide.
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
