//! The rules by which an operation joins the operations in force.

use hypercerts_lexicon::{Cid, Did};
use jiff::{SignedDuration, Timestamp};

use super::{PlcData, PlcError, SignedOperation};

/// How long an operation may be undone by a stronger key, to the instant.
const RECOVERY_WINDOW: SignedDuration = SignedDuration::from_hours(72);

/// The operations of a DID that are in force, oldest first. Each builds on the one before it.
#[derive(Debug, Clone)]
pub(crate) struct History {
    did: Did,
    in_force: Vec<Accepted>,
}

/// An operation in force.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    pub operation: SignedOperation,
    pub cid: Cid,
    pub at: Timestamp,
}

impl History {
    /// The history of a DID that has none yet.
    pub fn new(did: Did) -> Self {
        Self { did, in_force: Vec::new() }
    }

    /// A history that was checked when its operations were taken.
    pub fn checked(did: Did, in_force: Vec<Accepted>) -> Self {
        Self { did, in_force }
    }

    /// Takes an operation made known at a time; gives back the CIDs of those it undoes, oldest first.
    ///
    /// # Errors
    /// The rule it breaks; the history is then as before.
    pub fn admit(
        &mut self,
        operation: SignedOperation,
        cid: Cid,
        at: Timestamp,
    ) -> Result<Vec<Cid>, PlcError> {
        let kept = match self.in_force.is_empty() {
            true => self.check_genesis(&operation)?,
            false => self.check_next(&operation, at)?,
        };
        let undone = self.in_force.drain(kept..).map(|undone| undone.cid).collect();
        self.in_force.push(Accepted { operation, cid, at });
        Ok(undone)
    }

    /// The newest operation in force.
    pub fn last(&self) -> Option<&Accepted> {
        self.in_force.last()
    }

    fn check_genesis(&self, operation: &SignedOperation) -> Result<usize, PlcError> {
        let made = operation.did().ok_or(PlcError::NotGenesis)?;
        let data = operation.operation().data().ok_or(PlcError::NotGenesis)?;
        operation.signer(&data.rotation_keys).ok_or(PlcError::Signature)?;
        match made == self.did {
            true => Ok(0),
            false => Err(PlcError::WrongDid { did: self.did.clone(), made }),
        }
    }

    /// How many operations stay in force when this one joins.
    fn check_next(&self, operation: &SignedOperation, at: Timestamp) -> Result<usize, PlcError> {
        let prev = operation.prev().ok_or(PlcError::SecondGenesis)?;
        let fork = self
            .in_force
            .iter()
            .position(|known| known.cid == prev)
            .ok_or(PlcError::UnknownPrev(prev))?;
        let base =
            self.in_force[fork].operation.operation().data().ok_or(PlcError::AfterTombstone)?;
        match self.in_force.get(fork + 1) {
            None => operation.signer(&base.rotation_keys).map(|_| ()).ok_or(PlcError::Signature)?,
            Some(undone) => check_recovery(operation, at, undone, &base)?,
        }
        Ok(fork + 1)
    }
}

/// Whether an operation may undo another one and all that build on it: its key has to stand before the other's in
/// the list both were signed under, and it has to come in time.
fn check_recovery(
    operation: &SignedOperation,
    at: Timestamp,
    undone: &Accepted,
    base: &PlcData,
) -> Result<(), PlcError> {
    let rank = undone.operation.signer(&base.rotation_keys).ok_or(PlcError::Signature)?;
    if operation.signer(&base.rotation_keys[..rank]).is_none() {
        let signed_at_all = operation.signer(&base.rotation_keys).is_some();
        return Err(if signed_at_all { PlcError::WeakerKey } else { PlcError::Signature });
    }
    let elapsed = at.duration_since(undone.at);
    match elapsed {
        _ if elapsed.is_negative() => Err(PlcError::BackInTime),
        _ if elapsed > RECOVERY_WINDOW => Err(PlcError::TooLate),
        _ => Ok(()),
    }
}
