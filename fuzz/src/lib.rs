//! What the fuzz targets share: an account, some record types, and a form of blocks in which changes
//! do not break every hash.

pub mod plan;

use std::sync::LazyLock;

use hypercerts_lexicon::{Did, Nsid, RecordKey};
use hypercerts_records::{catalogue, nsid};
use hypercerts_repo::{Curve, SecretKey};

/// The account whose repository everything lies in.
pub fn did() -> Did {
    Did::parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz").expect("invariant: a DID")
}

/// The key of that account.
pub fn key() -> SecretKey {
    SecretKey::from_bytes(Curve::K256, &[7; 32]).expect("invariant: a scalar of the curve")
}

pub fn rkey() -> RecordKey {
    RecordKey::parse("3jzfcijpj2z2a").expect("invariant: a record key")
}

/// The collections of today's and of earlier editions; `byte` picks one.
pub fn collection(byte: u8) -> Nsid {
    static ALL: LazyLock<Vec<Nsid>> = LazyLock::new(|| {
        let mut today: Vec<Nsid> = catalogue().record_types().cloned().collect();
        today.sort();
        let earlier = nsid::EARLIER.iter().filter_map(|nsid| Nsid::parse(nsid).ok());
        today.into_iter().chain(earlier).collect()
    });
    ALL[usize::from(byte) % ALL.len()].clone()
}

/// The parts of an input with zero bytes between them; text has none.
pub fn parts<const N: usize>(data: &[u8]) -> Option<[&str; N]> {
    let text = std::str::from_utf8(data).ok()?;
    let parts: Vec<&str> = text.splitn(N, '\0').collect();
    parts.try_into().ok()
}
