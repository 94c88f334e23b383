//! Finds out about apps. Documents and keys are fetched through the client that refuses private
//! addresses, large answers and redirects, and are kept for a minute.
//!
//! Each network has a few looked up at a time, so that nobody keeps the apps of others from working
//! with addresses that answer slowly. While an app's server cannot be reached, its last good document
//! goes on counting for a day, but never one that holds keys: a key that was taken back counts no
//! more.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use hypercerts_identity::HttpClient;
use hypercerts_identity::net::{Request, header};
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use crate::limits::{self, Network, Turns};
use crate::oauth::client::document::{Client, Keys, Method, read_keys};
use crate::oauth::client::id::ClientId;
use crate::oauth::error::{Code, OAuthError};
use crate::oauth::jwk::Jwk;
use crate::recent::Recent;

/// How long what an app says of itself is taken for what it says still.
const KEPT_FOR: Duration = Duration::from_secs(60);
const KEPT: usize = 1_000;
/// How long an app's last good document counts while its server cannot be reached.
const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// Bytes of a document or a set of keys.
const MAX_BYTES: u64 = 256 * 1024;
/// How long an app's server may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// Requests that wait for an app's server at the same time: of one network, and in all.
const AT_ONCE: (usize, usize) = (8, 128);
/// How long a request waits for its turn.
const TURN: Duration = Duration::from_secs(4);

type Outcome<T> = Result<Arc<T>, OAuthError>;

/// What is asked for together is fetched once.
type Shared<T> = Arc<OnceCell<Outcome<T>>>;

/// Apps by their ids.
pub struct Registry {
    http: HttpClient,
    clients: Recent<ClientId, Shared<Client>>,
    keys: Recent<Url, Shared<Vec<Jwk>>>,
    /// The last good documents of those that hold no keys.
    good: Recent<ClientId, Arc<Client>>,
    turns: Turns<Network>,
}

impl Registry {
    pub fn new(http: HttpClient) -> Self {
        Self::keeping(http, KEPT_FOR)
    }

    fn keeping(http: HttpClient, kept_for: Duration) -> Self {
        Self {
            http,
            clients: Recent::new(KEPT, kept_for),
            keys: Recent::new(KEPT, kept_for),
            good: Recent::new(KEPT, GOOD_FOR),
            turns: Turns::new(AT_ONCE.0, AT_ONCE.1),
        }
    }

    /// The app that `text` names.
    pub async fn client(&self, text: &str) -> Outcome<Client> {
        let id = ClientId::parse(text, self.http.allows_private())?;
        match &id {
            ClientId::Loopback(loopback) => Client::on_this_machine(loopback).map(Arc::new),
            ClientId::Document(url) => {
                let fetch = || self.fetch_client(&id, url);
                match self.once(&self.clients, &id, fetch).await {
                    Ok(found) => found,
                    Err(busy) => self.good.get(&id).ok_or(busy),
                }
            }
        }
    }

    /// The keys a confidential client may sign with at present.
    pub async fn keys(&self, client: &Client) -> Outcome<Vec<Jwk>> {
        match &client.method {
            Method::Public => Ok(Arc::default()),
            Method::PrivateKey { keys: Keys::Inline(keys), .. } => Ok(Arc::new(keys.clone())),
            Method::PrivateKey { keys: Keys::At(url), .. } => {
                self.once(&self.keys, url, || self.fetch_keys(url)).await?
            }
        }
    }

    async fn fetch_client(&self, id: &ClientId, url: &Url) -> Outcome<Client> {
        let read = |bytes: bytes::Bytes| Client::read(id, &bytes).map(Arc::new);
        let outcome = match self.fetch(url, "client metadata").await {
            Ok(bytes) => read(bytes),
            Err(Missed::Unreachable(why)) => return self.good.get(id).ok_or(why),
            Err(Missed::Refused(why)) => Err(why),
        };
        match &outcome {
            Ok(client) if !client.holds_keys() => self.good.insert(id.clone(), Arc::clone(client)),
            _ => self.good.remove(id),
        }
        outcome
    }

    async fn fetch_keys(&self, url: &Url) -> Outcome<Vec<Jwk>> {
        let bytes = self.fetch(url, "keys").await?;
        let set: Value = serde_json::from_slice(&bytes)
            .map_err(|_| OAuthError::metadata(format!("What {url} answers is not JSON.")))?;
        read_keys(&set).map(Arc::new)
    }

