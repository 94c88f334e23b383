//! Speaking to a running server as its operator.

use std::path::{Path, PathBuf};

use clap::Args;
use hypercerts_identity::net::NetError;
use hypercerts_lexicon::{AtIdentifier, Did};
use hypercerts_xrpc::client::{ClientError, Operator};
use hypercerts_xrpc::nsid::identity;
use serde::Deserialize;
use url::Url;

use crate::admin_password::{self, FILE_VARIABLE, VARIABLE};
use crate::cli::{CliError, connect};
use crate::values;

/// Which server, and the password that it knows its operator by.
#[derive(Debug, Args)]
pub(super) struct OperatorOptions {
    /// The PDS to look after
    #[arg(long, value_name = "URL", env = "HYPERCERTS_PDS", hide_env_values = true)]
    #[arg(default_value = "http://127.0.0.1:2583", value_parser = values::url)]
    server: Url,

    /// Take the server's admin password from the first line of this file; without one, it is taken from
    /// HYPERCERTS_ADMIN_PASSWORD
    #[arg(long, value_name = "FILE", env = FILE_VARIABLE, hide_env_values = true)]
    admin_password_file: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Resolved {
    did: Did,
}

impl OperatorOptions {
    pub fn operator(&self) -> Result<Operator, CliError> {
        let file = self.admin_password_file.as_deref();
        let password = admin_password::read(file).map_err(|source| CliError::File {
            path: file.unwrap_or(Path::new(VARIABLE)).to_path_buf(),
            action: "read",
            source,
        })?;
        let password = password.ok_or_else(|| {
            CliError::usage(format!(
                "the server's admin password is needed: in {VARIABLE}, or in a file that --admin-password-file names. \
                 `hypercerts up` takes it by {VARIABLE} or --pds-admin-password-file"
            ))
        })?;
        Ok(Operator::new(connect::client(&self.server)?, password))
    }
}

/// The DID of an account of the server.
pub(super) async fn did_of(operator: &Operator, who: &AtIdentifier) -> Result<Did, CliError> {
    match who {
        AtIdentifier::Did(did) => Ok(did.clone()),
        AtIdentifier::Handle(handle) => {
            let params = [("handle", handle.as_str())];
            let client = operator.client();
            Ok(client.query::<Resolved>(identity::RESOLVE_HANDLE, &params).await?.did)
        }
    }
}

/// What went wrong, where the answer has no word of the server's.
pub(super) fn reached(error: ClientError) -> CliError {
    match error {
        ClientError::Net(NetError::Status { status: 404, host, .. }) => {
            CliError::usage(format!("{host} is no PDS; name one with --server"))
        }
        other => other.into(),
    }
}
