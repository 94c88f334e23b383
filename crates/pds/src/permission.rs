//! What methods need, and which tokens give it.

use hypercerts_lexicon::Nsid;
use hypercerts_xrpc::nsid::{actor, group, server};
use hypercerts_xrpc::tokens::AccessScope;

use crate::error::Refusal;
use crate::oauth::scope::Scopes;
use crate::oauth::scope_word::Word;

/// Methods of private messages, for which an app password has to be privileged.
const PRIVATE_MESSAGES: &str = "chat.bsky.";

/// Whether a method is about private messages, however it is written.
pub fn is_private_message(method: &Nsid) -> bool {
    let start = method.as_str().get(..PRIVATE_MESSAGES.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(PRIVATE_MESSAGES))
}

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
    /// Decide who looks after a group: it could take the group from the member who lets an app
    /// write there.
    Govern { method: &'a Nsid, audience: &'a str },
    /// What moving to another server takes and is the owner's alone: telling it that the account wants
    /// to live there, and which of the identity's keys are this server's.
    Leave,
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

impl<'a> Need<'a> {
    /// To call a method of a service as the account, be it another server's or this one's.
    pub fn to_call(method: &'a Nsid, audience: &'a str) -> Self {
        match method.as_str() {
            name if name.eq_ignore_ascii_case(server::CREATE_ACCOUNT) => Self::Leave,
            // Gives the account's repository into other hands.
            name if name.eq_ignore_ascii_case(group::IMPORT) => {
                Self::Account { part: AccountPart::Repo, access: Access::Manage }
            }
            name if group::GOVERNING.iter().any(|method| name.eq_ignore_ascii_case(method)) => {
                Self::Govern { method, audience }
            }
            _ => Self::Call { method, audience },
        }
    }

    /// An app password acts on records and may look, but not change the account.
    pub fn met_by_session(&self, scope: AccessScope) -> Result<(), Refusal> {
        match (self, scope) {
            (_, AccessScope::Full) => Ok(()),
            (need, AccessScope::TakenDown) => match need.is_for_leaving() {
                true => Ok(()),
                false => Err(Refusal::OnlyLeaving),
            },
            (Self::Call { method, .. }, AccessScope::AppPassword) if is_private_message(method) => {
                Err(Refusal::AppPasswordNotEnough)
            }
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

    /// Whether it takes this to move an account elsewhere: see what there is, take it along, and
    /// change where the identity leads.
    fn is_for_leaving(&self) -> bool {
        match self {
            Self::Leave | Self::Identity { part: IdentityPart::Everything } => true,
            Self::Account { part: AccountPart::Status, .. } => true,
            Self::Account { access, .. } => *access == Access::Read,
            Self::Call { method, .. } => method.as_str() == actor::GET_PREFERENCES,
            _ => false,
        }
    }

    /// An app connected by OAuth does what its scopes say, and nothing that is the owner's alone.
    pub fn met_by_scopes(&self, scopes: &Scopes) -> Result<(), Refusal> {
        match scopes.allow(self) {
            true => Ok(()),
            false => Err(Refusal::ScopeMissing(self.scope())),
        }
    }

    /// The narrowest scope that would do; `None` if no scope does.
    fn scope(&self) -> Option<String> {
        Some(match self {
            Self::Write { collection, action } => {
                format!("repo:{collection}?action={}", action.name())
            }
            Self::Upload { mime_type } => format!("blob:{mime_type}"),
            Self::Account { part, access } => {
                format!("account:{}?action={}", part.name(), access.name())
            }
            Self::Identity { part: IdentityPart::Handle } => "identity:handle".to_owned(),
            Self::Identity { part: IdentityPart::Everything } => "identity:*".to_owned(),
            Self::Call { method, audience } | Self::Govern { method, audience } => {
                Word::new("rpc", "lxm", [method.as_str()]).with("aud", [*audience]).to_string()
            }
            Self::Leave | Self::Owner => return None,
        })
    }
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

    pub const ALL: [Self; 3] = [Self::Create, Self::Update, Self::Delete];

    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

impl AccountPart {
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Repo => "repo",
            Self::Status => "status",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        [Self::Email, Self::Repo, Self::Status].into_iter().find(|part| part.name() == name)
    }
}

impl Access {
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        [Self::Read, Self::Manage].into_iter().find(|access| access.name() == name)
    }
}
