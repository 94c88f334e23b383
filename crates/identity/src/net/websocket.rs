//! WebSockets, held to the same reach and limits as requests.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use reqwest::header::{self, HeaderValue};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};
use url::{Host, Url};

use super::body::innermost;
use super::http::{USER_AGENT, cause, host_of};
use super::policy::WEBSOCKET;
use super::{HttpClient, NetError, NetPolicy, dns};

/// An open WebSocket that yields binary messages, the only ones AT Protocol streams have.
///
/// A quiet peer is asked for a sign of life, and given up when it shows none.
#[derive(Debug)]
pub struct WebSocket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    host: String,
    idle: Duration,
    max_message: usize,
    /// A ping is out, and nothing has come since.
    asked: bool,
}

impl HttpClient {
    /// Opens a WebSocket to a `wss://` (or, on a private network, `ws://`) URL.
    ///
    /// # Errors
    /// As for requests; [`NetError::Status`] when the server answers without opening a WebSocket.
    pub async fn websocket(&self, url: &Url) -> Result<WebSocket, NetError> {
        self.policy.reach.check(url, WEBSOCKET)?;
        let waited = self.policy.total_timeout;
        match tokio::time::timeout(waited, self.open_websocket(url)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(NetError::TimedOut { host: host_of(url), waited }),
        }
    }

    async fn open_websocket(&self, url: &Url) -> Result<WebSocket, NetError> {
        let host = host_of(url);
        let socket = self.connect(url).await?;
        let explain = |error| explain(&host, error, self.policy.max_message);
        let mut request = url.as_str().into_client_request().map_err(explain)?;
        request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        let tls = Connector::Rustls(Arc::clone(&self.tls));
        let (stream, _) =
            client_async_tls_with_config(request, socket, Some(limits(&self.policy)), Some(tls))
                .await
                .map_err(explain)?;
        let NetPolicy { idle_timeout: idle, max_message, .. } = *self.policy;
        Ok(WebSocket { stream, host, idle, max_message, asked: false })
    }

    /// Connects to the first address of the URL's host that answers.
    async fn connect(&self, url: &Url) -> Result<TcpStream, NetError> {
        let host = host_of(url);
        let mut last = NetError::UnknownHost {
            host: host.clone(),
            detail: "the name has no address".to_owned(),
        };
        for address in self.addresses(url).await? {
            match tokio::time::timeout(self.policy.connect_timeout, TcpStream::connect(address))
                .await
            {
                Ok(Ok(socket)) => return Ok(socket),
                Ok(Err(error)) => {
                    last = NetError::Connect { host: host.clone(), detail: error.to_string() }
                }
                Err(_) => {
                    last = NetError::TimedOut {
                        host: host.clone(),
                        waited: self.policy.connect_timeout,
                    }
                }
            }
        }
        Err(last)
    }

    /// Addresses that were checked: those of a name by the lookup, a literal one by the check of its URL.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, NetError> {
        let port =
            url.port_or_known_default().ok_or_else(|| NetError::bad_url(url, "it has no port"))?;
        match url.host() {
            Some(Host::Domain(name)) => {
                dns::lookup(self.policy.reach, name, port, self.policy.connect_timeout).await
            }
            Some(Host::Ipv4(v4)) => Ok(vec![(IpAddr::V4(v4), port).into()]),
            Some(Host::Ipv6(v6)) => Ok(vec![(IpAddr::V6(v6), port).into()]),
            None => Err(NetError::bad_url(url, "it names no host")),
        }
    }
}

impl WebSocket {
    /// The next message; `None` once the peer has closed. Safe to drop and call again.
    ///
    /// # Errors
    /// [`NetError::TimedOut`] when the peer is silent even when asked, [`NetError::TooLarge`] for a message over
    /// the limit, [`NetError::Broken`] for everything that is not the protocol. After an error it is over.
    pub async fn next(&mut self) -> Result<Option<Bytes>, NetError> {
        loop {
            match tokio::time::timeout(self.idle, self.stream.next()).await {
                Err(_) => self.ask().await?,
                Ok(None | Some(Ok(Message::Close(_)))) => return Ok(None),
                Ok(Some(Ok(Message::Binary(bytes)))) => {
                    self.asked = false;
                    return Ok(Some(bytes));
                }
                Ok(Some(Ok(Message::Text(_)))) => {
                    return Err(self.broken("a text message where only binary ones belong"));
                }
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)))) => {
                    self.asked = false;
                }
                Ok(Some(Err(error))) => return Err(explain(&self.host, error, self.max_message)),
            }
        }
    }

    /// Asks a silent peer for a sign of life, once.
    async fn ask(&mut self) -> Result<(), NetError> {
        let timed_out = NetError::TimedOut { host: self.host.clone(), waited: self.idle * 2 };
        if self.asked {
            return Err(timed_out);
        }
        self.asked = true;
        match tokio::time::timeout(self.idle, self.stream.send(Message::Ping(Bytes::new()))).await {
            Ok(sent) => sent.map_err(|error| explain(&self.host, error, self.max_message)),
            Err(_) => Err(timed_out),
        }
    }

    /// Says goodbye, without waiting long for an answer.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.stream.close(None)).await;
    }

    fn broken(&self, detail: &str) -> NetError {
        NetError::Broken { host: self.host.clone(), detail: detail.to_owned() }
    }
}

fn limits(policy: &NetPolicy) -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(policy.max_message))
        .max_frame_size(Some(policy.max_message))
}

fn explain(host: &str, error: tungstenite::Error, limit: usize) -> NetError {
    let host = host.to_owned();
    match error {
        tungstenite::Error::Http(answer) => NetError::from_status(
            &host,
            answer.status().as_u16(),
            answer.body().as_deref().unwrap_or_default(),
        ),
        tungstenite::Error::Capacity(_) => NetError::TooLarge { host, limit: limit as u64 },
        tungstenite::Error::Tls(error) => NetError::Tls { host, detail: innermost(&error) },
        tungstenite::Error::Io(error) if cause::<rustls::Error>(&error).is_some() => {
            NetError::Tls { host, detail: innermost(&error) }
        }
        other => NetError::Broken { host, detail: innermost(&other) },
    }
}
