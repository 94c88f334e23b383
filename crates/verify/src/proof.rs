//! Asking a host for the proof of a record.

use bytes::Bytes;
use hypercerts_identity::net::HttpClient;
use hypercerts_lexicon::Did;
use hypercerts_repo::RepoPath;
use hypercerts_xrpc::client::{ClientError, XrpcClient};
use hypercerts_xrpc::nsid::sync;
use url::Url;

/// The most a proof may weigh: a record of a megabyte, and the nodes on the way to it.
const MAX_PROOF_BYTES: u64 = 4 * 1024 * 1024;

/// The CAR that is to prove what is at `path`, unchecked.
pub(crate) async fn fetch(
    http: &HttpClient,
    pds: &Url,
    did: &Did,
    path: &RepoPath,
) -> Result<Bytes, ClientError> {
    let host = XrpcClient::new(http.clone(), pds.clone());
    let (collection, rkey) = path.parts();
    let params = [("did", did.as_str()), ("collection", collection), ("rkey", rkey)];
    host.query_bytes(sync::GET_RECORD, &params, MAX_PROOF_BYTES).await
}
