//! Accounts on the way into a bundle.

use hypercerts_identity::plc::{self, ClientError};
use hypercerts_identity::{NetError, ResolveError};
use hypercerts_lexicon::{Did, DidMethod};
use hypercerts_repo::PublicKey;
use url::Url;

use crate::Verifier;
use crate::bundle::identity::{Evidence, IdentityError};
use crate::bundle::manifest::Reason;

/// An account whose identity was looked up, and checked as far as its method allows.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub evidence: Evidence,
    /// What signs its repository, and who serves it; those who only attest may have neither.
    pub repository: Option<(PublicKey, Url)>,
}

impl Known {
    /// Asks the account's directory or host.
    pub async fn look_up(verifier: &Verifier, did: &Did) -> Result<Self, Reason> {
        let evidence = match did.method() {
            DidMethod::Plc if plc::is_plc_did(did) => {
                let log = verifier.resolver.plc().verified_log(did).await;
                Evidence::Log(log.map_err(|error| unresolved(&error.into()))?)
            }
            DidMethod::Web => {
                let document = verifier.resolver.served_document(did).await;
                let document = document.map_err(|error| unresolved(&error))?;
                Evidence::Served { did: did.clone(), document }
            }
            _ => return Err(Reason::IdentityBroken),
        };
        let account = evidence.account().map_err(|error| unusable(&error))?;
        let repository = account.key.zip(account.document.pds().ok());
        Ok(Self { evidence, repository })
    }

    /// The key and the host of its repository.
    pub fn repository(&self) -> Result<(&PublicKey, &Url), Reason> {
        let repository = self.repository.as_ref().map(|(key, pds)| (key, pds));
        repository.ok_or(Reason::IdentityBroken)
    }
}

fn unresolved(error: &ResolveError) -> Reason {
    match error {
        _ if error.is_not_found() => Reason::AccountGone,
        ResolveError::Directory(ClientError::Net(net)) | ResolveError::Web { source: net, .. } => {
            unreached(net)
        }
        _ => Reason::IdentityBroken,
    }
}

/// An answer that cannot be used is another thing than none.
fn unreached(error: &NetError) -> Reason {
    match error.is_transient() || error.status().is_none() {
        true => Reason::IdentityUnreachable,
        false => Reason::IdentityBroken,
    }
}

fn unusable(error: &IdentityError) -> Reason {
    match error {
        IdentityError::GivenUp => Reason::AccountGone,
        _ => Reason::IdentityBroken,
    }
}
