//! `account move`: to another server, with DID, records and files.
//!
//! Every step asks the servers how far things are before it does anything, so that the same command
//! goes on after whatever broke it off. What no server remembers is in the [`journal`]. The account
//! is taken out of the world on the old server last, when the new one serves it.

mod journal;
mod steps;

use clap::Args;
use hypercerts_identity::plc::is_plc_did;
use hypercerts_lexicon::Handle;
use hypercerts_xrpc::client::{ClientError, Session};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::time::Duration;
use url::Url;

use super::answer::{Answer, Format};
use super::connect::DirectoryOptions;
use super::email::Known;
use super::password::PasswordOption;
use super::session::LoggedIn;
use super::{CliError, connect};
use crate::values;
use journal::Journal;
use steps::Removal;

/// Move the account to another server, with its DID, records and files
///
/// The account's present server mails a code on the way. Run the same command again after anything went wrong, or
/// with --token when the code has arrived: it goes on where it was.
#[derive(Debug, Args)]
pub(super) struct Move {
    /// The server to move to, such as https://pds.example.org
    #[arg(long, value_name = "URL", value_parser = values::url)]
    to: Url,

    /// The handle there; by default the present one, or its first part under the new server's domain
    #[arg(long)]
    handle: Option<Handle>,

    /// An address the new server may write to
    #[arg(long)]
    email: Option<String>,

    /// An invitation, if the new server asks for one
    #[arg(long, value_name = "CODE")]
    invite_code: Option<String>,

    /// The code that the present server has mailed
    #[arg(long, value_name = "CODE")]
    token: Option<String>,

    #[command(flatten)]
    password: PasswordOption,
    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

impl Move {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let (old, journal) = self.begin().await?;
        let is_there_already = journal.is_none();
        let home = match journal {
            Some(journal) => self.carry_out(old, journal).await?,
            None => old,
        };
        let data = home.data().await;
        let told = json!({ "did": data.did, "handle": data.handle, "pds": home.client().base() });
        self.format.answer(&told, || {
            let lives = format!(
                "The account lives at {} now, as @{}, and you are logged in to it there.",
                home.client().base(),
                data.handle
            );
            let copy = "\nThe old server keeps a copy, deactivated, until you delete it.";
            lives + if is_there_already { "" } else { copy }
        })
    }

    async fn carry_out(&self, old: Session, journal: Journal) -> Result<Session, CliError> {
        let to = connect::client(&self.to)?;
        let resolver = self.directory.verifier()?.resolver().clone();
        let mut removal = Removal::new(old, to, resolver, journal, bar());
        removal.arrive(self).await?;
        removal.bring_records().await?;
        removal.bring_files().await?;
        removal.bring_preferences().await?;
        removal.change_identity(self.token.as_deref()).await?;
        removal.settle().await?;
        removal.finish(self.directory.plc_url()?).await
    }

    /// The account as it is logged in, or the move that was begun before. No journal if the account is
    /// there: a move that was broken off with its last step is done.
    async fn begin(&self) -> Result<(Session, Option<Journal>), CliError> {
        if let Some(journal) = Journal::load(&self.to)? {
            let old = journal.old_session()?;
            return Ok((old, Some(journal)));
        }
        let old = LoggedIn::load()?.session().clone();
        if old.client().base().origin() == self.to.origin() {
            return Ok((old, None));
        }
        require_email(&old).await?;
        let journal = Journal::begin(&self.to, &old).await?;
        Ok((old, Some(journal)))
    }

    fn invite_code(&self) -> Option<&str> {
        self.invite_code.as_deref()
    }
}

/// Where the code will be mailed to. A did:web takes none, and a server that does not show the address to this
/// session tells itself when it has none.
async fn require_email(old: &Session) -> Result<(), CliError> {
    if !is_plc_did(old.did()) {
        return Ok(());
    }
    match Known::of(old).await {
        Ok(known) if known.email.is_none() => Err(CliError::NoEmail),
        Ok(_) | Err(CliError::Call(ClientError::Refused { .. })) => Ok(()),
        Err(error) => Err(error),
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new_spinner().with_style(style);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
