//! Apps that act for an account, as the apps, their users and their enemies see it.

mod app;
pub mod browser;

mod accounts;
mod authorizing;
mod clients;
mod proofs;
mod scopes;
mod tokens;
mod ways;
