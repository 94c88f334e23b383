//! What is asked and what comes back.

use bytes::Bytes;
use data_encoding::BASE64;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::NetError;

/// One HTTP request.
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    pub(super) max_body: Option<u64>,
    /// Why the request cannot be sent; found while building, told when sending.
    pub(super) flaw: Option<&'static str>,
}

impl Request {
    /// A GET request.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A POST request, without a body so far.
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// A PUT request, without a body so far.
    pub fn put(url: Url) -> Self {
        Self::new(Method::PUT, url)
    }

    /// A DELETE request.
    pub fn delete(url: Url) -> Self {
        Self::new(Method::DELETE, url)
    }

    fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: None, max_body: None, flaw: None }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => {
                self.headers.insert(name, value);
            }
            Err(_) => self.flaw = Some("a header value holds characters that headers cannot carry"),
        }
        self
    }

    /// Adds headers that somebody else wrote.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Authorizes with a bearer token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.authorization(&format!("Bearer {token}"))
    }

    /// Authorizes with a name and a password.
    #[must_use]
    pub fn basic(self, name: &str, password: &str) -> Self {
        let pair = BASE64.encode(format!("{name}:{password}").as_bytes());
        self.authorization(&format!("Basic {pair}"))
    }

    /// Marked as secret, so that no log shows it.
    fn authorization(self, value: &str) -> Self {
        let mut request = self.header(AUTHORIZATION, value);
        if let Some(value) = request.headers.get_mut(AUTHORIZATION) {
            value.set_sensitive(true);
        }
        request
    }

    /// Asks for another host than the URL's: for servers that answer by `Host`, over plain HTTP.
    #[must_use]
    pub fn host(self, host: &str) -> Self {
        self.header(HOST, host)
    }

    /// Sends these bytes as the body.
    #[must_use]
    pub fn body(mut self, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        self.body = Some(bytes.into());
        self.header(CONTENT_TYPE, content_type)
    }

    /// Sends a value as JSON.
    #[must_use]
    pub fn json(mut self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.body("application/json", bytes),
            Err(_) => {
                self.flaw = Some("its body cannot be written as JSON");
                self
            }
        }
    }

    /// Takes another limit for the answer than the policy's, in bytes.
    #[must_use]
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = Some(bytes);
        self
    }
}

/// A whole answer, of whatever status.
#[derive(Debug, Clone)]
pub struct Response {
    pub(super) host: String,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Response {
    /// The HTTP status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Turns every status but 2xx into [`NetError::Status`].
    pub fn ok(self) -> Result<Self, NetError> {
        match self.status {
            200..=299 => Ok(self),
            status => Err(NetError::from_status(&self.host, status, &self.body)),
        }
    }

    /// Reads the body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, NetError> {
        serde_json::from_slice(&self.body).map_err(|error| NetError::Unreadable {
            host: self.host.clone(),
            detail: error.to_string(),
        })
    }

    /// Reads the body as text.
    pub fn text(&self) -> Result<&str, NetError> {
        std::str::from_utf8(&self.body).map_err(|error| NetError::Unreadable {
            host: self.host.clone(),
            detail: error.to_string(),
        })
    }
}
