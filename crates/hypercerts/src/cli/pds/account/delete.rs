//! `delete`.

use clap::Args;
use hypercerts_xrpc::nsid::admin;
use serde_json::json;

use super::Target;
use crate::cli::answer::Answer;
use crate::cli::pds::operator::did_of;
use crate::cli::{CliError, ask};

/// Delete an account with all its records and files, for good
#[derive(Debug, Args)]
pub(in crate::cli) struct Delete {
    /// Do not ask whether it is meant
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    target: Target,
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
