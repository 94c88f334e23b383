//! Calls that go on to other services, as their callers, those services and their enemies see it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request as Incoming;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Json, Router};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use hypercerts_identity::net::{NetError, Request};
use hypercerts_identity::{HttpClient, NetPolicy, Resolver, ResolverConfig};
use hypercerts_lexicon::Did;
use hypercerts_xrpc::nsid::{admin, group, identity, repo, server};
use hypercerts_xrpc::service_auth::ServiceToken;
use hypercerts_xrpc::{Query, XrpcError, XrpcRouter};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::site::Site;
use crate::support::{Account, Answer, TestPds, claim, rkey_of};

pub const LOOK: &str = "net.example.thing.look";
pub const PUT: &str = "net.example.thing.put";
const FAIL: &str = "net.example.thing.fail";
const MISBEHAVE: &str = "net.example.thing.misbehave";
const CHAT: &str = "chat.bsky.convo.listConvos";
const NAME: &str = "thing";

/// What a service was asked.
struct Asked {
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

/// A service that somebody offers, and what it was asked so far.
pub struct Service {
    site: Site,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Service {
    pub async fn start() -> Self {
        let asked = Arc::default();
        let site = Site::start_with(methods(&asked)).await;
        site.offer(NAME, &site.url);
        Self { site, asked }
    }

    pub fn name(&self) -> String {
        format!("{}#{NAME}", self.site.did())
    }

    #[track_caller]
    fn last(&self) -> Asked {
        self.asked.lock().unwrap().pop().expect("it was asked")
    }

    fn is_untouched(&self) -> bool {
        self.asked.lock().unwrap().is_empty()
    }
}

fn methods(asked: &Arc<Mutex<Vec<Asked>>>) -> Router {
    let note = |asked: &Arc<Mutex<Vec<Asked>>>| {
        let asked = Arc::clone(asked);
        move |request: Incoming| answer(asked, request)
    };
    XrpcRouter::new("0")
        .query(LOOK, note(asked))
        .procedure(PUT, note(asked))
        .query(CHAT, note(asked))
        .procedure(group::REGISTER, note(asked))
        .query(FAIL, fail)
        .query(MISBEHAVE, misbehave)
        .into_router()
        .layer(axum::extract::DefaultBodyLimit::disable())
}

/// Notes what it is asked and says more than anybody should believe.
async fn answer(asked: Arc<Mutex<Vec<Asked>>>, request: Incoming) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let size = body.len();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    asked.lock().unwrap().push(Asked { query, headers: parts.headers, body });
    let headers = [
        ("content-language", "sw"),
        ("atproto-repo-rev", "3l3qo2vuowo2b"),
        ("atproto-content-labelers", "did:web:labels.example"),
        ("set-cookie", "session=theirs"),
        ("ratelimit-limit", "1"),
        ("x-internal", "shelf four"),
        ("access-control-allow-origin", "https://only.example"),
    ];
    (headers, Json(json!({ "size": size }))).into_response()
}

#[derive(Deserialize)]
struct Fail {
    status: u16,
    error: Option<String>,
}

async fn fail(Query(Fail { status, error }): Query<Fail>) -> Response {
    let status = status.try_into().unwrap();
    let mut response = match error {
        Some(error) => XrpcError::new(status, error, "A sentence for people.").into_response(),
        None => (status, "<html>Sorry</html>").into_response(),
    };
    response.headers_mut().insert("retry-after", "7".parse().unwrap());
    response.headers_mut().insert("set-cookie", "session=theirs".parse().unwrap());
    response
}

#[derive(Deserialize)]
struct Misbehave {
    how: String,
}

async fn misbehave(Query(Misbehave { how }): Query<Misbehave>) -> Response {
    const PIECE: usize = 64 << 10;
    let piece = || Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; PIECE]));
    match how.as_str() {
        "hang" => std::future::pending().await,
        "drip" => {
            let drops = stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b"x")), ()))
            });
            Body::from_stream(drops).into_response()
        }
        "large" => vec![b'x'; 11 << 20].into_response(),
        "endless" => Body::from_stream(stream::repeat_with(piece)).into_response(),
        "elsewhere" => Redirect::temporary("/xrpc/net.example.thing.look").into_response(),
        "break off" => {
            let broken = std::io::Error::other("the cable was cut");
            let cut = stream::once(async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                Err(broken)
            });
            let pieces = stream::iter([piece()]).chain(cut);
            Body::from_stream(pieces).into_response()
        }
        other => panic!("{other}"),
    }
}

fn call(pds: &TestPds, method: &str, to: &str) -> Request {
    proxied(Request::get(pds.method(method, &[])), to)
}

