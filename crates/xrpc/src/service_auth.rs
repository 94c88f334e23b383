//! Tokens that one server shows another for an account: JWTs signed with the account's own key, so
//! that anybody who resolves its DID can check them.
//!
//! The clock, the key and the identifier are handed in; remembering identifiers, so that a token
//! counts once, is left to whoever checks.

use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use hypercerts_lexicon::{Did, Nsid};
use hypercerts_repo::{Curve, PublicKey, SecretKey};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::XrpcError;

/// Longer than any honest token by far; what is longer is not looked at.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// The longest a token may be good for.
const MAX_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// How far clocks may differ.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// Types of other tokens, which must not be taken for this one.
const OTHER_TYPES: [&str; 3] = ["at+jwt", "refresh+jwt", "dpop+jwt"];

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceClaims {
    /// The account, or one of its services: a DID with or without a fragment.
    pub iss: String,
    /// The service it is for: a DID with or without a fragment.
    pub aud: String,
    /// The method it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lxm: Option<Nsid>,
    #[serde(default)]
    pub iat: i64,
    pub exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    typ: Option<String>,
}

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceTokenError {
    #[error("it is no service token: {0}")]
    Malformed(&'static str),
    #[error("it is a token of another kind")]
    WrongType,
    #[error("its issuer is no DID")]
    WrongIssuer,
    #[error("it has expired")]
    Expired,
    #[error("it is good for longer than an hour")]
    TooLong,
    #[error("it is for another service, {0}")]
    WrongAudience(String),
    #[error("it is for another method than {0}")]
    WrongMethod(Nsid),
    #[error("its signature is not by the key of its issuer")]
    WrongSignature,
}

impl ServiceTokenError {
    /// The name programs know it by.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::TooLong => "BadJwt",
            Self::WrongType => "BadJwtType",
            Self::WrongIssuer => "BadJwtIss",
            Self::Expired => "JwtExpired",
            Self::WrongAudience(_) => "BadJwtAudience",
            Self::WrongMethod(_) => "BadJwtLexiconMethod",
            Self::WrongSignature => "BadJwtSignature",
        }
    }
}

impl From<ServiceTokenError> for XrpcError {
    fn from(why: ServiceTokenError) -> Self {
        let message = format!("The service token is not believed: {why}.");
        Self::new(StatusCode::UNAUTHORIZED, why.name(), message)
    }
}

