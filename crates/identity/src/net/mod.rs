//! The one way out: every outgoing HTTP request and WebSocket of the program goes through [`HttpClient`].
//!
//! DID documents, handles and repository hosts are named by strangers, so the addresses behind those names are
//! chosen by strangers too. Left alone, that would let anyone make this program ask its own network (server-side
//! request forgery). What is held here, for every connection:
//!
//! - *Reach*: which addresses may be connected to ([`Reach`]). The check is made on the resolved address that is
//!   then connected to, so a name that resolves differently the second time (DNS rebinding) gains nothing.
//! - *No redirects* and *no proxy* from the environment: a request goes where its URL says.
//! - *Limits*: time to connect, time in all, bytes, and a least pace, so that no peer can hold a request for ever
//!   by hanging, dripping or never ending ([`NetPolicy`]).
//!
//! What an answer means (XRPC, DID documents, CAR files) is left to the callers.

mod address;
mod body;
mod dns;
mod error;
mod http;
mod policy;
mod request;
mod sending;
mod smtp;
mod tls;
mod websocket;

pub use body::Body;
pub use error::NetError;
pub use http::HttpClient;
pub use policy::{NetPolicy, Reach};
pub use request::{Request, Response};
pub use reqwest::header;
pub use smtp::{Smtp, SmtpError};
pub use websocket::WebSocket;
