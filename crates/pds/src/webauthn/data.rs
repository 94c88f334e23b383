//! The formats: client data (JSON), authenticator data (bytes), keys (COSE, which is CBOR).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use ciborium::Value;
use serde::Deserialize;

use super::Refused;

/// Longest parts of what a browser hands over.
const MAX_BYTES: usize = 16 * 1024;
const MAX_CREDENTIAL: usize = 1023;

const USER_PRESENT: u8 = 1 << 0;
const USER_VERIFIED: u8 = 1 << 2;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

/// What the browser says it did.
#[derive(Deserialize)]
pub struct ClientData {
    #[serde(rename = "type")]
    pub kind: String,
    pub challenge: String,
    pub origin: String,
    #[serde(default, rename = "crossOrigin")]
    pub cross_origin: bool,
}

impl ClientData {
    pub fn read(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > MAX_BYTES {
            return Err(Refused::Unreadable("the client data is too long"));
        }
        serde_json::from_slice(bytes).map_err(|_| Refused::Unreadable("the client data is no JSON"))
    }
}

/// What the device says it did.
#[derive(Debug)]
pub struct AuthenticatorData {
    pub rp_id_hash: [u8; 32],
    flags: u8,
    pub counter: u32,
    /// The passkey that was made, if one was.
    pub credential: Option<(Vec<u8>, PublicKey)>,
}

impl AuthenticatorData {
    pub fn read(bytes: &[u8]) -> Result<Self, Refused> {
        let short = Refused::Unreadable("the authenticator data is too short");
        let mut rest = Reader(bytes);
        let rp_id_hash = *rest.take::<32>().ok_or(short.clone())?;
        let [flags] = *rest.take::<1>().ok_or(short.clone())?;
        let counter = u32::from_be_bytes(*rest.take::<4>().ok_or(short.clone())?);
        let credential = match flags & HAS_CREDENTIAL {
            0 => None,
            _ => Some(credential(&mut rest).ok_or(short)??),
        };
        if flags & HAS_EXTENSIONS != 0 {
            cbor(&mut rest.0)?;
        }
        match rest.0.is_empty() && bytes.len() <= MAX_BYTES {
            true => Ok(Self { rp_id_hash, flags, counter, credential }),
            false => Err(Refused::Unreadable("the authenticator data is too long")),
        }
    }

    /// Whether somebody was there, and the device checked that it is its owner.
    pub fn is_verified(&self) -> bool {
        let both = USER_PRESENT | USER_VERIFIED;
        self.flags & both == both
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(head)
    }
}

type Credential = (Vec<u8>, PublicKey);

/// `None` if the bytes end early.
fn credential(rest: &mut Reader<'_>) -> Option<Result<Credential, Refused>> {
    rest.take::<16>()?;
    let length = usize::from(u16::from_be_bytes(*rest.take::<2>()?));
    let (id, after) = rest.0.split_at_checked(length)?;
    rest.0 = after;
    if !(1..=MAX_CREDENTIAL).contains(&length) {
        return Some(Err(Refused::Unreadable("the credential's name is too long")));
    }
    let key = cbor(&mut rest.0).and_then(|value| PublicKey::of_cose(&value));
    Some(key.map(|key| (id.to_vec(), key)))
}

/// One CBOR value from the beginning of `bytes`.
fn cbor(bytes: &mut &[u8]) -> Result<Value, Refused> {
    ciborium::de::from_reader_with_recursion_limit(bytes, 8)
        .map_err(|_| Refused::Unreadable("a part of it is no CBOR"))
}

/// The authenticator data in an attestation object, whose statement is not looked at.
pub fn attested(bytes: &[u8]) -> Result<AuthenticatorData, Refused> {
    let mut rest = bytes;
    let long = bytes.len() > MAX_BYTES;
    let object = if long { None } else { cbor(&mut rest)?.into_map().ok() };
    let data = object
        .unwrap_or_default()
        .into_iter()
        .find(|(key, _)| key.as_text() == Some("authData"))
        .and_then(|(_, value)| value.into_bytes().ok());
    match data {
        Some(data) if rest.is_empty() => AuthenticatorData::read(&data),
        _ => Err(Refused::Unreadable("the attestation object is malformed")),
    }
}

/// COSE numbers of the algorithms that are asked for, the preferred first.
pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];
const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// A passkey's public half, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    pub algorithm: i64,
    /// ES256: the uncompressed point. EdDSA: 32 bytes. RS256: the length of the modulus in two
    /// bytes, the modulus, the exponent.
    pub bytes: Vec<u8>,
}

impl PublicKey {
    fn of_cose(value: &Value) -> Result<Self, Refused> {
        let map = value.as_map().ok_or(Refused::Unreadable("a key is a map"))?;
        let find = |label: i64| {
            let of = |key: &Value| key.as_integer().and_then(|n| i64::try_from(n).ok());
            map.iter().find(|(key, _)| of(key) == Some(label)).map(|(_, value)| value)
        };
        let number =
            |label| find(label).and_then(Value::as_integer).and_then(|n| i64::try_from(n).ok());
        let bytes = |label: i64, lengths: std::ops::RangeInclusive<usize>| {
            let bytes = find(label).and_then(Value::as_bytes);
            bytes.filter(|bytes| lengths.contains(&bytes.len())).ok_or(Refused::Algorithm)
        };
        // Labels 1 and 3: the kind and the algorithm. Below zero: what belongs to the kind.
        match (number(1), number(3), number(-1)) {
            (Some(2), Some(ES256), Some(1)) => {
                let (x, y) = (bytes(-2, 32..=32)?, bytes(-3, 32..=32)?);
                let point = [&[4], x.as_slice(), y].concat();
                Ok(Self { algorithm: ES256, bytes: point })
            }
            (Some(1), Some(EDDSA), Some(6)) => {
                Ok(Self { algorithm: EDDSA, bytes: bytes(-2, 32..=32)?.clone() })
            }
            (Some(3), Some(RS256), None) => {
                let (n, e) = (bytes(-1, 256..=1024)?, bytes(-2, 1..=8)?);
                let length = u16::try_from(n.len()).map_err(|_| Refused::Algorithm)?;
                let bytes = [&length.to_be_bytes(), n.as_slice(), e].concat();
                Ok(Self { algorithm: RS256, bytes })
            }
            _ => Err(Refused::Algorithm),
        }
    }

    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let bytes = self.bytes.as_slice();
        match self.algorithm {
            ES256 => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, bytes)
                .verify(message, signature)
                .is_ok(),
            EDDSA => UnparsedPublicKey::new(&ED25519, bytes).verify(message, signature).is_ok(),
            RS256 => self.verifies_rsa(message, signature).unwrap_or(false),
            _ => false,
        }
    }

    fn verifies_rsa(&self, message: &[u8], signature: &[u8]) -> Option<bool> {
        let (length, rest) = self.bytes.split_first_chunk::<2>()?;
        let (n, e) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let key = RsaPublicKeyComponents { n, e };
        Some(key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok())
    }
}
