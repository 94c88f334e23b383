//! Signed tokens that apps make (JWS in compact form): DPoP proofs and client assertions.
//!
//! Only read here: what the claims must say is for whoever expects the token.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};

use crate::oauth::jwk::{Algorithm, Jwk};

/// Longer than any honest proof or assertion.
const MAX_BYTES: usize = 16 * 1024;

/// A token in its parts, the signature not yet checked.
pub struct Jws<'a> {
    header: Map<String, Value>,
    pub algorithm: Algorithm,
    claims: Map<String, Value>,
    signed: &'a [u8],
    signature: Vec<u8>,
}

/// What a token whose signature was checked says.
pub struct Claims(Map<String, Value>);

impl<'a> Jws<'a> {
    pub fn read(text: &'a str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err("it is too long".to_owned());
        }
        let (signed, signature) = text.rsplit_once('.').ok_or("it has no signature")?;
        let (header, claims) = signed.split_once('.').ok_or("it has no claims")?;
        let header = object(header).ok_or("its header is not a JSON object in base64url")?;
        let claims = object(claims).ok_or("its claims are not a JSON object in base64url")?;
        if header.contains_key("crit") {
            return Err("it demands extensions that are not understood here".to_owned());
        }
        let algorithm = header.get("alg").and_then(Value::as_str).and_then(Algorithm::named);
        Ok(Self {
            algorithm: algorithm.ok_or("its algorithm is none of those accepted here")?,
            header,
            claims,
            signed: signed.as_bytes(),
            signature: BASE64URL_NOPAD
                .decode(signature.as_bytes())
                .map_err(|_| "its signature is not base64url")?,
        })
    }

    /// A text of the header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    /// The key that the token brings along.
    pub fn own_key(&self) -> Result<Jwk, String> {
        let json = self.header.get("jwk").ok_or("it brings no key along")?;
        Jwk::read(json).map_err(|why| format!("its key cannot be used: {why}"))
    }

    /// The claims, if the signature is `key`'s.
    pub fn verified_by(self, key: &Jwk) -> Option<Claims> {
        let good = key.verifies(self.algorithm, self.signed, &self.signature);
        good.then_some(Claims(self.claims))
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).ok()?).ok()
}

impl Claims {
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// Seconds since 1970, of which fractions are dropped.
    pub fn time(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        // Within the range where a float tells whole seconds apart.
        let whole = |seconds: f64| (seconds.abs() < 1e12).then_some(seconds as i64);
        value.as_i64().or_else(|| value.as_f64().and_then(whole))
    }

    /// Whether the audience is, or contains, one of `expected`.
    pub fn is_for(&self, expected: &[&str]) -> bool {
        let fits = |value: &Value| value.as_str().is_some_and(|aud| expected.contains(&aud));
        match self.0.get("aud") {
            Some(Value::Array(several)) => several.iter().any(fits),
            Some(one) => fits(one),
            None => false,
        }
    }
}
