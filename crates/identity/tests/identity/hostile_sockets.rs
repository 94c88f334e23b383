//! WebSockets whose other end misbehaves.

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::routing::any;
use hypercerts_identity::net::{HttpClient, NetError, NetPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

use crate::support::{impatient, impatient_client, serve, serve_raw};

/// Serves one behaviour at `/`.
async fn socket_server<F>(behave: impl Fn(WebSocket) -> F + Clone + Send + Sync + 'static) -> Url
where
    F: Future<Output = ()> + Send + 'static,
{
    let upgrade = move |upgrade: WebSocketUpgrade| {
        let behave = behave.clone();
        async move { upgrade.on_upgrade(behave) }
    };
    let mut url = serve(Router::new().route("/", any(upgrade))).await;
    url.set_scheme("ws").unwrap();
    url
}

#[tokio::test]
async fn messages_arrive_until_the_other_end_closes() {
    let server = socket_server(|mut socket| async move {
        for number in 0..3_u8 {
            let _ = socket.send(Message::Binary(vec![number; 1000].into())).await;
        }
    })
    .await;
    let mut socket = impatient_client().websocket(&server).await.unwrap();
    for number in 0..3_u8 {
        assert_eq!(socket.next().await.unwrap().unwrap(), vec![number; 1000]);
    }
    assert!(matches!(socket.next().await, Ok(None) | Err(NetError::Broken { .. })));
}

#[tokio::test]
async fn a_quiet_but_living_peer_is_waited_for() {
    let server = socket_server(|mut socket| async move {
        // Reading is what answers pings.
        let reading = async { while socket.recv().await.is_some() {} };
        let _ = tokio::time::timeout(Duration::from_millis(2500), reading).await;
        let _ = socket.send(Message::Binary("at last".into())).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
    })
    .await;
    let mut socket = impatient_client().websocket(&server).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), "at last");
    socket.close().await;
}

#[tokio::test]
async fn a_peer_without_a_sign_of_life_is_given_up() {
    let server = socket_server(|socket| async move {
        tokio::time::sleep(Duration::from_secs(10)).await;
        drop(socket);
    })
    .await;
    let mut socket = impatient_client().websocket(&server).await.unwrap();
    let began = Instant::now();
    let error = socket.next().await.unwrap_err();
    assert!(matches!(error, NetError::TimedOut { .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused() {
    let server = socket_server(|mut socket| async move {
        let _ = socket.send(Message::Binary(vec![0; 100_000].into())).await;
    })
    .await;
    let error = impatient_client().websocket(&server).await.unwrap().next().await.unwrap_err();
    assert!(error.is_too_large(), "{error}");
}

#[tokio::test]
async fn text_is_not_what_streams_are_made_of() {
    let server = socket_server(|mut socket| async move {
        let _ = socket.send(Message::Text("{}".into())).await;
    })
    .await;
    let error = impatient_client().websocket(&server).await.unwrap().next().await.unwrap_err();
    assert!(matches!(error, NetError::Broken { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_answers_without_opening_a_socket_is_quoted() {
    let refuse = || async { (StatusCode::BAD_REQUEST, r#"{"error":"FutureCursor"}"#) };
    let mut server = serve(Router::new().route("/", any(refuse))).await;
    server.set_scheme("ws").unwrap();
    let error = impatient_client().websocket(&server).await.unwrap_err();
    assert_eq!(error.status(), Some(400));
}

#[tokio::test]
async fn a_handshake_that_hangs_or_lies_is_given_up() {
    let mut hangs = serve_raw(|socket| async move {
        tokio::time::sleep(Duration::from_secs(10)).await;
        drop(socket);
    })
    .await;
    hangs.set_scheme("ws").unwrap();
    let error = impatient_client().websocket(&hangs).await.unwrap_err();
    assert!(matches!(error, NetError::TimedOut { .. }), "{error}");

    let mut lies = serve_raw(|mut socket| async move {
        let mut request = [0; 1024];
        let _ = socket.read(&mut request).await;
        let answer =
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
        let _ = socket.write_all(answer.as_bytes()).await;
    })
    .await;
    lies.set_scheme("ws").unwrap();
    let error = impatient_client().websocket(&lies).await.unwrap_err();
    assert!(matches!(error, NetError::Broken { .. }), "{error}");
}

#[tokio::test]
async fn the_public_client_opens_no_private_socket() {
    let client =
        HttpClient::new(NetPolicy { reach: NetPolicy::public().reach, ..impatient() }).unwrap();
    for url in [
        "ws://example.org/",
        "wss://127.0.0.1/",
        "wss://localhost/",
        "wss://[fd00::1]/",
        "https://example.org/",
    ] {
        let error = client.websocket(&Url::parse(url).unwrap()).await.expect_err(url);
        assert!(error.is_refused(), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_secure_socket_needs_a_server_that_speaks_tls() {
    let mut server = serve_raw(|mut socket| async move {
        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        tokio::time::sleep(Duration::from_secs(5)).await;
    })
    .await;
    server.set_scheme("wss").unwrap();
    let error = impatient_client().websocket(&server).await.unwrap_err();
    assert!(matches!(error, NetError::Tls { .. }), "{error}");
}
