//! The HTTP client.

use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::{Either, select};
use reqwest::header::{CONTENT_LENGTH, LOCATION};
use reqwest::redirect;
use rustls::ClientConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::body::{Body, innermost};
use super::dns::CheckedResolver;
use super::error::printable;
use super::policy::HTTP;
use super::sending::watched;
use super::{NetError, NetPolicy, Reach, Request, Response, tls};

/// What servers see as our name.
pub(super) const USER_AGENT: &str = concat!("hypercerts/", env!("CARGO_PKG_VERSION"));

/// The client all outgoing requests are made with. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: reqwest::Client,
    pub(super) tls: Arc<ClientConfig>,
    pub(super) policy: Arc<NetPolicy>,
}

impl HttpClient {
    /// A client that holds to this policy.
    ///
    /// # Errors
    /// [`NetError::Setup`] when TLS cannot be set up on this machine.
    pub fn new(policy: NetPolicy) -> Result<Self, NetError> {
        let tls = tls::config()?;
        let inner = build(&policy, tls.clone())?;
        Ok(Self { inner, tls: Arc::new(tls), policy: Arc::new(policy) })
    }

    /// The policy it was made with.
    pub fn policy(&self) -> &NetPolicy {
        &self.policy
    }

    /// Whether plain HTTP and private addresses are within reach.
    pub fn allows_private(&self) -> bool {
        self.policy.reach == Reach::AllowPrivate
    }

    /// Sends a request and reads the whole answer, of whatever status but a redirect.
    pub async fn send(&self, request: Request) -> Result<Response, NetError> {
        let host = host_of(&request.url);
        let waited = self.policy.total_timeout;
        match tokio::time::timeout(waited, self.exchange(request, None)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(NetError::TimedOut { host, waited }),
        }
    }

    /// Sends `length` bytes as the request's body as they come, at the policy's least pace or faster, and reads the
    /// whole answer.
    pub async fn upload<S>(
        &self,
        request: Request,
        length: u64,
        bytes: S,
    ) -> Result<Response, NetError>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    {
        let body = reqwest::Body::wrap_stream(bytes);
        let request = request.header(CONTENT_LENGTH, &length.to_string());
        let host = host_of(&request.url);
        let sending = Duration::from_secs(length / self.policy.min_bytes_per_second.max(1));
        let waited = self.policy.total_timeout + sending;
        match tokio::time::timeout(waited, self.exchange(request, Some(body))).await {
            Ok(outcome) => outcome,
            Err(_) => Err(NetError::TimedOut { host, waited }),
        }
    }

    async fn exchange(
        &self,
        request: Request,
        streamed: Option<reqwest::Body>,
    ) -> Result<Response, NetError> {
        let host = host_of(&request.url);
        let body = self.open(request, streamed).await?;
        let (status, headers) = (body.status(), body.headers().clone());
        Ok(Response { host, status, headers, body: body.collect().await? })
    }

    /// Sends a request and hands over the answer as it comes.
    ///
    /// # Errors
    /// As [`send`](Self::send), and [`NetError::Status`] unless the answer is 2xx.
    pub async fn stream(&self, request: Request) -> Result<Body, NetError> {
        let host = host_of(&request.url);
        let waited = self.policy.total_timeout;
        let body = match tokio::time::timeout(waited, self.open(request, None)).await {
            Ok(outcome) => outcome?,
            Err(_) => return Err(NetError::TimedOut { host, waited }),
        };
        match body.status() {
            200..=299 => Ok(body),
            _ => Err(body.into_refusal().await),
        }
    }

