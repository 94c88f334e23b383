//! Roles, and what each may do.

use std::str::FromStr;

use serde::Serialize;

/// What a member may do in a group; each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Member,
    Admin,
    Owner,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Member, Self::Admin, Self::Owner];

    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or(UnknownRole)
    }
}

/// No role is called that.
#[derive(Debug, thiserror::Error)]
#[error("no role is called that")]
pub struct UnknownRole;

/// What is done in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Register,
    Import,
    CreateRecord,
    PutOwnRecord,
    PutAnyRecord,
    /// Writing what the group says of itself.
    PutProfile,
    DeleteOwnRecord,
    DeleteAnyRecord,
    UploadBlob,
    ListMembers,
    AddMember,
    RemoveMember,
    /// Going oneself.
    Leave,
    SetRole,
    QueryAudit,
    ProposeTransfer,
    AcceptTransfer,
    CancelTransfer,
}

impl Deed {
    /// As the log spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "group.register",
            Self::Import => "group.import",
            Self::CreateRecord => "createRecord",
            Self::PutOwnRecord => "putOwnRecord",
            Self::PutAnyRecord => "putAnyRecord",
            Self::PutProfile => "putRecord:profile",
            Self::DeleteOwnRecord => "deleteOwnRecord",
            Self::DeleteAnyRecord => "deleteAnyRecord",
            Self::UploadBlob => "uploadBlob",
            Self::ListMembers => "member.list",
            Self::AddMember => "member.add",
            Self::RemoveMember | Self::Leave => "member.remove",
            Self::SetRole => "role.set",
            Self::QueryAudit => "audit.query",
            Self::ProposeTransfer => "ownershipTransfer.propose",
            Self::AcceptTransfer => "ownershipTransfer.accept",
            Self::CancelTransfer => "ownershipTransfer.cancel",
        }
    }

    /// The least role that may do it.
    pub fn needs(self) -> Role {
        match self {
            Self::CreateRecord
            | Self::PutOwnRecord
            | Self::DeleteOwnRecord
            | Self::UploadBlob
            | Self::ListMembers
            | Self::Leave
            | Self::AcceptTransfer
            | Self::CancelTransfer => Role::Member,
            Self::PutAnyRecord
            | Self::PutProfile
            | Self::DeleteAnyRecord
            | Self::AddMember
            | Self::RemoveMember
            | Self::QueryAudit => Role::Admin,
            Self::Register | Self::Import | Self::SetRole | Self::ProposeTransfer => Role::Owner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ordered_and_read_as_they_are_written() {
        assert!(Role::Member < Role::Admin && Role::Admin < Role::Owner);
        for role in Role::ALL {
            assert_eq!(role.name().parse::<Role>().unwrap(), role);
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        assert!("Owner".parse::<Role>().is_err());
    }
}
