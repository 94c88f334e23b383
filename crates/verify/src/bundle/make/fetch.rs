//! Single records and blobs on the way into a bundle, each checked as it comes.

use bytes::Bytes;
use hypercerts_lexicon::{AtUri, Blob, Cid, Codec, Did, Tid, Value};
use hypercerts_repo::car::{self, CarLimits};
use hypercerts_repo::{
    Block, MemoryBlocks, PublicKey, RepoPath, VerifiedTree, VerifyError, proof_blocks,
};
use hypercerts_xrpc::client::{ClientError, XrpcClient};
use hypercerts_xrpc::nsid::sync;

use super::account::Known;
use crate::bundle::manifest::Reason;
use crate::{Verifier, proof};

/// A record that its repository proves.
#[derive(Debug, Clone)]
pub(super) struct Proven {
    pub did: Did,
    pub path: RepoPath,
    pub cid: Cid,
    pub commit: Cid,
    pub rev: Tid,
    /// The key that signed the commit.
    pub key: PublicKey,
    /// The commit, the tree nodes that lead to the record, and the record.
    pub blocks: Vec<Cid>,
    /// What the record says, if it can be read.
    pub value: Option<Value>,
}

/// Why a record is not proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unproven {
    /// The signature is by another key than the identity names: has it changed meanwhile?
    OtherKey,
    Because(Reason),
}

/// The DID and the path of a record's address.
pub(super) fn address(uri: &AtUri) -> Option<(Did, RepoPath)> {
    Some((uri.did()?, RepoPath::new(&uri.collection()?, &uri.rkey()?)))
}

/// Asks for a record with its proof.
pub(super) async fn record(
    verifier: &Verifier,
    known: &Known,
    did: &Did,
    path: &RepoPath,
) -> Result<(Proven, Vec<Block>), Unproven> {
    let (key, pds) = known.repository().map_err(Unproven::Because)?;
    let fetched = proof::fetch(&verifier.http, pds, did, path).await;
    let car = fetched.map_err(|error| Unproven::Because(not_served(&error)))?;
    prove(&car, key, did, path)
}

fn prove(
    proof: &[u8],
    key: &PublicKey,
    did: &Did,
    path: &RepoPath,
) -> Result<(Proven, Vec<Block>), Unproven> {
    let (roots, blocks) = car::read_all(proof, CarLimits::default()).map_err(|_| NOT_PROVEN)?;
    let store: MemoryBlocks = blocks.into_iter().collect();
    let root = *roots.first().ok_or(NOT_PROVEN)?;
    let mut tree = VerifiedTree::open(&store, root, did, key).map_err(|error| unproven(&error))?;
    let record = tree.record(&store, path).map_err(|error| unproven(&error))?;
    let record = record.ok_or(Unproven::Because(Reason::NotThere))?;
    let head = *tree.head().head();
    let (_, nodes) = proof_blocks(&store, head.data, path).map_err(|_| NOT_PROVEN)?;
    let commit = store.block(&root).cloned().ok_or(NOT_PROVEN)?;
    let ends = [(root, commit), (record.cid(), record.bytes().clone())];
    let blocks: Vec<Block> = nodes.into_iter().chain(ends).collect();
    let proven = Proven {
        did: did.clone(),
        path: path.clone(),
        cid: record.cid(),
        commit: root,
        rev: head.rev,
        key: key.clone(),
        blocks: blocks.iter().map(|(cid, _)| *cid).collect(),
        value: record.value().ok(),
    };
    Ok((proven, blocks))
}

const NOT_PROVEN: Unproven = Unproven::Because(Reason::NotProven);

fn unproven(error: &VerifyError) -> Unproven {
    if error.is_signature() { Unproven::OtherKey } else { NOT_PROVEN }
}

fn not_served(error: &ClientError) -> Reason {
    match error.status() {
        Some(_) => Reason::NotServed,
        None => Reason::HostUnreachable,
    }
}

/// Asks for a blob, which has to be what its CID names and no larger than `limit` bytes.
pub(super) async fn blob(
    verifier: &Verifier,
    known: &Known,
    did: &Did,
    blob: &Blob,
    limit: u64,
) -> Result<Bytes, Reason> {
    if blob.size > limit {
        return Err(Reason::TooLarge);
    }
    let (_, pds) = known.repository()?;
    let host = XrpcClient::new(verifier.http.clone(), pds.clone());
    let cid = blob.cid.to_string();
    let params = [("did", did.as_str()), ("cid", cid.as_str())];
    let fetched = host.query_bytes(sync::GET_BLOB, &params, limit).await;
    let bytes = fetched.map_err(|error| not_served(&error))?;
    match blob.cid.codec() == Codec::Raw && blob.cid.matches(&bytes) {
        true => Ok(bytes),
        false => Err(Reason::NotProven),
    }
}
