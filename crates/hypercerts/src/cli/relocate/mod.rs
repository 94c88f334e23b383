//! `account move`: to another server, with DID, records and files.
//!
//! Every step asks the servers how far things are before it does anything, so that the same command
//! goes on after whatever broke it off. What no server remembers is in the [`journal`]. The account
//! is taken out of the world on the old server last, when the new one serves it.

mod journal;
mod steps;

use clap::Args;
use hypercerts_lexicon::Handle;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::time::Duration;
use url::Url;

use super::answer::{Answer, Format};
use super::connect::DirectoryOptions;
use super::password::PasswordOption;
use super::session::{self, LoggedIn};
use super::{CliError, connect};
use journal::Journal;
use steps::Removal;

/// Move the account to another server, with its DID, records and files
///
/// The account's present server mails a code on the way. Run the same command again after anything went wrong, or
/// with --token when the code has arrived: it goes on where it was.
#[derive(Debug, Args)]
pub(super) struct Move {
    /// The server to move to, such as https://pds.example.org
    #[arg(long, value_name = "URL")]
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
        let to = connect::client(&self.to)?;
        let resolver = self.directory.verifier()?.resolver().clone();
        let mut removal = Removal::new(old, to, resolver, journal, bar());
        removal.arrive(&self).await?;
        removal.bring_records().await?;
        removal.bring_files().await?;
        removal.bring_preferences().await?;
        removal.change_identity(self.token.as_deref()).await?;
        removal.settle().await?;
        let new = removal.finish().await?;
        let data = new.data().await;
        let told = json!({ "did": data.did, "handle": data.handle, "pds": new.client().base() });
        self.format.answer(&told, || {
            format!(
                "The account lives at {} now, as @{}, and you are logged in to it there.\n\
                 The old server keeps a copy, deactivated, until you delete it.",
                new.client().base(),
                data.handle
            )
        })
    }

    /// The account as it is logged in, or the move that was begun before.
    async fn begin(&self) -> Result<(hypercerts_xrpc::client::Session, Journal), CliError> {
        if let Some(journal) = Journal::load(&self.to)? {
            let old = journal.old_session()?;
            return Ok((old, journal));
        }
        let old = LoggedIn::load()?.session().clone();
        if old.client().base().origin() == self.to.origin() {
            return Err(CliError::usage(format!("the account lives at {} already", self.to)));
        }
        let journal = Journal::begin(&self.to, &old).await?;
        Ok((old, journal))
    }

    fn invite_code(&self) -> Option<&str> {
        self.invite_code.as_deref()
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new_spinner().with_style(style);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Makes the new home the session of the commands to come.
async fn move_session(new: &hypercerts_xrpc::client::Session) -> Result<(), CliError> {
    session::store(new).await
}
