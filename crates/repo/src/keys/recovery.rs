//! Finding the key that made a signature.
//!
//! A K-256 signature and one bit determine the point that verifies it. Ethereum-style wallets are
//! named by a hash of that point, so their signatures are checked this way around.

use secp256k1::Message;
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};

use super::Curve;
use super::signature::{SignatureError, check_form};

/// The x and y coordinates, 32 big-endian bytes each, of the K-256 key that signed `digest`.
///
/// `signature` is 64 bytes r‖s with a low s. `odd` says whether the y coordinate of the point
/// behind r is odd; signatures of Ethereum carry it as their last byte.
///
/// # Errors
/// [`SignatureError::Length`] and [`SignatureError::HighS`] for a signature of another form,
/// [`SignatureError::NoSigner`] if no key can have made it.
pub fn recover_k256(
    digest: &[u8; 32],
    signature: &[u8],
    odd: bool,
) -> Result<[u8; 64], SignatureError> {
    let signature = check_form(Curve::K256, signature)?;
    let id = if odd { RecoveryId::One } else { RecoveryId::Zero };
    let point = RecoverableSignature::from_compact(signature, id)
        .and_then(|signature| signature.recover_ecdsa(Message::from_digest(*digest)))
        .map_err(|_| SignatureError::NoSigner)?;
    let mut coordinates = [0; 64];
    coordinates.copy_from_slice(&point.serialize_uncompressed()[1..]);
    Ok(coordinates)
}
