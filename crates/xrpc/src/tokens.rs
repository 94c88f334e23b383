//! Session tokens of a PDS: what an account shows to act, and what it shows to get a new one.
//!
//! Both are JWTs signed with HS256 by the server for itself. An *access* token (`typ` `at+jwt`)
//! lives 120 minutes and says how much it allows and which session it belongs to; a *refresh* token
//! (`typ` `refresh+jwt`) lives 90 days and has an identifier, so that the server can rotate and
//! revoke it. The clock and the identifiers are handed in; remembering refresh tokens, and which
//! sessions go on, is left to the server.

use std::fmt;

use hypercerts_lexicon::Did;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::XrpcError;
use crate::nsid::REFRESH_SCOPE;

pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(120);
pub const REFRESH_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

const ACCESS_TYPE: &str = "at+jwt";
const REFRESH_TYPE: &str = "refresh+jwt";

/// Longer than any token issued here by far; what is longer is not looked at.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// How much an access token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessScope {
    /// Logged in with the account's own password: everything.
    #[serde(rename = "com.atproto.access")]
    Full,
    /// Logged in with an app password: no account management.
    #[serde(rename = "com.atproto.appPass")]
    AppPassword,
    /// An app password that may also read and write private messages.
    #[serde(rename = "com.atproto.appPassPrivileged")]
    PrivilegedAppPassword,
    /// A taken-down account: only what moving away needs.
    #[serde(rename = "com.atproto.takendown")]
    TakenDown,
}

/// What a verified access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    pub subject: Did,
    pub scope: AccessScope,
    /// The session it ends with.
    pub session: String,
    pub expires: Timestamp,
}

/// What a verified refresh token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshClaims {
    pub subject: Did,
    /// The identifier the server gave it.
    pub id: String,
    pub expires: Timestamp,
}

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token has expired")]
    Expired,
    #[error("the token is malformed or was not issued by this server")]
    NotOurs,
    #[error("the token is of another kind than this method needs")]
    WrongKind,
}

impl From<TokenError> for XrpcError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired => Self::expired_token(),
            TokenError::NotOurs => Self::invalid_token(
                "The token is malformed or was not issued by this server; log in again.",
            ),
            TokenError::WrongKind => Self::invalid_token(
                "The token is of another kind than this method needs: \
                 access tokens act, refresh tokens refresh and end sessions.",
            ),
        }
    }
}

/// Issues and verifies the tokens of one server.
#[derive(Clone)]
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    rules: Validation,
    audience: Did,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("audience", &self.audience).finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Claims<S> {
    scope: S,
    sub: Did,
    aud: Did,
    iat: i64,
    exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
}

impl Tokens {
    /// `secret` is the server's own, at least 32 random bytes; `audience` its DID.
    pub fn new(secret: &[u8], audience: Did) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_required_spec_claims(&["exp", "aud", "sub"]);
        rules.set_audience(&[audience.as_str()]);
        // Expiry is checked here, against the clock handed in.
        rules.validate_exp = false;
        Self {
            signing: EncodingKey::from_secret(secret),
            checking: DecodingKey::from_secret(secret),
            rules,
            audience,
        }
    }

    /// An access token for `subject` in `session`, good for [`ACCESS_LIFETIME`] from `now`.
    pub fn issue_access(
        &self,
        subject: &Did,
        scope: AccessScope,
        session: &str,
        now: Timestamp,
    ) -> String {
        let mut claims = self.claims(subject, scope, now, ACCESS_LIFETIME);
        claims.sid = Some(session.to_owned());
        self.sign(ACCESS_TYPE, &claims)
    }

    /// A refresh token with the identifier `id`, good for [`REFRESH_LIFETIME`] from `now`.
    pub fn issue_refresh(&self, subject: &Did, id: &str, now: Timestamp) -> String {
        let mut claims = self.claims(subject, REFRESH_SCOPE, now, REFRESH_LIFETIME);
        claims.jti = Some(id.to_owned());
        self.sign(REFRESH_TYPE, &claims)
    }

    pub fn verify_access(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenError> {
        let claims: Claims<AccessScope> = self.open(token, ACCESS_TYPE)?;
        let expires = unexpired(claims.exp, now)?;
        // Nobody could tell whether it goes on, so that its holder has to refresh it.
        let session = claims.sid.ok_or(TokenError::Expired)?;
        Ok(AccessClaims { subject: claims.sub, scope: claims.scope, session, expires })
    }

    pub fn verify_refresh(&self, token: &str, now: Timestamp) -> Result<RefreshClaims, TokenError> {
        let claims = self.verify_refresh_of_any_age(token)?;
        unexpired(claims.expires.as_second(), now)?;
        Ok(claims)
    }

    /// As [`Self::verify_refresh`], expired or not: ending a session needs no fresh token.
    pub fn verify_refresh_of_any_age(&self, token: &str) -> Result<RefreshClaims, TokenError> {
        let claims: Claims<String> = self.open(token, REFRESH_TYPE)?;
        let id = claims.jti.filter(|_| claims.scope == REFRESH_SCOPE);
        let id = id.ok_or(TokenError::WrongKind)?;
        Ok(RefreshClaims { subject: claims.sub, id, expires: timestamp(claims.exp)? })
    }

    fn claims<S>(
        &self,
        subject: &Did,
        scope: S,
        now: Timestamp,
        lifetime: SignedDuration,
    ) -> Claims<S> {
        let iat = now.as_second();
        Claims {
            scope,
            sub: subject.clone(),
            aud: self.audience.clone(),
            iat,
            exp: iat.saturating_add(lifetime.as_secs()),
            jti: None,
            sid: None,
        }
    }

    fn sign(&self, kind: &str, claims: &impl Serialize) -> String {
        let header = Header { typ: Some(kind.to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &self.signing)
            .expect("invariant: plain claims serialise and HMAC takes any key")
    }

    /// The claims as JSON first: whether a token is ours is told apart from what kind it is.
    fn open<S: DeserializeOwned>(&self, token: &str, kind: &str) -> Result<Claims<S>, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::NotOurs);
        }
        let opened = jsonwebtoken::decode::<serde_json::Value>(token, &self.checking, &self.rules)
            .map_err(|_| TokenError::NotOurs)?;
        if !opened.header.typ.is_some_and(|typ| typ.eq_ignore_ascii_case(kind)) {
            return Err(TokenError::WrongKind);
        }
        serde_json::from_value(opened.claims).map_err(|_| TokenError::WrongKind)
    }
}

fn unexpired(exp: i64, now: Timestamp) -> Result<Timestamp, TokenError> {
    let expires = timestamp(exp)?;
    if now >= expires { Err(TokenError::Expired) } else { Ok(expires) }
}

fn timestamp(seconds: i64) -> Result<Timestamp, TokenError> {
    Timestamp::from_second(seconds).map_err(|_| TokenError::NotOurs)
}
