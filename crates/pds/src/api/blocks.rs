//! `getBlocks`: blocks of a repository by their CIDs, be they commit, tree node or record.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hypercerts_lexicon::{AtIdentifier, Cid};
use hypercerts_repo::Block;
use hypercerts_repo::car::{encode_block, encode_header};
use hypercerts_xrpc::{Query, XrpcError};
use rusqlite::Connection;
use serde::Deserialize;

use crate::api::export::{self, CAR};
use crate::api::params::DidParam;
use crate::error::{Error, Refusal};
use crate::server::Server;
use crate::store::{AccountId, nodes, records, repos};

/// Blocks asked for at once.
const MAX_CIDS: usize = 200;

#[derive(Deserialize)]
pub struct GetBlocks {
    #[serde(default)]
    cids: Vec<Cid>,
}

/// A CAR without roots, in the order asked for. A block that the repository does not have is
/// refused by name, with all the others.
pub async fn get_blocks(
    State(server): State<Arc<Server>>,
    Query(DidParam { did }): Query<DidParam>,
    Query(GetBlocks { cids }): Query<GetBlocks>,
) -> Result<Response, XrpcError> {
    if !(1..=MAX_CIDS).contains(&cids.len()) {
        let message = format!("cids must name 1 to {MAX_CIDS} blocks.");
        return Err(Refusal::InvalidRequest(message).into());
    }
    let account = server.accounts.repo(&AtIdentifier::Did(did)).await?;
    // Records are not indexed by CID, so that this may read the whole repository.
    let _turn = export::turn(&server).await?;
    let read = move |connection: &Connection| find(connection, account.id, &cids);
    let blocks = server.store.readers.read(read).await?;
    let sections = blocks.iter().map(|(cid, bytes)| encode_block(cid, bytes));
    let car: Vec<u8> = std::iter::once(encode_header(None)).chain(sections).flatten().collect();
    Ok((CAR, car).into_response())
}

fn find(connection: &Connection, id: AccountId, cids: &[Cid]) -> Result<Vec<Block>, Error> {
    let mut found = HashMap::new();
    for cid in cids {
        found.extend(indexed(connection, id, cid)?.map(|bytes| (*cid, bytes)));
    }
    let missing: HashSet<Cid> =
        cids.iter().filter(|cid| !found.contains_key(*cid)).copied().collect();
    if !missing.is_empty() {
        found.extend(records::with_cids(connection, id, &missing)?);
    }
    let block = |cid: &Cid| {
        found.get(cid).map(|bytes| (*cid, bytes.clone())).ok_or(Refusal::BlockNotFound(*cid))
    };
    Ok(cids.iter().map(block).collect::<Result<_, _>>()?)
}

fn indexed(connection: &Connection, id: AccountId, cid: &Cid) -> Result<Option<Bytes>, Error> {
    if let Some((_, bytes)) = nodes::get(connection, id, cid)? {
        return Ok(Some(bytes));
    }
    let head = repos::head(connection, id)?.filter(|stored| stored.head.commit == *cid);
    Ok(head.map(|stored| stored.block))
}
