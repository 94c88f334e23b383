//! Public keys as apps write them (JWK), and what their signatures are checked with.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256K1_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519,
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Bytes of a key's name.
const MAX_KID: usize = 256;

/// The signature algorithms that are understood: with public keys, never a shared secret or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Es256,
    Es256k,
    Es384,
    EdDsa,
    Rs256,
    Ps256,
}

impl Algorithm {
    pub const ALL: [Self; 6] =
        [Self::Es256, Self::Es256k, Self::Es384, Self::EdDsa, Self::Rs256, Self::Ps256];

    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es256k => "ES256K",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwk {
    key: Key,
    pub kid: Option<String>,
    /// The only algorithm it is for, if it says one.
    algorithm: Option<Algorithm>,
}

/// Points are uncompressed, as the library takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Curve { curve: Curve, point: Vec<u8> },
    Ed25519(Vec<u8>),
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Curve {
    P256,
    K256,
    P384,
}

impl Curve {
    fn named(name: &str) -> Option<Self> {
        match name {
            "P-256" => Some(Self::P256),
            "secp256k1" => Some(Self::K256),
            "P-384" => Some(Self::P384),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::K256 => "secp256k1",
            Self::P384 => "P-384",
        }
    }

    fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 | Self::K256 => 32,
            Self::P384 => 48,
        }
    }
}

impl Jwk {
    /// Reads a public key; the error says what is wrong with it.
    pub fn read(json: &Value) -> Result<Self, String> {
        let object = json.as_object().ok_or("a key is a JSON object")?;
        if ["d", "p", "q", "k", "oth"].iter().any(|secret| object.contains_key(*secret)) {
            return Err("it holds a secret, which must never be sent".to_owned());
        }
        let algorithm = match object.get("alg").map(|alg| alg.as_str().and_then(Algorithm::named)) {
            Some(None) => return Err("its \"alg\" is none of those understood here".to_owned()),
            given => given.flatten(),
        };
        if object.get("use").is_some_and(|usage| usage != "sig") {
            return Err("its \"use\" is not \"sig\"".to_owned());
        }
        let kid = object.get("kid").and_then(Value::as_str).map(str::to_owned);
        if kid.as_ref().is_some_and(|kid| kid.len() > MAX_KID) {
            return Err(format!("its \"kid\" has more than {MAX_KID} bytes"));
        }
        Ok(Self { key: Key::read(object)?, kid, algorithm })
    }

    /// RFC 7638, SHA-256: what tokens are bound to.
    pub fn thumbprint(&self) -> String {
        let encode = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        let canonical = match &self.key {
            Key::Curve { curve, point } => {
                let (x, y) = point[1..].split_at(curve.coordinate_bytes());
                let (crv, x, y) = (curve.name(), encode(x), encode(y));
                format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#)
            }
            Key::Ed25519(x) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(x)),
            Key::Rsa { n, e } => {
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, encode(e), encode(n))
            }
        };
        encode(&Sha256::digest(canonical))
    }

    /// Whether `signature` over `message` is this key's, made the way `algorithm` says.
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if self.algorithm.is_some_and(|only| only != algorithm) {
            return false;
        }
        let check = |scheme: &'static dyn VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(scheme, key).verify(message, signature).is_ok()
        };
        match (&self.key, algorithm) {
            (Key::Curve { curve: Curve::P256, point }, Algorithm::Es256) => {
                check(&ECDSA_P256_SHA256_FIXED, point)
            }
            (Key::Curve { curve: Curve::K256, point }, Algorithm::Es256k) => {
                check(&ECDSA_P256K1_SHA256_FIXED, point)
            }
            (Key::Curve { curve: Curve::P384, point }, Algorithm::Es384) => {
                check(&ECDSA_P384_SHA384_FIXED, point)
            }
            (Key::Ed25519(key), Algorithm::EdDsa) => check(&ED25519, key),
            (Key::Rsa { n, e }, Algorithm::Rs256) => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            (Key::Rsa { n, e }, Algorithm::Ps256) => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PSS_2048_8192_SHA256, message, signature)
                .is_ok(),
            _ => false,
        }
    }
}

impl Key {
    fn read(object: &Map<String, Value>) -> Result<Self, String> {
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let bytes = |name: &str, range: std::ops::RangeInclusive<usize>| {
            let decoded = BASE64URL_NOPAD.decode(text(name).as_bytes()).ok();
            decoded
                .filter(|bytes| range.contains(&bytes.len()))
                .ok_or_else(|| format!("its \"{name}\" is not base64url of the right length"))
        };
        match text("kty") {
            "EC" => {
                let curve = Curve::named(text("crv")).ok_or("its curve is not understood here")?;
                let length = curve.coordinate_bytes();
                let (x, y) = (bytes("x", length..=length)?, bytes("y", length..=length)?);
                Ok(Self::Curve { curve, point: [&[4], x.as_slice(), &y].concat() })
            }
            "OKP" if text("crv") == "Ed25519" => Ok(Self::Ed25519(bytes("x", 32..=32)?)),
            "RSA" => Ok(Self::Rsa { n: bytes("n", 256..=1024)?, e: bytes("e", 1..=8)? }),
            other => Err(format!("keys of the type \"{other}\" are not understood here")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_the_standards_example() {
        // RFC 7638, section 3.1.
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = Jwk::read(&json!({ "kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256" })).unwrap();
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn secrets_and_unknown_kinds_are_refused() {
        let x = BASE64URL_NOPAD.encode(&[7; 32]);
        assert!(Jwk::read(&json!({ "kty": "OKP", "crv": "Ed25519", "x": x })).is_ok());
        for bad in [
            json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "d": x }),
            json!({ "kty": "oct", "k": x }),
            json!({ "kty": "EC", "crv": "P-256", "x": x }),
            json!({ "kty": "EC", "crv": "P-521", "x": x, "y": x }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "use": "enc" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "alg": "none" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k".repeat(MAX_KID + 1) }),
            json!("key"),
        ] {
            assert!(Jwk::read(&bad).is_err(), "{bad}");
        }
    }
}
