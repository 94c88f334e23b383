//! Groups: repositories that several people look after, each as themselves.
//!
//! A group is an account like any other to whoever reads it. Its members are accounts of this
//! server or of others; each has a [`role`], and every change is checked against it inside the
//! transaction that makes the change, so that who is removed can do nothing from then on. The
//! server remembers who wrote which record, and keeps a log of what was done and what was refused.
//!
//! * [`role`]: roles, and what each may do.
//! * [`act`]: what somebody does, as the rules and the log see it.
//! * [`acting`]: somebody who acts in a group.
//! * [`found`]: how a group begins.
//! * [`members`]: coming, going and roles; [`transfer`]: another owner.
//! * [`records`]: writing in a group.
//! * [`refused`]: why something was not done.

pub mod act;
pub mod acting;
pub mod found;
pub mod members;
pub mod records;
pub mod refused;
pub mod role;
pub mod transfer;

use rusqlite::Connection;

use crate::error::{Error, Refusal};
use crate::store::{AccountId, groups};

/// Refuses to write to a group's repository in the group's own name: nobody could be told apart.
pub fn require_no_group(connection: &Connection, id: AccountId) -> Result<(), Error> {
    match groups::is_group(connection, id)? {
        true => Err(Refusal::from(refused::GroupRefusal::WrittenByMembers).into()),
        false => Ok(()),
    }
}