/// Signs a token with an account's key.
///
/// # Panics
/// Never: claims are texts and numbers.
pub fn sign(claims: &ServiceClaims, key: &SecretKey) -> String {
    let header = Header { alg: algorithm(key.curve()).to_owned(), typ: Some("JWT".to_owned()) };
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let signature = BASE64URL_NOPAD.encode(&key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn encode(part: &impl Serialize) -> String {
    let json = serde_json::to_vec(part).expect("invariant: texts and numbers are JSON");
    BASE64URL_NOPAD.encode(&json)
}

fn algorithm(curve: Curve) -> &'static str {
    match curve {
        Curve::K256 => "ES256K",
        Curve::P256 => "ES256",
    }
}

/// A token whose claims are read and whose signature is not checked yet.
#[derive(Debug, Clone)]
pub struct ServiceToken {
    claims: ServiceClaims,
    issuer: Did,
    algorithm: String,
    signed: String,
    signature: Vec<u8>,
}

impl ServiceToken {
    /// Reads a token.
    pub fn parse(text: &str) -> Result<Self, ServiceTokenError> {
        use ServiceTokenError::Malformed;
        if text.len() > MAX_TOKEN_BYTES {
            return Err(Malformed("it is too long"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Malformed("it has no parts"))?;
        let (header, claims) = signed.split_once('.').ok_or(Malformed("it has too few parts"))?;
        let header: Header = decode(header)?;
        if header.typ.as_deref().is_some_and(|typ| OTHER_TYPES.contains(&typ)) {
            return Err(ServiceTokenError::WrongType);
        }
        let claims: ServiceClaims = decode(claims)?;
        let issuer = Did::parse(did_of(&claims.iss)).map_err(|_| ServiceTokenError::WrongIssuer)?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes());
        Ok(Self {
            claims,
            issuer,
            algorithm: header.alg,
            signed: signed.to_owned(),
            signature: signature.map_err(|_| Malformed("the signature is no base64url"))?,
        })
    }

    /// The account whose key must have signed it.
    pub fn issuer(&self) -> &Did {
        &self.issuer
    }

    /// Checks what can be checked without the issuer's key: whom and what it is for, and when.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn check(
        &self,
        audience: &Did,
        method: &Nsid,
        now: Timestamp,
    ) -> Result<(), ServiceTokenError> {
        if did_of(&self.claims.aud) != audience.as_str() {
            return Err(ServiceTokenError::WrongAudience(self.claims.aud.clone()));
        }
        if self.claims.lxm.as_ref() != Some(method) {
            return Err(ServiceTokenError::WrongMethod(method.clone()));
        }
        let expires = Timestamp::from_second(self.claims.exp)
            .map_err(|_| ServiceTokenError::Malformed("exp is no time"))?;
        if expires + SKEW < now {
            return Err(ServiceTokenError::Expired);
        }
        match expires.duration_since(now) > MAX_LIFETIME + SKEW {
            true => Err(ServiceTokenError::TooLong),
            false => Ok(()),
        }
    }

    /// Checks the signature and hands out the claims.
    pub fn verify(self, key: &PublicKey) -> Result<ServiceClaims, ServiceTokenError> {
        if self.algorithm != algorithm(key.curve()) {
            return Err(ServiceTokenError::WrongSignature);
        }
        key.verify(self.signed.as_bytes(), &self.signature)
            .map_err(|_| ServiceTokenError::WrongSignature)?;
        Ok(self.claims)
    }
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, ServiceTokenError> {
    let bytes = BASE64URL_NOPAD
        .decode(part.as_bytes())
        .map_err(|_| ServiceTokenError::Malformed("a part is no base64url"))?;
    serde_json::from_slice(&bytes)
        .map_err(|_| ServiceTokenError::Malformed("a part does not say what it has to"))
}

/// `did:web:api.example.org#service` without its fragment.
fn did_of(text: &str) -> &str {
    text.split_once('#').map_or(text, |(did, _)| did)
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHOD: &str = "com.atproto.server.createAccount";

    fn key(curve: Curve) -> SecretKey {
        SecretKey::from_bytes(curve, &[7; 32]).unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_760_000_000).unwrap()
    }

    fn claims() -> ServiceClaims {
        ServiceClaims {
            iss: "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
            aud: "did:web:pds.example.org".to_owned(),
            lxm: Some(Nsid::parse(METHOD).unwrap()),
            iat: now().as_second(),
            exp: now().as_second() + 60,
            jti: Some("once".to_owned()),
        }
    }

    fn audience() -> Did {
        Did::parse("did:web:pds.example.org").unwrap()
    }

    fn check(claims: &ServiceClaims) -> Result<(), ServiceTokenError> {
        let token = ServiceToken::parse(&sign(claims, &key(Curve::K256)))?;
        token.check(&audience(), &Nsid::parse(METHOD).unwrap(), now())
    }

    #[test]
    fn a_token_holds_for_either_curve_and_with_or_without_the_service() {
        for curve in [Curve::K256, Curve::P256] {
            let token = ServiceToken::parse(&sign(&claims(), &key(curve))).unwrap();
            assert_eq!(token.clone().verify(&key(curve).public()).unwrap(), claims());
        }
        let aud = "did:web:pds.example.org#atproto_pds".to_owned();
        assert_eq!(check(&ServiceClaims { aud, ..claims() }), Ok(()));
    }

    #[test]
    fn one_thing_wrong_is_enough() {
        use ServiceTokenError::*;
        assert_eq!(check(&claims()), Ok(()));
        let with = |change: fn(&mut ServiceClaims)| {
            let mut claims = claims();
            change(&mut claims);
            check(&claims).unwrap_err()
        };
        assert!(matches!(with(|c| c.aud = "did:web:other.org".into()), WrongAudience(_)));
        assert!(matches!(with(|c| c.lxm = None), WrongMethod(_)));
        assert_eq!(with(|c| c.exp -= 91), Expired);
        assert_eq!(with(|c| c.exp += 3600), TooLong);
        assert_eq!(with(|c| c.iss = "alice.test".into()), WrongIssuer);
    }

    #[test]
    fn another_key_and_another_kind_of_token_are_refused() {
        let token = ServiceToken::parse(&sign(&claims(), &key(Curve::K256))).unwrap();
        let other = SecretKey::from_bytes(Curve::K256, &[8; 32]).unwrap();
        for key in [other.public(), key(Curve::P256).public()] {
            assert_eq!(token.clone().verify(&key), Err(ServiceTokenError::WrongSignature));
        }
        let header = Header { alg: "ES256K".to_owned(), typ: Some("at+jwt".to_owned()) };
        let text = format!("{}.{}.AAAA", encode(&header), encode(&claims()));
        assert!(ServiceToken::parse(&text).is_err());
        for text in ["", ".", "..", "a.b.c", &"x".repeat(9000)] {
            assert!(ServiceToken::parse(text).is_err(), "{text}");
        }
    }
}
