//! `com.atproto.sync.getRecord`: a CAR that proves what is at a path, be it nothing.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hypercerts_lexicon::{AtIdentifier, Did, Nsid, RecordKey};
use hypercerts_repo::car::encode_car;
use hypercerts_repo::{Block, RepoPath, proof_blocks};
use hypercerts_xrpc::{Query, XrpcError};
use rusqlite::Connection;
use serde::Deserialize;

use crate::api::export::CAR;
use crate::api::repos::head_of;
use crate::error::Error;
use crate::server::Server;
use crate::store::nodes::TreeBlocks;
use crate::store::{AccountId, StoreError, records};

#[derive(Deserialize)]
pub struct GetRecord {
    did: Did,
    collection: Nsid,
    rkey: RecordKey,
}

pub async fn get_record(
    State(server): State<Arc<Server>>,
    Query(params): Query<GetRecord>,
) -> Result<Response, XrpcError> {
    let account = server.accounts.repo(&AtIdentifier::Did(params.did)).await?;
    let path = RepoPath::new(&params.collection, &params.rkey);
    let read = move |connection: &Connection| proof(connection, account.id, &path);
    let car = server.store.readers.read(read).await?;
    Ok((CAR, car).into_response())
}

/// Commit, the nodes on the way, and the record if there is one.
fn proof(connection: &Connection, id: AccountId, path: &RepoPath) -> Result<Vec<u8>, Error> {
    let stored = head_of(connection, id)?;
    let tree = TreeBlocks { connection, id };
    let (cid, nodes) = proof_blocks(&tree, stored.head.data, path)
        .map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let mut blocks: Vec<Block> = vec![(stored.head.commit, stored.block)];
    blocks.extend(nodes);
    if let Some(cid) = cid {
        let lost = || StoreError::Corrupt(format!("the tree has {path}, the records have not"));
        let record = records::get(connection, id, path)?.filter(|record| record.cid == cid);
        blocks.push((cid, record.ok_or_else(lost)?.bytes));
    }
    Ok(encode_car(&stored.head.commit, &blocks))
}
