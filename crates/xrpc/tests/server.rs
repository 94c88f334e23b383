//! What a caller of any of our servers meets: methods, refusals, limits, open doors for browsers.

mod support;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use hypercerts_xrpc::{Bearer, Json, NoInput, Query, XrpcError, XrpcRouter, edge};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize, Serialize)]
struct Listing {
    author: String,
    #[serde(default)]
    tags: Vec<String>,
    limit: Option<u32>,
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

async fn list(Query(listing): Query<Listing>) -> Json<Listing> {
    Json(listing)
}

async fn write(Json(note): Json<Note, 64>) -> Json<Value> {
    Json(json!({ "length": note.text.len() }))
}

async fn touch(_: NoInput) -> Json<Value> {
    Json(json!({}))
}

async fn whoami(Bearer(token): Bearer) -> String {
    token
}

async fn fail() -> XrpcError {
    XrpcError::internal("the disk at shelf four is full")
}

async fn stumble() -> StatusCode {
    panic!("a handler met what it did not expect")
}

fn methods() -> Router {
    XrpcRouter::new("1.2.3")
        .query("test.notes.list", list)
        .procedure("test.notes.write", write)
        .procedure("test.notes.touch", touch)
        .query("test.notes.whoami", whoami)
        .query("test.notes.fail", fail)
        .query("test.notes.stumble", stumble)
        .into_router()
}

struct Server {
    origin: String,
    http: reqwest::Client,
}

impl Server {
    async fn start() -> Self {
        let address = support::serve(methods()).await;
        let http = reqwest::Client::builder().build().expect("a client");
        Self { origin: format!("http://{address}"), http }
    }

