//! Finds out about apps. Documents and keys are fetched through the client that refuses private
//! addresses, large answers and redirects, and are kept for a minute.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use hypercerts_identity::HttpClient;
use hypercerts_identity::net::{Request, header};
use serde_json::Value;
use tokio::sync::{OnceCell, Semaphore};
use url::Url;

use crate::oauth::client::document::{Client, Keys, Method, read_keys};
use crate::oauth::client::id::ClientId;
use crate::oauth::error::{Code, OAuthError};
use crate::oauth::jwk::Jwk;
use crate::recent::Recent;

/// How long what an app says of itself is taken for what it says still.
const KEPT_FOR: Duration = Duration::from_secs(60);
const KEPT: usize = 2_000;
/// Bytes of a document or a set of keys.
const MAX_BYTES: u64 = 256 * 1024;
/// How long an app's server may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// Fetches under way together.
const AT_ONCE: usize = 16;

type Outcome<T> = Result<Arc<T>, OAuthError>;

/// What is asked for together is fetched once.
type Shared<T> = Arc<OnceCell<Outcome<T>>>;

/// Apps by their ids.
pub struct Registry {
    http: HttpClient,
    clients: Recent<ClientId, Shared<Client>>,
    keys: Recent<Url, Shared<Vec<Jwk>>>,
    turns: Semaphore,
}

impl Registry {
    pub fn new(http: HttpClient) -> Self {
        Self {
            http,
            clients: Recent::new(KEPT, KEPT_FOR),
            keys: Recent::new(KEPT, KEPT_FOR),
            turns: Semaphore::new(AT_ONCE),
        }
    }

    /// The app that `text` names.
    pub async fn client(&self, text: &str) -> Outcome<Client> {
        let id = ClientId::parse(text, self.http.allows_private())?;
        match &id {
            ClientId::Loopback(loopback) => Client::on_this_machine(loopback).map(Arc::new),
            ClientId::Document(url) => {
                let fetch = || async {
                    let bytes = self.fetch(url, "client metadata").await?;
                    Client::read(&id, &bytes).map(Arc::new)
                };
                once(&self.clients, &id, fetch).await
            }
        }
    }

    /// The keys a confidential client may sign with at present.
    pub async fn keys(&self, client: &Client) -> Outcome<Vec<Jwk>> {
        match &client.method {
            Method::Public => Ok(Arc::default()),
            Method::PrivateKey { keys: Keys::Inline(keys), .. } => Ok(Arc::new(keys.clone())),
            Method::PrivateKey { keys: Keys::At(url), .. } => {
                once(&self.keys, url, || self.fetch_keys(url)).await
            }
        }
    }

    async fn fetch_keys(&self, url: &Url) -> Outcome<Vec<Jwk>> {
        let bytes = self.fetch(url, "keys").await?;
        let set: Value = serde_json::from_slice(&bytes)
            .map_err(|_| OAuthError::metadata(format!("What {url} answers is not JSON.")))?;
        read_keys(&set).map(Arc::new)
    }

    async fn fetch(&self, url: &Url, what: &str) -> Result<bytes::Bytes, OAuthError> {
        let failed = |why: String| {
            OAuthError::metadata(format!("The {what} cannot be read from {url}: {why}."))
        };
        let _turn = self.turns.try_acquire().map_err(|_| {
            let busy = "Too many apps are being looked up at the moment; try again.";
            OAuthError::new(Code::TemporarilyUnavailable, busy)
        })?;
        let request = Request::get(url.clone())
            .header(header::ACCEPT, "application/json")
            .max_body(MAX_BYTES);
        let answer = tokio::time::timeout(PATIENCE, self.http.send(request)).await;
        let answer = answer
            .map_err(|_| failed("it takes too long".to_owned()))?
            .map_err(|why| failed(why.to_string()))?;
        match answer.status() {
            200 => Ok(answer.body().clone()),
            status => Err(failed(format!("the answer is {status}"))),
        }
    }
}

/// What is remembered, or what `fetch` brings. Failures are not remembered: whoever mends a document
/// need not wait to see it work.
async fn once<K: Hash + Eq + Clone, T, F: Future<Output = Outcome<T>>>(
    kept: &Recent<K, Shared<T>>,
    key: &K,
    fetch: impl FnOnce() -> F,
) -> Outcome<T> {
    let cell = kept.get_or_insert_with(key.clone(), Arc::default);
    let outcome = cell.get_or_init(fetch).await.clone();
    if outcome.is_err() {
        kept.remove(key);
    }
    outcome
}
