//! Signing keys: the two curves of AT Protocol, their text forms, and signatures.
//!
//! A *did:key* is `did:key:` followed by a *Multikey*: the multibase letter `z`, then base58btc of
//! a two-byte curve prefix and the 33-byte compressed point. Old DID documents also carry the bare
//! point without a prefix ("legacy"); its curve then comes from the type of the verification method.
//!
//! Where a key comes from (a DID document, a key store) and where fresh secret bytes come from is
//! left to others: nothing here draws on a source of randomness of its own choosing.

mod public;
mod recovery;
mod secret;
mod signature;

pub use public::PublicKey;
pub use recovery::recover_k256;
pub use secret::SecretKey;
pub use signature::{SIGNATURE_LEN, SignatureError};

/// An elliptic curve that may sign a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// secp256k1, the default; `ES256K` in tokens.
    K256,
    /// NIST P-256; `ES256` in tokens.
    P256,
}

impl Curve {
    /// The multicodec varint in front of a compressed point.
    const fn multicodec(self) -> [u8; 2] {
        match self {
            Curve::K256 => [0xe7, 0x01],
            Curve::P256 => [0x80, 0x24],
        }
    }

    /// The multicodec varint in front of the bytes of a secret key.
    const fn secret_multicodec(self) -> [u8; 2] {
        match self {
            Curve::K256 => [0x81, 0x26],
            Curve::P256 => [0x86, 0x26],
        }
    }

    /// The name of the algorithm in a JSON Web Token.
    pub const fn jwt_algorithm(self) -> &'static str {
        match self {
            Curve::K256 => "ES256K",
            Curve::P256 => "ES256",
        }
    }
}

/// Why bytes or text are not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text does not begin with `did:key:`.
    #[error("a did:key begins with \"did:key:\"")]
    NotDidKey,
    /// The text is not base58btc behind a `z`.
    #[error("a key is written as \"z\" and base58btc text")]
    NotBase58,
    /// The two bytes in front of the point name no supported curve.
    #[error("the key's prefix {0:02x?} is neither K-256 (e7 01) nor P-256 (80 24)")]
    UnknownCurve([u8; 2]),
    /// The point has the wrong length or is not on its curve.
    #[error("the bytes are not a point of the curve {0:?}")]
    NotAPoint(Curve),
    /// The secret is zero or not below the order of the curve.
    #[error("the 32 bytes are not a secret key of the curve {0:?}")]
    NotASecret(Curve),
    /// What is behind the `z` is no secret key of either curve; it may be a public one.
    #[error(
        "this is no secret key of the curves K-256 and P-256 \
         (34 bytes that begin with 81 26 or 86 26)"
    )]
    NotASecretText,
}
