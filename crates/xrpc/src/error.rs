//! The error envelope of XRPC: an HTTP status, a name for programs and a sentence for people.
//!
//! Names and statuses are those of the protocol's HTTP reference. What went wrong inside a server
//! is logged and never told to the caller.

use std::borrow::Cow;
use std::fmt::Display;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// An answer that is not the one asked for: serialises as `{"error": name, "message": message}`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct XrpcError {
    status: StatusCode,
    name: Cow<'static, str>,
    message: String,
    retry_after: Option<Duration>,
    challenge: Option<HeaderValue>,
}

impl XrpcError {
    /// Any status and name; prefer the constructors that say what happened.
    pub fn new(
        status: StatusCode,
        name: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            name: name.into(),
            message: message.into(),
            retry_after: None,
            challenge: None,
        }
    }

    /// 400 with a name of the method's own lexicon, such as `InvalidSwap` or `RecordNotFound`.
    pub fn named(name: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, name, message)
    }

    /// 400 `InvalidRequest`: parameters or body do not fit the method.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::named("InvalidRequest", message)
    }

    /// 400 `ExpiredToken`: clients answer it by refreshing their session.
    pub fn expired_token() -> Self {
        Self::named("ExpiredToken", "The token has expired; refresh the session.")
    }

    /// 400 `InvalidToken`: the token is malformed, forged, or of the wrong kind.
    pub fn invalid_token(message: impl Into<String>) -> Self {
        Self::named("InvalidToken", message)
    }

    /// 401 `AuthMissing`: the method needs a bearer token and got none.
    pub fn auth_missing() -> Self {
        let message = "This method needs an Authorization header with a bearer token.";
        Self::new(StatusCode::UNAUTHORIZED, "AuthMissing", message)
    }

    /// 401 `AuthenticationRequired`: wrong credentials, without saying which part was wrong.
    pub fn auth_required(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "AuthenticationRequired", message)
    }

    /// 403 `Forbidden`: known, but not allowed to.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    /// 404 `XRPCNotSupported`: nothing at this path.
    pub fn not_supported(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "XRPCNotSupported", message)
    }

    /// 408 `RequestTimeout`: the body did not arrive in time.
    pub fn request_timeout(message: impl Into<String>) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "RequestTimeout", message)
    }

    /// 413 `PayloadTooLarge`; `limit` in bytes.
    pub fn payload_too_large(limit: usize) -> Self {
        let message = format!("The request body is larger than the {limit} bytes allowed here.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", message)
    }

    /// 415 `UnsupportedMediaType`.
    pub fn unsupported_media_type(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    /// 429 `RateLimitExceeded`, with `Retry-After` in whole seconds, rounded up.
    pub fn rate_limited(retry_after: Duration) -> Self {
        let message = format!("Too many requests; try again in {} s.", whole_seconds(retry_after));
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "RateLimitExceeded", message);
        error.retry_after = Some(retry_after);
        error
    }

    /// 500 `InternalServerError`: `cause` goes to the log, the caller learns nothing of it.
    pub fn internal(cause: impl Display) -> Self {
        tracing::error!(error = %format!("{cause:#}"), "an XRPC method failed inside");
        let message = "Something failed inside the server; the operator can find it in the log.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", message)
    }

    /// 501 `MethodNotImplemented`: a well-formed method name that nobody serves here.
    pub fn method_not_implemented(method: &str) -> Self {
        let message = format!("This server does not implement {method}.");
        Self::new(StatusCode::NOT_IMPLEMENTED, "MethodNotImplemented", message)
    }

    /// 502 `UpstreamFailure`: another server this one depends on failed.
    pub fn upstream_failure(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "UpstreamFailure", message)
    }

    /// 503 `NotEnoughResources`: too busy now; the same request may succeed later.
    pub fn not_enough_resources(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "NotEnoughResources", message)
    }

    /// 504 `UpstreamTimeout`.
    pub fn upstream_timeout(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "UpstreamTimeout", message)
    }

    /// Says in `WWW-Authenticate` how to authenticate instead.
    #[must_use]
    pub fn with_challenge(self, challenge: HeaderValue) -> Self {
        Self { challenge: Some(challenge), ..self }
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The name for programs, e.g. `InvalidRequest`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sentence for people.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl IntoResponse for XrpcError {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "error": self.name, "message": self.message });
        let mut response = (self.status, axum::Json(body)).into_response();
        if let Some(wait) = self.retry_after {
            let seconds = HeaderValue::from(whole_seconds(wait));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
