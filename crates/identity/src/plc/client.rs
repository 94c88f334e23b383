//! Talking to a did:plc directory.

use hypercerts_lexicon::Did;
use url::Url;

use super::{LogEntry, PlcError, SignedOperation, VerifiedLog};
use crate::document::{DidDocument, DocumentError, MAX_DOCUMENT};
use crate::net::{HttpClient, NetError, Request, Response};

/// The largest audit log that is read, in bytes.
const MAX_LOG: u64 = 16 * 1024 * 1024;

/// A client of one directory.
#[derive(Debug, Clone)]
pub struct Client {
    http: HttpClient,
    base: Url,
}

/// Why a directory did not do as asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// The directory knows no such DID, or it has been given up.
    #[error("the directory at {directory} knows no {did}, or it has been given up")]
    NotFound {
        /// The DID asked for.
        did: Did,
        /// The directory's host.
        directory: String,
    },
    /// The directory did not take an operation.
    #[error("the directory refused the operation: {0}")]
    Refused(String),
    /// The exchange failed.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The document it gave cannot be used.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The log it gave does not hold.
    #[error("the directory's log of {did} does not hold: {source}")]
    Log {
        /// Whose log it is.
        did: Did,
        /// The rule it breaks.
        source: PlcError,
    },
    /// The check of a log was cut short.
    #[error("the check of the log was cut short: {0}")]
    Interrupted(String),
}

impl Client {
    /// A client of the directory at this URL.
    pub fn new(http: HttpClient, base: Url) -> Self {
        Self { http, base }
    }

    /// The directory's URL.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Hands in an operation.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with the directory's reason.
    pub async fn submit(&self, did: &Did, operation: &SignedOperation) -> Result<(), ClientError> {
        let request = Request::post(self.url(did, &[])).json(operation);
        match self.http.send(request).await?.ok() {
            Ok(_) => Ok(()),
            Err(NetError::Status { status: 400..=499, message: Some(reason), .. }) => {
                Err(ClientError::Refused(reason))
            }
            Err(other) => Err(other.into()),
        }
    }

    /// The DID document, as the directory has it.
    pub async fn document(&self, did: &Did) -> Result<DidDocument, ClientError> {
        let answer = self.ask(did, &[], MAX_DOCUMENT as u64).await?;
        Ok(DidDocument::from_json(answer.body())?.of(did)?)
    }

    /// The audit log, unchecked.
    pub async fn audit_log(&self, did: &Did) -> Result<Vec<LogEntry>, ClientError> {
        Ok(self.ask(did, &["log", "audit"], MAX_LOG).await?.json()?)
    }

    /// The audit log, checked.
    ///
    /// # Errors
    /// [`ClientError::Log`] when the directory's log does not hold.
    pub async fn verified_log(&self, did: &Did) -> Result<VerifiedLog, ClientError> {
        let entries = self.audit_log(did).await?;
        let owner = did.clone();
        // A long log takes a while to check: hundreds of signatures.
        let outcome =
            tokio::task::spawn_blocking(move || VerifiedLog::verify(&owner, entries)).await;
        let outcome = outcome.map_err(|error| ClientError::Interrupted(error.to_string()))?;
        outcome.map_err(|source| ClientError::Log { did: did.clone(), source })
    }

    async fn ask(&self, did: &Did, path: &[&str], limit: u64) -> Result<Response, ClientError> {
        let request = Request::get(self.url(did, path)).max_body(limit);
        match self.http.send(request).await?.ok() {
            Err(error) if error.is_not_found() => {
                let directory = self.base.host_str().unwrap_or_default().to_owned();
                Err(ClientError::NotFound { did: did.clone(), directory })
            }
            outcome => Ok(outcome?),
        }
    }

    /// `<base>/<did>/<path…>`. Not joined as a relative reference: a DID would read as a scheme.
    fn url(&self, did: &Did, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(did.as_str()).extend(path);
        }
        url
    }
}
