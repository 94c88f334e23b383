//! Our client against a small server of our own: sessions that refresh themselves, errors with
//! names, blobs, and an event stream that behaves well or badly.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use futures_util::StreamExt;
use hypercerts_identity::net::{HttpClient, NetPolicy};
use hypercerts_lexicon::{Cid, Datetime, Did, Nsid};
use hypercerts_xrpc::client::{
    ClientError, Session, SessionData, Subscription, SubscriptionError, XrpcClient,
};
use hypercerts_xrpc::frames::{AccountEvent, Event, Frame, StreamError};
use hypercerts_xrpc::nsid::{repo, server, sync};
use hypercerts_xrpc::tokens::{ACCESS_LIFETIME, AccessScope, Tokens};
use hypercerts_xrpc::{Bearer, Json, NoInput, Query, XrpcError, XrpcRouter};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

/// A server with one account, whose first access token has just expired.
struct Host {
    tokens: Tokens,
    refreshed: AtomicUsize,
}

type Shared = State<Arc<Host>>;

fn alice() -> Did {
    Did::parse("did:plc:w4xlwcl2fyp5jmbdfrm5h3ub").expect("a DID")
}

impl Host {
    fn session(&self, issued: Timestamp) -> Json<Value> {
        Json(json!({
            "did": alice(), "handle": "alice.test", "active": true,
            "accessJwt": self.tokens.issue_access(&alice(), AccessScope::Full, "session", issued),
            "refreshJwt": self.tokens.issue_refresh(&alice(), "one", issued),
        }))
    }

    fn caller(&self, headers: &HeaderMap) -> Result<Did, XrpcError> {
        let Bearer(token) = Bearer::from_headers(headers)?;
        Ok(self.tokens.verify_access(&token, Timestamp::now())?.subject)
    }
}

#[derive(Deserialize)]
struct Credentials {
    identifier: String,
    password: String,
}

async fn create_session(
    State(host): Shared,
    Json(given): Json<Credentials>,
) -> Result<Json<Value>, XrpcError> {
    if (given.identifier.as_str(), given.password.as_str()) != ("alice.test", "open sesame") {
        return Err(XrpcError::auth_required("Wrong identifier or password."));
    }
    Ok(host.session(Timestamp::now() - ACCESS_LIFETIME))
}

async fn refresh_session(
    State(host): Shared,
    Bearer(token): Bearer,
    _: NoInput,
) -> Result<Json<Value>, XrpcError> {
    host.tokens.verify_refresh(&token, Timestamp::now())?;
    host.refreshed.fetch_add(1, Ordering::Relaxed);
    Ok(host.session(Timestamp::now()))
}

async fn get_session(State(host): Shared, headers: HeaderMap) -> Result<Json<Value>, XrpcError> {
    Ok(Json(json!({ "did": host.caller(&headers)? })))
}

async fn create_record(
    State(host): Shared,
    headers: HeaderMap,
    Json(input): Json<Value>,
) -> Result<Json<Value>, XrpcError> {
    let did = host.caller(&headers)?;
    let collection = input["collection"].as_str().unwrap_or_default();
    let cid = Cid::of_raw(input["record"].to_string().as_bytes());
    Ok(Json(json!({ "uri": format!("at://{did}/{collection}/3mhlv4n3abc2a"), "cid": cid })))
}

async fn upload_blob(State(host): Shared, request: Request) -> Result<Json<Value>, XrpcError> {
    host.caller(request.headers())?;
    let mime = request.headers()[header::CONTENT_TYPE].to_str().unwrap_or_default().to_owned();
    let bytes = axum::body::to_bytes(request.into_body(), 1000).await.expect("a small body");
    Ok(Json(json!({ "blob": {
        "$type": "blob", "ref": { "$link": Cid::of_raw(&bytes) },
        "mimeType": mime, "size": bytes.len(),
    } })))
}

#[derive(Deserialize)]
struct From {
    cursor: Option<i64>,
}

/// Tells five events, of which a reader gets those after its cursor; then ends the stream.
async fn subscribe(Query(from): Query<From>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| tell(socket, from.cursor.unwrap_or(5)))
}

async fn tell(mut socket: WebSocket, cursor: i64) {
    let mut say = async |bytes: Vec<u8>| socket.send(Message::Binary(bytes.into())).await;
    if cursor > 5 {
        let _ = say(StreamError::future_cursor().encode().to_vec()).await;
        return;
    }
    for seq in cursor + 1..=5 {
        let _ = say(account_event(seq).encode(seq).to_vec()).await;
        if seq == 3 {
            let _ = say(b"this is no frame".to_vec()).await;
        }
    }
}

fn account_event(seq: i64) -> Event {
    Event::Account(AccountEvent {
        did: alice(),
        active: seq % 2 == 1,
        status: None,
        time: Datetime::parse("2026-03-21T09:30:00Z").expect("a datetime"),
    })
}

fn methods() -> Router {
    let did = Did::parse("did:web:pds.test").expect("a DID");
    let tokens = Tokens::new(b"thirty-two bytes of secret, or so", did);
    XrpcRouter::new("1")
        .procedure(server::CREATE_SESSION, create_session)
        .procedure(server::REFRESH_SESSION, refresh_session)
        .query(server::GET_SESSION, get_session)
        .procedure(repo::CREATE_RECORD, create_record)
        .procedure(repo::UPLOAD_BLOB, upload_blob)
        .query(sync::SUBSCRIBE_REPOS, subscribe)
        .query("test.host.refreshed", async |State(host): Shared| {
            Json(host.refreshed.load(Ordering::Relaxed))
        })
        .into_router()
        .with_state(Arc::new(Host { tokens, refreshed: AtomicUsize::new(0) }))
}

