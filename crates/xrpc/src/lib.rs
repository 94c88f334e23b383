//! XRPC, the way AT Protocol services talk over HTTP, for servers and clients alike.
//!
//! * [`error`]: the one error envelope, `{"error": name, "message": …}`, and the names in use.
//! * [`extract`]: request parameters and bodies, bounded, answering misuse in that envelope.
//! * [`router`]: methods under `/xrpc/`, and what every server wears on the outside ([`edge`]).
//! * [`tokens`]: session tokens of a PDS (HS256 JWTs), issued and verified.
//! * [`service_auth`]: tokens that one server shows another for an account.
//! * [`frames`]: the messages of `com.atproto.sync.subscribeRepos`.
//! * [`client`]: queries, procedures, sessions and subscriptions against any server.
//! * [`nsid`]: the names of the methods, declared once.
//!
//! What a method *does* is left to the crates that serve it; outgoing connections are left to
//! `hypercerts_identity::net`.

mod body;
pub mod client;
mod cors;
pub mod error;
pub mod extract;
pub mod frames;
mod linger;
pub mod nsid;
pub mod router;
pub mod service_auth;
pub mod tokens;

pub use body::{read as read_body, require_unpacked};
pub use error::XrpcError;
pub use extract::{Bearer, Json, JsonText, NoInput, Query, RECORD_WRITE_LIMIT};
pub use router::{XrpcRouter, edge};
pub use tokens::Tokens;
