//! What whoever runs a server decides.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;

use hypercerts_identity::Resolver;
use hypercerts_lexicon::Did;
use hypercerts_schemas::Schemas;
use url::{Host, Url};

use crate::admin_password::AdminPassword;
use crate::blob_store::BlobPlace;
use crate::error::OpenError;
use crate::mail::MailConfig;

/// How a server is set up. [`PdsConfig::new`] fills in everything that has a good default.
#[derive(Clone)]
pub struct PdsConfig {
    /// Where database, keys and blobs live. One server at a time.
    pub data_dir: PathBuf,
    /// Where clients reach the server: scheme, host and port. Written into the DID documents of
    /// its accounts.
    pub public_url: Url,
    /// Domains under which accounts get their handles, each with a leading dot. Default `.test`.
    pub handle_domains: Vec<String>,
    /// Finds out about accounts; its did:plc directory is where new ones are registered.
    pub resolver: Resolver,
    /// What records are checked against. Default: the schemas that are built in.
    pub schemas: Schemas,
    /// Where the bytes of blobs are kept. Default: files in `data_dir`.
    pub blobs: BlobPlace,
    /// Bytes of the largest blob that is taken. Default 50 MiB.
    pub max_blob_bytes: u64,
    /// Bytes of the largest repository that is brought along as a CAR. Default 2 GiB.
    pub max_import_bytes: u64,
    /// Bytes the database may grow to; `None`: as large as the disk allows. Reaching it is like a
    /// full disk: writes are refused, reads go on.
    pub max_database_bytes: Option<u64>,
    /// How long events stay in the stream. Default three days.
    pub event_retention: Duration,
    /// How long an uploaded blob may wait for a record to refer to it. Default six hours.
    pub blob_grace: Duration,
    /// How long a reader of the stream may take for one message. Default 20 seconds.
    pub slow_reader: Duration,
    /// Whether addresses and accounts may ask only so much in a while. Default: yes.
    pub rate_limits: bool,
    /// Proxies whose word is taken on whom they ask for, in `X-Forwarded-For`. Default: this
    /// machine.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where mail is handed over; `None`: it is kept for the developer. Default: none.
    pub mail: Option<MailConfig>,
    /// Whether `/dev/outbox` shows mails that were not sent, to anybody: for private networks only.
    /// Default: no.
    pub shows_outbox: bool,
    /// Relays that are asked to follow this server. Default: none.
    pub relays: Vec<Url>,
    /// How owners may sign in to their pages. Default: every way.
    pub ways_in: WaysIn,
    /// What the operator shows to use the `com.atproto.admin` methods; `None`: nobody uses them.
    /// Default: none.
    pub admin_password: Option<AdminPassword>,
    /// Whether an account is made only with an invitation. Default: no.
    pub invites_required: bool,
}

/// How owners may sign in to the pages of their accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaysIn {
    pub password: bool,
    /// By a device that holds a key, such as a phone.
    pub passkey: bool,
    /// By a code that is mailed.
    pub email_code: bool,
}

impl Default for WaysIn {
    fn default() -> Self {
        Self { password: true, passkey: true, email_code: true }
    }
}

impl PdsConfig {
    /// A server for `.test` handles with every default.
    pub fn new(data_dir: PathBuf, public_url: Url, resolver: Resolver) -> Self {
        const HOUR: Duration = Duration::from_secs(60 * 60);
        Self {
            data_dir,
            public_url,
            handle_domains: vec![".test".to_owned()],
            resolver,
            schemas: Schemas::built_in(),
            blobs: BlobPlace::Disk,
            max_blob_bytes: 50 << 20,
            max_import_bytes: 2 << 30,
            max_database_bytes: None,
            event_retention: 72 * HOUR,
            blob_grace: 6 * HOUR,
            slow_reader: Duration::from_secs(20),
            rate_limits: true,
            trusted_proxies: vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            mail: None,
            shows_outbox: false,
            relays: Vec::new(),
            ways_in: WaysIn::default(),
            admin_password: None,
            invites_required: false,
        }
    }

    /// Whether mails reach anybody, be it only whoever develops against the server.
    pub(crate) fn sends_mail(&self) -> bool {
        self.mail.is_some() || self.shows_outbox
    }

    /// The server's own DID: `did:web` of the public host, which is a name and never a number: on
    /// this machine, `localhost`.
    pub(crate) fn server_did(&self) -> Result<Did, OpenError> {
        let unfit =
            || OpenError::Config(format!("{} has no host that makes a did:web", self.public_url));
        let host = match self.public_url.host().ok_or_else(unfit)? {
            Host::Ipv4(address) if address.is_loopback() => Host::Domain("localhost"),
            Host::Ipv6(address) if address.is_loopback() => Host::Domain("localhost"),
            other => other,
        };
        let text = match self.public_url.port() {
            Some(port) => format!("did:web:{host}%3A{port}"),
            None => format!("did:web:{host}"),
        };
        Did::parse(&text).map_err(|_| unfit())
    }
}
