//! What every answer carries: a content security policy that lets nothing run, and no hints to
//! strangers. Errors get their page here, where the request's nonce is known.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;

use crate::WebState;
use crate::error::Apology;
use crate::page::Shell;

/// 128 bits: nobody guesses a nonce within the life of one answer.
const NONCE_BYTES: usize = 16;

const FIXED: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Wraps every request.
pub async fn guard(State(state): State<WebState>, mut request: Request, next: Next) -> Response {
    let Some(nonce) = nonce() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let shell = Shell { network: state.network.to_owned(), nonce };
    request.extensions_mut().insert(shell.clone());
    let mut response = apologise(&shell, next.run(request).await);
    add_headers(response.headers_mut(), &shell.nonce);
    response
}

/// Prints the page of an answer that carries an apology instead of a body.
fn apologise(shell: &Shell, mut response: Response) -> Response {
    let Some(Apology(page)) = response.extensions_mut().remove::<Apology>() else {
        return response;
    };
    match shell.document(&*page) {
        Ok(html) => (response.status(), Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "an error page could not be printed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn add_headers(headers: &mut HeaderMap, nonce: &str) {
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
    }
}

/// A number used once, or `None` when the system gives no random bytes.
fn nonce() -> Option<String> {
    let mut bytes = [0; NONCE_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    Some(BASE64URL_NOPAD.encode(&bytes))
}

impl<S: Sync> FromRequestParts<S> for Shell {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_forbids_scripts_and_names_its_own_nonce() {
        let mut headers = HeaderMap::new();
        add_headers(&mut headers, "n0nce");
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'; style-src 'nonce-n0nce';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("script-src"));
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
    }

    #[test]
    fn what_is_already_said_about_keeping_and_running_stays() {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        );
        add_headers(&mut headers, "n0nce");
        assert_eq!(headers[CACHE_CONTROL], "public, max-age=3600");
        assert_eq!(headers[CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
    }

    #[test]
    fn no_two_nonces_are_alike() {
        assert_ne!(nonce().expect("random bytes"), nonce().expect("random bytes"));
    }
}
