//! A Personal Data Server: it holds accounts, lets their owners write records, signs every change
//! into the account's repository, and tells the world.
//!
//! * `account`: accounts, sessions, app passwords, handles.
//! * `group`: repositories that several people look after.
//! * `writes`: from a record somebody sends to a signed commit.
//! * `store`: the database; one writer, group commit, an answer means the bytes are on disk.
//! * `outbox`: the stream of events, for whoever follows.
//! * `crawl`: asking relays to follow.
//! * `blob_store`: the bytes of images and documents, in files or in an S3-compatible store.
//! * `takedown`: what the operator takes out of the world; `invites`: who may make an account.
//! * `limits`: how much one address or account may ask for in a while.
//! * `mail`: mail to owners.
//! * `permission`: what methods need, and which tokens give it.
//! * `vault`: keys at rest.
//! * [`backup`]: copies taken while the server runs, and starting again from one.
//! * `api`: the XRPC methods.
//! * `oauth`: the authorization server for apps; `pages`: what people see of it, and of their
//!   accounts; `webauthn`: passkeys.
//!
//! Repositories themselves (trees, commits, proofs) are `hypercerts_repo`'s, DIDs and everything
//! that goes out to the network `hypercerts_identity`'s.

mod account;
mod admin_password;
mod api;
pub mod backup;
mod blob_store;
mod config;
mod crawl;
mod disk;
mod error;
mod generations;
mod group;
mod invites;
mod limits;
mod mail;
mod oauth;
mod outbox;
mod pages;
mod permission;
mod random;
mod recent;
mod server;
mod store;
mod takedown;
mod upkeep;
mod vault;
mod webauthn;
mod writes;

pub use admin_password::{AdminPassword, UnfitAdminPassword};
pub use blob_store::{BlobPlace, S3Config};
pub use config::{PdsConfig, WaysIn};
pub use error::OpenError;
pub use mail::MailConfig;
pub use server::Pds;
pub use store::StoreError;
pub use vault::SealBroken;
