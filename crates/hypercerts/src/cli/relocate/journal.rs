//! What a move that broke off needs to go on: the sessions at both servers, and the change of identity
//! once it is signed, in a file only its owner can read. It is deleted when the move is done.

use std::io;
use std::path::PathBuf;

use hypercerts_xrpc::client::{Session, SessionData, XrpcClient};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::cli::{CliError, connect, session};
use crate::files::write_private;

#[derive(Serialize, Deserialize)]
pub struct Journal {
    from: Url,
    to: Url,
    old: SessionData,
    /// Once the account is known at the new server.
    new: Option<SessionData>,
    /// Once the old server has signed the change of identity, for which its code is used up.
    #[serde(default)]
    operation: Option<Value>,
}

impl Journal {
    /// The move to `to` that was begun before, if there is one.
    ///
    /// # Errors
    /// If a move to somewhere else is not done yet.
    pub fn load(to: &Url) -> Result<Option<Self>, CliError> {
        let path = path()?;
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(CliError::File { path, action: "read", source }),
        };
        let journal: Self = serde_json::from_slice(&bytes).map_err(|why| CliError::File {
            path: path.clone(),
            action: "understood",
            source: why.into(),
        })?;
        match journal.to == *to {
            true => Ok(Some(journal)),
            false => Err(CliError::usage(format!(
                "a move to {} is not done yet: go on with it, or delete {} to give it up",
                journal.to,
                path.display()
            ))),
        }
    }

    pub async fn begin(to: &Url, old: &Session) -> Result<Self, CliError> {
        let from = old.client().base().clone();
        let journal =
            Self { from, to: to.clone(), old: old.data().await, new: None, operation: None };
        journal.save()?;
        Ok(journal)
    }

    pub fn old_session(&self) -> Result<Session, CliError> {
        Ok(Session::resume(connect::client(&self.from)?, self.old.clone()))
    }

    pub fn new_session(&self, client: &XrpcClient) -> Option<Session> {
        Some(Session::resume(client.clone(), self.new.clone()?))
    }

    /// Notes both sessions as they are: tokens change when they are refreshed.
    pub async fn note(&mut self, old: &Session, new: Option<&Session>) -> Result<(), CliError> {
        self.old = old.data().await;
        if let Some(new) = new {
            self.new = Some(new.data().await);
        }
        self.save()
    }

    pub fn operation(&self) -> Option<&Value> {
        self.operation.as_ref()
    }

    /// Notes the change of identity that waits for the directory, or that none does.
    pub fn note_operation(&mut self, operation: Option<Value>) -> Result<(), CliError> {
        self.operation = operation;
        self.save()
    }

    /// The move is done.
    pub fn close(self) -> Result<(), CliError> {
        let path = path()?;
        std::fs::remove_file(&path).map_err(|source| CliError::File {
            path,
            action: "deleted",
            source,
        })
    }

    fn save(&self) -> Result<(), CliError> {
        let path = path()?;
        let bytes = serde_json::to_vec_pretty(self).map_err(CliError::answer)?;
        let failed = |source| CliError::File { path: path.clone(), action: "written", source };
        write_private(&path, &bytes).map_err(failed)
    }
}

/// Beside the session.
fn path() -> Result<PathBuf, CliError> {
    Ok(session::folder()?.join("move.json"))
}
