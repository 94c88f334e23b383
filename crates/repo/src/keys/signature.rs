//! The form of a signature: 64 bytes, r and s as 32 big-endian bytes each, s in the lower half.
//!
//! For every valid (r, s) the pair (r, n − s) is valid too. Only the one with s ≤ n/2 is a
//! signature in AT Protocol, so that nobody but the signer can make a second one. The P-256
//! library does not check this, hence it is checked here, for both curves alike.

use super::Curve;

/// The length of every signature, in bytes.
pub const SIGNATURE_LEN: usize = 64;

type Scalar = [u8; 32];

/// Why a signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// Not 64 bytes; a DER-encoded signature ends up here.
    #[error("a signature is 64 bytes, r then s, but this one has {0} bytes (is it DER?)")]
    Length(usize),
    /// s lies in the upper half of the order.
    #[error(
        "the signature's s is in the upper half of the curve's order; AT Protocol demands low-S"
    )]
    HighS,
    /// The signature is well formed but not of this key over this message.
    #[error("the signature is not by this key over these bytes")]
    Mismatch,
    /// The numbers in it are not those of any key's signature over these bytes.
    #[error("no key can have made this signature")]
    NoSigner,
}

impl Curve {
    /// The order of the curve, and its half rounded down.
    const fn order(self) -> (Scalar, Scalar) {
        match self {
            Curve::K256 => (
                scalar(
                    0xffffffff_ffffffff_ffffffff_fffffffe,
                    0xbaaedce6_af48a03b_bfd25e8c_d0364141,
                ),
                scalar(
                    0x7fffffff_ffffffff_ffffffff_ffffffff,
                    0x5d576e73_57a4501d_dfe92f46_681b20a0,
                ),
            ),
            Curve::P256 => (
                scalar(
                    0xffffffff_00000000_ffffffff_ffffffff,
                    0xbce6faad_a7179e84_f3b9cac2_fc632551,
                ),
                scalar(
                    0x7fffffff_80000000_7fffffff_ffffffff,
                    0xde737d56_d38bcf42_79dce561_7e3192a8,
                ),
            ),
        }
    }
}

/// Checks length and low-S; hands the bytes back with their length known.
pub(super) fn check_form(
    curve: Curve,
    signature: &[u8],
) -> Result<&[u8; SIGNATURE_LEN], SignatureError> {
    let bytes: &[u8; SIGNATURE_LEN] =
        signature.try_into().map_err(|_| SignatureError::Length(signature.len()))?;
    // Big-endian numbers of one length compare like their bytes.
    if bytes[32..] > curve.order().1[..] {
        return Err(SignatureError::HighS);
    }
    Ok(bytes)
}

/// Copies a fresh r‖s signature, replacing s by n − s when it lies in the upper half.
pub(super) fn with_low_s(curve: Curve, signature: &[u8]) -> [u8; SIGNATURE_LEN] {
    let mut bytes = [0; SIGNATURE_LEN];
    bytes.copy_from_slice(signature);
    let (order, half) = curve.order();
    if bytes[32..] > half[..] {
        subtract_from(&order, &mut bytes[32..]);
    }
    bytes
}

/// `value = order − value`, big-endian, for a value below the order.
fn subtract_from(order: &Scalar, value: &mut [u8]) {
    let mut borrow = false;
    for (digit, &minuend) in value.iter_mut().zip(order).rev() {
        let (difference, first) = minuend.overflowing_sub(*digit);
        let (difference, second) = difference.overflowing_sub(u8::from(borrow));
        *digit = difference;
        borrow = first | second;
    }
}

const fn scalar(high: u128, low: u128) -> Scalar {
    let (high, low) = (high.to_be_bytes(), low.to_be_bytes());
    let mut bytes = [0; 32];
    let mut at = 0;
    while at < 16 {
        bytes[at] = high[at];
        bytes[at + 16] = low[at];
        at += 1;
    }
    bytes
}
