//! Another owner: the owner proposes a member, and ownership moves when that member accepts, which
//! shows that there is somebody. All of this runs inside the writer.

use hypercerts_lexicon::{Datetime, Did};
use jiff::SignedDuration;
use serde_json::json;

use crate::account::ways_in;
use crate::error::{Error, Refusal};
use crate::group::act::Act;
use crate::group::acting::Acting;
use crate::group::refused::{Denied, GroupRefusal};
use crate::group::role::{Deed, Role};
use crate::store::WriteTx;
use crate::store::groups::members;
use crate::store::groups::transfers::{self, Transfer};

/// How long a proposal may be accepted.
const LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The owner proposes a member; an earlier proposal lapses.
pub fn propose(tx: &mut WriteTx<'_>, acting: &Acting, to: &Did) -> Result<Transfer, Error> {
    let act = Act::to(Deed::ProposeTransfer, to).with("proposedOwner", json!(to));
    acting.require(tx.connection, &act)?;
    match members::role(tx.connection, acting.id(), to)? {
        None => return Err(refused(GroupRefusal::NotAMember(to.clone()))),
        Some(Role::Owner) => return Err(refused(GroupRefusal::AlreadyOwner(to.clone()))),
        Some(Role::Member | Role::Admin) => {}
    }
    let transfer = Transfer {
        proposed_by: acting.actor.clone(),
        proposed_owner: to.clone(),
        created_at: tx.now,
        expires_at: tx.now + LASTS,
    };
    transfers::put(tx.connection, acting.id(), &transfer)?;
    let expires_at = Datetime::from_unix_micros(transfer.expires_at.as_microsecond());
    let act = act.with("expiresAt", json!(expires_at));
    act.note(tx, acting.id(), &acting.actor)?;
    Ok(transfer)
}

/// What accepting came to.
#[derive(Clone, Debug)]
pub struct TakenOver {
    pub previous_owner: Did,
    pub at: Datetime,
}

/// The proposed member becomes owner, and the owner an admin.
pub fn accept(tx: &mut WriteTx<'_>, acting: &Acting) -> Result<TakenOver, Error> {
    let act = Act::new(Deed::AcceptTransfer);
    acting.require(tx.connection, &act)?;
    let transfer = pending(tx, acting)?;
    if transfer.proposed_owner != acting.actor {
        return Err(refused(none_for(act)));
    }
    let previous_owner = owner(tx, acting)?;
    // There is never a moment with two: the table would not have it.
    members::set_role(tx.connection, acting.id(), &previous_owner, Role::Admin)?;
    members::set_role(tx.connection, acting.id(), &acting.actor, Role::Owner)?;
    transfers::delete(tx.connection, acting.id())?;
    // Whatever the operator opened for the one before.
    ways_in::shut_all(tx, acting.id())?;
    let act =
        act.with("newOwner", json!(acting.actor)).with("previousOwner", json!(previous_owner));
    act.note(tx, acting.id(), &acting.actor)?;
    Ok(TakenOver { previous_owner, at: tx.datetime() })
}

/// Either party calls it off.
pub fn cancel(tx: &mut WriteTx<'_>, acting: &Acting) -> Result<(), Error> {
    let act = Act::new(Deed::CancelTransfer);
    acting.require(tx.connection, &act)?;
    let transfer = pending(tx, acting)?;
    if !is_party(&transfer, &acting.actor) {
        return Err(refused(none_for(act)));
    }
    transfers::delete(tx.connection, acting.id())?;
    let act = act.with("proposedOwner", json!(transfer.proposed_owner));
    Ok(act.note(tx, acting.id(), &acting.actor)?)
}

/// The owner who proposed, and the member who was proposed. An owner is the one who proposed: when
/// another takes over, no proposal stays.
pub fn is_party(transfer: &Transfer, who: &Did) -> bool {
    transfer.proposed_by == *who || transfer.proposed_owner == *who
}

fn pending(tx: &WriteTx<'_>, acting: &Acting) -> Result<Transfer, Error> {
    let transfer = transfers::get(tx.connection, acting.id(), tx.now)?;
    transfer.ok_or_else(|| refused(GroupRefusal::NoPendingTransfer(None)))
}

/// Whoever is no party hears what they would hear if there were none.
fn none_for(act: Act) -> GroupRefusal {
    let why = "The member is no party to the transfer that is proposed.".to_owned();
    GroupRefusal::NoPendingTransfer(Some(Box::new(Denied { act, why })))
}

fn owner(tx: &WriteTx<'_>, acting: &Acting) -> Result<Did, Error> {
    let owner = members::owner(tx.connection, acting.id())?;
    owner.ok_or_else(|| Error::Internal(format!("{} has no owner", acting.group.did)))
}

fn refused(why: GroupRefusal) -> Error {
    Refusal::from(why).into()
}
