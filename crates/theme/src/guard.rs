//! What every answer of a page carries: a content security policy that lets nothing run but what
//! the page itself names, and no hints to strangers.

use std::fmt;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use data_encoding::BASE64URL_NOPAD;

/// 128 bits: nobody guesses a nonce within the life of one answer.
const NONCE_BYTES: usize = 16;

const FIXED: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// A number used once: what an answer's policy names, and its own styles and scripts carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// A fresh one, or `None` when the system gives no random bytes.
    pub fn fresh() -> Option<Self> {
        let mut bytes = [0; NONCE_BYTES];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(BASE64URL_NOPAD.encode(&bytes)))
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What one answer allows a browser to do.
#[derive(Clone, Debug)]
pub struct Policy {
    nonce: Nonce,
    runs_script: bool,
    leads_to: Option<String>,
}

impl Policy {
    /// Styles with the nonce, pictures and forms of this origin; no script.
    pub fn new(nonce: Nonce) -> Self {
        Self { nonce, runs_script: false, leads_to: None }
    }

    /// Also runs the scripts that carry the nonce; they may talk to this origin.
    #[must_use]
    pub fn with_script(self) -> Self {
        Self { runs_script: true, ..self }
    }

    /// Also lets forms end up at this source, by way of a redirect: an origin or a scheme as content
    /// security policies write it.
    #[must_use]
    pub fn leading_to(self, source: String) -> Self {
        Self { leads_to: Some(source), ..self }
    }

    fn header(&self) -> Option<HeaderValue> {
        let nonce = &self.nonce;
        let script = match self.runs_script {
            true => format!(" script-src 'nonce-{nonce}'; connect-src 'self';"),
            false => String::new(),
        };
        let leads_to =
            self.leads_to.as_ref().map(|source| format!(" {source}")).unwrap_or_default();
        HeaderValue::from_str(&format!(
            "default-src 'none'; style-src 'nonce-{nonce}';{script} img-src 'self'; \
             form-action 'self'{leads_to}; base-uri 'none'; frame-ancestors 'none'"
        ))
        .ok()
    }
}

/// Adds what every answer carries. What is already said about keeping and running stays.
pub fn add_headers(headers: &mut HeaderMap, policy: &Policy) {
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    let lockdown = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy.header().unwrap_or(lockdown));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy::new(Nonce("n0nce".to_owned()))
    }

    #[test]
    fn every_answer_forbids_scripts_and_names_its_own_nonce() {
        let mut headers = HeaderMap::new();
        add_headers(&mut headers, &policy());
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
        add_headers(&mut headers, &policy());
        assert_eq!(headers[CACHE_CONTROL], "public, max-age=3600");
        assert_eq!(headers[CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
    }

    #[test]
    fn a_page_that_leads_away_names_where_to() {
        let mut headers = HeaderMap::new();
        let policy = policy().with_script().leading_to("https://app.example.org".to_owned());
        add_headers(&mut headers, &policy);
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.contains("script-src 'nonce-n0nce'; connect-src 'self';"), "{policy}");
        assert!(policy.contains("form-action 'self' https://app.example.org;"), "{policy}");
    }

    #[test]
    fn no_two_nonces_are_alike() {
        assert_ne!(Nonce::fresh().expect("random bytes"), Nonce::fresh().expect("random bytes"));
    }
}