async fn client() -> XrpcClient {
    let address = support::serve(methods()).await;
    let http = HttpClient::new(NetPolicy::allow_private()).expect("a client");
    XrpcClient::new(http, Url::parse(&format!("http://{address}")).expect("a URL"))
}

async fn logged_in() -> Session {
    Session::login(client().await, "alice.test", "open sesame").await.expect("a session")
}

async fn times_refreshed(session: &Session) -> usize {
    session.client().query("test.host.refreshed", &()).await.expect("a number")
}

#[tokio::test]
async fn an_expired_session_refreshes_itself_and_goes_on() {
    let session = logged_in().await;
    let told: Value = session.query(server::GET_SESSION, &()).await.expect("an answer");
    assert_eq!(told["did"], alice().as_str());
    let _: Value = session.query(server::GET_SESSION, &()).await.expect("an answer");
    assert_eq!(times_refreshed(&session).await, 1);
}

#[tokio::test]
async fn many_calls_at_once_refresh_once() {
    let session = logged_in().await;
    let calls = (0..20).map(|_| session.query::<Value>(server::GET_SESSION, &()));
    for outcome in futures_util::future::join_all(calls).await {
        outcome.expect("an answer");
    }
    assert_eq!(times_refreshed(&session).await, 1);
}

#[tokio::test]
async fn a_stored_session_is_resumed_without_the_password() {
    let session = logged_in().await;
    let stored = serde_json::to_string(&session.data().await).expect("JSON");
    let data: SessionData = serde_json::from_str(&stored).expect("a stored session");
    assert!(!format!("{data:?}").contains("eyJ"), "a token was printed");
    let resumed = Session::resume(session.client().clone(), data);
    let told: Value = resumed.query(server::GET_SESSION, &()).await.expect("an answer");
    assert_eq!(told["did"], alice().as_str());
}

#[tokio::test]
async fn a_refused_login_says_so_in_the_servers_own_words() {
    let refused = Session::login(client().await, "alice.test", "guess").await;
    let error = refused.expect_err("the wrong password");
    assert_eq!((error.status(), error.name()), (Some(401), Some("AuthenticationRequired")));
    assert!(error.to_string().contains("Wrong identifier or password"), "{error}");
}

#[tokio::test]
async fn records_and_blobs_are_written_as_the_account() {
    let session = logged_in().await;
    let collection = Nsid::parse("org.hypercerts.claim.activity").expect("an NSID");
    let written = session.create_record(&collection, &json!({ "title": "Mangroves" })).await;
    let written = written.expect("a record");
    assert_eq!(written.uri.did(), Some(alice()));
    assert_eq!(written.uri.collection(), Some(collection));
    let blob = session.upload_blob("text/csv", "a,b\n1,2\n").await.expect("a blob");
    assert_eq!((blob.mime_type.as_str(), blob.size), ("text/csv", 8));
    assert_eq!(blob.cid, Cid::of_raw(b"a,b\n1,2\n"));
}

#[tokio::test]
async fn a_method_nobody_serves_and_a_server_that_is_not_there_are_told_apart() {
    let client = client().await;
    let error = client.query::<Value>("test.host.unheardOf", &()).await.expect_err("a refusal");
    assert_eq!(error.name(), Some("MethodNotImplemented"));
    let nowhere = Url::parse("http://127.0.0.1:9").expect("a URL");
    let nobody = XrpcClient::new(client.http().clone(), nowhere);
    let error = nobody.query::<Value>("test.host.refreshed", &()).await.expect_err("no server");
    assert!(matches!(error, ClientError::Net(_)), "{error}");
    assert!(error.is_transient());
}

async fn subscription(cursor: i64) -> Subscription {
    let client = client().await;
    let opened = Subscription::open(client.http(), client.base(), Some(cursor)).await;
    opened.expect("a subscription")
}

#[tokio::test]
async fn a_reader_gets_what_came_after_its_cursor_and_gets_past_a_broken_message() {
    let mut frames = Box::pin(subscription(1).await.into_stream());
    let mut heard = Vec::new();
    while let Some(frame) = frames.next().await {
        heard.push(match frame {
            Ok(Frame::Event { seq, event }) => {
                assert_eq!(event, account_event(seq));
                seq.to_string()
            }
            Ok(other) => panic!("not an event: {other:?}"),
            Err(SubscriptionError::Malformed(_)) => "malformed".to_owned(),
            Err(SubscriptionError::Net(_)) => break,
            Err(error) => panic!("{error}"),
        });
    }
    assert_eq!(heard, ["2", "3", "malformed", "4", "5"]);
}

#[tokio::test]
async fn the_hosts_reason_for_ending_the_stream_arrives() {
    let mut subscription = subscription(1_000).await;
    let ended = subscription.next().await.expect_err("the end");
    assert!(
        matches!(&ended, SubscriptionError::Ended(why) if why.name == "FutureCursor"),
        "{ended}"
    );
}
