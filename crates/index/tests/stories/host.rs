//! A host that says what it is told to say.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use hypercerts_lexicon::{Did, Tid};
use hypercerts_xrpc::frames::{Event, StreamError};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;
use url::Url;

use crate::world::serve;

/// A host. Clones are the same host.
#[derive(Clone)]
pub struct Host {
    pub url: Url,
    script: Arc<Script>,
}

struct Script {
    state: Mutex<Said>,
    changed: watch::Sender<u64>,
}

#[derive(Default)]
struct Said {
    /// Messages with their sequence numbers, in the order in which they are sent.
    messages: Vec<(i64, Bytes)>,
    repos: BTreeMap<Did, (Option<Tid>, RepoAnswer)>,
    fetches: u32,
    /// Whether it has told which accounts it has.
    listed: bool,
    /// Whether a cursor beyond the last message is refused.
    forgetful: bool,
}

/// What the host answers when it is asked for a repository.
#[derive(Clone)]
pub enum RepoAnswer {
    Car(Vec<u8>),
    /// An error by its name.
    Error(&'static str),
    /// Nothing, ever.
    Hang,
    /// One byte at a time.
    Drip,
    /// Zeros without end.
    Endless,
}

impl Host {
    pub async fn new() -> Self {
        let (changed, _) = watch::channel(0);
        let script = Arc::new(Script { state: Mutex::default(), changed });
        let router = Router::new()
            .route("/xrpc/com.atproto.sync.subscribeRepos", get(subscribe))
            .route("/xrpc/com.atproto.sync.getRepo", get(get_repo))
            .route("/xrpc/com.atproto.sync.listRepos", get(list_repos))
            .with_state(script.clone());
        Self { url: serve(router).await, script }
    }

    /// Says an event under the next sequence number, which it returns.
    pub fn publish(&self, event: &Event) -> i64 {
        self.say(|seq| event.encode(seq))
    }

    /// Says any bytes.
    pub fn say(&self, message: impl FnOnce(i64) -> Bytes) -> i64 {
        self.with(|said| {
            let seq = said.messages.iter().map(|(seq, _)| *seq).max().unwrap_or(0) + 1;
            said.messages.push((seq, message(seq)));
            seq
        })
    }

    /// Answers requests for a repository.
    pub fn offer(&self, did: &Did, rev: Option<Tid>, answer: RepoAnswer) {
        self.with(|said| drop(said.repos.insert(did.clone(), (rev, answer))));
    }

    /// Forgets what it said, as a host that was set up anew.
    pub fn forget(&self) {
        self.with(|said| {
            said.messages.clear();
            said.forgetful = true;
        });
    }

    /// How often it was asked for a repository.
    pub fn fetches(&self) -> u32 {
        self.with(|said| said.fetches)
    }

    /// Whether it was ever asked which accounts it has.
    pub fn was_listed(&self) -> bool {
        self.with(|said| said.listed)
    }

    fn with<T>(&self, change: impl FnOnce(&mut Said) -> T) -> T {
        let result = change(&mut self.script.state.lock().expect("no panic"));
        self.script.changed.send_modify(|version| *version += 1);
        result
    }
}

#[derive(Deserialize)]
struct Since {
    cursor: Option<i64>,
}

async fn subscribe(
    State(script): State<Arc<Script>>,
    Query(since): Query<Since>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(move |socket| speak(script, since.cursor, socket))
}

async fn speak(script: Arc<Script>, cursor: Option<i64>, mut socket: WebSocket) {
    if is_future(&script, cursor) {
        let error = StreamError::future_cursor().encode();
        let _ = socket.send(Message::Binary(error)).await;
        return;
    }
    let mut changed = script.changed.subscribe();
    let mut said = 0;
    loop {
        let messages = script.state.lock().expect("no panic").messages.clone();
        for (seq, message) in messages.iter().skip(said) {
            let wanted = cursor.is_none_or(|cursor| *seq > cursor);
            if wanted && socket.send(Message::Binary(message.clone())).await.is_err() {
                return;
            }
        }
        said = messages.len();
        tokio::select! {
            change = changed.changed() => if change.is_err() { return },
            received = socket.recv() => if !matches!(received, Some(Ok(_))) { return },
        }
    }
}

fn is_future(script: &Script, cursor: Option<i64>) -> bool {
    let said = script.state.lock().expect("no panic");
    let newest = said.messages.iter().map(|(seq, _)| *seq).max().unwrap_or(0);
    said.forgetful && cursor.is_some_and(|cursor| cursor > newest)
}

#[derive(Deserialize)]
struct ByDid {
    did: String,
}

async fn get_repo(State(script): State<Arc<Script>>, Query(params): Query<ByDid>) -> Response {
    let answer = {
        let mut said = script.state.lock().expect("no panic");
        said.fetches += 1;
        let did = Did::parse(&params.did).expect("a DID");
        said.repos.get(&did).map_or(RepoAnswer::Error("RepoNotFound"), |(_, answer)| answer.clone())
    };
    match answer {
        RepoAnswer::Car(car) => car.into_response(),
        RepoAnswer::Error(name) => {
            let body = json!({ "error": name, "message": "as the test said" });
            (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
        }
        RepoAnswer::Hang => std::future::pending().await,
        RepoAnswer::Drip => bytes_every(Duration::from_millis(300), 1),
        RepoAnswer::Endless => bytes_every(Duration::ZERO, 64 * 1024),
    }
}

fn bytes_every(pause: Duration, number: usize) -> Response {
    let zeros = Bytes::from(vec![0; number]);
    let body = stream::unfold((), move |()| {
        let zeros = zeros.clone();
        async move {
            tokio::time::sleep(pause).await;
            Some((Ok::<_, std::io::Error>(zeros), ()))
        }
    });
    Body::from_stream(body).into_response()
}

async fn list_repos(State(script): State<Arc<Script>>) -> axum::Json<serde_json::Value> {
    let mut said = script.state.lock().expect("no panic");
    said.listed = true;
    let repos = said.repos.iter().filter_map(|(did, (rev, _))| {
        let rev = (*rev)?;
        Some(json!({ "did": did.as_str(), "rev": rev.to_string(), "active": true }))
    });
    axum::Json(json!({ "repos": repos.collect::<Vec<_>>() }))
}
