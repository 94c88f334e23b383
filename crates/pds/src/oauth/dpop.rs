//! DPoP (RFC 9449): a proof, with every request, that whoever sends it holds the key that its token
//! is bound to.
//!
//! *Nonces* are made of a secret that is drawn when the server starts and of the time, in windows of
//! some minutes; those of the current and of the last window are good. Each proof must carry one,
//! so that a proof is worth nothing after two windows or a restart. That is how long the proofs
//! that were used need to be remembered, and why it is enough to do so in memory.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::hmac;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

use crate::oauth::error::{Code, OAuthError};
use crate::oauth::jws::{Claims, Jws};

pub const PROOF: &str = "dpop";
pub const NONCE: &str = "dpop-nonce";

/// Seconds after which the next nonce is given out.
const WINDOW: i64 = 150;
/// Seconds by which an app's clock may be wrong. The nonce says how fresh a proof is.
const SKEW: i64 = 300;
/// Proofs remembered for one window; beyond, proofs are not taken until the next.
const REMEMBERED: usize = 2_000_000;
/// Characters of a proof's identifier.
const MAX_JTI: usize = 256;

/// Gives out nonces and checks proofs.
pub struct Dpop {
    secret: hmac::Key,
    origin: Url,
    used: Mutex<BTreeMap<i64, HashSet<u128>>>,
}

/// What a request must prove possession for.
pub struct Request<'a> {
    pub headers: &'a HeaderMap,
    pub method: &'a Method,
    pub uri: &'a Uri,
    /// The token that is used, at the resource.
    pub access_token: Option<&'a str>,
}

/// The thumbprint of the key that a request was proven to be sent with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prover(pub String);

impl Dpop {
    pub fn new(origin: Url) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &crate::random::bytes::<32>());
        Self { secret, origin, used: Mutex::default() }
    }

    /// The nonce that proofs should carry.
    pub fn nonce(&self, now: Timestamp) -> HeaderValue {
        HeaderValue::from_str(&self.nonce_of(window(now)))
            .expect("invariant: base64url fits a header")
    }

    fn nonce_of(&self, window: i64) -> String {
        BASE64URL_NOPAD.encode(&hmac::sign(&self.secret, &window.to_be_bytes()).as_ref()[..18])
    }

    /// Whose request it is; `None` if it carries no proof.
    pub fn check(
        &self,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Option<Prover>, OAuthError> {
        let mut proofs = request.headers.get_all(PROOF).iter();
        let Some(proof) = proofs.next() else { return Ok(None) };
        if proofs.next().is_some() {
            return Err(invalid("there is more than one"));
        }
        let text = proof.to_str().map_err(|_| invalid("it is not text"))?;
        self.check_proof(text, request, now).map(Some)
    }

    fn check_proof(
        &self,
        text: &str,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Prover, OAuthError> {
        let token = Jws::read(text).map_err(|why| invalid(&why))?;
        if token.header("typ") != Some("dpop+jwt") {
            return Err(invalid("its type is not dpop+jwt"));
        }
        let key = token.own_key().map_err(|why| invalid(&why))?;
        let claims = token.verified_by(&key).ok_or_else(|| invalid("its signature is wrong"))?;
        self.check_request(&claims, request)?;
        check_time(&claims, now)?;
        let window = self.window_of(&claims, now)?;
        let prover = Prover(key.thumbprint());
        self.use_once(&prover, &claims, window)?;
        Ok(prover)
    }

    fn check_request(&self, claims: &Claims, request: &Request<'_>) -> Result<(), OAuthError> {
        if claims.text("htm") != Some(request.method.as_str()) {
            return Err(invalid("it is for another HTTP method"));
        }
        let proven = claims.text("htu").and_then(|url| Url::parse(url).ok());
        let proven = proven.ok_or_else(|| invalid("its htu is not a URL"))?;
        let same = proven.origin() == self.origin.origin()
            && proven.path().trim_end_matches('/') == request.uri.path().trim_end_matches('/');
        if !same {
            return Err(invalid(&format!(
                "it is for another address than {}{}",
                self.origin.origin().ascii_serialization(),
                request.uri.path()
            )));
        }
        let hash = request.access_token.map(|token| BASE64URL_NOPAD.encode(&Sha256::digest(token)));
        match hash.is_none() || claims.text("ath") == hash.as_deref() {
            true => Ok(()),
            false => Err(invalid("its ath is not the hash of the access token")),
        }
    }

    fn window_of(&self, claims: &Claims, now: Timestamp) -> Result<i64, OAuthError> {
        let current = window(now);
        let nonce = claims.text("nonce").unwrap_or_default();
        [current, current - 1]
            .into_iter()
            .find(|window| self.nonce_of(*window) == nonce)
            .ok_or_else(|| {
                OAuthError::new(
                    Code::UseDpopNonce,
                    "The proof needs the nonce of the DPoP-Nonce header.",
                )
            })
    }

    fn use_once(&self, prover: &Prover, claims: &Claims, window: i64) -> Result<(), OAuthError> {
        let jti = claims.text("jti").filter(|jti| (1..=MAX_JTI).contains(&jti.len()));
        let jti = jti.ok_or_else(|| invalid("it has no jti"))?;
        let hash = Sha256::new().chain_update(&prover.0).chain_update([0]).chain_update(jti);
        let hash: [u8; 32] = hash.finalize().into();
        let short = hash.first_chunk().copied().unwrap_or_default();
        // Whole after every insertion.
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|other, _| *other >= window - 1);
        let used = used.entry(window).or_default();
        if used.len() >= REMEMBERED {
            let busy = "Too many proofs at the moment; try again in a few minutes.";
            return Err(OAuthError::new(Code::TemporarilyUnavailable, busy));
        }
        match used.insert(u128::from_be_bytes(short)) {
            true => Ok(()),
            false => Err(invalid("it has been used before")),
        }
    }
}

fn window(now: Timestamp) -> i64 {
    now.as_second().div_euclid(WINDOW)
}

fn check_time(claims: &Claims, now: Timestamp) -> Result<(), OAuthError> {
    let issued = claims.time("iat").ok_or_else(|| invalid("it has no iat"))?;
    if issued.saturating_sub(now.as_second()).unsigned_abs() > SKEW.unsigned_abs() {
        return Err(invalid("its iat is minutes away from the server's time; set the clock"));
    }
    match claims.time("exp") {
        Some(expires) if expires.saturating_add(SKEW) < now.as_second() => {
            Err(invalid("it has expired"))
        }
        _ => Ok(()),
    }
}

fn invalid(why: &str) -> OAuthError {
    OAuthError::proof(format!("The DPoP proof is refused: {why}."))
}
