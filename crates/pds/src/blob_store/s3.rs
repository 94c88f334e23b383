//! Blobs in an S3-compatible store, one object each.
//!
//! Requests are signed by `rusty-s3`, which does no I/O, and sent by the one HTTP client. The
//! store is the operator's choice, so that it may lie on a private network.

use std::fmt;
use std::io;
use std::time::Duration;

use futures_util::StreamExt;
use hypercerts_identity::net::{Body, NetError, Request};
use hypercerts_identity::{HttpClient, NetPolicy};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use tokio::fs::File;
use url::Url;

use super::disk::pieces;
use super::{Pieces, Received};
use crate::error::{Error, OpenError};

/// How long a signed request is good for.
const SIGNED_FOR: Duration = Duration::from_secs(60 * 60);
/// The least pace of an object on its way, in bytes a second.
const PACE: u64 = 64 * 1024;
const NOT_FOUND: u16 = 404;

/// Where the store is, and how to be let in.
#[derive(Clone)]
pub struct S3Config {
    /// Such as `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: Url,
    pub bucket: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
}

impl fmt::Debug for S3Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("S3Config");
        shown.field("endpoint", &self.endpoint.as_str()).field("bucket", &self.bucket);
        shown.finish_non_exhaustive()
    }
}

/// A bucket that can be used.
pub struct S3 {
    bucket: Bucket,
    credentials: Credentials,
    http: HttpClient,
}

impl S3 {
    pub fn open(config: &S3Config) -> Result<Self, OpenError> {
        let unusable = |why: String| OpenError::Config(format!("the S3 store: {why}"));
        // The bucket in the path works with every store, names with dots included.
        let style = UrlStyle::Path;
        let S3Config { endpoint, bucket, region, access_key, secret_key } = config.clone();
        if access_key.is_empty() || secret_key.is_empty() {
            return Err(unusable("an access key or its secret is missing".to_owned()));
        }
        let bucket = Bucket::new(endpoint, style, bucket, region)
            .map_err(|error| unusable(error.to_string()))?;
        let policy = NetPolicy { min_bytes_per_second: PACE, ..NetPolicy::allow_private() };
        let http = HttpClient::new(policy).map_err(|error| unusable(error.to_string()))?;
        Ok(Self { bucket, credentials: Credentials::new(access_key, secret_key), http })
    }

    /// Answers when the store says that it has the object.
    pub async fn put(&self, name: &str, received: Received) -> Result<(), Error> {
        let url = self.bucket.put_object(Some(&self.credentials), name).sign(SIGNED_FOR);
        let file = File::open(&received.path).await?;
        let sent = self.http.upload(Request::put(url), received.size, pieces(file)).await;
        sent.and_then(hypercerts_identity::net::Response::ok)
            .map(drop)
            .map_err(|error| failed(&error))
    }

    pub async fn get(&self, name: &str) -> Result<Option<Pieces>, Error> {
        let url = self.bucket.get_object(Some(&self.credentials), name).sign(SIGNED_FOR);
        match self.http.stream(Request::get(url).max_body(u64::MAX)).await {
            Ok(body) => Ok(Some(stream(body))),
            Err(NetError::Status { status: NOT_FOUND, .. }) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        let url = self.bucket.delete_object(Some(&self.credentials), name).sign(SIGNED_FOR);
        let answer = self.http.send(Request::delete(url)).await.map_err(|error| failed(&error))?;
        match answer.status() {
            NOT_FOUND => Ok(()),
            _ => answer.ok().map(drop).map_err(|error| failed(&error)),
        }
    }
}

fn stream(body: Body) -> Pieces {
    body.into_stream().map(|piece| piece.map_err(io::Error::other)).boxed()
}

fn failed(error: &NetError) -> Error {
    Error::BlobStore(error.to_string())
}
