//! What the store holds of those who attest: their proofs, and their names.

use std::collections::{BTreeSet, HashMap};

use hypercerts_lexicon::{AtUri, Did, Value};
use hypercerts_records::attestation::{Evidence, Missing, Wanted};
use rusqlite::Connection;

use super::actors::Actors;
use super::followed::Followed;
use super::rows;
use crate::error::IndexError;
use crate::view::ActorBrief;

/// The proofs that entries refer to, and everybody whom the entries name.
pub(crate) fn attesters(
    db: &Connection,
    wanted: &[Wanted],
) -> Result<(Evidence, HashMap<Did, ActorBrief>), IndexError> {
    let mut evidence = Evidence::default();
    let mut followed = Followed::new(db);
    let proofs = wanted.iter().flat_map(|wanted| &wanted.proofs).map(|proof| proof.uri());
    let proofs: BTreeSet<&AtUri> = proofs.collect();
    for uri in &proofs {
        evidence.add_proof((*uri).clone(), proof(db, uri, &mut followed)?);
    }
    let mut actors = Actors::new(db);
    let mut names = HashMap::new();
    let holders = wanted.iter().flat_map(|wanted| &wanted.keys).map(|key| key.did().clone());
    for did in holders.chain(proofs.iter().filter_map(|uri| uri.did())) {
        let brief = actors.brief(&did)?;
        names.insert(did, brief);
    }
    Ok((evidence, names))
}

fn proof(
    db: &Connection,
    uri: &AtUri,
    followed: &mut Followed<'_>,
) -> Result<Result<Value, Missing>, IndexError> {
    if let Some(found) = rows::by_uri(db, uri)? {
        return Ok(Ok(found.view.value));
    }
    let is_known = uri.did().map_or(Ok(false), |did| followed.holds(&did))?;
    Ok(Err(match is_known {
        true => Missing::Absent(String::from("its repository does not hold it")),
        false => Missing::Unreachable(String::from("this index does not follow its repository")),
    }))
}
