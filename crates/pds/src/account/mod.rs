//! Accounts: how they come to be, how their owners log in, what their passwords may do.
//!
//! * [`create`]: a new account: handle, keys, did:plc registration, first commit.
//! * [`arrive`]: an account that comes from another server; [`credentials`]: what its DID document has to
//!   say; [`plc`]: the operations that make it say so; [`keys`]: the keys the server holds;
//!   [`reserved`]: those it holds before the account is here.
//! * [`handles`]: which handles an account may have; [`rename`]: giving it another one.
//! * [`login`], [`session`]: from password to tokens, and from refresh token to the next ones.
//! * [`password`], [`app_password`], [`hashing`], [`throttle`]: secrets, and against guessing them.
//! * [`mailed_token`]: codes that come by mail; [`email`], [`recovery`], [`delete`]: what they are for.
//! * [`ways_in`]: shutting the ways in beside the password.
//! * [`status`]: whether an account is served to the world.
//! * [`lookup`]: accounts by DID or handle, from memory if possible.

pub mod app_password;
pub mod arrive;
pub mod create;
pub mod credentials;
pub mod delete;
pub mod email;
pub mod handles;
pub mod hashing;
pub mod keys;
pub mod login;
pub mod lookup;
pub mod mailed_token;
pub mod password;
pub mod plc;
pub mod recovery;
pub mod rename;
pub mod reserved;
pub mod session;
pub mod status;
pub mod throttle;
pub mod ways_in;
