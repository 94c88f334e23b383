//! `takedown`, `untakedown`, `delete`.

use clap::Args;
use hypercerts_lexicon::Did;
use hypercerts_xrpc::client::Operator;
use hypercerts_xrpc::nsid::admin;
use serde_json::{Value, json};

use super::Target;
use crate::cli::answer::Answer;
use crate::cli::pds::operator::did_of;
use crate::cli::{CliError, ask};

/// Take an account out of the world
///
/// Nobody is served any of it, its sessions end, and followers are told. Its owner can still log in to move it to
/// another server.
#[derive(Debug, Args)]
pub(in crate::cli) struct Takedown {
    /// Your own word for why, such as the number of a case
    #[arg(long = "ref", value_name = "TEXT")]
    reference: Option<String>,

    #[command(flatten)]
    target: Target,
}

/// Give an account that was taken down back to the world
#[derive(Debug, Args)]
pub(in crate::cli) struct Untakedown {
    #[command(flatten)]
    target: Target,
}

/// Delete an account with all its records and files, for good
#[derive(Debug, Args)]
pub(in crate::cli) struct Delete {
    /// Do not ask whether it is meant
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    target: Target,
}

impl Takedown {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let operator = self.target.operator.operator()?;
        let did = did_of(&operator, &self.target.account).await?;
        let takedown = json!({ "applied": true, "ref": self.reference });
        let told = set(&operator, &did, takedown).await?;
        self.target.format.answer(&told, || {
            format!(
                "{} ({did}) is taken down.\nTo lift it: hypercerts pds account untakedown {did}",
                self.target.account
            )
        })
    }
}

impl Untakedown {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let operator = self.target.operator.operator()?;
        let did = did_of(&operator, &self.target.account).await?;
        let told = set(&operator, &did, json!({ "applied": false })).await?;
        self.target.format.answer(&told, || {
            format!("{} ({did}) is not taken down any more.", self.target.account)
        })
    }
}

async fn set(operator: &Operator, did: &Did, takedown: Value) -> Result<Value, CliError> {
    let subject = json!({ "$type": admin::REPO_REF, "did": did });
    let input = json!({ "subject": subject, "takedown": takedown });
    Ok(operator.procedure(admin::UPDATE_SUBJECT_STATUS, &input).await?)
}

impl Delete {
    pub(super) async fn run(self) -> Result<Answer, CliError> {
        let operator = self.target.operator.operator()?;
        let who = &self.target.account;
        let did = did_of(&operator, who).await?;
        if !self.yes {
            confirm(&format!("Delete {who} ({did}) with all its records and files, for good?"))?;
        }
        operator.command(admin::DELETE_ACCOUNT, &json!({ "did": did })).await?;
        self.target.format.answer(&json!({ "did": did, "deleted": true }), || {
            format!("{who} ({did}) is deleted.")
        })
    }
}

fn confirm(question: &str) -> Result<(), CliError> {
    if !ask::possible() {
        return Err(CliError::usage("nobody is here to confirm it; --yes says that it is meant"));
    }
    match inquire::Confirm::new(question).with_default(false).prompt()? {
        true => Ok(()),
        false => Err(CliError::usage("nothing was deleted")),
    }
}
