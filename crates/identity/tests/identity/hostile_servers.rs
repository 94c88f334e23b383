//! Servers that lie, hang, drip or never end: each is found out, and none holds a request for long.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use axum::routing::{get, post};
use futures_util::stream::{self, StreamExt};
use hypercerts_identity::net::{HttpClient, NetError, NetPolicy, Request};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use crate::support::{impatient, impatient_client, serve, serve_raw};

/// Longer than any limit of the impatient policy.
const A_MOMENT: Duration = Duration::from_secs(6);

async fn asked(url: &Url) -> NetError {
    let began = Instant::now();
    let error = impatient_client().get(url).await.expect_err("the server misbehaves");
    assert!(began.elapsed() < A_MOMENT, "it took {:?}", began.elapsed());
    error
}

/// Sends the head of an answer and then, for ever, a piece at each interval.
async fn answer_for_ever(mut socket: TcpStream, head: &str, piece: &[u8], interval: Duration) {
    let mut request = [0; 1024];
    let _ = socket.read(&mut request).await;
    let _ = socket.write_all(head.as_bytes()).await;
    while socket.write_all(piece).await.is_ok() {
        tokio::time::sleep(interval).await;
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let server = serve_raw(|socket| async move {
        tokio::time::sleep(A_MOMENT).await;
        drop(socket);
    })
    .await;
    let error = asked(&server).await;
    assert!(matches!(error, NetError::TimedOut { .. }), "{error}");
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_server_that_drips_its_answer_is_given_up() {
    let drip = |socket| {
        answer_for_ever(socket, "HTTP/1.1 200 OK\r\n\r\n", b"x", Duration::from_millis(50))
    };
    let error = asked(&serve_raw(drip).await).await;
    assert!(matches!(error, NetError::TooSlow { received: 1.., .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_drips_its_headers_is_given_up() {
    let drip =
        |socket| answer_for_ever(socket, "HTTP/1.1 200 OK\r\n", b"x", Duration::from_millis(50));
    let error = asked(&serve_raw(drip).await).await;
    assert!(error.is_timeout(), "{error}");
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let flood =
        |socket| answer_for_ever(socket, "HTTP/1.1 200 OK\r\n", &[b'x'; 8192], Duration::ZERO);
    let error = asked(&serve_raw(flood).await).await;
    assert!(matches!(error, NetError::Broken { .. }), "{error}");
}

#[tokio::test]
async fn an_answer_without_end_stops_at_the_limit() {
    let flood =
        |socket| answer_for_ever(socket, "HTTP/1.1 200 OK\r\n\r\n", &[b'x'; 8192], Duration::ZERO);
    let error = asked(&serve_raw(flood).await).await;
    assert!(error.is_too_large(), "{error}");
    assert!(error.to_string().contains("65536 bytes"), "{error}");
}

#[tokio::test]
async fn an_answer_that_announces_too_much_is_not_even_begun() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n";
    let error =
        asked(&serve_raw(move |socket| answer_for_ever(socket, head, b"x", A_MOMENT)).await).await;
    assert!(error.is_too_large(), "{error}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    let server = serve_raw(|mut socket| async move {
        let mut request = [0; 1024];
        let _ = socket.read(&mut request).await;
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await;
    })
    .await;
    let error = asked(&server).await;
    assert!(matches!(error, NetError::Broken { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_speaks_something_else_is_named() {
    let server = serve_raw(|mut socket| async move {
        let _ = socket.write_all(b"220 mail.example.org ESMTP\r\n").await;
        tokio::time::sleep(A_MOMENT).await;
    })
    .await;
    assert!(matches!(asked(&server).await, NetError::Broken { .. }));

    let mut secure = server;
    secure.set_scheme("https").unwrap();
    let error = asked(&secure).await;
    assert!(matches!(error, NetError::Tls { .. }), "{error}");
}

#[tokio::test]
async fn a_closed_port_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = crate::support::url_of("http", listener.local_addr().unwrap());
    drop(listener);
    let error = asked(&url).await;
    assert!(matches!(error, NetError::Connect { .. }), "{error}");
}

#[tokio::test]
async fn redirects_are_told_but_not_followed() {
    let visits = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&visits);
    let secret = get(move || async move { seen.fetch_add(1, Ordering::SeqCst).to_string() });
    let router = Router::new()
        .route("/", get(|| async { Redirect::temporary("/secret") }))
        .route("/metadata", get(|| async { Redirect::permanent("http://169.254.169.254/latest") }))
        .route("/secret", secret);
    let server = serve(router).await;

    let error = asked(&server).await;
    assert!(matches!(&error, NetError::Redirect { to, .. } if to == "/secret"), "{error}");
    let error = asked(&server.join("/metadata").unwrap()).await;
    assert!(matches!(&error, NetError::Redirect { to, .. } if to.contains("169.254")), "{error}");
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_public_client_reaches_nothing_private_however_it_is_spelled() {
    let client =
        HttpClient::new(NetPolicy { reach: NetPolicy::public().reach, ..impatient() }).unwrap();
    for url in [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "http://example.org/",
        "https://user:secret@example.org/",
        "ftp://example.org/",
    ] {
        let error = client.get(&Url::parse(url).unwrap()).await.expect_err(url);
        assert!(error.is_refused(), "{url}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn a_private_network_still_has_no_business_at_the_cloud_s_metadata() {
    for url in
        ["http://169.254.169.254/", "http://[fe80::1]/", "http://0.0.0.0/", "http://224.0.0.1/"]
    {
        let error = asked(&Url::parse(url).unwrap()).await;
        assert!(matches!(error, NetError::RefusedAddress { .. }), "{url}: {error}");
    }
}

#[tokio::test]
async fn an_error_answer_says_what_the_server_said() {
    let router = Router::new()
        .route(
            "/xrpc",
            get(|| async {
                let body =
                    json!({ "error": "RepoNotFound", "message": "no such \u{1b}[31mrepository" });
                (StatusCode::BAD_REQUEST, body.to_string())
            }),
        )
        .route("/busy", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, "<html>later</html>") }));
    let server = serve(router).await;

    let error = asked(&server.join("/xrpc").unwrap()).await;
    assert_eq!((error.status(), error.xrpc_error()), (Some(400), Some("RepoNotFound")));
    assert!(
        error.to_string().contains("no such  [31mrepository"),
        "control characters are gone: {error}"
    );
    assert!(!error.is_transient());

    let error = asked(&server.join("/busy").unwrap()).await;
    assert_eq!((error.status(), error.xrpc_error()), (Some(503), None));
    assert!(error.is_transient());
    assert!(asked(&server.join("/nothing").unwrap()).await.is_not_found());
}

#[tokio::test]
async fn a_request_carries_what_it_was_given() {
    let echo = |headers: HeaderMap, body: Bytes| async move {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let (host, agent, token) = (text("host"), text("user-agent"), text("authorization"));
        axum::Json(json!({ "host": host, "agent": agent, "token": token, "body": body.len() }))
    };
    let server = serve(Router::new().route("/", post(echo))).await;
    let request = Request::post(server).host("alice.test").bearer("abc").json(&json!({ "a": 1 }));
    let answer: serde_json::Value =
        impatient_client().send(request).await.unwrap().ok().unwrap().json().unwrap();
    assert_eq!(answer["host"], "alice.test");
    assert_eq!(answer["token"], "Bearer abc");
    assert_eq!(answer["body"], 7);
    assert!(answer["agent"].as_str().unwrap().starts_with("hypercerts/"));
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_refused_before_sending() {
    let request = Request::get(Url::parse("http://127.0.0.1:9").unwrap()).bearer("two\r\nlines");
    let error = impatient_client().send(request).await.unwrap_err();
    assert!(matches!(error, NetError::BadUrl { .. }), "{error}");
}

/// A mebibyte in 128 chunks.
fn large() -> Body {
    let chunks =
        stream::iter(0..128).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[7; 8192])));
    Body::from_stream(chunks)
}

#[tokio::test]
async fn a_large_answer_comes_as_a_stream_within_its_budget() {
    let server = serve(Router::new().route("/", get(|| async { large() }))).await;
    let client = impatient_client();

    let stream = client.get_stream(&server, 1 << 20).await.unwrap().into_stream();
    let sizes: Vec<usize> = stream.map(|chunk| chunk.unwrap().len()).collect().await;
    assert_eq!(sizes.iter().sum::<usize>(), 1 << 20);

    let mut body = client.get_stream(&server, (1 << 20) - 1).await.unwrap();
    let error = loop {
        match body.chunk().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the budget was exceeded in silence"),
            Err(error) => break error,
        }
    };
    assert!(error.is_too_large(), "{error}");
}

#[tokio::test]
async fn a_stream_that_stalls_is_given_up_but_a_slow_reader_is_not_its_fault() {
    let stalls = || async {
        let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(&[1; 8192])) });
        Body::from_stream(first.chain(stream::pending()))
    };
    let server =
        serve(Router::new().route("/stalls", get(stalls)).route("/", get(|| async { large() })))
            .await;
    let client = impatient_client();

    let mut body = client.get_stream(&server.join("/stalls").unwrap(), 1 << 20).await.unwrap();
    let error = loop {
        if let Err(error) = body.chunk().await {
            break error;
        }
    };
    assert!(matches!(error, NetError::TooSlow { received: 8192, .. }), "{error}");

    let mut body = client.get_stream(&server, 1 << 20).await.unwrap();
    let mut received = 0;
    while let Some(chunk) = body.chunk().await.unwrap() {
        if received == 0 {
            tokio::time::sleep(Duration::from_millis(1200)).await;
        }
        received += chunk.len();
    }
    assert_eq!(received, 1 << 20);
}

