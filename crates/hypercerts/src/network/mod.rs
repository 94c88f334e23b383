//! The composition: a did:plc directory, a PDS, and the index with its pages, in one process, each only if
//! wanted.
//!
//! A network is *private* unless it uses a did:plc directory over TLS: then plain HTTP and addresses of this
//! machine are within reach, and handles are asked of the network's own PDS.

mod error;
mod pds_options;
mod ports;
mod roles;
mod serve;

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use axum::Router;
use hypercerts_identity::{HttpClient, NetPolicy};
use hypercerts_lexicon::Handle;
use hypercerts_pds::Pds;
use hypercerts_schemas::Schemas;
use hypercerts_xrpc::client::XrpcClient;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::files;
pub use error::NetworkError;
pub use pds_options::PdsOptions;
use ports::Ports;

/// Handles of a private network end in this; the name is reserved for testing, so it is nobody's.
pub const PRIVATE_DOMAIN: &str = ".test";

/// What to run, and where. A part without an address is not run.
#[derive(Debug, Clone)]
pub struct NetworkConfig {
    pub app: Option<SocketAddr>,
    pub pds: Option<SocketAddr>,
    pub plc: Option<SocketAddr>,
    /// Where everything is kept; made when missing, held by one process at a time.
    pub data: PathBuf,
    /// The did:plc directory to use when it is not run here.
    pub plc_url: Option<Url>,
    /// The PDS's public name, when there is a proxy in front of it.
    pub hostname: Option<Handle>,
    /// PDSs to index besides the one that is run here, by their public addresses.
    pub follow: Vec<Url>,
    /// Relays to index.
    pub relay: Vec<Url>,
    /// A folder of lexicons that are in force besides those built in.
    pub lexicons: Option<PathBuf>,
    /// Whether lexicons are looked up on the network; by default only in public.
    pub resolve_lexicons: Option<bool>,
    /// How the PDS is run.
    pub pds_options: PdsOptions,
    /// The name servers to ask; the machine's own when there are none here.
    pub dns: Vec<SocketAddr>,
    /// Whether hosts that strangers name are connected to at private addresses and without TLS too; by default only
    /// where no strangers are expected.
    pub private_addresses: Option<bool>,
}

/// Where the parts that run here answer.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    pub app: Option<String>,
    pub pds: Option<String>,
    pub plc: Option<String>,
}

/// A running network. Dropping it ends it roughly; [`stop`](Self::stop) ends it well.
pub struct Network {
    addresses: Addresses,
    data: PathBuf,
    domain: String,
    http: HttpClient,
    pds: Option<Pds>,
    public_pds: Option<Url>,
    tasks: TaskTracker,
    stop: CancellationToken,
    _hold: File,
}

impl Network {
    /// Starts every part; when it answers, all of them accept requests.
    pub async fn start(config: NetworkConfig) -> Result<Self, NetworkError> {
        let hold = hold_data(&config.data)?;
        let mut ports =
            Ports::open(&config.data).map_err(|source| data_error(&config.data, source))?;
        let surroundings = Surroundings::of(&config)?;
        let mut network = Self {
            addresses: Addresses::default(),
            domain: surroundings.domain.clone(),
            http: surroundings.http.clone(),
            data: config.data.clone(),
            pds: None,
            public_pds: None,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            _hold: hold,
        };
        let plc = network.start_plc(&config, &mut ports).await?;
        let schemas = roles::schemas(&config, &surroundings, &plc)?;
        let around = Around { surroundings, plc, schemas };
        let pds = network.start_pds(&config, &mut ports, &around).await?;
        network.start_app(&config, &mut ports, &around, pds).await?;
        Ok(network)
    }

    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where everybody else reaches the PDS, if that is not where it listens.
    pub fn public_pds(&self) -> Option<&Url> {
        self.public_pds.as_ref()
    }

    /// What the handles of new accounts end in, with the dot.
    pub fn handle_domain(&self) -> &str {
        &self.domain
    }

    /// A client of the PDS that runs here.
    pub fn pds_client(&self) -> Option<XrpcClient> {
        let base = Url::parse(self.addresses.pds.as_deref()?).ok()?;
        Some(XrpcClient::new(self.http.clone(), base))
    }

    /// Ends everything: no new requests, those under way finish, what was accepted is on disk.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if let Some(pds) = self.pds {
            pds.shutdown().await;
        }
        self.tasks.wait().await;
    }

    /// Serves `router` until the network stops; answers the address with the port that was taken.
    fn serve(&self, listener: TcpListener, router: Router) -> Result<String, NetworkError> {
        let address = listener.local_addr().map_err(|source| data_error(&self.data, source))?;
        self.tasks.spawn(serve::serve(listener, router, self.stop.clone()));
        Ok(format!("http://{address}"))
    }
}

/// What PDS and index share.
struct Around {
    surroundings: Surroundings,
    /// Where the directory is.
    plc: Url,
    schemas: Schemas,
}

/// What follows from the configuration for every part.
struct Surroundings {
    /// For hosts that strangers name.
    http: HttpClient,
    /// For the directory, which whoever runs this has named.
    plc_http: HttpClient,
    /// Whether strangers are expected: in the public network, and under a name of one's own.
    open: bool,
    /// Whether the directory is everybody's.
    public_directory: bool,
    name_servers: Vec<SocketAddr>,
    /// What handles of new accounts end in.
    domain: String,
}

impl Surroundings {
    fn of(config: &NetworkConfig) -> Result<Self, NetworkError> {
        let public_directory = config.plc_url.as_ref().is_some_and(|url| url.scheme() != "http");
        if public_directory && config.pds.is_some() && config.hostname.is_none() {
            return Err(NetworkError::NoHostname);
        }
        let open = public_directory || config.hostname.is_some();
        let http = client(config.private_addresses.unwrap_or(!open))?;
        let plc_http = if public_directory { http.clone() } else { client(true)? };
        let domain = match &config.hostname {
            Some(name) => format!(".{name}"),
            None => PRIVATE_DOMAIN.to_owned(),
        };
        let name_servers = config.dns.clone();
        Ok(Self { http, plc_http, open, public_directory, name_servers, domain })
    }
}

fn client(private_addresses: bool) -> Result<HttpClient, NetworkError> {
    let policy = if private_addresses { NetPolicy::allow_private() } else { NetPolicy::public() };
    HttpClient::new(policy).map_err(|error| NetworkError::Outgoing(error.into()))
}

fn hold_data(data: &Path) -> Result<File, NetworkError> {
    if data.is_file() {
        return Err(NetworkError::NotAFolder { path: data.to_path_buf() });
    }
    let held = files::hold(data).map_err(|source| data_error(data, source))?;
    let held = held.ok_or_else(|| NetworkError::InUse { path: data.to_path_buf() })?;
    if files::is_open_to_others(data).map_err(|source| data_error(data, source))? {
        tracing::warn!(
            folder = %data.display(),
            "others on this machine can look into the data folder: chmod 700 closes it"
        );
    }
    Ok(held)
}

fn data_error(path: &Path, source: std::io::Error) -> NetworkError {
    NetworkError::Data { path: path.to_path_buf(), source }
}
