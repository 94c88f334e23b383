//! The bytes of an answer, counted and timed as they come.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use reqwest::header::HeaderMap;

use super::{NetError, NetPolicy};

/// How much of an error answer is read: enough for any message.
const ERROR_BODY: usize = 16 * 1024;

/// An answer whose bytes are still on their way: at most its budget, and no slower than the policy's least pace.
#[derive(Debug)]
pub struct Body {
    response: reqwest::Response,
    host: String,
    budget: u64,
    pace: Pace,
}

impl Body {
    /// Checks the announced length against the budget and begins to count.
    pub(super) fn new(
        response: reqwest::Response,
        host: String,
        budget: u64,
        policy: &NetPolicy,
    ) -> Result<Self, NetError> {
        if response.content_length().is_some_and(|announced| announced > budget) {
            return Err(NetError::TooLarge { host, limit: budget });
        }
        Ok(Self { response, host, budget, pace: Pace::new(policy) })
    }

    /// The HTTP status code.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next bytes, `None` at the end. Only time spent waiting here counts against the sender.
    ///
    /// # Errors
    /// [`NetError::TooLarge`] past the budget, [`NetError::TooSlow`], [`NetError::Broken`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, NetError> {
        let began = Instant::now();
        let next = tokio::time::timeout(self.pace.patience(), self.response.chunk()).await;
        self.pace.waited += began.elapsed();
        match next {
            Err(_) => {
                Err(NetError::TooSlow { host: self.host.clone(), received: self.pace.received })
            }
            Ok(Err(error)) => {
                Err(NetError::Broken { host: self.host.clone(), detail: innermost(&error) })
            }
            Ok(Ok(None)) => Ok(None),
            Ok(Ok(Some(bytes))) => self.count(bytes).map(Some),
        }
    }

    fn count(&mut self, bytes: Bytes) -> Result<Bytes, NetError> {
        self.pace.received += bytes.len() as u64;
        match self.pace.received > self.budget {
            true => Err(NetError::TooLarge { host: self.host.clone(), limit: self.budget }),
            false => Ok(bytes),
        }
    }

    /// All the bytes at once.
    pub async fn collect(mut self) -> Result<Bytes, NetError> {
        let mut all = BytesMut::new();
        while let Some(bytes) = self.chunk().await? {
            all.extend_from_slice(&bytes);
        }
        Ok(all.freeze())
    }

    /// What an answer that is no success says, as an error.
    pub async fn into_refusal(self) -> NetError {
        let (host, status) = (self.host.clone(), self.status());
        NetError::from_status(&host, status, &self.beginning(ERROR_BODY).await)
    }

    /// At most the first `most` bytes, whatever comes after them.
    async fn beginning(mut self, most: usize) -> Bytes {
        let mut start = BytesMut::new();
        while start.len() < most
            && let Ok(Some(bytes)) = self.chunk().await
        {
            start.extend_from_slice(&bytes);
        }
        start.truncate(most);
        start.freeze()
    }

    /// The bytes as a stream, which ends after its first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, NetError>> + Send {
        try_unfold(
            self,
            |mut body| async move { Ok(body.chunk().await?.map(|bytes| (bytes, body))) },
        )
    }
}

/// How long one may still wait: never longer than `idle` at once, and in all no longer than `idle` plus what the
/// bytes received have earned at the least pace. A sender of one byte a second is done with after `idle`.
#[derive(Debug)]
struct Pace {
    idle: Duration,
    bytes_per_second: u64,
    waited: Duration,
    received: u64,
}

impl Pace {
    fn new(policy: &NetPolicy) -> Self {
        let bytes_per_second = policy.min_bytes_per_second.max(1);
        Self { idle: policy.idle_timeout, bytes_per_second, waited: Duration::ZERO, received: 0 }
    }

    fn patience(&self) -> Duration {
        let earned = Duration::from_secs(self.received / self.bytes_per_second);
        self.idle.min((self.idle + earned).saturating_sub(self.waited))
    }
}

/// The cause at the bottom of an error's chain: the one that says what happened.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    super::error::printable(&cause.to_string())
}