#[tokio::test]
async fn a_streamed_error_is_an_error() {
    let router = Router::new()
        .route("/", get(|| async { (StatusCode::NOT_FOUND, r#"{"error":"RepoNotFound"}"#) }));
    let error = impatient_client().get_stream(&serve(router).await, 1 << 20).await.unwrap_err();
    assert_eq!(error.xrpc_error(), Some("RepoNotFound"));
}

/// A body that is there at once.
fn whole() -> Option<impl stream::Stream<Item = std::io::Result<Bytes>> + Send + 'static> {
    Some(stream::iter([Ok(Bytes::from_static(b"all of it"))]))
}

#[tokio::test]
async fn a_request_passed_on_is_given_up_like_any_other() {
    let silent = serve_raw(|mut socket| async move {
        let mut request = [0; 1024];
        let _ = socket.read(&mut request).await;
        tokio::time::sleep(A_MOMENT).await;
    })
    .await;
    let client = impatient_client();
    let began = Instant::now();
    let minute = Duration::from_secs(60);
    let error = client.relay(Request::post(silent.clone()), whole(), minute).await.unwrap_err();
    assert!(matches!(error, NetError::TimedOut { .. }), "{error}");
    let endless = Some(stream::pending());
    let a_second = Duration::from_secs(1);
    let error = client.relay(Request::post(silent.clone()), endless, a_second).await.unwrap_err();
    assert!(matches!(error, NetError::TimedOut { .. }), "{error}");
    assert!(began.elapsed() < 2 * A_MOMENT, "it took {:?}", began.elapsed());

    let strict = HttpClient::new(NetPolicy::public()).unwrap();
    let mut private = silent.clone();
    private.set_scheme("https").unwrap();
    for url in [silent, private] {
        let error = strict.relay(Request::post(url), whole(), minute).await.unwrap_err();
        assert!(error.is_refused(), "{error}");
    }
    let named = Url::parse("https://localhost:1/").unwrap();
    let error = strict.relay(Request::post(named), whole(), minute).await.unwrap_err();
    assert!(matches!(error, NetError::RefusedAddress { .. }), "{error}");
}

#[tokio::test]
async fn an_answer_that_comes_before_the_whole_body_is_an_answer() {
    let refusing = serve(Router::new().route("/", post(|| async { StatusCode::FORBIDDEN }))).await;
    let body = Some(stream::pending());
    let a_minute = Duration::from_secs(60);
    let answer = impatient_client().relay(Request::post(refusing), body, a_minute).await.unwrap();
    assert_eq!(answer.status(), 403);
}
