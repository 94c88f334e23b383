//! Which servers a command talks to.

use clap::Args;
use hypercerts_identity::net::{HttpClient, NetPolicy};
use hypercerts_identity::{Resolver, ResolverConfig};
use hypercerts_lexicon::{AtIdentifier, AtUri};
use hypercerts_xrpc::client::XrpcClient;
use url::Url;

use super::{CliError, session};
use crate::values;
use hypercerts_verify::Verifier;

/// The did:plc directory of the public network.
const PUBLIC_DIRECTORY: &str = "https://plc.directory";
/// Where `hypercerts up` serves the parts of a private network.
const OWN_DIRECTORY: &str = "http://127.0.0.1:2582";
const OWN_PDS: &str = "http://127.0.0.1:2583";
/// What the handles of a private network end in.
const PRIVATE: &str = ".test";

/// The server of one's account.
#[derive(Debug, Args)]
pub(super) struct HomeOptions {
    /// The server (PDS) of the account, by default the one on this machine; to log in, that of a public handle or
    /// DID is looked up
    #[arg(long, value_name = "URL", env = "HYPERCERTS_PDS", hide_env_values = true)]
    #[arg(value_parser = values::url)]
    pds: Option<Url>,

    /// The did:plc directory the account is in, by default plc.directory for a server over TLS, otherwise the one
    /// on this machine; commands that follow use it, too
    #[arg(long, value_name = "URL", env = "HYPERCERTS_PLC_URL", hide_env_values = true)]
    #[arg(value_parser = values::url)]
    plc_url: Option<Url>,
}

/// An account's server, and the directory that knows the account.
pub(super) struct Home {
    pub pds: Url,
    pub directory: Url,
}

/// The server of pages and index.
#[derive(Debug, Args)]
pub(super) struct AppOption {
    /// The app that holds the index
    #[arg(long, value_name = "URL", env = "HYPERCERTS_APP", hide_env_values = true)]
    #[arg(default_value = "http://127.0.0.1:2580", value_parser = values::url)]
    pub app: Url,
}

/// Where identities are looked up.
#[derive(Debug, Args)]
pub(super) struct DirectoryOptions {
    /// The did:plc directory that identities are looked up in, by default that of the account that is logged in, or
    /// the one on this machine
    #[arg(long, value_name = "URL", env = "HYPERCERTS_PLC_URL", hide_env_values = true)]
    #[arg(value_parser = values::url)]
    plc_url: Option<Url>,

    /// The server that knows handles ending in .test, which no DNS knows
    #[arg(long, value_name = "URL", env = "HYPERCERTS_PDS", hide_env_values = true)]
    #[arg(default_value = OWN_PDS, value_parser = values::url)]
    pds: Url,
}

/// A client for a server the person named. Naming one without TLS says that the network is one's
/// own, so that its other servers may be on private addresses too.
pub(super) fn http(named: &Url) -> Result<HttpClient, CliError> {
    let policy = match named.scheme() {
        "http" => NetPolicy::allow_private(),
        _ => NetPolicy::public(),
    };
    Ok(HttpClient::new(policy)?)
}

pub(super) fn client(base: &Url) -> Result<XrpcClient, CliError> {
    Ok(XrpcClient::new(http(base)?, base.clone()))
}

impl HomeOptions {
    /// The server that was named, or the one on this machine.
    pub fn named(&self) -> Home {
        self.at(self.pds.clone().unwrap_or_else(|| fixed(OWN_PDS)))
    }

    /// The server that was named, or else the one that the account's identity leads to.
    pub async fn of(&self, account: &str) -> Result<Home, CliError> {
        match AtIdentifier::parse(account) {
            Ok(who) if self.pds.is_none() && !is_private(&who) => self.find(&who).await,
            _ => Ok(self.named()),
        }
    }

    async fn find(&self, who: &AtIdentifier) -> Result<Home, CliError> {
        let directory = self.plc_url.clone().unwrap_or_else(|| fixed(PUBLIC_DIRECTORY));
        let config = ResolverConfig::new(directory.clone(), http(&directory)?);
        let found = Resolver::new(config)?.resolve(who).await.map_err(CliError::NoHome)?;
        Ok(Home { pds: found.pds.clone(), directory })
    }

    fn at(&self, pds: Url) -> Home {
        let usual = if pds.scheme() == "https" { PUBLIC_DIRECTORY } else { OWN_DIRECTORY };
        Home { pds, directory: self.plc_url.clone().unwrap_or_else(|| fixed(usual)) }
    }
}

fn is_private(who: &AtIdentifier) -> bool {
    matches!(who, AtIdentifier::Handle(handle) if handle.as_str().ends_with(PRIVATE))
}

fn fixed(url: &str) -> Url {
    Url::parse(url).expect("invariant: a URL written down in this file")
}

impl DirectoryOptions {
    /// The directory that was named, or that of the account that is logged in.
    pub fn plc_url(&self) -> Result<Url, CliError> {
        match &self.plc_url {
            Some(named) => Ok(named.clone()),
            None => Ok(session::directory()?.unwrap_or_else(|| fixed(OWN_DIRECTORY))),
        }
    }

    pub fn verifier(&self) -> Result<Verifier, CliError> {
        let plc_url = self.plc_url()?;
        Ok(Verifier::with_directory(http(&plc_url)?, plc_url, self.pds.clone())?)
    }

    /// The address with its account's DID, by which records refer to each other.
    pub async fn by_did(&self, uri: &AtUri) -> Result<AtUri, CliError> {
        let AtIdentifier::Handle(handle) = uri.authority() else { return Ok(uri.clone()) };
        let identity = self.verifier()?.resolver().resolve(&AtIdentifier::Handle(handle)).await?;
        match (uri.collection(), uri.rkey()) {
            (Some(collection), Some(rkey)) => Ok(AtUri::record(&identity.did, &collection, &rkey)),
            _ => {
                Err(CliError::usage(format!("{uri} names no record: at://ACCOUNT/COLLECTION/KEY")))
            }
        }
    }
}