fn proxied(request: Request, to: &str) -> Request {
    request.header("atproto-proxy".parse().unwrap(), to)
}

fn with(request: Request, headers: &[(&'static str, &str)]) -> Request {
    headers
        .iter()
        .fold(request, |request, (name, value)| request.header(name.parse().unwrap(), value))
}

async fn failing(pds: &TestPds, who: &Account, to: &Service, params: &[(&str, &str)]) -> Answer {
    let request = Request::get(pds.method(FAIL, params)).bearer(&who.access);
    pds.send(proxied(request, &to.name())).await
}

#[tokio::test]
async fn a_call_goes_on_in_the_callers_name_and_its_answer_comes_back() {
    let (pds, service) = (TestPds::start().await, Service::start().await);
    let alice = pds.account("alice").await;
    let url = pds.method(LOOK, &[("tag", "a b"), ("tag", "c&d")]);
    let request = proxied(Request::get(url.clone()).bearer(&alice.access), &service.name());
    let passed = [
        ("accept-language", "sw, en"),
        ("atproto-accept-labelers", "did:web:labels.example;redact"),
        ("x-atproto-topics", "mangroves"),
    ];
    let kept = [
        ("cookie", "session=hers"),
        ("x-forwarded-for", "203.0.113.5"),
        ("dpop", "a proof"),
        ("x-other", "thing"),
        ("origin", "https://app.example"),
        ("referer", "https://app.example/page"),
    ];
    let answer = pds.send(with(with(request, &passed), &kept)).await;
    assert_eq!(answer.json(), json!({ "size": 0 }));

    let asked = service.last();
    assert_eq!(asked.query, url.query().unwrap());
    for (name, value) in passed {
        assert_eq!(asked.headers[name], value);
    }
    for name in kept.map(|(name, _)| name).into_iter().chain(["atproto-proxy", "content-type"]) {
        assert!(!asked.headers.contains_key(name), "{name}: {:?}", asked.headers[name]);
    }
    let token = asked.headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
    let claims = ServiceToken::parse(token).unwrap().verify(&pds.key(&alice.did).await).unwrap();
    assert_eq!(claims.iss, alice.did.as_str());
    assert_eq!(claims.aud, service.site.did().as_str());
    assert_eq!(claims.lxm.unwrap().as_str(), LOOK);
    let now = jiff::Timestamp::now().as_second();
    assert!((now..=now + 61).contains(&claims.exp) && claims.jti.is_some());

    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("content-language"), "sw");
    assert_eq!(answer.header("atproto-repo-rev"), "3l3qo2vuowo2b");
    assert_eq!(answer.header("atproto-content-labelers"), "did:web:labels.example");
    assert_eq!(answer.header("cache-control"), "private");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_ne!(answer.header("ratelimit-limit"), "1", "the bounds are this server's");
    for name in ["set-cookie", "x-internal"] {
        assert_eq!(answer.header(name), "", "{name}");
    }
}

#[tokio::test]
async fn bodies_go_on_as_they_are_up_to_a_bound() {
    let pds = TestPds::start_with(|config| config.max_blob_bytes = 4 << 20).await;
    let service = Service::start().await;
    let alice = pds.account("alice").await;
    let post =
        || proxied(Request::post(pds.method(PUT, &[])).bearer(&alice.access), &service.name());
    let bytes: Bytes = (0..3 << 20).map(|n: u32| n.to_le_bytes()[1]).collect();
    let packed = post().header("content-encoding".parse().unwrap(), "zstd");
    let answer = pds.send(packed.body("video/mp4", bytes.clone())).await;
    assert_eq!(answer.json(), json!({ "size": bytes.len() }));
    let asked = service.last();
    assert_eq!(asked.body, bytes);
    assert_eq!(asked.headers["content-type"], "video/mp4");
    assert_eq!(asked.headers["content-encoding"], "zstd");
    assert_eq!(asked.headers["content-length"], bytes.len().to_string());

    pds.send(post()).await.json();
    assert!(service.last().body.is_empty());
    let large = vec![0; (4 << 20) + 1];
    pds.send(post().body("video/mp4", large)).await.is_error(413, "PayloadTooLarge");
    let unannounced = stream::repeat_with(|| Ok(Bytes::from(vec![0; 64 << 10]))).take(100);
    let refused = pds.http.relay(post(), Some(unannounced), Duration::from_secs(20)).await.unwrap();
    assert_eq!(refused.status(), 413);
    assert!(service.is_untouched());
}

#[tokio::test]
async fn refusals_come_back_in_the_envelope_of_all_others() {
    let (pds, service) = (TestPds::start().await, Service::start().await);
    let alice = pds.account("alice").await;
    for (params, status, name) in [
        (vec![("status", "400"), ("error", "NoSuchThing")], 400, "NoSuchThing"),
        (vec![("status", "401"), ("error", "ExpiredToken")], 401, "ExpiredToken"),
        (vec![("status", "404")], 404, "XRPCNotSupported"),
        (vec![("status", "418")], 418, "InvalidRequest"),
        (vec![("status", "429"), ("error", "RateLimitExceeded")], 429, "RateLimitExceeded"),
        (vec![("status", "500"), ("error", "InternalServerError")], 502, "UpstreamFailure"),
        (vec![("status", "500")], 502, "UpstreamFailure"),
        (vec![("status", "503")], 503, "NotEnoughResources"),
    ] {
        let answer = failing(&pds, &alice, &service, &params).await;
        answer.is_error(status, name);
        assert_eq!(answer.header("retry-after"), "7");
        assert_eq!(answer.header("set-cookie"), "");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.text().contains("A sentence for people."), params.len() == 2);
        assert!(!answer.text().contains("html"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_service_has_to_be_named_and_found() {
    let (pds, service) = (TestPds::start().await, Service::start().await);
    let alice = pds.account("alice").await;
    let did = service.site.did();
    for bad in [
        "nothing".to_owned(),
        did.to_string(),
        format!("{did}#"),
        format!("{did}#thing#thing"),
        format!("{did}#other"),
        "#thing".to_owned(),
        "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa#thing".to_owned(),
        "did:web:localhost%3A1#thing".to_owned(),
        "did:example:nobody#thing".to_owned(),
    ] {
        let answer = pds.send(call(&pds, LOOK, &bad).bearer(&alice.access)).await;
        answer.is_error(400, "InvalidRequest");
        assert!(answer.text().contains("atproto-proxy"), "{}", answer.text());
    }
    let put = proxied(Request::put(pds.method(LOOK, &[])), &service.name());
    pds.send(put.bearer(&alice.access)).await.is_error(400, "InvalidRequest");
    pds.send(Request::get(pds.method(LOOK, &[])).bearer(&alice.access))
        .await
        .is_error(501, "MethodNotImplemented");
    assert!(service.is_untouched());
}

#[tokio::test]
async fn nobody_is_called_for_who_may_not_call() {
    let (pds, service) = (TestPds::start().await, Service::start().await);
    let alice = pds.account("alice").await;
    pds.send(call(&pds, LOOK, &service.name())).await.is_error(401, "AuthMissing");
    let forged = call(&pds, LOOK, &service.name()).bearer("a.b.c");
    pds.send(forged).await.is_error(400, "InvalidToken");

    let app = async |privileged: bool| {
        let body = json!({ "name": format!("App {privileged}"), "privileged": privileged });
        let made = pds.post(&alice.access, server::CREATE_APP_PASSWORD, &body).await.json();
        let session = pds.login("alice.test", made["password"].as_str().unwrap()).await.json();
        session["accessJwt"].as_str().unwrap().to_owned()
    };
    let (plain, privileged) = (app(false).await, app(true).await);
    pds.send(call(&pds, LOOK, &service.name()).bearer(&plain)).await.json();
    service.last();
    for method in [CHAT, "CHAT.bsky.convo.listConvos"] {
        let answer = pds.send(call(&pds, method, &service.name()).bearer(&plain)).await;
        answer.is_error(400, "InvalidToken");
    }
    pds.send(call(&pds, CHAT, &service.name()).bearer(&privileged)).await.json();
    service.last();
    // This server would answer these itself; a service may read names without regard to case.
    for method in [admin::SEND_EMAIL, server::UPDATE_EMAIL].map(str::to_uppercase) {
        let answer = pds.send(call(&pds, &method, &service.name()).bearer(&alice.access)).await;
        answer.is_error(400, "InvalidRequest");
        assert!(answer.text().contains("the account itself"), "{}", answer.text());
    }
    pds.post(&alice.access, server::DEACTIVATE_ACCOUNT, &json!({})).await.done();
    let gone = pds.send(call(&pds, LOOK, &service.name()).bearer(&alice.access)).await;
    gone.is_error(400, "RepoDeactivated");
    assert!(service.is_untouched());
}

#[tokio::test]
async fn what_this_server_does_itself_stays_here() {
    let (pds, service) = (TestPds::start().await, Service::start().await);
    let alice = pds.account("alice").await;
    let rkey = rkey_of(&pds.create(&alice, claim("Here")).await.json());
    let params =
        [("repo", alice.did.as_str()), ("collection", crate::support::ACTIVITY), ("rkey", &rkey)];
    let read = proxied(Request::get(pds.method(repo::GET_RECORD, &params)), &service.name());
    assert_eq!(pds.send(read).await.json()["value"]["title"], "Here");
    let rename = proxied(Request::post(pds.method(identity::UPDATE_HANDLE, &[])), "nonsense");
    let rename = rename.bearer(&alice.access).json(&json!({ "handle": "alicia.test" }));
    pds.send(rename).await.done();
    assert!(service.is_untouched());

    let described = pds.get(server::DESCRIBE_SERVER, &[]).await.json();
    let here = format!("{}#{}", described["did"].as_str().unwrap(), group::SERVICE);
    let answer = pds.send(call(&pds, LOOK, &here).bearer(&alice.access)).await;
    answer.is_error(501, "MethodNotImplemented");
    let body = json!({ "handle": "nursery.test", "ownerDid": alice.did });
    let register =
        || Request::post(pds.method(group::REGISTER, &[])).bearer(&alice.access).json(&body);
    let there = pds.send(proxied(register(), &service.name())).await;
    assert!(there.json()["size"].as_u64().unwrap() > 0);
    assert_eq!(serde_json::from_slice::<Value>(&service.last().body).unwrap(), body);
    pds.send(proxied(register(), &here)).await.json();
    assert!(service.is_untouched());
}

/// A server that has little patience with others.
async fn impatient() -> TestPds {
    TestPds::start_with(|config| {
        let policy = NetPolicy {
            total_timeout: Duration::from_secs(2),
            idle_timeout: Duration::from_secs(1),
            ..NetPolicy::allow_private()
        };
        let http = HttpClient::new(policy).unwrap();
        let plc = config.resolver.plc().base().clone();
        config.resolver = Resolver::new(ResolverConfig::new(plc, http)).unwrap();
    })
    .await
}

#[tokio::test]
async fn a_service_that_misbehaves_holds_nobody_up() {
    let (pds, service) = (impatient().await, Service::start().await);
    let alice = pds.account("alice").await;
    let ask = async |how: &str| {
        let request = Request::get(pds.method(MISBEHAVE, &[("how", how)])).bearer(&alice.access);
        pds.http.send(proxied(request, &service.name()).max_body(256 << 20)).await
    };
    for (how, status, name) in [
        ("hang", 504, "UpstreamTimeout"),
        ("large", 502, "UpstreamFailure"),
        ("elsewhere", 502, "UpstreamFailure"),
    ] {
        let answer = ask(how).await.unwrap();
        let error: Value = answer.json().unwrap();
        assert_eq!((answer.status(), &error["error"]), (status, &json!(name)), "{how}: {error}");
    }
    // What began well cannot be taken back: it is cut off, so that nobody takes it for the whole.
    for how in ["drip", "endless", "break off"] {
        let error = ask(how).await.unwrap_err();
        assert!(matches!(error, NetError::Broken { .. }), "{how}: {error}");
    }
    let nobody: Url = "http://127.0.0.1:1".parse().unwrap();
    let gone = Service { site: Site::start().await, asked: Arc::default() };
    gone.site.offer(NAME, &nobody);
    let answer = pds.send(call(&pds, LOOK, &gone.name()).bearer(&alice.access)).await;
    answer.is_error(502, "UpstreamFailure");
}

#[tokio::test]
async fn private_addresses_are_left_alone_on_the_public_network() {
    let strict = Arc::new(AtomicBool::new(false));
    let is_strict = Arc::clone(&strict);
    let pds = TestPds::start_with(move |config| {
        if is_strict.load(Ordering::Relaxed) {
            let http = HttpClient::new(NetPolicy::public()).unwrap();
            let plc = config.resolver.plc().base().clone();
            config.resolver = Resolver::new(ResolverConfig::new(plc, http)).unwrap();
        }
    })
    .await;
    let service = Service::start().await;
    let alice = pds.account("alice").await;
    pds.send(call(&pds, LOOK, &service.name()).bearer(&alice.access)).await.json();
    service.last();
    strict.store(true, Ordering::Relaxed);
    let pds = pds.restart().await;
    let bob = Did::parse("did:web:127.0.0.1").unwrap();
    for to in [service.name(), format!("{bob}#{NAME}"), "did:web:localhost#thing".to_owned()] {
        let answer = pds.send(call(&pds, LOOK, &to).bearer(&alice.access)).await;
        answer.is_error(400, "InvalidRequest");
    }
    assert!(service.is_untouched());
}
