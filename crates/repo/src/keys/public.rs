//! Public keys and their text forms.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use sha2::{Digest, Sha256};

use super::signature::{self, SignatureError};
use super::{Curve, KeyError};

const DID_KEY: &str = "did:key:";
/// No key is longer as text (an uncompressed point takes 89 letters). Decoding base58 costs the
/// square of its length, so longer text is refused unread.
const MAX_TEXT: usize = 128;
const COMPRESSED_LEN: usize = 33;
const UNCOMPRESSED_LEN: usize = 65;

/// A point of one of the two curves, checked and ready to verify. Cheap to clone and share.
#[derive(Clone)]
pub struct PublicKey(Point);

#[derive(Clone)]
enum Point {
    K256(secp256k1::PublicKey),
    P256(Arc<P256Point>),
}

struct P256Point {
    compressed: [u8; COMPRESSED_LEN],
    verifier: ParsedPublicKey,
}

impl PublicKey {
    /// Reads `did:key:z…`.
    pub fn from_did_key(text: &str) -> Result<Self, KeyError> {
        Self::from_multibase(text.strip_prefix(DID_KEY).ok_or(KeyError::NotDidKey)?)
    }

    /// Reads a Multikey, `z…`: curve prefix and compressed point.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let bytes = decode_base58(text)?;
        let (prefix, point) = bytes.split_first_chunk::<2>().ok_or(KeyError::NotBase58)?;
        let curve = [Curve::K256, Curve::P256]
            .into_iter()
            .find(|curve| curve.multicodec() == *prefix)
            .ok_or(KeyError::UnknownCurve(*prefix))?;
        if point.len() != COMPRESSED_LEN {
            return Err(KeyError::NotAPoint(curve));
        }
        Self::from_point(curve, point)
    }

    /// Reads the multibase text of a verification method of the legacy types
    /// (`EcdsaSecp256k1VerificationKey2019`, `EcdsaSecp256r1VerificationKey2019`): the bare point,
    /// uncompressed or compressed.
    pub fn from_legacy(curve: Curve, text: &str) -> Result<Self, KeyError> {
        Self::from_point(curve, &decode_base58(text)?)
    }

    /// Reads a point in SEC 1 form, compressed (33 bytes) or uncompressed (65 bytes).
    pub fn from_point(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        let well_formed = match point {
            [2 | 3, rest @ ..] => rest.len() + 1 == COMPRESSED_LEN,
            [4, rest @ ..] => rest.len() + 1 == UNCOMPRESSED_LEN,
            _ => false,
        };
        if !well_formed {
            return Err(KeyError::NotAPoint(curve));
        }
        match curve {
            Curve::K256 => secp256k1::PublicKey::from_slice(point).ok().map(Point::K256),
            Curve::P256 => P256Point::parse(point).map(|point| Point::P256(Arc::new(point))),
        }
        .map(PublicKey)
        .ok_or(KeyError::NotAPoint(curve))
    }

    /// The curve this key belongs to.
    pub fn curve(&self) -> Curve {
        match self.0 {
            Point::K256(_) => Curve::K256,
            Point::P256(_) => Curve::P256,
        }
    }

    /// The compressed point (SEC 1).
    pub fn to_compressed(&self) -> [u8; 33] {
        match &self.0 {
            Point::K256(point) => point.serialize(),
            Point::P256(point) => point.compressed,
        }
    }

    /// The Multikey text, `z…`.
    pub fn to_multibase(&self) -> String {
        let mut bytes = self.curve().multicodec().to_vec();
        bytes.extend_from_slice(&self.to_compressed());
        format!("z{}", bs58::encode(bytes).into_string())
    }

    /// The `did:key:z…` text.
    pub fn to_did_key(&self) -> String {
        format!("{DID_KEY}{}", self.to_multibase())
    }

    /// Checks a signature over the SHA-256 of `message`: 64 bytes r‖s with a low s, as commits,
    /// labels and did:plc operations demand. DER and high-S signatures are refused.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        let signature = signature::check_form(self.curve(), signature)?;
        let holds = match &self.0 {
            Point::K256(point) => verify_k256(point, message, signature),
            Point::P256(point) => point.verifier.verify_sig(message, signature).is_ok(),
        };
        if holds { Ok(()) } else { Err(SignatureError::Mismatch) }
    }
}

impl P256Point {
    fn parse(point: &[u8]) -> Option<Self> {
        let verifier = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok()?;
        Some(P256Point { compressed: compress(point)?, verifier })
    }
}

/// Shortens a SEC 1 point: x, preceded by whether y is odd.
fn compress(point: &[u8]) -> Option<[u8; COMPRESSED_LEN]> {
    let mut compressed: [u8; COMPRESSED_LEN] = point.get(..COMPRESSED_LEN)?.try_into().ok()?;
    if compressed[0] == 4 {
        compressed[0] = 2 + (point.last()? & 1);
    }
    Some(compressed)
}

fn verify_k256(point: &secp256k1::PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let message = secp256k1::Message::from_digest(Sha256::digest(message).into());
    secp256k1::ecdsa::Signature::from_compact(signature)
        .is_ok_and(|signature| signature.verify(message, point).is_ok())
}

pub(super) fn decode_base58(text: &str) -> Result<Vec<u8>, KeyError> {
    if text.len() > MAX_TEXT {
        return Err(KeyError::NotBase58);
    }
    let digits = text.strip_prefix('z').ok_or(KeyError::NotBase58)?;
    bs58::decode(digits).into_vec().map_err(|_| KeyError::NotBase58)
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.curve() == other.curve() && self.to_compressed() == other.to_compressed()
    }
}

impl Eq for PublicKey {}

impl Hash for PublicKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.curve().hash(state);
        self.to_compressed().hash(state);
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_did_key())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}
