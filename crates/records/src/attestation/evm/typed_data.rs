//! The message that a wallet signs, hashed as EIP-712 says.
//!
//! The record holds the values of the message only. Its definition, with the domain, is the one of
//! the lexicon's own conformance tests; a wallet that was shown another one signed something else.

use hypercerts_lexicon::Did;
use sha3::{Digest, Keccak256};

use super::EvmAddress;
use super::number::Uint256;

const DOMAIN_TYPE: &str = "EIP712Domain(string name,string version,uint256 chainId)";
const DOMAIN_NAME: &str = "IdentityLink";
const DOMAIN_VERSION: &str = "1";
const MESSAGE_TYPE: &str = "LinkAttestation(string did,address evmAddress,uint256 chainId,\
                            uint256 timestamp,uint256 nonce)";

/// What the wallet agreed to.
pub(super) struct LinkMessage {
    pub did: Did,
    pub address: EvmAddress,
    pub chain_id: Uint256,
    pub timestamp: Uint256,
    pub nonce: Uint256,
}

impl LinkMessage {
    /// The 32 bytes that are signed.
    pub fn digest(&self) -> [u8; 32] {
        hash(&[b"\x19\x01", &self.domain(), &self.message()])
    }

    fn domain(&self) -> [u8; 32] {
        hash(&[
            &text(DOMAIN_TYPE),
            &text(DOMAIN_NAME),
            &text(DOMAIN_VERSION),
            self.chain_id.bytes(),
        ])
    }

    fn message(&self) -> [u8; 32] {
        hash(&[
            &text(MESSAGE_TYPE),
            &text(self.did.as_str()),
            &[0; 12],
            self.address.bytes(),
            self.chain_id.bytes(),
            self.timestamp.bytes(),
            self.nonce.bytes(),
        ])
    }
}

/// Texts, and the descriptions of types, stand for their hash.
fn text(text: &str) -> [u8; 32] {
    hash(&[text.as_bytes()])
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
