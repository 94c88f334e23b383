//! Calling other servers: queries, procedures, sessions, the event stream.
//!
//! Every call goes through [`HttpClient`], which decides what may be connected to and how much
//! may come back. Who a server's accounts are, and whether what it says is true, is left to the
//! identity and repository crates.

mod error;
mod operator;
mod records;
mod session;
mod subscription;

use bytes::Bytes;
use hypercerts_identity::net::{Body, HttpClient, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

pub use error::ClientError;
pub use operator::Operator;
pub use records::{RecordAnswer, Written};
pub use session::{Arrival, NewAccount, Session, SessionData};
pub use subscription::{Subscription, SubscriptionError};

/// Calls the methods of one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct XrpcClient {
    http: HttpClient,
    base: Url,
}

impl XrpcClient {
    /// `base` is the server's origin, for instance `https://pds.example.org`.
    pub fn new(http: HttpClient, base: Url) -> Self {
        Self { http, base }
    }

    /// The server's origin.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The client the calls go through.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// A query that answers JSON. `params` is a struct, a list of pairs, or `()` for none; absent
    /// options are left out.
    ///
    /// # Errors
    /// [`ClientError::Refused`] when the server answers with an error, [`ClientError::Net`] when
    /// it does not answer, or not with the JSON expected.
    pub async fn query<T: DeserializeOwned>(
        &self,
        nsid: &str,
        params: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.send(nsid, self.get(nsid, params)?).await.and_then(|answer| Ok(answer.json()?))
    }

    /// A query that answers bytes, at most `budget` of them.
    pub async fn query_bytes(
        &self,
        nsid: &str,
        params: &impl Serialize,
        budget: u64,
    ) -> Result<Bytes, ClientError> {
        let request = self.get(nsid, params)?.max_body(budget);
        Ok(self.send(nsid, request).await?.body().clone())
    }

    /// A query that answers more than should be in memory at once, at most `budget` bytes.
    pub async fn query_stream(
        &self,
        nsid: &str,
        params: &impl Serialize,
        budget: u64,
    ) -> Result<Body, ClientError> {
        let request = self.get(nsid, params)?.max_body(budget);
        self.stream(nsid, request).await
    }

    /// A procedure with JSON in and out.
    pub async fn procedure<T: DeserializeOwned>(
        &self,
        nsid: &str,
        input: &impl Serialize,
    ) -> Result<T, ClientError> {
        let request = self.post(nsid)?.json(input);
        Ok(self.send(nsid, request).await?.json()?)
    }

    /// A procedure with JSON in and nothing out.
    pub async fn procedure_without_answer(
        &self,
        nsid: &str,
        input: &impl Serialize,
    ) -> Result<(), ClientError> {
        let request = self.post(nsid)?.json(input);
        self.send(nsid, request).await.map(drop)
    }

    fn get(&self, nsid: &str, params: &impl Serialize) -> Result<Request, ClientError> {
        let mut url = self.method(nsid)?;
        let query = serde_html_form::to_string(params).map_err(|why| ClientError::BadCall {
            method: nsid.to_owned(),
            reason: why.to_string(),
        })?;
        url.set_query(Some(query.as_str()).filter(|query| !query.is_empty()));
        Ok(Request::get(url))
    }

    fn post(&self, nsid: &str) -> Result<Request, ClientError> {
        Ok(Request::post(self.method(nsid)?))
    }

    fn method(&self, nsid: &str) -> Result<Url, ClientError> {
        self.base.join(&format!("/xrpc/{nsid}")).map_err(|why| ClientError::BadCall {
            method: nsid.to_owned(),
            reason: format!("{} is not the address of a server: {why}", self.base),
        })
    }

    async fn stream(&self, nsid: &str, request: Request) -> Result<Body, ClientError> {
        self.http.stream(request).await.map_err(|error| ClientError::of(nsid, error))
    }

    async fn send(&self, nsid: &str, request: Request) -> Result<Response, ClientError> {
        let answer = self.http.send(request).await.and_then(Response::ok);
        answer.map_err(|error| ClientError::of(nsid, error))
    }
}
