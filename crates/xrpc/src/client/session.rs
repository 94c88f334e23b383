//! Acting as an account: log in once, carry the tokens along, refresh them when they expire.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use hypercerts_identity::net::header::CONTENT_TYPE;
use hypercerts_identity::net::{Body, Request, Response};
use hypercerts_lexicon::{Blob, Did, Handle, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{ClientError, XrpcClient};
use crate::nsid::{repo, server};

/// An account's session with its server. Cheap to clone; clones share the tokens.
#[derive(Debug, Clone)]
pub struct Session {
    client: XrpcClient,
    did: Did,
    data: Arc<Mutex<SessionData>>,
}

/// What a session is resumed from. Holds secrets: store it where only its owner can read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionData {
    pub did: Did,
    pub handle: Handle,
    access_jwt: String,
    refresh_jwt: String,
}

impl std::fmt::Debug for SessionData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("SessionData");
        shown.field("did", &self.did).field("handle", &self.handle).finish_non_exhaustive()
    }
}

/// What an account is made from.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAccount<'a> {
    pub handle: &'a Handle,
    pub password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_code: Option<&'a str>,
}

/// An account that comes from another server.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arrival<'a> {
    pub did: &'a Did,
    pub handle: &'a Handle,
    pub password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_code: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Credentials<'a> {
    identifier: &'a str,
    password: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    allow_takendown: bool,
}

#[derive(Deserialize)]
struct UploadedBlob {
    blob: Value,
}

impl Session {
    /// Logs in with a handle, DID or e-mail address, and the password or an app password.
    pub async fn login(
        client: XrpcClient,
        identifier: &str,
        password: &str,
    ) -> Result<Self, ClientError> {
        let credentials = Credentials { identifier, password, allow_takendown: false };
        Self::begin(client, &credentials).await
    }

    /// As [`Self::login`], also if the account has been taken down: then all that the session can do
    /// is move it to another server.
    pub async fn login_to_leave(
        client: XrpcClient,
        identifier: &str,
        password: &str,
    ) -> Result<Self, ClientError> {
        let credentials = Credentials { identifier, password, allow_takendown: true };
        Self::begin(client, &credentials).await
    }

    async fn begin(client: XrpcClient, credentials: &Credentials<'_>) -> Result<Self, ClientError> {
        let data = client.procedure(server::CREATE_SESSION, credentials).await?;
        Ok(Self::resume(client, data))
    }

    /// Makes an account and is logged in to it.
    pub async fn create_account(
        client: XrpcClient,
        account: &NewAccount<'_>,
    ) -> Result<Self, ClientError> {
        let data = client.procedure(server::CREATE_ACCOUNT, account).await?;
        Ok(Self::resume(client, data))
    }

    /// Brings an account along from another server, which vouches for its owner with a service
    /// token, and is logged in to it here.
    pub async fn arrive(
        client: XrpcClient,
        arrival: &Arrival<'_>,
        service_token: &str,
    ) -> Result<Self, ClientError> {
        let request = client.post(server::CREATE_ACCOUNT)?.bearer(service_token).json(arrival);
        let data = client.send(server::CREATE_ACCOUNT, request).await?.json()?;
        Ok(Self::resume(client, data))
    }

    /// Goes on with a session that was stored.
    pub fn resume(client: XrpcClient, data: SessionData) -> Self {
        Self { client, did: data.did.clone(), data: Arc::new(Mutex::new(data)) }
    }

    /// The account.
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The account's server, without its authority.
    pub fn client(&self) -> &XrpcClient {
        &self.client
    }

    /// What to store to resume it later. Changes with every refresh.
    pub async fn data(&self) -> SessionData {
        self.data.lock().await.clone()
    }

    /// As [`XrpcClient::query`], as the account.
    pub async fn query<T: DeserializeOwned>(
        &self,
        nsid: &str,
        params: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.call(nsid, self.client.get(nsid, params)?).await
    }

    /// As [`XrpcClient::query_stream`], as the account: of one that is not active only its owner gets
    /// anything.
    pub async fn query_stream(
        &self,
        nsid: &str,
        params: &impl Serialize,
        budget: u64,
    ) -> Result<Body, ClientError> {
        let request = self.client.get(nsid, params)?.max_body(budget);
        let is_stale = |error: &ClientError| error.wants_refresh() || is_for_strangers(error);
        self.authorized(request, is_stale, |request| self.client.stream(nsid, request)).await
    }

