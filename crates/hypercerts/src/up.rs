//! `hypercerts up`: starts the network, says where it is, and ends it when told to.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use hypercerts_lexicon::Handle;
use serde_json::json;
use url::Url;

use crate::demo::{self, DemoError, Filled};
use crate::log;
use crate::network::{Addresses, Network, NetworkConfig, NetworkError, PdsOptions};
use crate::values;

/// Start the network, or a part of a larger one
///
/// Warnings go to standard error; HYPERCERTS_LOG=info, or a filter such as
/// warn,hypercerts_index=debug, tells more.
#[derive(Debug, Args)]
pub struct Up {
    /// Where pages and the index are served; port 0 takes a free port and keeps it
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:2580",
        value_parser = values::listen,
        env = "HYPERCERTS_APP_LISTEN"
    )]
    app: SocketAddr,

    /// Where the PDS is served
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:2583",
        value_parser = values::listen,
        env = "HYPERCERTS_PDS_LISTEN"
    )]
    pds: SocketAddr,

    /// Where the did:plc directory is served
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:2582",
        value_parser = values::listen,
        env = "HYPERCERTS_PLC_LISTEN"
    )]
    plc: SocketAddr,

    /// Where everything is kept
    #[arg(long, value_name = "DIR", default_value = "hypercerts-data", env = "HYPERCERTS_DATA")]
    data: PathBuf,

    /// Which parts to run here, with commas between them
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "plc,pds,app",
        env = "HYPERCERTS_ROLES"
    )]
    roles: Vec<Role>,

    /// Fill an empty network with a small, true-to-life world
    #[arg(long)]
    demo: bool,

    /// Use this did:plc directory instead of one of our own, such as https://plc.directory
    #[arg(long, value_name = "URL", value_parser = values::url, env = "HYPERCERTS_PLC_URL")]
    plc_url: Option<Url>,

    /// The PDS's public name; handles end in it, and a TLS proxy is expected in front
    #[arg(long, value_name = "NAME", value_parser = values::hostname, env = "HYPERCERTS_HOSTNAME")]
    hostname: Option<Handle>,

    /// Also index this PDS, by its public address such as wss://pds.example.org; may be repeated
    #[arg(long, value_name = "URL", value_delimiter = ',', env = "HYPERCERTS_FOLLOW")]
    #[arg(value_parser = values::stream_url)]
    follow: Vec<Url>,

    /// Also index what this relay passes on from many PDSs; may be repeated
    #[arg(long, value_name = "URL", value_delimiter = ',', env = "HYPERCERTS_RELAYS")]
    #[arg(value_parser = values::stream_url)]
    relay: Vec<Url>,

    /// Also judge records by the lexicons in this folder, every *.json below it, as they are at any moment
    #[arg(long, value_name = "DIR", env = "HYPERCERTS_LEXICONS")]
    lexicons: Option<PathBuf>,

    /// Look up the lexicons of unknown types with the domains they are named after; without this, only where
    /// the did:plc directory is public
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        env = "HYPERCERTS_RESOLVE_LEXICONS"
    )]
    resolve_lexicons: Option<bool>,

    /// Ask this name server, for handles and lexicons alike, instead of the machine's own; may be repeated
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', env = "HYPERCERTS_DNS")]
    #[arg(value_parser = values::name_server)]
    dns: Vec<SocketAddr>,

    /// Connect to hosts that others name at private addresses and without TLS too; without this, only where neither
    /// a --hostname nor a public did:plc directory lets strangers in
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        env = "HYPERCERTS_PRIVATE_ADDRESSES"
    )]
    private_addresses: Option<bool>,

    #[command(flatten)]
    pds_options: PdsOptions,

    /// Say where everything is as one line of JSON
    #[arg(long)]
    json: bool,
}

/// A part of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// The did:plc directory, for a network of one's own
    Plc,
    /// The Personal Data Server
    Pds,
    /// The index and its pages
    App,
}