    /// Sends a request whose body, if it has one, comes from somebody else, and hands over the answer as it comes, of
    /// whatever status but a redirect. The body may take as long as `sending`; once it is through, the answer has to
    /// begin within the policy's total time.
    pub async fn relay<S>(
        &self,
        request: Request,
        bytes: Option<S>,
        sending: Duration,
    ) -> Result<Body, NetError>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send + 'static,
    {
        let host = host_of(&request.url);
        let waited = self.policy.total_timeout;
        let (body, sent) = bytes.map(watched).unzip();
        let too_long = async {
            if let Some(sent) = sent {
                // Whether it was sent or not: from here on it is the other side's turn.
                let _ = tokio::time::timeout(sending, sent).await;
            }
            tokio::time::sleep(waited).await;
        };
        let answer = self.open(request, body.map(reqwest::Body::wrap_stream));
        match select(pin!(answer), pin!(too_long)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), _)) => Err(NetError::TimedOut { host, waited }),
        }
    }

    /// Gets a 2xx answer.
    pub async fn get(&self, url: &Url) -> Result<Response, NetError> {
        self.send(Request::get(url.clone())).await?.ok()
    }

    /// Gets a JSON answer.
    pub async fn get_json<T: DeserializeOwned>(&self, url: &Url) -> Result<T, NetError> {
        self.get(url).await?.json()
    }

    /// Posts JSON; the answer is 2xx.
    pub async fn post_json(&self, url: &Url, value: &impl Serialize) -> Result<Response, NetError> {
        self.send(Request::post(url.clone()).json(value)).await?.ok()
    }

    /// Gets a 2xx answer as it comes, of at most `budget` bytes.
    pub async fn get_stream(&self, url: &Url, budget: u64) -> Result<Body, NetError> {
        self.stream(Request::get(url.clone()).max_body(budget)).await
    }

    /// Sends, up to the answer's headers.
    async fn open(
        &self,
        request: Request,
        streamed: Option<reqwest::Body>,
    ) -> Result<Body, NetError> {
        self.policy.reach.check(&request.url, HTTP)?;
        if let Some(reason) = request.flaw {
            return Err(NetError::bad_url(&request.url, reason));
        }
        let host = host_of(&request.url);
        let budget = request.max_body.unwrap_or(self.policy.max_body);
        let mut outgoing = self.inner.request(request.method, request.url).headers(request.headers);
        if let Some(body) = streamed.or_else(|| request.body.map(Into::into)) {
            outgoing = outgoing.body(body);
        }
        let response = outgoing.send().await.map_err(|error| self.explain(&host, &error))?;
        refuse_redirect(&host, &response)?;
        Body::new(response, host, budget, &self.policy)
    }

    /// Our own error out of the client's.
    fn explain(&self, host: &str, error: &reqwest::Error) -> NetError {
        if let Some(ours) = cause::<NetError>(error) {
            return ours.clone();
        }
        let (host, detail) = (host.to_owned(), innermost(error));
        if error.is_timeout() {
            return NetError::TimedOut { host, waited: self.policy.connect_timeout };
        }
        match error.is_connect() {
            true if cause::<rustls::Error>(error).is_some() => NetError::Tls { host, detail },
            true => NetError::Connect { host, detail },
            false => NetError::Broken { host, detail },
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place where the HTTP client is made")]
fn build(policy: &NetPolicy, mut tls: ClientConfig) -> Result<reqwest::Client, NetError> {
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .connect_timeout(policy.connect_timeout)
        .dns_resolver(CheckedResolver { reach: policy.reach, patience: policy.connect_timeout })
        .tls_backend_preconfigured(tls)
        .build()
        .map_err(|error| NetError::Setup(innermost(&error)))
}

fn refuse_redirect(host: &str, response: &reqwest::Response) -> Result<(), NetError> {
    if !response.status().is_redirection() {
        return Ok(());
    }
    let to = response
        .headers()
        .get(LOCATION)
        .map_or_else(String::new, |to| String::from_utf8_lossy(to.as_bytes()).into());
    Err(NetError::Redirect { host: host.to_owned(), to: printable(&to) })
}

/// Host and port, as errors name them.
pub(super) fn host_of(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    }
}

/// The first error of a type in an error's chain. I/O errors leave what they carry out of the chain, so they are
/// looked into.
pub(super) fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let carried = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    let deeper =
        carried.map(|carried| carried as &(dyn Error + 'static)).or_else(|| error.source());
    error.downcast_ref().or_else(|| cause(deeper?))
}
