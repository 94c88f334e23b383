//! Accounts: how they come to be, how their owners log in, what their passwords may do.
//!
//! * [`create`]: a new account: handle, keys, did:plc registration, first commit.
//! * [`handles`]: which handles the server gives out; [`rename`]: giving an account another one.
//! * [`login`], [`session`]: from password to tokens, and from refresh token to the next ones.
//! * [`password`], [`app_password`], [`hashing`], [`throttle`]: secrets, and against guessing them.
//! * [`lookup`]: accounts by DID or handle, from memory if possible.

pub mod app_password;
pub mod create;
pub mod handles;
pub mod hashing;
pub mod login;
pub mod lookup;
pub mod password;
pub mod rename;
pub mod session;
pub mod throttle;
