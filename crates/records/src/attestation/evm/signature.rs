//! Signatures of wallets: 65 bytes r‖s‖v, or 64 with v in the highest bit of s (EIP-2098).

use data_encoding::HEXLOWER_PERMISSIVE;

use super::LinkReason;

const LENGTH: usize = 65;
const COMPACT_LENGTH: usize = 64;
/// The longest text that is decoded; what a contract checks may be long.
const MAX_TEXT: usize = 64 * 1024;

/// r‖s, and whether the point behind r has an odd y coordinate.
pub(super) struct WalletSignature {
    pub rs: [u8; 64],
    pub odd: bool,
}

impl WalletSignature {
    /// Reads `0x` and hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, LinkReason> {
        let digits = text.strip_prefix("0x").filter(|digits| digits.len() <= MAX_TEXT);
        let bytes = digits.and_then(|digits| HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok());
        let bytes = bytes.ok_or(LinkReason::Unreadable("proof.signature"))?;
        match bytes.len() {
            LENGTH => Self::with_v(&bytes),
            COMPACT_LENGTH => Ok(Self::compact(&bytes)),
            more if more > LENGTH => Err(LinkReason::Contract(more)),
            less => Err(LinkReason::Length(less)),
        }
    }

    fn with_v(bytes: &[u8]) -> Result<Self, LinkReason> {
        let odd = match bytes[COMPACT_LENGTH] {
            0 | 27 => false,
            1 | 28 => true,
            other => return Err(LinkReason::Parity(other)),
        };
        Ok(Self { rs: first_64(bytes), odd })
    }

    fn compact(bytes: &[u8]) -> Self {
        let mut rs = first_64(bytes);
        let odd = rs[32] & 0x80 != 0;
        rs[32] &= 0x7f;
        Self { rs, odd }
    }
}

fn first_64(bytes: &[u8]) -> [u8; 64] {
    let mut rs = [0; 64];
    rs.copy_from_slice(&bytes[..COMPACT_LENGTH]);
    rs
}
