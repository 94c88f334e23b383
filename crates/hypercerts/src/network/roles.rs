//! Starting each part with what it needs to know of the others.

use hypercerts_identity::{Directory, Resolver, ResolverConfig};
use hypercerts_index::{Index, IndexConfig, SourceConfig};
use hypercerts_pds::{Pds, PdsConfig};
use hypercerts_schemas::{self as schemas, Schemas, SchemasConfig};
use hypercerts_web::WebState;
use url::Url;

use super::{Around, Network, NetworkConfig, NetworkError, PRIVATE_DOMAIN, Ports, Surroundings};

impl Network {
    /// The directory's address: of the one started here, or of the one configured.
    pub(super) async fn start_plc(
        &mut self,
        config: &NetworkConfig,
        ports: &mut Ports,
    ) -> Result<Url, NetworkError> {
        let Some(address) = config.plc else {
            return config.plc_url.clone().ok_or(NetworkError::NoDirectory);
        };
        let listener = ports.bind("plc", address).await?;
        let directory = Directory::open(&self.data.join("plc.sqlite"))
            .map_err(|error| NetworkError::Directory(error.into()))?;
        let url = self.serve(listener, directory.router())?;
        self.addresses.plc = Some(url.clone());
        Ok(parsed(&url))
    }

    /// The PDS's public address, if it runs here.
    pub(super) async fn start_pds(
        &mut self,
        config: &NetworkConfig,
        ports: &mut Ports,
        around: &Around,
    ) -> Result<Option<Url>, NetworkError> {
        let Around { surroundings, plc, schemas } = around;
        let Some(address) = config.pds else { return Ok(None) };
        let listener = ports.bind("pds", address).await?;
        let local =
            listener.local_addr().map_err(|source| super::data_error(&self.data, source))?;
        let local = parsed(&format!("http://{local}"));
        let public = match &config.hostname {
            Some(name) => parsed(&format!("https://{name}")),
            None => local.clone(),
        };
        let resolver = resolver(surroundings, plc, Some(&local))?;
        let mut settings = PdsConfig::new(self.data.join("pds"), public.clone(), resolver);
        settings.handle_domains = vec![surroundings.domain.clone()];
        settings.schemas = schemas.clone();
        config.pds_options.apply(&mut settings, surroundings.open)?;
        if surroundings.open && settings.mail.is_none() {
            tracing::warn!(
                "this PDS sends no mail, so nobody can replace a lost password, move an account or delete it: give it --smtp-url"
            );
        }
        let pds = Pds::open(settings).map_err(|error| NetworkError::Pds(error.into()))?;
        self.addresses.pds = Some(self.serve(listener, pds.router())?);
        self.pds = Some(pds);
        self.public_pds = Some(public.clone()).filter(|url| *url != local);
        Ok(Some(public))
    }

    pub(super) async fn start_app(
        &mut self,
        config: &NetworkConfig,
        ports: &mut Ports,
        around: &Around,
        pds: Option<Url>,
    ) -> Result<(), NetworkError> {
        let Around { surroundings, plc, schemas } = around;
        let Some(address) = config.app else { return Ok(()) };
        let listener = ports.bind("app", address).await?;
        let handle_host = pds.as_ref().or(config.follow.first());
        let resolver = resolver(surroundings, plc, handle_host)?;
        let hosts = pds.iter().chain(&config.follow).cloned().map(SourceConfig::pds);
        let relays = config.relay.iter().cloned().map(SourceConfig::relay);
        let mut settings = IndexConfig::new(
            self.data.join("index"),
            hosts.chain(relays).collect(),
            resolver.clone(),
            surroundings.http.clone(),
        );
        settings.schemas = schemas.clone();
        let index = Index::open(settings).map_err(|error| NetworkError::Index(error.into()))?;
        let pages = hypercerts_web::router(WebState::new(
            index.reader(),
            resolver,
            surroundings.http.clone(),
        ));
        self.addresses.app = Some(self.serve(listener, index.router().merge(pages))?);
        let stop = self.stop.clone();
        self.tasks.spawn(async move { index.run(stop.cancelled()).await });
        Ok(())
    }
}

/// The schemas in force: built in, from a folder, and of the network where there is a public one.
pub(super) fn schemas(
    config: &NetworkConfig,
    surroundings: &Surroundings,
    plc: &Url,
) -> Result<Schemas, NetworkError> {
    let mut settings =
        SchemasConfig { folder: config.lexicons.clone(), ..SchemasConfig::default() };
    if config.resolve_lexicons.unwrap_or(surroundings.public_directory) {
        let resolver = resolver(surroundings, plc, None)?;
        let network = schemas::NetworkConfig::new(resolver, surroundings.http.clone());
        settings.network = Some(network);
    }
    Ok(Schemas::open(settings)?)
}

/// A resolver that asks `handle_host` for the handles of a private network.
fn resolver(
    surroundings: &Surroundings,
    plc: &Url,
    handle_host: Option<&Url>,
) -> Result<Resolver, NetworkError> {
    let mut config = ResolverConfig::new(plc.clone(), surroundings.http.clone());
    config.plc_http = surroundings.plc_http.clone();
    config.name_servers = surroundings.name_servers.clone();
    if let Some(host) = handle_host.filter(|_| !surroundings.open) {
        config = config.with_handle_host(PRIVATE_DOMAIN, over_http(host));
    }
    Resolver::new(config).map_err(|error| NetworkError::Outgoing(error.into()))
}

/// The HTTP origin of a host that may be named by its WebSocket address.
fn over_http(url: &Url) -> Url {
    let text = url.as_str();
    match text.strip_prefix("ws") {
        Some(rest) => parsed(&format!("http{rest}")),
        None => url.clone(),
    }
}

fn parsed(url: &str) -> Url {
    Url::parse(url)
        .expect("invariant: made of a scheme and an address or host name that was parsed before")
}
