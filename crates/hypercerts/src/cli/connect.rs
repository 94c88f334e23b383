//! Which servers a command talks to.

use clap::Args;
use hypercerts_identity::net::{HttpClient, NetPolicy};
use hypercerts_lexicon::{AtIdentifier, AtUri};
use hypercerts_xrpc::client::XrpcClient;
use url::Url;

use super::CliError;
use hypercerts_verify::Verifier;

/// The server of one's account.
#[derive(Debug, Args)]
pub(super) struct PdsOption {
    /// The server (PDS) of the account
    #[arg(long, value_name = "URL", env = "HYPERCERTS_PDS", hide_env_values = true)]
    #[arg(default_value = "http://127.0.0.1:2583")]
    pub pds: Url,
}

/// The server of pages and index.
#[derive(Debug, Args)]
pub(super) struct AppOption {
    /// The app that holds the index
    #[arg(long, value_name = "URL", env = "HYPERCERTS_APP", hide_env_values = true)]
    #[arg(default_value = "http://127.0.0.1:2580")]
    pub app: Url,
}

/// Where identities are looked up.
#[derive(Debug, Args)]
pub(super) struct DirectoryOptions {
    /// The did:plc directory that identities are looked up in
    #[arg(long, value_name = "URL", env = "HYPERCERTS_PLC_URL", hide_env_values = true)]
    #[arg(default_value = "http://127.0.0.1:2582")]
    pub plc_url: Url,

    /// The server that knows handles ending in .test, which no DNS knows
    #[arg(long, value_name = "URL", env = "HYPERCERTS_PDS", hide_env_values = true)]
    #[arg(default_value = "http://127.0.0.1:2583")]
    pub pds: Url,
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

impl DirectoryOptions {
    pub fn verifier(&self) -> Result<Verifier, CliError> {
        let http = http(&self.plc_url)?;
        Ok(Verifier::with_directory(http, self.plc_url.clone(), self.pds.clone())?)
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
