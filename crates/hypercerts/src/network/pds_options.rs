//! How the PDS is run, as its operator says on the command line or in the environment.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hypercerts_pds::{AdminPassword, BlobPlace, MailConfig, PdsConfig, S3Config, WaysIn};
use url::Url;

use super::NetworkError;
use crate::{admin_password, values};

/// Everything about the PDS that has a good default.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "PDS")]
pub struct PdsOptions {
    /// Bound how much an address or an account may ask for; without this, only where
    /// a --hostname or a public did:plc directory lets strangers in
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

    /// How owners may sign in to their pages: password, passkey, email-code; without this, in every way
    #[arg(long, value_enum, value_delimiter = ',', env = "HYPERCERTS_WAYS_IN")]
    ways_in: Vec<WayIn>,

    /// Ask this relay to follow the PDS, such as https://bsky.network; may be repeated
    #[arg(long, value_name = "URL", value_delimiter = ',', env = "HYPERCERTS_CRAWLERS")]
    #[arg(value_parser = values::url)]
    request_crawl: Vec<Url>,

    /// Send mail through this server, such as smtps://user:password@mail.example.org; without one and without a
    /// --hostname mails are shown at /dev/outbox, to this machine only
    #[arg(long, value_name = "URL", env = "HYPERCERTS_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,

    /// Whom mails are from
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "Hypercerts <noreply@localhost>",
        env = "HYPERCERTS_MAIL_FROM"
    )]
    mail_from: String,

    /// Switch the operator's methods on, for whoever has the password in the first line of this file; without one, it
    /// is taken from HYPERCERTS_ADMIN_PASSWORD
    #[arg(long, value_name = "FILE", env = admin_password::FILE_VARIABLE)]
    pds_admin_password_file: Option<PathBuf>,

    /// Make accounts only for those who have an invitation (`hypercerts pds invite create`)
    #[arg(long, conflicts_with = "demo", env = "HYPERCERTS_PDS_INVITES")]
    pds_invites: bool,

    #[command(flatten)]
    s3: S3Options,
}

/// Where an S3-compatible store is. Its keys come from the environment only, where process lists do not show them.
#[derive(Debug, Clone, Default, Args)]
struct S3Options {
    /// Keep blobs in this bucket of an S3-compatible store, instead of in files; the keys are taken from
    /// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
    #[arg(long, value_name = "NAME", requires = "s3_endpoint", env = "HYPERCERTS_S3_BUCKET")]
    s3_bucket: Option<String>,

    /// Where the store is, such as https://s3.eu-central-1.amazonaws.com
    #[arg(long, value_name = "URL", requires = "s3_bucket", env = "HYPERCERTS_S3_ENDPOINT")]
    #[arg(value_parser = values::url)]
    s3_endpoint: Option<Url>,

    /// The store's region; most stores of one's own take any
    #[arg(long, value_name = "NAME", default_value = "us-east-1", env = "HYPERCERTS_S3_REGION")]
    s3_region: String,
}

impl S3Options {
    fn place(&self) -> Result<BlobPlace, NetworkError> {
        let (Some(bucket), Some(endpoint)) = (&self.s3_bucket, &self.s3_endpoint) else {
            return Ok(BlobPlace::Disk);
        };
        let secret = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
        Ok(BlobPlace::S3(S3Config {
            endpoint: endpoint.clone(),
            bucket: bucket.clone(),
            region: self.s3_region.clone(),
            access_key: secret("AWS_ACCESS_KEY_ID").ok_or(NetworkError::NoS3Keys)?,
            secret_key: secret("AWS_SECRET_ACCESS_KEY").ok_or(NetworkError::NoS3Keys)?,
        }))
    }
}

/// A way to sign in to the pages of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WayIn {
    Password,
    Passkey,
    /// A code that is mailed
    EmailCode,
}

impl PdsOptions {
    /// `open`: whether strangers are expected.
    ///
    /// # Errors
    /// When the operator's password cannot be had, or would keep nobody out, or the S3 store's keys are missing.
    pub fn apply(&self, settings: &mut PdsConfig, open: bool) -> Result<(), NetworkError> {
        let offers = |way| self.ways_in.is_empty() || self.ways_in.contains(&way);
        settings.ways_in = WaysIn {
            password: offers(WayIn::Password),
            passkey: offers(WayIn::Passkey),
            email_code: offers(WayIn::EmailCode),
        };
        settings.rate_limits = self.rate_limits.unwrap_or(open);
        settings.trusted_proxies.extend(&self.trusted_proxy);
        settings.relays.clone_from(&self.request_crawl);
        settings.blobs = self.s3.place()?;
        let from = || self.mail_from.clone();
        let mail = |smtp_url: &String| MailConfig { smtp_url: smtp_url.clone(), from: from() };
        settings.mail = self.smtp_url.as_ref().map(mail);
        settings.shows_outbox = !open && settings.mail.is_none();
        settings.invites_required = self.pds_invites;
        settings.admin_password = self.admin_password()?;
        Ok(())
    }

    fn admin_password(&self) -> Result<Option<AdminPassword>, NetworkError> {
        let file = self.pds_admin_password_file.as_deref();
        let text = admin_password::read(file).map_err(|source| NetworkError::Data {
            path: file.unwrap_or(Path::new(admin_password::VARIABLE)).to_path_buf(),
            source,
        })?;
        Ok(text.as_deref().map(AdminPassword::new).transpose()?)
    }
}