    fn request(&self, verb: Method, path: &str) -> RequestBuilder {
        self.http.request(verb, format!("{}/xrpc/{path}", self.origin))
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }
}

async fn answer(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

/// Status, name and message of an error answer.
async fn refusal(request: RequestBuilder) -> (u16, String, String) {
    let response = answer(request).await;
    let status = response.status().as_u16();
    let body: Value = response.json().await.expect("the error envelope");
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    (status, text("error"), text("message"))
}

#[tokio::test]
async fn a_server_says_its_version() {
    let server = Server::start().await;
    let health: Value = answer(server.get("_health")).await.json().await.expect("JSON");
    assert_eq!(health, json!({ "version": "1.2.3" }));
}

#[tokio::test]
async fn a_query_reads_repeated_keys_as_a_list_and_ignores_keys_it_does_not_know() {
    let server = Server::start().await;
    let request = server.get("test.notes.list?author=alice&tags=a%20b&tags=c&colour=red&limit=7");
    let echoed: Value = answer(request).await.json().await.expect("JSON");
    assert_eq!(echoed, json!({ "author": "alice", "tags": ["a b", "c"], "limit": 7 }));
}

#[tokio::test]
async fn parameters_that_do_not_fit_are_refused_with_the_reason() {
    let server = Server::start().await;
    let (status, name, message) = refusal(server.get("test.notes.list?limit=7")).await;
    assert_eq!((status, name.as_str()), (400, "InvalidRequest"));
    assert!(message.contains("author"), "{message}");
    let (status, name, _) = refusal(server.get("test.notes.list?author=a&limit=many")).await;
    assert_eq!((status, name.as_str()), (400, "InvalidRequest"));
}

#[tokio::test]
async fn the_wrong_verb_is_refused_with_the_right_one() {
    let server = Server::start().await;
    let (status, name, message) = refusal(server.post("test.notes.list")).await;
    assert_eq!((status, name.as_str()), (400, "InvalidRequest"));
    assert!(message.contains("GET"), "{message}");
    let (status, _, message) = refusal(server.get("test.notes.write")).await;
    assert_eq!(status, 400);
    assert!(message.contains("POST"), "{message}");
}

#[tokio::test]
async fn a_method_nobody_serves_is_told_apart_from_a_name_that_is_none() {
    let server = Server::start().await;
    let (status, name, _) = refusal(server.get("test.notes.unheardOf")).await;
    assert_eq!((status, name.as_str()), (501, "MethodNotImplemented"));
    let (status, name, _) = refusal(server.post("no-method/at/all")).await;
    assert_eq!((status, name.as_str()), (400, "InvalidRequest"));
}

#[tokio::test]
async fn json_is_taken_up_to_the_limit_of_the_method_and_no_further() {
    let server = Server::start().await;
    let fits = server.post("test.notes.write").json(&json!({ "text": "short" }));
    assert_eq!(answer(fits).await.status(), StatusCode::OK);

    let long = json!({ "text": "x".repeat(100) });
    let declared = refusal(server.post("test.notes.write").json(&long)).await;
    assert_eq!((declared.0, declared.1.as_str()), (413, "PayloadTooLarge"));

    let undeclared = server
        .post("test.notes.write")
        .header(header::CONTENT_TYPE, "application/json")
        .body(in_chunks(long.to_string().as_bytes()));
    assert_eq!(refusal(undeclared).await.0, 413);
}

fn in_chunks(bytes: &[u8]) -> reqwest::Body {
    let chunks: Vec<_> = bytes.chunks(10).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect();
    reqwest::Body::wrap_stream(futures_util::stream::iter(chunks))
}

#[tokio::test]
async fn malformed_json_and_other_media_types_are_refused_each_by_its_name() {
    let server = Server::start().await;
    let write = || server.post("test.notes.write");
    let json_of = |text: &'static str| {
        write().header(header::CONTENT_TYPE, "application/json; charset=utf-8").body(text)
    };
    let (status, name, _) = refusal(json_of("{\"text\": ")).await;
    assert_eq!((status, name.as_str()), (400, "InvalidRequest"));
    let (status, _, message) = refusal(json_of("{\"title\": \"no text\"}")).await;
    assert_eq!(status, 400);
    assert!(message.contains("text"), "{message}");
    let plain = write().header(header::CONTENT_TYPE, "text/plain").body("{\"text\":\"a\"}");
    let (status, name, _) = refusal(plain).await;
    assert_eq!((status, name.as_str()), (415, "UnsupportedMediaType"));
    let silent = write().body("{\"text\":\"a\"}");
    assert_eq!(refusal(silent).await.0, 415);
}

#[tokio::test]
async fn a_procedure_without_input_takes_an_empty_body_even_in_chunks() {
    let server = Server::start().await;
    let touch = || server.post("test.notes.touch");
    assert_eq!(answer(touch()).await.status(), StatusCode::OK);
    assert_eq!(answer(touch().body(in_chunks(b""))).await.status(), StatusCode::OK);
    let (status, name, _) = refusal(touch().body("something")).await;
    assert_eq!((status, name.as_str()), (400, "InvalidRequest"));
}

#[tokio::test]
async fn a_bearer_token_is_handed_on_and_its_absence_named() {
    let server = Server::start().await;
    let whoami = || server.get("test.notes.whoami");
    let told = answer(whoami().bearer_auth("abc.def")).await.text().await.expect("text");
    assert_eq!(told, "abc.def");
    let (status, name, _) = refusal(whoami()).await;
    assert_eq!((status, name.as_str()), (401, "AuthMissing"));
    let (status, name, _) = refusal(whoami().basic_auth("a", Some("b"))).await;
    assert_eq!((status, name.as_str()), (400, "InvalidToken"));
}

#[tokio::test]
async fn failures_and_panics_inside_answer_the_envelope_without_details() {
    let server = Server::start().await;
    for method in ["test.notes.fail", "test.notes.stumble"] {
        let (status, name, message) = refusal(server.get(method)).await;
        assert_eq!((status, name.as_str()), (500, "InternalServerError"));
        assert!(!message.contains("shelf") && !message.contains("expect"), "{message}");
    }
}

#[tokio::test]
async fn any_web_page_may_ask_and_read_even_errors() {
    let server = Server::start().await;
    for path in ["_health", "test.notes.stumble", "test.notes.unheardOf"] {
        let response = answer(server.get(path).header(header::ORIGIN, "https://page.test")).await;
        let headers = response.headers();
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{path}");
        let exposed = headers[header::ACCESS_CONTROL_EXPOSE_HEADERS].to_str().expect("text");
        for name in ["DPoP-Nonce", "WWW-Authenticate", "RateLimit-Limit", "Retry-After"] {
            assert!(exposed.contains(name), "{exposed}");
        }
    }
}

#[tokio::test]
async fn a_preflight_is_answered_with_the_headers_it_asked_for() {
    let server = Server::start().await;
    let request = server
        .request(Method::OPTIONS, "test.notes.write")
        .header(header::ORIGIN, "https://page.test")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,x-custom");
    let response = answer(request).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let headers = response.headers();
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_HEADERS], "authorization,x-custom");
    assert_eq!(headers[header::ACCESS_CONTROL_MAX_AGE], "86400");
    assert!(headers[header::ACCESS_CONTROL_ALLOW_METHODS].to_str().expect("text").contains("POST"));
}

#[tokio::test]
async fn other_routes_of_the_same_server_live_beside_the_methods() {
    let pages = Router::new()
        .route("/page/{name}", get(async |Path(name): Path<String>| format!("page {name}")));
    let address = support::serve(edge(pages.merge(methods()))).await;
    let http = reqwest::Client::builder().build().expect("a client");
    let page = http.get(format!("http://{address}/page/one")).send().await.expect("an answer");
    assert_eq!(page.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(page.text().await.expect("text"), "page one");
}

#[tokio::test]
async fn a_caller_over_its_rate_learns_when_to_come_back() {
    async fn busy() -> XrpcError {
        XrpcError::rate_limited(std::time::Duration::from_millis(1500))
    }
    let router = XrpcRouter::new("1").query("test.notes.busy", busy).into_router();
    let address = support::serve(router).await;
    let http = reqwest::Client::builder().build().expect("a client");
    let request = http.get(format!("http://{address}/xrpc/test.notes.busy"));
    let response = answer(request).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()[header::RETRY_AFTER], "2");
}
