//! Taking an account, a record or a file out of the world, and giving it back.

use clap::{Args, Subcommand};
use hypercerts_lexicon::{AtIdentifier, AtUri, Cid, Did};
use hypercerts_xrpc::client::Operator;
use hypercerts_xrpc::nsid::{admin, repo};
use serde_json::{Value, json};

use super::operator::{OperatorOptions, did_of};
use crate::cli::CliError;
use crate::cli::answer::{Answer, Format};

/// Look after single records of a running PDS
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum RecordCommand {
    /// Serve a record no longer by its name
    ///
    /// The repository stays as its owner signed it, with the record in it.
    Takedown(Takedown<RecordName>),
    /// Serve a record again that was taken down
    Untakedown(Untakedown<RecordName>),
}

/// Look after single files of a running PDS
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BlobCommand {
    /// Serve a file no longer
    Takedown(Takedown<BlobName>),
    /// Serve a file again that was taken down
    Untakedown(Untakedown<BlobName>),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Takedown<S: Subject> {
    /// Your own word for why, such as the number of a case
    #[arg(long = "ref", value_name = "TEXT")]
    reference: Option<String>,

    #[command(flatten)]
    subject: S,
    #[command(flatten)]
    operator: OperatorOptions,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Untakedown<S: Subject> {
    #[command(flatten)]
    subject: S,
    #[command(flatten)]
    operator: OperatorOptions,
    #[command(flatten)]
    format: Format,
}

/// What can be taken down, as the command line names it.
pub(in crate::cli) trait Subject: Args {
    /// The command that looks after such things.
    const COMMAND: &str;

    async fn find(&self, operator: &Operator) -> Result<Found, CliError>;
}

pub(in crate::cli) struct Found {
    /// As the server's method takes it.
    subject: Value,
    /// For people.
    name: String,
    /// For a command line.
    arguments: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AccountName {
    /// The account, by its handle or DID
    account: AtIdentifier,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RecordName {
    /// The record's address, at://…
    #[arg(value_name = "URI")]
    uri: AtUri,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct BlobName {
    /// Whose file it is, by handle or DID
    account: AtIdentifier,
    /// The file's CID, as records refer to it
    cid: Cid,
}

impl Subject for AccountName {
    const COMMAND: &str = "account";

    async fn find(&self, operator: &Operator) -> Result<Found, CliError> {
        let did = did_of(operator, &self.account).await?;
        let subject = json!({ "$type": admin::REPO_REF, "did": did });
        Ok(Found { subject, name: named(&self.account, &did), arguments: did.to_string() })
    }
}

impl Subject for RecordName {
    const COMMAND: &str = "record";

    async fn find(&self, _: &Operator) -> Result<Found, CliError> {
        let subject = json!({ "$type": repo::STRONG_REF, "uri": self.uri });
        Ok(Found { subject, name: self.uri.to_string(), arguments: self.uri.to_string() })
    }
}

impl Subject for BlobName {
    const COMMAND: &str = "blob";

    async fn find(&self, operator: &Operator) -> Result<Found, CliError> {
        let did = did_of(operator, &self.account).await?;
        let subject = json!({ "$type": admin::REPO_BLOB_REF, "did": did, "cid": self.cid });
        let name = format!("The file {} of {}", self.cid, named(&self.account, &did));
        Ok(Found { subject, name, arguments: format!("{did} {}", self.cid) })
    }
}

fn named(account: &AtIdentifier, did: &Did) -> String {
    match account {
        AtIdentifier::Did(_) => did.to_string(),
        AtIdentifier::Handle(handle) => format!("{handle} ({did})"),
    }
}

impl<S: Subject> Takedown<S> {
    pub async fn run(self) -> Result<Answer, CliError> {
        let operator = self.operator.operator()?;
        let Found { subject, name, arguments } = self.subject.find(&operator).await?;
        let takedown = json!({ "applied": true, "ref": self.reference });
        let told = set(&operator, subject, takedown).await?;
        self.format.answer(&told, || {
            let command = S::COMMAND;
            format!(
                "{name} is taken down.\nTo lift it: hypercerts pds {command} untakedown {arguments}"
            )
        })
    }
}

impl<S: Subject> Untakedown<S> {
    pub async fn run(self) -> Result<Answer, CliError> {
        let operator = self.operator.operator()?;
        let Found { subject, name, .. } = self.subject.find(&operator).await?;
        let told = set(&operator, subject, json!({ "applied": false })).await?;
        self.format.answer(&told, || format!("{name} is not taken down any more."))
    }
}

async fn set(operator: &Operator, subject: Value, takedown: Value) -> Result<Value, CliError> {
    let input = json!({ "subject": subject, "takedown": takedown });
    Ok(operator.procedure(admin::UPDATE_SUBJECT_STATUS, &input).await?)
}

impl RecordCommand {
    pub async fn run(self) -> Result<Answer, CliError> {
        match self {
            Self::Takedown(takedown) => takedown.run().await,
            Self::Untakedown(untakedown) => untakedown.run().await,
        }
    }
}

impl BlobCommand {
    pub async fn run(self) -> Result<Answer, CliError> {
        match self {
            Self::Takedown(takedown) => takedown.run().await,
            Self::Untakedown(untakedown) => untakedown.run().await,
        }
    }
}