    async fn fetch(&self, url: &Url, what: &str) -> Result<bytes::Bytes, Missed> {
        let failed = |why: String| {
            OAuthError::metadata(format!("The {what} cannot be read from {url}: {why}."))
        };
        let request = Request::get(url.clone())
            .header(header::ACCEPT, "application/json")
            .max_body(MAX_BYTES);
        let answer = tokio::time::timeout(PATIENCE, self.http.send(request)).await;
        let answer = answer
            .map_err(|_| Missed::Unreachable(failed("it takes too long".to_owned())))?
            .map_err(|why| Missed::Unreachable(failed(why.to_string())))?;
        match answer.status() {
            200 => Ok(answer.body().clone()),
            status => {
                let why = failed(format!("the answer is {status}"));
                Err(if status >= 500 { Missed::Unreachable(why) } else { Missed::Refused(why) })
            }
        }
    }

    /// What is remembered, or what `fetch` brings; the outer error if it is not this request's turn.
    /// Failures are not remembered: whoever mends a document need not wait to see it work.
    ///
    /// Waiting for what another request fetches takes a turn too, so that one network cannot put
    /// its own failures before everybody.
    async fn once<K: Hash + Eq + Clone, T, F: Future<Output = Outcome<T>>>(
        &self,
        kept: &Recent<K, Shared<T>>,
        key: &K,
        fetch: impl FnOnce() -> F,
    ) -> Result<Outcome<T>, OAuthError> {
        let cell = kept.get_or_insert_with(key.clone(), Arc::default);
        if let Some(outcome) = cell.get() {
            return Ok(outcome.clone());
        }
        let turn = self.turns.begin_within(limits::asker().as_ref(), TURN).await;
        let _turn = turn.map_err(|_| {
            let busy = "Too many apps are being looked up at the moment; try again.";
            OAuthError::new(Code::TemporarilyUnavailable, busy)
        })?;
        let outcome = cell.get_or_init(fetch).await.clone();
        if outcome.is_err() {
            kept.remove(key);
        }
        Ok(outcome)
    }
}

/// Why nothing was fetched.
enum Missed {
    /// Its server cannot be reached, or is broken.
    Unreachable(OAuthError),
    /// Its server has nothing to give.
    Refused(OAuthError),
}

impl From<Missed> for OAuthError {
    fn from(missed: Missed) -> Self {
        match missed {
            Missed::Unreachable(why) | Missed::Refused(why) => why,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::{Path, State};
    use axum::http::StatusCode;
    use axum::response::IntoResponse;
    use axum::routing::get;
    use hypercerts_identity::NetPolicy;
    use serde_json::json;
    use tokio::sync::watch;

    use super::*;

    /// Answers with `status`; with a document if that is a success.
    async fn answer(
        State((origin, status)): State<(String, watch::Receiver<StatusCode>)>,
        Path(name): Path<String>,
    ) -> impl IntoResponse {
        let mut document = json!({
            "client_id": format!("{origin}/{name}"),
            "redirect_uris": [format!("{origin}/callback")],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "atproto",
            "token_endpoint_auth_method": "none",
            "dpop_bound_access_tokens": true,
        });
        if name == "keys.json" {
            document["token_endpoint_auth_method"] = json!("private_key_jwt");
            document["token_endpoint_auth_signing_alg"] = json!("ES256");
            document["jwks"] = json!({ "keys": [] });
        }
        (*status.borrow(), axum::Json(document))
    }

    #[tokio::test]
    async fn while_a_server_is_broken_its_apps_go_on_but_not_by_keys_it_may_have_taken_back() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (says, status) = watch::channel(StatusCode::OK);
        let router =
            axum::Router::new().route("/{name}", get(answer)).with_state((origin.clone(), status));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let http = HttpClient::new(NetPolicy::allow_private()).unwrap();
        let registry = Registry::keeping(http, Duration::ZERO);
        let (public, keys) = (format!("{origin}/public.json"), format!("{origin}/keys.json"));
        let asked = async |id: &str| registry.client(id).await.is_ok();
        assert!(!asked(&format!("{origin}/no/such")).await);

        assert!(asked(&public).await && asked(&keys).await);
        says.send_replace(StatusCode::BAD_GATEWAY);
        assert_eq!((asked(&public).await, asked(&keys).await), (true, false));
        // What is taken away is gone.
        says.send_replace(StatusCode::NOT_FOUND);
        assert!(!asked(&public).await);
        says.send_replace(StatusCode::BAD_GATEWAY);
        assert!(!asked(&public).await);
    }
}
