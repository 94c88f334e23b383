//! Claims whose rights are still to become a record of their own.

use hypercerts_lexicon::{Did, Map, Nsid, RecordKey, Tid, Value, map};

use super::{Invalid, ValidRecord};
use crate::claim::{Claim, Rights};
use crate::link::StrongRef;
use crate::nsid;

/// A claim and the rights that go with it, before either is written.
///
/// A claim refers to its rights by their CID, so they are a record to be written first. Clients may give them
/// in place, as `{rightsName, rightsType, rightsDescription}`; a draft takes them apart.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimDraft {
    claim: Map,
    rights: Option<ValidRecord>,
}

/// What a draft becomes, in the order in which it is written. All in one commit is best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRecords {
    /// To be written under the key that the claim's reference was made with.
    pub rights: Option<ValidRecord>,
    pub claim: ValidRecord,
}

impl Claim {
    /// The claim under rights that are not written yet.
    pub fn with_rights(self, rights: Rights) -> Result<ClaimDraft, Invalid> {
        let claim = self.into_value()?;
        let claim = claim.as_map().cloned().unwrap_or_default();
        Ok(ClaimDraft { claim, rights: Some(rights.build()?) })
    }
}

impl ClaimDraft {
    /// Takes a claim apart that may have its rights in place. They are made when the claim is, unless they
    /// say otherwise.
    ///
    /// # Errors
    /// If the rights are no valid record. The claim is checked by [`at`](Self::at).
    pub fn read(claim: &Value) -> Result<Self, Invalid> {
        let mut claim = claim.as_map().cloned().unwrap_or_default();
        let rights = match claim.get("rights") {
            Some(Value::Map(rights)) if !rights.contains_key("uri") => {
                Some(rights_record(rights.clone(), claim.get("createdAt"))?)
            }
            _ => None,
        };
        if rights.is_some() {
            claim.remove("rights");
        }
        Ok(Self { claim, rights })
    }

    /// The rights record, if one is to be written.
    #[must_use]
    pub fn rights(&self) -> Option<&ValidRecord> {
        self.rights.as_ref()
    }

    /// The records to be written into `repository`, the rights under `rights_key`.
    pub fn at(self, repository: &Did, rights_key: Tid) -> Result<ClaimRecords, Invalid> {
        let Self { mut claim, rights } = self;
        if let Some(rights) = &rights {
            let key = RecordKey::parse(&rights_key.to_string())
                .expect("invariant: every TID is a record key");
            claim.insert("rights", reference_value(&rights.reference(repository, &key)));
        }
        let claim = ValidRecord::of_value(&known(nsid::ACTIVITY), claim.into())?;
        Ok(ClaimRecords { rights, claim })
    }
}

fn rights_record(mut rights: Map, made: Option<&Value>) -> Result<ValidRecord, Invalid> {
    if let Some(made) = made
        && !rights.contains_key("createdAt")
    {
        rights.insert("createdAt", made.clone());
    }
    ValidRecord::of_value(&known(nsid::RIGHTS), rights.into())
}

fn reference_value(reference: &StrongRef) -> Value {
    let cid = reference.cid().map(|cid| cid.to_string());
    map! { "uri" => reference.uri().as_str(), "cid" => cid }.into()
}

fn known(name: &str) -> Nsid {
    Nsid::parse(name).expect("invariant: the names of record types are NSIDs")
}
