//! What methods need, and which tokens give it.

use hypercerts_lexicon::Nsid;
use hypercerts_xrpc::tokens::AccessScope;

use crate::error::Refusal;

/// What a method needs its caller to be allowed.
#[derive(Clone, Copy, Debug)]
pub enum Need<'a> {
    /// Write records of a collection in the caller's own repository.
    Write { collection: &'a Nsid, action: WriteAction },
    /// Upload a file of a media type.
    Upload { mime_type: &'a str },
    /// See or change a part of the account itself.
    Account { part: AccountPart, access: Access },
    /// Change what the account's identity says.
    Identity { part: IdentityPart },
    /// Call a method of another service in the account's name. `audience` is the service's DID,
    /// with the fragment that names the service in its document.
    Call { method: &'a Nsid, audience: &'a str },
    /// What belongs to the owner alone: passwords, other sessions, keys, the account's end.
    Owner,
}

/// What is done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteAction {
    Create,
    Update,
    Delete,
}

/// A part of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountPart {
    Email,
    /// The repository as a whole: bringing one along.
    Repo,
    /// Whether the account is active.
    Status,
}

/// How far a permission reaches; managing includes reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    Read,
    Manage,
}

/// A part of an identity; everything includes the handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentityPart {
    Handle,
    Everything,
}

impl WriteAction {
    /// What it costs of an account's writes.
    pub fn points(self) -> u32 {
        match self {
            Self::Create => 3,
            Self::Update => 2,
            Self::Delete => 1,
        }
    }
}

impl Need<'_> {
    /// An app password acts on records, but not on the account.
    pub fn met_by_session(&self, scope: AccessScope) -> Result<(), Refusal> {
        match (self, scope) {
            (_, AccessScope::Full) => Ok(()),
            (
                Self::Write { .. }
                | Self::Upload { .. }
                | Self::Account { access: Access::Read, .. }
                | Self::Call { .. },
                AccessScope::AppPassword | AccessScope::PrivilegedAppPassword,
            ) => Ok(()),
            _ => Err(Refusal::AppPasswordNotEnough),
        }
    }
}
