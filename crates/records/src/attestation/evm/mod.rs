//! Wallets linked with accounts: `app.certified.link.evm`, checked.
//!
//! The account's side of the link is that the record lies in its repository. The wallet's side is
//! a signature over an EIP-712 message that names both. From such a signature the key can be
//! computed, and from the key the wallet's address; if that is the address of the record, the
//! wallet consented.
//!
//! What is checked are wallets with a key of their own (*externally owned*). A wallet that is a
//! contract answers for itself on its chain, which nobody here asks.

mod address;
mod check;
mod number;
mod signature;
mod typed_data;

pub use address::{AddressError, EvmAddress};
pub use check::{LinkReason, LinkVerdict, check_link};