    /// As [`XrpcClient::procedure`], as the account.
    pub async fn procedure<T: DeserializeOwned>(
        &self,
        nsid: &str,
        input: &impl Serialize,
    ) -> Result<T, ClientError> {
        self.call(nsid, self.client.post(nsid)?.json(input)).await
    }

    /// As [`XrpcClient::procedure_without_answer`], as the account.
    pub async fn command(&self, nsid: &str, input: &impl Serialize) -> Result<(), ClientError> {
        self.exchange(nsid, self.client.post(nsid)?.json(input)).await.map(drop)
    }

    /// A procedure that takes nothing and answers nothing, as the account.
    pub async fn trigger(&self, nsid: &str) -> Result<(), ClientError> {
        self.exchange(nsid, self.client.post(nsid)?).await.map(drop)
    }

    /// A procedure that takes nothing, as the account.
    pub async fn procedure_without_input<T: DeserializeOwned>(
        &self,
        nsid: &str,
    ) -> Result<T, ClientError> {
        self.call(nsid, self.client.post(nsid)?).await
    }

    /// A procedure whose input is `length` bytes as they come. They come only once, so the session
    /// is refreshed before rather than after.
    pub async fn upload<S>(
        &self,
        nsid: &str,
        mime_type: &str,
        length: u64,
        bytes: S,
    ) -> Result<(), ClientError>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    {
        let _: serde::de::IgnoredAny = self.query(server::GET_SESSION, &()).await?;
        let token = self.data.lock().await.access_jwt.clone();
        let request = self.client.post(nsid)?.bearer(&token);
        let request = request.header(CONTENT_TYPE, mime_type);
        let sent = self.client.http().upload(request, length, bytes).await;
        sent.and_then(Response::ok).map(drop).map_err(|error| ClientError::of(nsid, error))
    }

    /// Stores bytes at the account's server, to be referred to by a record soon.
    pub async fn upload_blob(
        &self,
        mime_type: &str,
        bytes: impl Into<Bytes>,
    ) -> Result<Blob, ClientError> {
        let request = self.client.post(repo::UPLOAD_BLOB)?.body(mime_type, bytes);
        let uploaded: UploadedBlob = self.call(repo::UPLOAD_BLOB, request).await?;
        Blob::from_value(&uploaded.blob).ok_or_else(|| ClientError::BadCall {
            method: repo::UPLOAD_BLOB.to_owned(),
            reason: "the server's answer holds no blob".to_owned(),
        })
    }

    /// Ends the session at the server.
    pub async fn logout(self) -> Result<(), ClientError> {
        let token = self.data.lock().await.refresh_jwt.clone();
        let request = self.client.post(server::DELETE_SESSION)?.bearer(&token);
        self.client.send(server::DELETE_SESSION, request).await.map(drop)
    }

    async fn call<T: DeserializeOwned>(
        &self,
        nsid: &str,
        request: Request,
    ) -> Result<T, ClientError> {
        Ok(self.exchange(nsid, request).await?.json()?)
    }

    async fn exchange(&self, nsid: &str, request: Request) -> Result<Response, ClientError> {
        let send = |request| self.client.send(nsid, request);
        self.authorized(request, ClientError::wants_refresh, send).await
    }

    /// With the token at hand, and once more with a refreshed one if the answer shows that it
    /// `is_stale`.
    async fn authorized<T, F: Future<Output = Result<T, ClientError>>>(
        &self,
        request: Request,
        is_stale: impl Fn(&ClientError) -> bool,
        send: impl Fn(Request) -> F,
    ) -> Result<T, ClientError> {
        let token = self.data.lock().await.access_jwt.clone();
        match send(request.clone().bearer(&token)).await {
            Err(error) if is_stale(&error) => {
                let token = self.refresh(&token).await?;
                send(request.bearer(&token)).await
            }
            outcome => outcome,
        }
    }

    /// A new access token. The lock is held throughout: whoever waited for it finds `stale`
    /// replaced and takes the new one, since a refresh token should be used once.
    async fn refresh(&self, stale: &str) -> Result<String, ClientError> {
        let mut data = self.data.lock().await;
        if data.access_jwt == stale {
            let request = self.client.post(server::REFRESH_SESSION)?.bearer(&data.refresh_jwt);
            *data = self.client.send(server::REFRESH_SESSION, request).await?.json()?;
        }
        Ok(data.access_jwt.clone())
    }
}

/// Where a method is for everybody, a token that has expired is not refused: it shows what strangers
/// see.
fn is_for_strangers(error: &ClientError) -> bool {
    matches!(error.name(), Some("RepoTakendown" | "RepoDeactivated" | "RepoSuspended"))
}