/// Why `up` ended other than by being told to.
#[derive(Debug, thiserror::Error)]
pub enum UpError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error("the demonstration could not be filled in: {0}")]
    Demo(#[from] DemoError),
    #[error("--demo needs the PDS among --roles, as that is where its accounts live")]
    DemoWithoutPds,
    #[error("signals cannot be received on this system: {0}")]
    Signal(#[from] std::io::Error),
}

/// Files and connections that one process may have open, if the system's hard limit is no lower.
const OPEN_FILES: u64 = 65_536;

/// Runs until SIGINT or SIGTERM.
pub async fn run(options: Up) -> Result<(), UpError> {
    log::start();
    // Each connection takes a file; what the system allows by default is soon used up.
    if let Err(error) = rlimit::increase_nofile_limit(OPEN_FILES) {
        tracing::warn!(%error, "the limit on open files stays what it is");
    }
    let fill = options.demo;
    let as_json = options.json;
    let told_to_stop = stop_signal()?;
    let network = Network::start(options.into_config()).await?;
    if fill {
        fill_with_demo(&network).await?;
    }
    announce(&network, as_json);
    told_to_stop.await;
    network.stop().await;
    Ok(())
}

impl Up {
    fn into_config(self) -> NetworkConfig {
        let listen = |role, address| self.roles.contains(&role).then_some(address);
        NetworkConfig {
            app: listen(Role::App, self.app),
            pds: listen(Role::Pds, self.pds),
            plc: listen(Role::Plc, self.plc).filter(|_| self.plc_url.is_none()),
            data: self.data,
            plc_url: self.plc_url,
            hostname: self.hostname,
            follow: self.follow,
            relay: self.relay,
            lexicons: self.lexicons,
            resolve_lexicons: self.resolve_lexicons,
            pds_options: self.pds_options,
            dns: self.dns,
            private_addresses: self.private_addresses,
        }
    }
}

/// Completes at the first SIGINT or SIGTERM. Listening begins at once, so that a signal that comes while the
/// network starts is not lost.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

async fn fill_with_demo(network: &Network) -> Result<(), UpError> {
    let client = network.pds_client().ok_or(UpError::DemoWithoutPds)?;
    let bar = indicatif::ProgressBar::new(0).with_message("writing the demonstration");
    let filled = demo::fill(&client, network.handle_domain(), network.data(), |written, all| {
        bar.set_length(all as u64);
        bar.set_position(written as u64);
    });
    let filled = filled.await?;
    bar.finish_and_clear();
    match filled {
        Filled::Written { accounts, records, password_file } => eprintln!(
            "Filled with {accounts} accounts and {records} records. Log in as any of them with the password in {}.",
            password_file.display()
        ),
        Filled::NotEmpty => {
            eprintln!("There are accounts already, so --demo left everything as it is.");
        }
    }
    Ok(())
}

fn announce(network: &Network, as_json: bool) {
    let Addresses { app, pds, plc } = network.addresses();
    if as_json {
        println!("{}", json!({ "app": app, "pds": pds, "plc": plc, "data": network.data() }));
        return;
    }
    println!("hypercerts is up.\n");
    let line = |name: &str, what: Option<&str>| {
        if let Some(what) = what {
            println!("  {name:<18} {what}");
        }
    };
    let public = network.public_pds().map(|url| url.origin().ascii_serialization());
    let reached = public.as_deref().or(pds.as_deref());
    let account =
        reached.map(|url| format!("{url}/account  (make an account, sign in, make app passwords)"));
    line("Pages and index", app.as_deref());
    line("PDS", pds.as_deref());
    line("  known as", public.as_deref());
    line("  account page", account.as_deref());
    line("did:plc directory", plc.as_deref());
    println!("  {:<18} {}\n", "Data", network.data().display());
    if pds.is_some() {
        let domain = network.handle_domain();
        println!("Next: `hypercerts account create NAME{domain}`, then `hypercerts create`.");
    }
    println!("Ctrl-C ends it; the same command goes on where it was.");
}
