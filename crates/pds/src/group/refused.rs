//! Why something was not done in a group.

use axum::http::StatusCode;
use hypercerts_lexicon::{Did, Handle};
use hypercerts_xrpc::XrpcError;

use crate::group::act::Act;

/// A decision against a member, for the log too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denied {
    pub act: Act,
    pub why: String,
}

/// Why something was not done in a group. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GroupRefusal {
    #[error("{0} names no group of this server.")]
    UnknownGroup(String),
    #[error("You are not a member of this group; ask one of its admins to add you.")]
    NotYourGroup,
    #[error("{}", .0.why)]
    Forbidden(Box<Denied>),
    #[error(
        "The repository of a group is written to by its members, each as themselves: log in to your \
         own account and use the methods app.certified.group.repo.*."
    )]
    WrittenByMembers,
    #[error("{0} is a group already.")]
    AlreadyAGroup(Did),
    #[error("ownerDid has to be the account that asks, {0}: whoever registers a group owns it.")]
    NotTheOwner(Did),
    #[error(
        "Only {0} itself can become a group; log in to it with its own password and ask again."
    )]
    NotTheAccount(Did),
    #[error("A group cannot be looked after by itself; name the account of a person.")]
    Itself,
    #[error("The group has {0} members, as many as one may have.")]
    Full(u32),
    #[error("\"{given}\" is not a role that can be given; {allowed} can.")]
    InvalidRole { given: String, allowed: &'static str },
    #[error("{0} is a member already; use role.set to change the role.")]
    MemberAlreadyExists(Did),
    #[error("{0} is not a member of this group.")]
    MemberNotFound(Did),
    #[error(
        "The owner cannot go; let another member take the group over first (ownershipTransfer)."
    )]
    CannotRemoveOwner,
    #[error("The owner stays owner until another member takes the group over (ownershipTransfer).")]
    CannotModifyOwner,
    #[error(
        "A member becomes owner by taking the group over (ownershipTransfer), not by role.set."
    )]
    CannotPromoteToOwner,
    #[error("{0} is not a member of this group; add them first.")]
    NotAMember(Did),
    #[error("{0} owns this group already.")]
    AlreadyOwner(Did),
    /// Also for whoever may not know of the one there is; the log then tells.
    #[error("No transfer of this group is proposed that you are a party to.")]
    NoPendingTransfer(Option<Box<Denied>>),
    #[error(
        "The account owns the group {0}. Let another member take that over first \
         (ownershipTransfer), or ask whoever runs this server to delete it."
    )]
    OwnerGoes(Handle),
    #[error("The cursor is none that this method gave.")]
    InvalidCursor,
}

impl GroupRefusal {
    /// What the log is to tell of it, if it was decided against a member.
    pub fn denied(&self) -> Option<&Denied> {
        match self {
            Self::Forbidden(denied) | Self::NoPendingTransfer(Some(denied)) => Some(denied),
            _ => None,
        }
    }
}

impl From<GroupRefusal> for XrpcError {
    fn from(refusal: GroupRefusal) -> Self {
        let message = refusal.to_string();
        let with = |status, name: &'static str| Self::new(status, name, message.clone());
        match refusal {
            GroupRefusal::UnknownGroup(_) => with(StatusCode::NOT_FOUND, "UnknownGroup"),
            GroupRefusal::NotYourGroup
            | GroupRefusal::Forbidden(_)
            | GroupRefusal::WrittenByMembers
            | GroupRefusal::NotTheOwner(_)
            | GroupRefusal::NotTheAccount(_) => Self::forbidden(message),
            GroupRefusal::AlreadyAGroup(_) => with(StatusCode::CONFLICT, "GroupAlreadyRegistered"),
            GroupRefusal::Itself | GroupRefusal::Full(_) | GroupRefusal::OwnerGoes(_) => {
                Self::invalid_request(message)
            }
            GroupRefusal::InvalidRole { .. } => Self::named("InvalidRole", message),
            GroupRefusal::MemberAlreadyExists(_) => {
                with(StatusCode::CONFLICT, "MemberAlreadyExists")
            }
            GroupRefusal::MemberNotFound(_) => with(StatusCode::NOT_FOUND, "MemberNotFound"),
            GroupRefusal::CannotRemoveOwner => Self::named("CannotRemoveOwner", message),
            GroupRefusal::CannotModifyOwner => Self::named("CannotModifyOwner", message),
            GroupRefusal::CannotPromoteToOwner => Self::named("CannotPromoteToOwner", message),
            GroupRefusal::NotAMember(_) => Self::named("NotAMember", message),
            GroupRefusal::AlreadyOwner(_) => Self::named("AlreadyOwner", message),
            GroupRefusal::NoPendingTransfer(_) => with(StatusCode::NOT_FOUND, "NoPendingTransfer"),
            GroupRefusal::InvalidCursor => Self::named("InvalidCursor", message),
        }
    }
}
