//! Coming, going, and changes of role. All of this runs inside the writer.

use hypercerts_lexicon::Did;
use jiff::Timestamp;
use serde_json::json;

use crate::error::{Error, Refusal};
use crate::group::act::Act;
use crate::group::acting::Acting;
use crate::group::refused::GroupRefusal;
use crate::group::role::{Deed, Role};
use crate::store::WriteTx;
use crate::store::groups::{members, transfers};

/// Members of one group.
const MAX_MEMBERS: u32 = 1_000;
/// The roles that can be given; there is one owner at any time.
const GIVEN: &str = "member or admin";

/// A role that somebody names to give it.
pub fn role_to_give(text: &str) -> Result<Role, Refusal> {
    let unknown = || GroupRefusal::InvalidRole { given: text.to_owned(), allowed: GIVEN };
    Ok(text.parse().map_err(|_| unknown())?)
}

/// Adds a member with a role below the caller's own, and tells when.
pub fn add(
    tx: &mut WriteTx<'_>,
    acting: &Acting,
    member: &Did,
    role: Role,
) -> Result<Timestamp, Error> {
    let act = Act::to(Deed::AddMember, member).with("role", json!(role));
    let own = acting.require(tx.connection, &act)?;
    if role == Role::Owner {
        let given = role.name().to_owned();
        return Err(refused(GroupRefusal::InvalidRole { given, allowed: GIVEN }));
    }
    require_below(own, role, &act)?;
    if *member == acting.group.did {
        return Err(refused(GroupRefusal::Itself));
    }
    if members::role(tx.connection, acting.id(), member)?.is_some() {
        return Err(refused(GroupRefusal::MemberAlreadyExists(member.clone())));
    }
    if members::count(tx.connection, acting.id())? >= MAX_MEMBERS {
        return Err(refused(GroupRefusal::Full(MAX_MEMBERS)));
    }
    members::insert(tx.connection, acting.id(), member, role, &acting.actor, tx.now)?;
    act.note(tx, acting.id(), &acting.actor)?;
    Ok(tx.now)
}

/// Removes a member whose role is below the caller's own, or the caller.
pub fn remove(tx: &mut WriteTx<'_>, acting: &Acting, member: &Did) -> Result<(), Error> {
    let leaving = *member == acting.actor;
    let deed = if leaving { Deed::Leave } else { Deed::RemoveMember };
    let act = Act::to(deed, member);
    let own = acting.require(tx.connection, &act)?;
    let role = role_of(tx, acting, member)?;
    if role == Role::Owner {
        return Err(refused(GroupRefusal::CannotRemoveOwner));
    }
    if !leaving {
        require_below(own, role, &act)?;
    }
    members::delete(tx.connection, acting.id(), member)?;
    transfers::delete_of(tx.connection, acting.id(), member)?;
    Ok(act.note(tx, acting.id(), &acting.actor)?)
}

/// Gives a member another role, and tells when. The owner's changes by a transfer only.
pub fn set_role(
    tx: &mut WriteTx<'_>,
    acting: &Acting,
    member: &Did,
    role: Role,
) -> Result<Timestamp, Error> {
    let act = Act::to(Deed::SetRole, member).with("newRole", json!(role));
    acting.require(tx.connection, &act)?;
    let previous = role_of(tx, acting, member)?;
    if previous == Role::Owner {
        return Err(refused(GroupRefusal::CannotModifyOwner));
    }
    if role == Role::Owner {
        return Err(refused(GroupRefusal::CannotPromoteToOwner));
    }
    members::set_role(tx.connection, acting.id(), member, role)?;
    transfers::delete_of(tx.connection, acting.id(), member)?;
    let act = act.with("previousRole", json!(previous));
    act.note(tx, acting.id(), &acting.actor)?;
    Ok(tx.now)
}

fn role_of(tx: &WriteTx<'_>, acting: &Acting, member: &Did) -> Result<Role, Error> {
    let role = members::role(tx.connection, acting.id(), member)?;
    role.ok_or_else(|| refused(GroupRefusal::MemberNotFound(member.clone())))
}

/// Nobody acts on their equals.
fn require_below(own: Role, other: Role, act: &Act) -> Result<(), Error> {
    if other < own {
        return Ok(());
    }
    let why = format!(
        "Your role, {}, does not reach to somebody with the role {}; ask the owner of the group.",
        own.name(),
        other.name()
    );
    Err(refused(act.denied(why)))
}

fn refused(why: GroupRefusal) -> Error {
    Refusal::from(why).into()
}
