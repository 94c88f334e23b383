//! Addresses of wallets, and the checksum in the case of their letters (EIP-55).

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Serialize, Serializer};
use sha3::{Digest, Keccak256};

/// The address of an account on Ethereum-like chains: 20 bytes. Written with its checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EvmAddress([u8; 20]);

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not `0x` and 40 digits.
    #[error("an address is 0x and 40 hexadecimal digits")]
    Form,
    /// Upper and lower case are mixed, but not as the checksum has it.
    #[error(
        "the case of the address's letters does not fit its checksum (EIP-55), so a digit may be \
         wrong; if all are right, it is written {0}"
    )]
    Checksum(EvmAddress),
}

impl EvmAddress {
    /// Reads `0x` and 40 digits. Digits in one case have no checksum; in mixed case it must fit.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let digits = text.strip_prefix("0x").ok_or(AddressError::Form)?;
        let bytes = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok();
        let bytes: [u8; 20] =
            bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(AddressError::Form)?;
        let address = Self(bytes);
        let has = |case: fn(&u8) -> bool| digits.bytes().any(|digit| case(&digit));
        let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
        match mixed && address.digits() != digits {
            true => Err(AddressError::Checksum(address)),
            false => Ok(address),
        }
    }

    /// The address of the key with these coordinates: the last 20 bytes of their hash.
    pub(super) fn of_key(coordinates: &[u8; 64]) -> Self {
        let hash: [u8; 32] = Keccak256::digest(coordinates).into();
        let mut address = [0; 20];
        address.copy_from_slice(&hash[12..]);
        Self(address)
    }

    pub(super) fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The digits, upper case where the digit of the hash of the lower-case text is 8 or more.
    fn digits(&self) -> String {
        let lower = HEXLOWER.encode(&self.0);
        let hash = Keccak256::digest(lower.as_bytes());
        let halves = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let cased = |(digit, half): (char, u8)| {
            if half < 8 { digit } else { digit.to_ascii_uppercase() }
        };
        lower.chars().zip(halves).map(cased).collect()
    }
}

impl fmt::Display for EvmAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", self.digits())
    }
}

impl Serialize for EvmAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
